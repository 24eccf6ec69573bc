import { scalarMath } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { finite } from "../core/evolve.js";
import type { Landscape } from "../core/landscape.js";
import { addRow, dot } from "../core/rows.js";
import { eigenpairs } from "./eigenpairs.js";
import { checkStepSize } from "./step-size.js";

export interface SelfStabilisationOptions {
  readonly landscape: Landscape;
  /** Where the optimizer is, at best in the middle of its oscillation. */
  readonly at: ArrayLike<number>;
  /** eta of gradient descent; or an `optimizer`. */
  readonly stepSize?: number;
  /** Gradient descent, heavy ball or Nesterov's momentum with a constant step size. */
  readonly optimizer?: AtTheEdge;
  /** Relative residual of the leading eigenpair. Default 1e-8. */
  readonly tolerance?: number;
}

/** What of an optimizer decides its cycle: an `Optimizer` has it where it takes constant steps that nothing preconditions. */
export interface AtTheEdge {
  readonly name: string;
  readonly threshold: number;
  readonly edge?: { readonly growth: number; readonly drift: number; readonly lag: number; readonly spread: number };
}

/** The cycle of sharpness at the edge of stability; its value is the period of small swings, in steps. */
export interface SelfStabilisation extends Estimate {
  /** The leading Hessian eigenvalue S, and how far it is above the threshold. */
  readonly sharpness: number;
  readonly excess: number;
  /** How fast the gradient alone raises S, per unit of the drift; above 0: progressive sharpening. */
  readonly alpha: number;
  /** How strongly an oscillation along the leading eigenvector lowers S. */
  readonly beta: number;
  /** Root mean square of that oscillation, sqrt(2 alpha / beta). */
  readonly amplitude: number;
  /** Steps of a whole cycle in which S swings by +-swing about the threshold, swing > 0; NaN where it is not back within 100,000 steps. */
  period(swing: number): number;
}

/** Steps after which a cycle is given up, and the parts of a step in which it is followed. */
const MOST = 100_000;
const SUBSTEPS = 16;

/**
 * The cycle by which gradient descent at the edge of stability holds its sharpness: S rises until the iterates oscillate along the leading
 * eigenvector q, the oscillation pushes S down, dies out, and S rises again.
 *
 * *Definition*: with x the displacement along q and y = S less the threshold, x' = -(1 + g y) x and y' = y + d (alpha - beta x^2 / 2), where g and d are the
 * growth and drift of the optimizer's `edge`: both eta for gradient descent, eta / (1 - beta_1) with heavy-ball momentum beta_1. Here
 * alpha = -<P grad L, P grad S>, beta = |P grad S|^2 and P = 1 - q q^T. The source supposes both gradients to be orthogonal to q; an iterate in the
 * middle of its swing is not at rest along q, so that P stands here. About x^2 = 2 alpha / beta, y = 0 small swings have the period 2 pi / sqrt(2 alpha g d).
 * *Arguments*: see `SelfStabilisationOptions`.
 * *Returns*: the period of small swings, with what it is made of; `period(swing)` is that of a larger cycle, which takes
 * longer, in the end 2 swing / (d alpha). It belongs to the flow behind the map: the map itself spirals outward, networks do not. NaN, with the reason, where the gradient does not sharpen the loss
 * (alpha <= 0) or the leading eigenvalue is not simple.
 * *Error*: with a = sqrt(2 alpha g d), the exact period of the map is 2 pi / atan(a), longer by at most the share a^2 / 3; a momentum that lags by k steps
 * with the variance m makes the share (3 (1/2 + k)^2 / 2 + m / 2 - 1/24) a^2, to leading order (and the map spirals outward by (1/2 + k) a^2 a step); and what
 * the residual of q makes of it, to first order. The theory leaves out other directions near 2 / eta and the change of alpha and
 * beta along a cycle: in five runs of a 1-20-1 tanh network, with one direction at the edge and swings of 10 to 16 % of 2 / eta, cycles of 510 to
 * 840 steps took as long as `period` says to 3 %.
 * *Cost*: two eigenpairs, a gradient and a third derivative; `period` some operations a step of the cycle.
 * *Source*: Damian, Nichani, Lee 2023, Self-stabilization: the implicit bias of gradient descent at the edge of stability, section 4; with momentum the same
 * expansion about the multiplier -1 of x and about slow motion across it (see `Edge`). Behind a preconditioner it does not hold: the oscillation itself moves that.
 * *Example*: `const edge = landscape((w) => sub(mul(0.5, mul(at(w, 1), pow(at(w, 0), 2))), mul(0.02, at(w, 1))), 2); // y x^2 / 2 - 0.02 y
 * selfStabilisation({ landscape: edge, at: [0, 20], stepSize: 0.1 }).value // 314.16`
 */
