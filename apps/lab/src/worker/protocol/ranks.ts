import type { Estimate } from "#dynamics";

/** Longer runs would open too slowly from their address. */
export const MOST_STEPS = 200_000;

/** A training study that asks for `order-preservation` and `rank-slopes`: how often, on how many samples and pairs stands in it. */
export interface RanksInput {
  readonly text: string;
  /** Steps to be taken at once, as fast as they go, before the visitor takes over. */
  readonly until: number;
  readonly threshold: number;
}

/** What the visitor does to the run. A pause ends the steps that were to be taken at once. */
export interface RanksOrder {
  readonly playing?: boolean;
  /** Steps a second; Infinity: as fast as they go. */
  readonly speed?: number;
  readonly steps?: number;
  /** Of "order-preserving", judged anew on what was measured last. */
  readonly threshold?: number;
}

export interface RanksStart {
  readonly kind: "start";
  readonly network: string;
  readonly parameters: number;
  readonly classes: number;
  /** Training samples whose order is followed, and that are ranked. */
  readonly samples: { readonly order: number; readonly ranks: number };
  /** Whether the activation never falls, so that theory has every single unit keep the order. */
  readonly monotone: boolean;
}

/** How much order one kind of view of a layer keeps. */
export interface LayerOrder {
  readonly kind: "unit" | "layer" | "projection" | "pair";
  readonly layer: number;
  /** Order-preserving ones among the units of the view. */
  readonly share: Estimate;
  /** Pairs of samples that are not reversed, mean over those units. */
  readonly kept: Estimate;
  readonly tau: Estimate;
}

/** The rank distribution of a layer; the last layer is the outputs. */
export interface LayerRanks {
  readonly layer: number;
  readonly slope: Estimate;
  readonly meanRank: Estimate;
  readonly density: Float64Array;
  /** Normal classes moved by so many deviations have this mean rank; the density of their ranks, evenly over (0, 1). */
  readonly shift: number;
  readonly shifted: Float64Array;
}

/** What is measured of the network after so many steps. */
export interface LayersSeen {
  readonly at: number;
  readonly loss: number;
  readonly accuracy: number;
  /** NaN without samples held back. */
  readonly tested: number;
  readonly orders: readonly LayerOrder[];
  readonly ranks: readonly LayerRanks[];
}

export interface RanksFrame {
  readonly kind: "frame";
  readonly time: number;
  readonly playing: boolean;
  readonly status: string;
  readonly seen: LayersSeen | null;
  /** Rows of step, slope and its error by layer, then pairs kept and their error by hidden layer, then pairs kept from the inputs on. */
  readonly history: Float64Array;
  /** SHA-256 where the run rests: of the parameters, and of every number that is drawn. */
  readonly digest: { readonly state: string; readonly drawn: string } | null;
}

export type RanksNews = RanksStart | RanksFrame;
