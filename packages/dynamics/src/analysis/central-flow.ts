import { finite } from "../core/evolve.js";
import type { Landscape } from "../core/landscape.js";
import { preconditioned } from "../core/linear-operator.js";
import type { Remembering } from "../core/memory.js";
import type { Status } from "../core/status.js";
import type { System } from "../core/system.js";
import { centralDrift, type CentralDrift } from "./central-drift.js";
import { eigenpairs, type Eigenpairs } from "./eigenpairs.js";

export interface CentralFlowOptions {
  readonly landscape: Landscape;
  /** w at time 0. */
  readonly initial: ArrayLike<number>;
  /** eta of the optimizer. */
  readonly stepSize: number;
  /** RMSProp in the place of gradient descent; `square`: nu at time 0, the mean square by whose root the first step divides. */
  readonly rmsprop?: {
    readonly beta2: number;
    readonly epsilon?: number;
    readonly square: ArrayLike<number>;
  };
  /** Euler steps for one step of the optimizer. Default 4. */
  readonly substeps?: number;
  /** Relative residual of the eigenpairs. Default 1e-6. */
  readonly tolerance?: number;
}

/** What the central flow says at a state; NaN where it cannot be followed. */
export interface CentralPoint {
  /** L(w). */
  readonly loss: number;
  /** L(w) + tr(H Sigma) / 2: the mean loss of the oscillating optimizer. */
  readonly meanLoss: number;
  /** tr Sigma: the mean squared distance of the optimizer from w. */
  readonly spread: number;
  /** The leading eigenvalues of P^(-1/2) H P^(-1/2) that are followed, largest first. */
  readonly values: Float64Array;
  /** How many of them are so near 2 / eta that Sigma may live on them. */
  readonly critical: number;
}

/** What the central flow carries: eigenpairs start from those before, so how it came to its state is part of it. */
export type CentralFlowMemory = {
  readonly state: Float64Array;
  readonly time: number;
  readonly warm: Float64Array | null;
  readonly followed: number;
  /** Whether the state is solved already; warm and followed are then those from which that began. */
  readonly solved: boolean;
};

/** The central flow of an optimizer, to be put beside it: one unit of time is one step of the optimizer. */
export interface CentralFlow extends System, Remembering<CentralFlowMemory> {
  /** w: a view of the first part of the state (w), or (w, nu). */
  readonly parameters: Float64Array;
  /** At the present state; looking changes nothing. */
  look(): CentralPoint;
}

/** Most directions near or beyond the edge that are followed. */
const MOST_FOLLOWED = 16;
/** Critical above this share of 2 / eta; above the other they are followed, and one more, to see it come. */
const CRITICAL = 0.975;
const FOLLOWED = 0.75;

interface Solved {
  readonly status: Status;
  readonly gradient: Float64Array;
  readonly p: Float64Array;
  readonly pairs?: Eigenpairs;
  readonly critical: number;
  readonly drift?: CentralDrift;
}

/**
 * The central flow of gradient descent or RMSProp: where the optimizer goes on average while it oscillates at the edge of stability.
 *
 * *Definition*: dw/dt = -eta P^-1 [grad L + grad_w <Sigma, H> / 2], with P = 1 for gradient descent; for RMSProp P = diag(sqrt(nu) + epsilon) and
 * d nu/dt = ((1 - beta2) / beta2) [(grad L)^2 + diag(H Sigma H) - nu]. Sigma, the covariance of the oscillation, is positive semidefinite,
 * lives on the directions with H v = (2 / eta) P v, and is just large enough to keep the eigenvalues there from rising (`centralDrift`).
 *
 * Why: about the centre w with displacement d the mean gradient is grad L + grad <E d d^T, H> / 2 to second order in d, the mean of g^2 is
 * (grad L)^2 + diag(H E[d d^T] H), and nu_{t+1} - nu_t = ((1 - beta2) / beta2) (g^2 - nu_{t+1}) is RMSProp's rule written another way.
 *
 * What is integrated: explicit Euler with step h = 1 / substeps. The bound is put on the end of each step, to first order in h, so that
 * directions enter and leave by themselves: eigenvalues above 0.975 (2 / eta) are taken in, and X comes out as 0 on those that do not reach it.
 * *Arguments*: see `CentralFlowOptions`.
 * *Returns*: a System of kind "flow" in units of the optimizer's steps. `step` gives "diverged", or "not-converged" (with more than 15 directions beyond the edge too), and leaves the state at the
 * last whole unit. It has no tangents: Sigma is not differentiable where a direction becomes critical.
 * *Error*: O(h) in time, and what the theory leaves out: third order in the displacement, and the optimizer's own distance from its flow, O(eta)
 * where the gradient turns. Eigenpairs start from those before, so after a reset the same path comes to `tolerance`, not in bits.
 * *Cost*: a substep takes a gradient, some 3 k Hessian-vector products for k followed eigenvalues and the third derivatives of `centralDrift`.
 * *Source*: Cohen, Damian, Talwalkar, Kolter, Lee 2024, Understanding optimization in deep learning with central flows.
 * *Example*: `const valley = landscape((w) => mul(at(w, 1), mul(0.5, sub(pow(at(w, 0), 2), 1))), 2); // y (x^2 - 1) / 2: sharpness y
 * const flow = centralFlow({ landscape: valley, initial: [0, 3], stepSize: 0.5 }); flow.step(10);
 * const { values, spread } = flow.look(); [values[0], spread] // [4.0000, 1.0000]`
 */