export function selfStabilisation(options: SelfStabilisationOptions): SelfStabilisation {
  const { landscape, tolerance = 1e-8 } = options;
  const { dim } = landscape;
  const { edge, threshold } = optimizerOf(options);
  const w = Float64Array.from(options.at);
  if (w.length !== dim)
    throw new RangeError(`selfStabilisation: a place of ${w.length} numbers given; the loss has ${dim} parameters`);
  finite(w, "place");
  const pairs = eigenpairs(landscape.hessian(w), { k: Math.min(2, dim), tolerance });
  const sharpness = pairs.value[0]!;
  const gap = dim > 1 ? sharpness - pairs.value[1]! : Infinity;
  const q = pairs.vectors.subarray(0, dim);
  const across = (v: Float64Array): Float64Array => {
    addRow(v, 0, -dot(v, 0, q, 0, dim), q, 0, dim);
    return v;
  };
  const rise = across(landscape.third(w, q, q));
  const alpha = -dot(across(landscape.gradient(w)), 0, rise, 0, dim);
  const beta = dot(rise, 0, rise, 0, dim);
  const why =
    pairs.status !== "ok" || !Number.isFinite(alpha)
      ? "the leading eigenpair or a derivative there is not known; look at the sharpness of the run first"
      : !(gap > 100 * pairs.error[0]! && gap > 1e-8 * Math.abs(sharpness))
        ? "the leading eigenvalue is not simple, and its gradient not defined; two directions oscillate together"
        : !(alpha > 0)
          ? `the gradient does not sharpen the loss here (alpha = ${alpha}): S is not driven to the threshold, and there is no cycle`
          : undefined;
  const turn = Math.sqrt(2 * alpha * edge.growth * edge.drift);
  const value = why === undefined ? (2 * Math.PI) / turn : NaN;
  return {
    value,
    error:
      value * (turn * turn * (1.5 * (0.5 + edge.lag) * (0.5 + edge.lag) + 0.5 * edge.spread - 1 / 24) + pairs.error[0]! / gap),
    unit: "step",
    status: why === undefined ? "ok" : "not-converged",
    method: "2 pi / sqrt(2 alpha growth drift), the reduced map about its centre, from exact derivatives up to third order",
    sources: ["Damian, Nichani, Lee 2023"],
    cost: pairs.cost,
    ...(why === undefined ? {} : { explanation: why }),
    sharpness,
    excess: sharpness - threshold,
    alpha,
    beta,
    amplitude: why === undefined ? Math.sqrt((2 * alpha) / beta) : NaN,
    period(swing) {
      if (!(swing > 0 && swing < Infinity))
        throw new RangeError(`selfStabilisation: a swing of ${swing} given; allowed: finite numbers above 0, in units of S`);
      return why === undefined ? cyclePeriod(edge, alpha, swing) : NaN;
    },
  };
}

function optimizerOf({ stepSize, optimizer }: SelfStabilisationOptions): Required<Pick<AtTheEdge, "edge" | "threshold">> {
  if ((stepSize === undefined) === (optimizer === undefined))
    throw new RangeError(
      `selfStabilisation: ${optimizer ? "a stepSize and an optimizer" : "neither a stepSize nor an optimizer"} given; give the stepSize of gradient descent, or an optimizer`,
    );
  if (optimizer === undefined) {
    checkStepSize("selfStabilisation", stepSize!);
    return { edge: { growth: stepSize!, drift: stepSize!, lag: 0, spread: 0 }, threshold: 2 / stepSize! };
  }
  if (!optimizer.edge)
    throw new RangeError(
      `selfStabilisation: ${optimizer.name} given; allowed: gradient-descent, heavy-ball and nesterov without a schedule. What preconditions is moved by the oscillation, and a schedule moves the threshold`,
    );
  return { edge: optimizer.edge, threshold: optimizer.threshold };
}

/**
 * The period of the flow that the reduced map follows for small steps: with z = log(x^2 beta / (2 alpha)), which does not underflow where x does,
 * dz/dt = 2 growth y, dy/dt = drift alpha (1 - e^z), from z = 0, y = swing until z grows through 0 again. Symplectic Euler steps keep cycles closed.
 */
export function cyclePeriod(
  { growth, drift }: { readonly growth: number; readonly drift: number },
  alpha: number,
  swing: number,
): number {
  const h = 1 / SUBSTEPS;
  let [y, z, below] = [swing, 0, false];
  for (let n = 1; n <= MOST * SUBSTEPS; n++) {
    const before = z;
    z += h * 2 * growth * y;
    y += h * drift * alpha * (1 - scalarMath.exp(z));
    if (!Number.isFinite(y)) return NaN;
    if (below && z >= 0) return h * (n - z / (z - before));
    below ||= z < 0;
  }
  return NaN;
}

/**
 * The closed curve on which that flow goes, for equal growth and drift (otherwise give alpha drift / growth): points (x, y) round (amplitude, 0), where y^2 + alpha (e^z - z) is what it was at z = 0, y = swing.
 * x is the size of the displacement, amplitude e^(z/2).
 */
export function cycleCurve(alpha: number, amplitude: number, swing: number, points = 240): { x: Float64Array; y: Float64Array } {
  const square = (z: number): number => swing * swing + alpha * (1 - scalarMath.exp(z) + z);
  const root = (inside: number, outside: number): number => {
    for (let n = 0; n < 80; n++) {
      const middle = 0.5 * (inside + outside);
      if (square(middle) > 0) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  const far = (swing * swing) / alpha + 2;
  const [low, high] = [root(0, -far), root(0, far)];
  const x = new Float64Array(points + 1);
  const y = new Float64Array(points + 1);
  for (let i = 0; i <= points; i++) {
    // Once round, closest where the curve turns: from the least displacement over the upper side and back over the lower one.
    const z = 0.5 * (low + high) - 0.5 * (high - low) * scalarMath.cos((2 * Math.PI * i) / points);
    x[i] = amplitude * scalarMath.exp(0.5 * z);
    // It turns at 0 to rounding, and starts and ends there.
    y[i] = i === 0 || i === points ? 0 : (2 * i <= points ? 1 : -1) * Math.sqrt(Math.max(0, square(z)));
  }
  return { x, y };
}
