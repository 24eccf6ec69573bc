import type { Clock, Manifest, Series } from "#dynamics";

/** Files that the visitor chose, by name. They stay in this page. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** What the catalogues and the schema say: menus and forms are made from it. */
export interface Description {
  readonly schema: JsonSchema;
  readonly kinds: readonly { readonly name: string; readonly description: string; readonly questions: readonly string[] }[];
  readonly families: readonly FamilyCard[];
  readonly fields: readonly FieldCard[];
  readonly activations: readonly string[];
  readonly delays: readonly DelayCard[];
}

export interface FamilyCard {
  readonly name: string;
  readonly description: string;
  readonly parameter: string;
  readonly components: readonly string[];
  readonly range: readonly [number, number];
  readonly source: string;
}

/** The part of JSON Schema that studies use. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** A study read: its kind, or its mistakes with line numbers. */
export type Checked =
  | { readonly problems: readonly string[] }
  | { readonly problems: readonly []; readonly kind: string; readonly title: string };

/** A chart of a run, drawn: HTML with an SVG in it. */
export interface Figure {
  readonly title: string;
  readonly html: string;
}

/** A finished run as the page shows it. */
export interface Finished {
  readonly manifest: Manifest;
  readonly figures: readonly Figure[];
  /** The whole report, as the command writes it. */
  readonly page: string;
  readonly series: readonly Series[];
  readonly clock: Clock;
  readonly digests: Readonly<Record<string, string>>;
  /** series.parquet and arrays.npz, the same bytes as in a run folder. */
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

export interface StudyInput {
  readonly text: string;
  readonly files: Files;
  readonly processors: number;
  /** Width of the figures in CSS pixels: their letters are then as large as those of the page. */
  readonly width: number;
}

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
  readonly playing: boolean;
  readonly status: string;
  readonly stepsPerSecond: number;
  /** SHA-256 of the parameters where the run rests: the same wherever it is run to this step. */
  readonly digest: string | null;
}

export type LiveNews = LiveStart | LiveFrame;

export interface OrbitInput {
  readonly family: string;
  readonly from: number;
  readonly to: number;
  readonly columns: number;
  readonly transient: number;
  readonly steps: number;
  readonly record: number;
  readonly seed: number;
}

/** A set of columns of an orbit diagram; each stands for `width` columns until finer ones come. */
export interface OrbitNews {
  readonly width: number;
  readonly index: Int32Array;
  readonly states: Float64Array;
  readonly record: number;
  readonly periods: Int32Array;
  readonly exponents: Float64Array;
  readonly errors: Float64Array;
  readonly done: number;
}

/** Period doublings that the diagram found, located by their multiplier. */
export interface OrbitDone {
  readonly doublings: readonly { readonly period: number; readonly value: number; readonly error: number }[];
}

export interface SgdInput {
  readonly matrix: readonly (readonly number[])[];
  readonly most: number;
  readonly columns: number;
  readonly steps: number;
  readonly seed: number;
}

export interface SgdThresholds {
  readonly kind: "thresholds";
  readonly batchSizes: readonly number[];
  readonly stepSizes: Float64Array;
  readonly meanSquare: readonly number[];
  readonly wuMaE: readonly number[];
  readonly gradientDescent: number;
  /** Exponent of gradient descent, exact, at each step size. */
  readonly mu: Float64Array;
}

export interface SgdCells {
  readonly kind: "cells";
  readonly batch: number;
  readonly index: Int32Array;
  readonly exponents: Float64Array;
  readonly errors: Float64Array;
  readonly signs: Int8Array;
  readonly done: number;
}

export interface SgdDone {
  /** Where the exponent passes 0, one a batch size, with an interval. */
  readonly stochastic: readonly { readonly value: number; readonly interval: readonly [number, number] }[];
}

export interface FieldCard {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly description: string;
    readonly value: number;
    readonly range: readonly [number, number];
  }[];
  readonly components: readonly string[];
  readonly box: readonly [readonly [number, number], readonly [number, number]];
  readonly source: string;
}

export interface FlowInput {
  readonly field: string;
  readonly values: readonly number[];
  /** Points a side at which the field is known. */
  readonly cells: number;
}

