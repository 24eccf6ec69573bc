import type { StudyInput } from "./study.js";

/** A change of the learning rate in a live run. */
export interface RateChange {
  readonly at: number;
  readonly learningRate: number;
}

export interface LiveInput extends Omit<StudyInput, "processors" | "width"> {
  /** Steps to be taken at once, as fast as they go, before the visitor takes over. */
  readonly until: number;
  readonly changes: readonly RateChange[];
}

/** What the visitor does to a live run. */
export interface LiveOrder {
  readonly playing?: boolean;
  /** Steps a second; Infinity: as fast as they go. */
  readonly speed?: number;
  readonly steps?: number;
  readonly learningRate?: number;
}

/** A part of the parameters as a matrix: its last axis goes to the right, the others down. */
export interface WeightTile {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Its first place in the parameters. */
  readonly offset: number;
  /** Rows and columns for which a cell stands, and cells. */
  readonly block: readonly [number, number];
  readonly height: number;
  readonly width: number;
}

/** The first news of a live run. */
export interface LiveStart {
  readonly kind: "start";
  readonly network: string;
  readonly parameters: number;
  readonly optimizer: string;
  readonly every: number;
  readonly planned: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Where the network is looked at: a line or a square about the data. */
  readonly view: { readonly from: readonly number[]; readonly to: readonly number[]; readonly cells: number } | null;
  readonly samples: { readonly inputs: Float64Array; readonly targets: Float64Array } | null;
  readonly preconditioned: boolean;
  readonly tiles: readonly WeightTile[];
}

/** News of a live run: what happened since the last. */
export interface LiveFrame {
  readonly kind: "frame";
  /** Step of the first of the losses; one a step. */
  readonly from: number;
  readonly losses: Float64Array;
  /** step, largest eigenvalue, its error, second eigenvalue, threshold: five numbers a measurement. */
  readonly measured: Float64Array;
  readonly time: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly learningRate: number;
  readonly threshold: number;
  readonly regime: string;
  readonly ratio: number;
  /** What was changed so far, and at which step. */
  readonly changes: readonly RateChange[];
  readonly picture: Float64Array | null;
  /** The cells of all tiles, one after the other, row by row. */
  readonly weights: Float64Array;
  readonly playing: boolean;
  readonly status: string;
  readonly stepsPerSecond: number;
  /** SHA-256 of the parameters where the run rests: the same wherever it is run to this step. */
  readonly digest: string | null;
}

export type LiveNews = LiveStart | LiveFrame;
