import { compile, constant } from "#engine";
import type { Estimate } from "../core/estimate.js";
import type { Architecture } from "./architecture.js";

/** How much a two-layer ReLU network bends where the data are, and what flatness of the loss says about it. */
export interface ShallowReluNorm extends Estimate {
  /** Of each hidden unit: |a_j| |w_j| and the weight g(u_j, t_j); the value is the sum of the products. */
  readonly slopes: Float64Array;
  readonly weights: Float64Array;
  /** Largest |x| over the samples. */
  readonly radius: number;
  /**
   * An upper bound of the value at parameters with this sharpness (largest Hessian eigenvalue) and square loss L = 1/(2N) sum r^2:
   * sharpness / 2 - 1/2 + sqrt(1 + radius^2) sqrt(2 L) / 2; without an output bias there is no - 1/2.
   */
  bound(sharpness: number, loss: number): number;
  /** The published form, which is never smaller: the last term is (radius + 1) sqrt(2 L). */
  published(sharpness: number, loss: number): number;
}

/**
 * The weighted path norm |f|_{V,g} of a two-layer ReLU network, which flat minima of the square loss keep small.
 *
 * *Definition*: f(x) = c + sum a_j relu(w_j . x + b_j) with u_j = w_j / |w_j|, t_j = -b_j / |w_j|; |f| = sum |a_j| |w_j| g(u_j, t_j),
 * g(u, t) = min(h(u, t), h(-u, -t)), h(u, t) = P^2 E[u.X - t | A] sqrt(1 + |E[X | A]|^2), where X is a random sample, A = {u.X > t}, P = P(A).
 * Units that never switch on the samples (always on, or always off) have g = 0: they do not bend f there.
 * *Arguments*: `architecture`: two layers, one output, hidden biases, ReLU (checked on the samples); `theta`; the samples.
 * *Returns*: the norm with its parts, and `bound`.
 * *Error*: rounding. The bound is a theorem for every theta, minimum or not; its derivation, since the formula for h was not
 * legible in the source at hand: p = mean over samples of grad f has the components 1 (c), E relu_j (a_j), a_j P E[X|A] and a_j P (w_j, b_j), so by
 * x^2 + y^2 >= 2 |x y| for each unit |p|^2 >= 1 + 2 sum |a_j| |w_j| h >= 1 + 2 |f|. With v = p / |p|,
 * sharpness >= v^T H v = mean (v . grad f_i)^2 + mean r_i v^T (D^2 f_i) v >= |p|^2 - mean |r_i| sqrt(1 + |x_i|^2), because D^2 f_i couples only a_j
 * with (w_j, b_j), through (x_i, 1), which gives at most 2 |v_a| |v_wb| sqrt(1 + |x_i|^2) <= sqrt(1 + |x_i|^2); and mean |r| <= sqrt(2 L). This is
 * sharper than the published (R + 1) sqrt(2 L) for the last term by a factor of at least 2.
 * *Cost*: samples x units x inputs operations.
 * *Source*: Mulayoff, Michaeli, Soudry 2021, The implicit bias of minima stability; Nacson, Mulayoff, Ongie, Michaeli, Soudry 2023, The
 * implicit bias of minima stability in multivariate shallow ReLU networks; theorem 3.2 of the later work on stable minima in d dimensions.
 * *Example*: `const flat = interpolate(mlp({ widths: [1, 8, 1], activation: "relu" }), data);
 * const norm = shallowReluNorm(flat.architecture, flat.theta, data);
 * [norm.value, norm.bound(gramSpectrum(flat.gram()).hessian[0], flat.loss)] // [1.02, 3.10]`
 */
export const shallowReluNorm = (architecture: Architecture, theta: ArrayLike<number>, data: Inputs): ShallowReluNorm =>
  shallowReluNorms(architecture, data)(theta);

interface Inputs {
  readonly samples: number;
  readonly inputs: ArrayLike<number>;
}

/**
 * `shallowReluNorm` for many parameters of one network on the same samples.
 *
 * *Example*: `const flat = interpolate(mlp({ widths: [1, 8, 1], activation: "relu" }), data);
 * const at = shallowReluNorms(flat.architecture, data); [at(flat.theta).value, at(flat.architecture.initial(0)).value] // [1.02, 0.1]`
 */