/** What the visitor does to a phase plane: new parameters, another trajectory, or none any more. */
export type FlowOrder =
  | { readonly kind: "values"; readonly values: readonly number[] }
  | { readonly kind: "start"; readonly start: readonly [number, number] }
  | { readonly kind: "clear" };

export interface FlowGrid {
  readonly kind: "grid";
  readonly cells: number;
  /** Both components of the field at the points of the box, row by row from below. */
  readonly slopes: Float64Array;
}

/** Where the flow rests, and the separatrices: the ways into and out of its saddles. */
export interface FlowRest {
  readonly kind: "rest";
  readonly points: readonly {
    readonly place: readonly [number, number];
    readonly stability: "stable" | "unstable" | "saddle" | "undecided";
    /** For instance "stable focus". */
    readonly words: string;
  }[];
  /** Two numbers a point; `into` those that end at the saddle. */
  readonly separatrices: readonly { readonly into: boolean; readonly points: Float64Array }[];
}

export interface FlowOrbit {
  readonly kind: "orbit";
  /** The how-manieth it is. */
  readonly id: number;
  /** Time and state: three numbers a point, from the past through the start into the future. */
  readonly points: Float64Array;
  readonly status: string;
}

export interface BasinsInput {
  /** A study of kind basins. */
  readonly text: string;
}

/** A part of the plane of starts, to be looked at with this many cells. */
export interface BasinsOrder {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly columns: number;
  readonly rows: number;
}

export interface BasinsStart {
  readonly kind: "start";
  readonly described: string;
  /** Names of the two coordinates that vary. */
  readonly axes: readonly [string, string];
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** In words, and points of each along the two coordinates. */
  readonly attractors: readonly { readonly words: string; readonly points: Float64Array }[];
}

/** Cells of a picture: each stands for a square of `width` until finer ones come. */
export interface BasinsCells {
  readonly kind: "cells";
  readonly width: number;
  /** Column and row, two numbers a cell; rows from below. */
  readonly places: Int32Array;
  /** Number of the attractor from 0; -1: infinity; less: undecided. */
  readonly labels: Int32Array;
  readonly done: number;
}

/** A whole picture. */
export interface BasinsWhole {
  readonly kind: "whole";
  readonly shares: readonly { readonly label: number; readonly share: number; readonly error: number }[];
  /** Basin entropy and that of the boxes on a boundary, with errors. */
  readonly entropy: readonly [number, number];
  readonly boundary: readonly [number, number];
  readonly fractal: boolean;
}

export interface PopulationInput {
  /** A study of kind population; its first graph is shown. */
  readonly text: string;
  readonly coupling: number;
}

/** What the visitor does to a population. */
export interface PopulationOrder {
  readonly playing?: boolean;
  /** Time of the oscillators in a second. */
  readonly speed?: number;
  readonly coupling?: number;
  /** Puts all phases: at random, or the same. */
  readonly restart?: "incoherent" | "coherent";
}

export interface PopulationStart {
  readonly kind: "start";
  readonly frequencies: Float64Array;
  readonly critical: number;
  /** From 0 up: where the order parameter of infinitely many units is computed. */
  readonly couplings: Float64Array;
}

export interface PopulationCurve {
  readonly kind: "curve";
  /** The order parameter of infinitely many units; NaN where it is not known yet. */
  readonly orders: Float64Array;
}

/** News of a population: what happened since the last. */
export interface PopulationFrame {
  readonly kind: "frame";
  readonly phases: Float64Array;
  /** Time and order parameter, two numbers a step. */
  readonly trace: Float64Array;
  readonly coupling: number;
  /** Mean of the order parameter and its deviation since the coupling has been what it is, without the first part. */
  readonly mean: number;
  readonly deviation: number;
  /** NaN until it is known. */
  readonly theory: number;
  readonly playing: boolean;
}

export interface PropagationInput {
  readonly activation: string;
  /** Where the picture ends in sigma_b^2. */
  readonly biasEnd: number;
}

/** An initialisation that is asked about. */
export interface PropagationOrder {
  readonly weightVariance: number;
  readonly biasVariance: number;
  readonly depth: number;
  readonly width: number;
}

