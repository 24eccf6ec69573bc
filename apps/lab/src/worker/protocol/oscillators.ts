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