export function centralFlow(options: CentralFlowOptions): CentralFlow {
  const { landscape, stepSize: eta, rmsprop, substeps = 4, tolerance = 1e-6 } = options;
  const { dim: size } = landscape;
  check(options);
  const start = Float64Array.from([...Array.from(options.initial), ...Array.from(rmsprop?.square ?? [])]);
  finite(start, "initial state of the central flow");
  const state = start.slice();
  const w = state.subarray(0, size);
  const nu = state.subarray(size);
  const h = 1 / substeps;
  const limit = 2 / eta;
  const rate = rmsprop ? (1 - rmsprop.beta2) / rmsprop.beta2 : 0;
  let warm: Float64Array | undefined;
  let followed = 1;
  let time = 0;
  /** What was solved last, and from which eigenpairs that began. */
  let latest:
    | {
        readonly state: Float64Array;
        readonly solved: Solved;
        readonly warm: Float64Array | undefined;
        readonly followed: number;
      }
    | undefined;

  /** The followed eigenpairs: as many as there are above the mark, and one more. */
  const leading = (p: Float64Array): Eigenpairs => {
    const hessian = landscape.hessian(w);
    const operator = rmsprop ? preconditioned(hessian, p) : hessian;
    for (;;) {
      const found = eigenpairs(operator, { k: followed, tolerance, ...(warm ? { warm } : {}) });
      if (found.status !== "ok") return found;
      const wanted = Math.min(size, 1 + found.value.filter((v) => v > FOLLOWED * limit).length);
      // So far beyond the edge theory has nothing to say, and the problem for Sigma grows with the fourth power of their number.
      if (wanted > MOST_FOLLOWED) return { ...found, status: "not-converged" };
      const enough = wanted <= followed;
      followed = wanted;
      warm = found.vectors.slice(0, wanted * size);
      if (enough) return found;
    }
  };

  const solve = (): Solved => {
    if (latest?.state.every((x, i) => x === state[i])) return latest.solved;
    const before = { warm, followed };
    const gradient = landscape.gradient(w);
    const p = rmsprop ? Float64Array.from(nu, (x) => Math.sqrt(x) + (rmsprop.epsilon ?? 0)) : new Float64Array(size).fill(1);
    const solved = ((): Solved => {
      const none = { gradient, p, critical: 0 };
      if (!gradient.every(Number.isFinite) || !p.every((x) => x > 0 && x < Infinity)) return { ...none, status: "diverged" };
      const pairs = leading(p);
      if (pairs.status !== "ok") return { ...none, status: pairs.status };
      const critical = pairs.value.filter((v) => v > CRITICAL * limit).length;
      const drift = centralDrift({
        landscape,
        w,
        gradient,
        p,
        ...(rmsprop ? { motion: { turn: nu.map((x) => rate / (2 * Math.sqrt(x))), nu } } : {}),
        eta,
        horizon: h,
        values: pairs.value.slice(0, critical),
        vectors: pairs.vectors,
      });
      return { ...none, status: drift.status, pairs, critical, drift };
    })();
    latest = { ...before, state: state.slice(), solved };
    return solved;
  };

  const substep = (): Status => {
    const { status, gradient: g, p, drift } = solve();
    if (status !== "ok" || !drift) return status;
    for (let c = 0; c < size; c++) {
      if (rmsprop) nu[c]! += h * rate * (g[c]! * g[c]! + (limit * p[c]!) ** 2 * drift.spread[c]! - nu[c]!);
      w[c]! -= (h * eta * (g[c]! + drift.bend[c]!)) / p[c]!;
    }
    return state.every(Number.isFinite) ? "ok" : "diverged";
  };

  const no = (what: string, why: string) => (): never => {
    throw new TypeError(`${what}: the central flow has none: ${why}`);
  };

  return {
    kind: "flow",
    dim: state.length,
    layout: [{ name: "w", shape: [size], offset: 0 }, ...(rmsprop ? [{ name: "nu", shape: [size], offset: size }] : [])],
    state,
    parameters: w,
    get time() {
      return time;
    },
    step(n = 1) {
      if (!Number.isInteger(n) || n < 0) throw new RangeError(`step: n = ${n} given; allowed: integers from 0`);
      for (let i = 0; i < n; i++) {
        const before = state.slice();
        for (let s = 0; s < substeps; s++) {
          const status = substep();
          if (status === "ok") continue;
          state.set(before);
          return status;
        }
        time++;
      }
      return "ok";
    },
    reset(to = start, at = 0) {
      if (to.length !== state.length)
        throw new RangeError(`reset: a state of ${to.length} numbers given, the flow has ${state.length}`);
      finite(to, "state given to reset");
      state.set(to);
      time = at;
      [warm, followed, latest] = [undefined, 1, undefined];
    },
    remember() {
      const solved = latest?.state.every((x, i) => x === state[i]) ?? false;
      const from = solved ? latest! : { warm, followed };
      return { state: state.slice(), time, warm: from.warm?.slice() ?? null, followed: from.followed, solved };
    },
    recall(memory) {
      state.set(memory.state);
      [time, warm, followed, latest] = [memory.time, memory.warm?.slice(), memory.followed, undefined];
      if (memory.solved) solve();
    },
    tangent: no("tangent", "its covariance is not differentiable where a direction becomes critical"),
    batch: no("batch", "make one flow for each start"),
    look(): CentralPoint {
      const { status, pairs, critical, drift } = solve();
      const loss = landscape.value(w);
      if (status !== "ok" || !pairs || !drift) return { loss, meanLoss: NaN, spread: NaN, values: new Float64Array(0), critical };
      const spread = drift.spread.reduce((s, x) => s + x, 0);
      return { loss, meanLoss: loss + drift.energy, spread, values: pairs.value, critical };
    },
  };
}