/** The edge of chaos: sigma_w^2 and sigma_b^2, two numbers a point. */
export interface PropagationEdge {
  readonly kind: "edge";
  readonly points: Float64Array;
}

/** What theory and networks drawn say about an initialisation, one entry a layer. */
export interface PropagationFound {
  readonly kind: "found";
  readonly order: PropagationOrder;
  readonly sentences: readonly string[];
  readonly numbers: readonly { readonly name: string; readonly value: number; readonly error: number }[];
  /** Mean squares, correlations, and the squared gradient in log10 relative to the output: theory, measured. */
  readonly lengths: readonly [Float64Array, Float64Array];
  readonly correlations: readonly [Float64Array, Float64Array];
  readonly gradients: readonly [Float64Array, Float64Array];
}

export interface DelayCard {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly components: readonly string[];
  readonly source: string;
}

export interface DelayInput {
  readonly equation: string;
}

/** New parameters: the equation starts again from its constant past. */
export interface DelayOrder {
  readonly parameters: Readonly<Record<string, number>>;
  /** Of the constant past, the first component. */
  readonly past: number;
}

/** A stretch of the solution; the first one of a start has `from` 0. */
export interface DelayNews {
  readonly from: number;
  readonly times: Float64Array;
  /** First component now, and one delay before. */
  readonly now: Float64Array;
  readonly before: Float64Array;
  readonly status: string;
}

/** A neuron, y = a(w1 h + b1), or two of them added: y = a(w1 h + b1) + a(w2 h + b2). */
export interface NeuronOrder {
  readonly activation: string;
  readonly weights: readonly [number, number] | readonly [number, number, number, number];
  /** Local fields lie evenly from -spread to spread. */
  readonly spread: number;
}

export interface NeuronNews {
  readonly fields: Float64Array;
  readonly values: Float64Array;
  readonly tau: number;
  /** Shares of the pairs of fields: kept in order, made equal, reversed. */
  readonly strict: number;
  readonly merged: number;
  readonly reversed: number;
  readonly preserves: boolean;
}

/** Every job of the worker: what it is given, what it tells on the way, what it hears, and what it ends with. */
export interface Jobs {
  describe: { input: null; news: never; order: never; result: Description };
  check: { input: { readonly text: string }; news: never; order: never; result: Checked };
  run: {
    input: StudyInput;
    news: { readonly done: number; readonly total: number; readonly unit: string; readonly note: string };
    order: "stop";
    result: Finished;
  };
  train: { input: LiveInput; news: LiveNews; order: LiveOrder; result: null };
  orbits: { input: OrbitInput; news: OrbitNews; order: never; result: OrbitDone };
  flow: { input: FlowInput; news: FlowGrid | FlowRest | FlowOrbit; order: FlowOrder; result: null };
  basins: { input: BasinsInput; news: BasinsStart | BasinsCells | BasinsWhole; order: BasinsOrder; result: null };
  oscillators: {
    input: PopulationInput;
    news: PopulationStart | PopulationCurve | PopulationFrame;
    order: PopulationOrder;
    result: null;
  };
  propagation: { input: PropagationInput; news: PropagationEdge | PropagationFound; order: PropagationOrder; result: null };
  delay: { input: DelayInput; news: DelayNews; order: DelayOrder; result: null };
  neuron: { input: null; news: NeuronNews; order: NeuronOrder; result: null };
  sgd: { input: SgdInput; news: SgdThresholds | SgdCells; order: never; result: SgdDone };
}

export type JobName = keyof Jobs;

/** How a job talks to the page. */
export interface Host<J extends JobName> {
  news(value: Jobs[J]["news"], transfer?: readonly Transferable[]): void;
  onOrder(hear: (order: Jobs[J]["order"]) => void): void;
  /** Lets messages in. */
  breathe(): Promise<void>;
}

export type Work<J extends JobName> = (input: Jobs[J]["input"], host: Host<J>) => Promise<Jobs[J]["result"]> | Jobs[J]["result"];

/** Page to worker. */
export type Request =
  | { readonly id: number; readonly job: JobName; readonly input: unknown }
  | { readonly id: number; readonly order: unknown };

/** Worker to page. */
export type Reply =
  | { readonly id: number; readonly news: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: string };
