import type { Landscape } from "../core/landscape.js";
import type { Status } from "../core/status.js";
import { semidefiniteComplementarity } from "./semidefinite-complementarity.js";

/** Where an optimizer is, seen as an oscillation about a centre. */
export interface OscillationState {
  readonly landscape: Landscape;
  readonly w: Float64Array;
  /** grad L(w). */
  readonly gradient: Float64Array;
  /** The diagonal of P. */
  readonly p: Float64Array;
  /** dP/dt = turn (g^2 - nu + diag(H Sigma H)), entry by entry; none where P stands still. */
  readonly motion?: { readonly turn: Float64Array; readonly nu: Float64Array };
  readonly eta: number;
  /** The time within which the bound 2 / eta has to hold. */
  readonly horizon: number;
  /** The k critical eigenvalues of P^(-1/2) H P^(-1/2), and unit eigenvectors as rows. */
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** What keeps the critical eigenvalues at their bound. */
export interface CentralDrift {
  readonly status: Status;
  /** grad_w <Sigma, H> / 2. */
  readonly bend: Float64Array;
  /** The diagonal of Sigma. */
  readonly spread: Float64Array;
  /** tr(H Sigma) / 2: what the oscillation adds to the mean loss. */
  readonly energy: number;
}

/**
 * The covariance of an oscillation at the edge of stability, and how it bends the path.
 *
 * *Definition*: Sigma = V X V^T, where V = P^(-1/2) U for the k critical eigenvectors U and X solves the semidefinite complementarity problem
 * X >= 0, A + B[X] >= 0, <X, A + B[X]> = 0, with C = V^T (H - (2 / eta) P) V, -dC/dt / eta = A + B[X] and T_ij = grad_w <v_i, H v_j>:
 *
 * A_ij = <T_ij, P^-1 grad L> + (2 / eta^2) <v_i v_j, turn (g^2 - nu)> + delta_ij (2 / eta - lambda_i) / (eta horizon),
 *
 * B[X]_ij = <T_ij, P^-1 sum X_lm T_lm> / 2 + (2 / eta^2) <v_i v_j, turn (2 / eta)^2 p^2 sum X_lm v_l v_m>.
 *
 * The last term of A is the slack that may be used up within the horizon; the last of B is diag(H Sigma H) with H V = (2 / eta) P V. B is symmetric and
 * semidefinite, a sum of Gram matrices. For one critical direction and P = 1, without slack: sigma^2 = max(0, -2 <grad L, grad S> / |grad S|^2).
 * *Error*: exact for given eigenpairs, to first order in the horizon.
 * *Cost*: k (k + 1) / 2 third derivatives and k^4 dim operations.
 * *Source*: Cohen, Damian, Talwalkar, Kolter, Lee 2024, Understanding optimization in deep learning with central flows.
 * *Example*: `const valley = landscape((w) => mul(at(w, 1), mul(0.5, sub(pow(at(w, 0), 2), 1))), 2);
 * const place = { landscape: valley, w: Float64Array.of(0, 4), gradient: Float64Array.of(0, -0.5), p: Float64Array.of(1, 1) };
 * const edge = { eta: 0.5, horizon: 1, values: Float64Array.of(4), vectors: Float64Array.of(1, 0) };
 * centralDrift({ ...place, ...edge }).spread // [1.0000, 0]`
 */
export function centralDrift(at: OscillationState): CentralDrift {
  const { landscape, w, gradient: g, p, motion, eta, values } = at;
  const size = w.length;
  const k = values.length;
  const limit = 2 / eta;
  const bend = new Float64Array(size);
  const spread = new Float64Array(size);
  if (k === 0) return { status: "ok", bend, spread, energy: 0 };
  const v = Array.from({ length: k }, (_, i) => Float64Array.from(p, (scale, c) => at.vectors[i * size + c]! / Math.sqrt(scale)));
  const pairs = Array.from({ length: k * k }, (_, ij) => [Math.floor(ij / k), ij % k] as const);
  const third: Float64Array[] = [];
  for (const [i, j] of pairs) third.push(j < i ? third[j * k + i]! : landscape.third(w, v[i]!, v[j]!));
  const squares = pairs.map(([i, j]) => v[i]!.map((x, c) => x * v[j]![c]!));
  const turn = motion?.turn.map((t) => (2 / eta ** 2) * t);

  const a = Float64Array.from(pairs, ([i, j], ij) => {
    let s = i === j ? (limit - values[i]!) / (eta * at.horizon) : 0;
    for (let c = 0; c < size; c++) {
      s += (third[ij]![c]! * g[c]!) / p[c]!;
      if (turn) s += squares[ij]![c]! * turn[c]! * (g[c]! * g[c]! - motion!.nu[c]!);
    }
    return s;
  });
  const b = new Float64Array(k ** 4);
  for (let ij = 0; ij < k * k; ij++)
    for (let lm = 0; lm <= ij; lm++) {
      let s = 0;
      for (let c = 0; c < size; c++) {
        s += (0.5 * third[ij]![c]! * third[lm]![c]!) / p[c]!;
        if (turn) s += squares[ij]![c]! * squares[lm]![c]! * turn[c]! * (limit * p[c]!) ** 2;
      }
      b[ij * k * k + lm] = b[lm * k * k + ij] = s;
    }

  const { x, status } = semidefiniteComplementarity(a, b);
  let energy = 0;
  for (const [ij, [i, j]] of pairs.entries()) {
    if (i === j) energy += 0.5 * values[i]! * x[ij]!;
    for (let c = 0; c < size; c++) {
      bend[c]! += 0.5 * x[ij]! * third[ij]![c]!;
      spread[c]! += x[ij]! * squares[ij]![c]!;
    }
  }
  return { status, bend, spread, energy };
}