function check({ landscape, initial, stepSize, rmsprop, substeps = 4 }: CentralFlowOptions): void {
  const refuse = (what: string, given: unknown, allowed: string): never => {
    throw new RangeError(`centralFlow: ${what} ${String(given)} given; allowed: ${allowed}`);
  };
  if (initial.length !== landscape.dim)
    refuse("initial of length", initial.length, `${landscape.dim}, the parameters of the loss`);
  if (!(stepSize > 0 && stepSize < Infinity)) refuse("stepSize", stepSize, "finite numbers above 0");
  if (!Number.isInteger(substeps) || substeps < 1) refuse("substeps", substeps, "integers from 1");
  if (!rmsprop) return;
  const { beta2, epsilon = 0, square } = rmsprop;
  const least = 1 / (1 + substeps);
  if (!(beta2 > least && beta2 < 1))
    refuse("beta2", beta2, `above ${least} (so that an Euler step cannot make nu negative) and below 1`);
  if (!(epsilon >= 0 && epsilon < Infinity)) refuse("epsilon", epsilon, "finite numbers from 0");
  if (square.length !== landscape.dim) refuse("square of length", square.length, `${landscape.dim}`);
  for (let i = 0; i < square.length; i++)
    if (!(square[i]! > 0)) refuse(`square[${i}]`, square[i], "numbers above 0; take a step of the optimizer first");
}
