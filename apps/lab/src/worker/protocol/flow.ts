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
  readonly initial: readonly number[];
  /** A range of each component. */
  readonly box: readonly (readonly [number, number])[];
  /** A time in which trajectories get somewhere. */
  readonly duration: number;
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
  | { readonly kind: "start"; readonly start: readonly number[] }
  | { readonly kind: "clear" };

/** Of flows of two components. */
export interface FlowGrid {
  readonly kind: "grid";
  readonly cells: number;
  /** Both components of the field at the points of the box, row by row from below. */
  readonly slopes: Float64Array;
}

/** Where the flow rests, and the separatrices: in the plane, the ways into and out of its saddles. */
export interface FlowRest {
  readonly kind: "rest";
  readonly points: readonly {
    readonly place: readonly number[];
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
  /** Time and state: so many numbers a point, from the past through the start into the future. */
  readonly points: Float64Array;
  readonly status: string;
}
