/** So many states of a ride are shown. */
export const TRAIL = 1500;

/** A stretch of a ride: from a state, so many steps with these parameters. */
export interface Leg {
  readonly from: readonly number[];
  readonly values: readonly number[];
  readonly steps: number;
}

/** A ride as an address keeps it: the steps before its first leg, and its legs, each from where the one before ended or was pushed to. */
export interface Ride {
  readonly before: number;
  readonly legs: readonly Leg[];
}

export interface RideInput {
  readonly field: string;
  readonly ride: Ride;
}

/** What the visitor does to a point that moves. */
export interface RideOrder {
  readonly playing?: boolean;
  /** Time of the flow in a second. */
  readonly speed?: number;
  readonly steps?: number;
  readonly values?: readonly number[];
  /** Where it is pushed. */
  readonly push?: readonly number[];
  /** Where it begins anew. */
  readonly start?: readonly number[];
}

/** News of a point that moves. */
export interface RideFrame {
  /** States since the last news; where `anew` is true all that are shown, a row of NaN before each push. */
  readonly points: Float64Array;
  readonly anew: boolean;
  readonly state: Float64Array;
  readonly time: number;
  readonly ride: Ride;
  readonly playing: boolean;
  readonly status: string;
  readonly explanation?: string;
  /** SHA-256 of the state where the point rests. */
  readonly digest: string | null;
}
