/**
 * What happens at a point of a branch.
 *
 * - fold: the branch turns back in the parameter; two solutions meet and vanish (saddle-node).
 * - branch point: two branches cross (transcritical), or one side of one of them is a pitchfork.
 * - hopf: a pair of eigenvalues of an equilibrium passes the imaginary axis; a periodic orbit is born.
 * - flip: a multiplier of a periodic point passes -1; an orbit of twice the period is born.
 * - neimark-sacker: a pair of multipliers passes the unit circle; a closed invariant curve is born.
 */
export type BifurcationKind = "fold" | "branch point" | "hopf" | "flip" | "neimark-sacker";

/** A bifurcation, located. */
export interface Bifurcation {
  readonly kind: BifurcationKind;
  readonly parameter: number;
  /** Width of the last bracket in the parameter, or Newton's last step, plus rounding. */
  readonly error: number;
  readonly state: Float64Array;
  /** Period of the orbit it happens to (1 for equilibria). */
  readonly period: number;
  /**
   * The number that decides what is born, NaN where it could not be had.
   *
   * - fold: a in x' = ... + a x^2 along the null direction; not 0 where the fold is quadratic.
   * - branch point: the difference of the branches' slopes is finite (transcritical) where this is not 0, and there is a pitchfork where it is.
   * - hopf: the first Lyapunov coefficient l1; flip: c in x' = -x + c x^3; neimark-sacker: the real part of the cubic coefficient.
   */
  readonly coefficient: number;
  /** In the field's words, for instance "supercritical: ..." */
  readonly meaning: string;
  /** Hopf: angular frequency per unit of time; Neimark-Sacker: angle per round. NaN for others. */
  readonly frequency: number;
  /**
   * Distance from the branch of what is born (cycle, closed curve, doubled orbit) at a parameter near the bifurcation, to leading order; NaN
   * where there is none on that side, and for folds and branch points.
   */
  amplitude(parameter: number): number;
}

/** What bifurcating branches need to start: where, and in which direction of (state, parameter). */
export interface Departure {
  readonly z: Float64Array;
  readonly direction: Float64Array;
  readonly period: number;
  /** Whether the opposite direction leads to the same orbit, as at a flip. */
  readonly symmetric: boolean;
}