export function shallowReluNorms(architecture: Architecture, data: Inputs): (theta: ArrayLike<number>) => ShallowReluNorm {
  const { samples } = data;
  const x = Float64Array.from(data.inputs);
  const d = architecture.inputs;
  const what = `shallowReluNorm: ${architecture.name} given; allowed: mlp with widths [inputs, units, 1], activation "relu" and hidden biases`;
  const has = (name: string): boolean => architecture.layout.some((p) => p.name === name);
  if (architecture.layerMaps.length !== 2 || architecture.outputs !== 1 || !["W1", "b1", "W2"].every(has))
    throw new RangeError(what);
  if (x.length !== samples * d) throw new RangeError(`shallowReluNorm: ${x.length} inputs given; needed: ${samples} x ${d}`);
  const program = compile((t) => architecture.apply(t, constant(x, [samples, d])), [{ shape: [architecture.size] }]);
  return (theta) => {
    if (theta.length !== architecture.size)
      throw new RangeError(`shallowReluNorm: ${theta.length} parameters given; needed: ${architecture.size}`);
    program.inputs[0]!.set(theta);
    program.run();
    return measured(architecture, theta, samples, x, program.outputs[0]!, what);
  };
}

/** The norm at parameters whose outputs are known. */
function measured(
  architecture: Architecture,
  theta: ArrayLike<number>,
  samples: number,
  x: Float64Array,
  outputs: ArrayLike<number>,
  what: string,
): ShallowReluNorm {
  const d = architecture.inputs;
  const read = (name: string): Float64Array | undefined => {
    const found = architecture.layout.find((p) => p.name === name);
    if (!found) return undefined;
    const size = found.shape.reduce((m, n) => m * n, 1);
    return Float64Array.from({ length: size }, (_, i) => theta[found.offset + i]!);
  };
  const [w, b, a] = ["W1", "b1", "W2"].map((name) => read(name)!) as [Float64Array, Float64Array, Float64Array];
  const c = read("b2");
  const units = b.length;
  const field = (i: number, j: number): number => {
    let s = b[j]!;
    for (let l = 0; l < d; l++) s += x[i * d + l]! * w[l * units + j]!;
    return s;
  };

  let radius = 0;
  for (let i = 0; i < samples; i++) {
    let f = c?.[0] ?? 0;
    let size = Math.abs(f);
    for (let j = 0; j < units; j++) {
      const term = a[j]! * Math.max(field(i, j), 0);
      f += term;
      size += Math.abs(term);
    }
    if (Math.abs(f - outputs[i]!) > 1e-9 * size)
      throw new RangeError(`${what}; its output at sample ${i} is not that of such a network`);
    radius = Math.max(radius, Math.sqrt(x.subarray(i * d, (i + 1) * d).reduce((s, v) => s + v * v, 0)));
  }

  /** |w| h(u, t) of one side of a unit: sign 1, or -1 for (-u, -t). */
  const side = (j: number, sign: 1 | -1): number => {
    let [on, total] = [0, 0];
    const sums = new Float64Array(d);
    for (let i = 0; i < samples; i++) {
      const value = sign * field(i, j);
      if (!(value > 0)) continue;
      on++;
      total += value;
      for (let l = 0; l < d; l++) sums[l]! += x[i * d + l]!;
    }
    if (on === 0) return 0;
    const squares = sums.reduce((s, v) => s + (v / on) * (v / on), 1);
    return (on / samples) * (total / samples) * Math.sqrt(squares);
  };
  const slopes = new Float64Array(units);
  const weights = new Float64Array(units);
  let value = 0;
  for (let j = 0; j < units; j++) {
    let square = 0;
    for (let l = 0; l < d; l++) square += w[l * units + j]! * w[l * units + j]!;
    const length = Math.sqrt(square);
    slopes[j] = Math.abs(a[j]!) * length;
    weights[j] = length > 0 ? Math.min(side(j, 1), side(j, -1)) / length : 0;
    value += slopes[j]! * weights[j]!;
  }
  return {
    value,
    error: 1e-14 * value * samples,
    unit: "output",
    status: Number.isFinite(value) ? "ok" : "diverged",
    method: "sum over units on the samples; the error is a bound for rounding",
    sources: ["Mulayoff, Michaeli, Soudry 2021", "Nacson, Mulayoff, Ongie, Michaeli, Soudry 2023"],
    cost: {},
    slopes,
    weights,
    radius,
    bound: (sharpness, loss) => 0.5 * (sharpness - (c ? 1 : 0) + Math.sqrt(1 + radius * radius) * Math.sqrt(2 * loss)),
    published: (sharpness, loss) => 0.5 * (sharpness - (c ? 1 : 0)) + (radius + 1) * Math.sqrt(2 * loss),
  };
}
