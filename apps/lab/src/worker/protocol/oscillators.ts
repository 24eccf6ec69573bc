/** The longest way that an address replays. */
export const MOST_STEPS = 40_000;
export const MOST_TURNS = 200;

/** How a population came to where it is. */
export interface PopulationPast {
  /** Which random phases it started from, the first being 0; -1 for all the same. */
  readonly start: number;
  readonly steps: number;
  /** What the coupling was set to, and after how many steps; the first after none. */
  readonly turns: readonly { readonly coupling: number; readonly at: number }[];
}

export interface PopulationInput {
  /** A study of kind population; its first graph is shown. */
  readonly text: string;
  readonly coupling: number;
  /** Where it is to be and rest; without, it starts and plays. */
  readonly past?: PopulationPast;
}

/** What the visitor does to a population. */
export interface PopulationOrder {
  readonly playing?: boolean;
  /** So many steps, at rest. */
  readonly steps?: number;
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
  /** Angles from the mean direction, the middles of the bins in which phases are counted. */
  readonly angles: Float64Array;
  /** The graph as a picture of cells x cells, row by row from node 0, the one acted on down: the mean weight in each cell, and what the limit has there. */
  readonly graph: {
    readonly cells: number;
    readonly edges: number;
    readonly own: Float64Array;
    readonly limit: Float64Array;
  } | null;
}

export interface PopulationCurve {
  readonly kind: "curve";
  /** The order parameter of infinitely many units; NaN where it is not known yet. */
  readonly orders: Float64Array;
}

export interface PopulationDensity {
  readonly kind: "density";
  readonly coupling: number;
  /** Density of the phases of infinitely many units by radian at the angles. */
  readonly values: Float64Array;
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
  /** Density of the phases about the mean direction by radian, over the same stretch; NaN before it begins. */
  readonly density: Float64Array;
  /** NaN until it is known. */
  readonly theory: number;
  readonly playing: boolean;
  readonly past: PopulationPast;
  /** Of the phases, where the population rests. */
  readonly digest: string | undefined;
}
