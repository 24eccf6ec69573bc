import { compile, concat, div, mean, mul, reshape, scalarMath, slice, sqrt, sum, type Tensor } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { fillNormal, random } from "../core/random.js";
import { dot, norm } from "../core/rows.js";
import type { Architecture } from "./architecture.js";
import { squaredGradients } from "./gradient-growth.js";

export interface SignalPropagationOptions {
  /** Networks drawn, each with a pair of inputs of its own. Default 10. */
  readonly draws?: number;
  /** Seed of the first; the others follow. Default 0. */
  readonly seed?: number;
  /** Mean square of an input's components. Default 1. */
  readonly inputSquare?: number;
  /** Correlation of the two inputs, in [-1, 1]. Default 0. */
  readonly inputCorrelation?: number;
}

/** What random networks of finite width do to signals and gradients, one entry a layer, with standard errors over the draws. */
export interface SignalPropagation {
  /** Mean square of the sums. */
  readonly lengths: Estimate<Float64Array>;
  /** Correlation of the sums of the two inputs. */
  readonly correlations: Estimate<Float64Array>;
  /** log(|g_{l-1}| / |g_l|) for a gradient that starts at the output as a random vector. */
  readonly gradientRates: Estimate<Float64Array>;
}

/**
 * Lengths, correlations and gradients in randomly drawn networks, layer by layer.
 *
 * *Definition*: for sums a_l and b_l of two inputs: |a_l|^2 / width (averaged over the two), a_l . b_l / (|a_l| |b_l|), and the rates of
 * `gradientGrowth` for a normal cotangent at the output; each averaged over the draws.
 * *Arguments*: `architecture`: its layers must tell their sums, as those of `mlp` and `recurrent` do; see `SignalPropagationOptions`. With two or
 * more inputs the pair has exactly the mean square and correlation asked for; with one input the correlation is 1.
 * *Returns*: one entry a layer, to be held against `meanFieldOrbit`. Status "not-converged" where a signal or gradient is zero or not finite in some
 * draw, with NaN from that layer on.
 * *Error*: standard errors over the draws. Theory for infinite width differs by terms of order 1 / width besides.
 * *Cost*: a draw costs its parameters (about 60 ns each) and a forward and backward pass of two samples.
 * *Source*: Poole et al. 2016, figure 1; Schoenholz et al. 2017, figures 1 and 5.
 * *Example*: `const net = mlp({ widths: [50, 50, 50], init: { weights: "orthogonal" } });
 * signalPropagation(net).lengths.value[0] // 1.0000`
 */
export function signalPropagation(architecture: Architecture, options: SignalPropagationOptions = {}): SignalPropagation {
  const { draws = 10, seed = 0, inputSquare = 1, inputCorrelation = 0 } = options;
  const { layerMaps, inputs, outputs, size } = architecture;
  if (!Number.isInteger(draws) || draws < 2)
    throw new RangeError(`signalPropagation: ${draws} draws given; allowed: integers from 2`);
  if (!(inputSquare > 0) || !(Math.abs(inputCorrelation) <= 1))
    throw new RangeError(
      `signalPropagation: inputSquare ${inputSquare}, inputCorrelation ${inputCorrelation} given; allowed: above 0; from -1 to 1`,
    );
  const silent = layerMaps.find((l) => !l.sums);
  if (silent)
    throw new RangeError(
      `signalPropagation: layer ${silent.name} of ${architecture.name} does not tell its sums; use an mlp or a recurrent network`,
    );
  const depth = layerMaps.length;
  const program = compile(
    (theta, x, cotangent) => {
      let h = x!;
      const measured = layerMaps.map((layer) => {
        const sums = layer.sums!(theta!, h);
        h = layer.apply(theta!, h);
        const [a, b] = [0, 1].map((i) => slice(sums, [i, 0], [i + 1, layer.outputs])) as [Tensor, Tensor];
        const [aa, ab, bb] = [sum(mul(a, a)), sum(mul(a, b)), sum(mul(b, b))];
        return concat([mean(mul(sums, sums)), div(ab, sqrt(mul(aa, bb)))].map((s) => reshape(s, [1])));
      });
      const squares = squaredGradients(architecture, theta!, x!, (output) => sum(mul(output, cotangent!)));
      return [concat(measured), squares];
    },
    [{ shape: [size] }, { shape: [2, inputs] }, { shape: [2, outputs] }],
  );
  const rows: [Float64Array, Float64Array, Float64Array][] = [];
  for (let d = 0; d < draws; d++) {
    const stream = random(seed + d, DRAWN);
    program.inputs[0]!.set(architecture.initial(seed + d));
    program.inputs[1]!.set(inputPair(inputs, inputSquare, inputCorrelation, stream));
    program.inputs[2]!.set(fillNormal(new Float64Array(2 * outputs), stream));
    program.run();
    const [measured, squares] = program.outputs as [Float64Array, Float64Array];
    const rate = (l: number): number =>
      0.25 * [0, 1].reduce((s, i) => s + logRatio(squares[i * (depth + 1) + l]!, squares[i * (depth + 1) + l + 1]!), 0);
    rows.push([
      Float64Array.from({ length: depth }, (_, l) => measured[2 * l]!),
      Float64Array.from({ length: depth }, (_, l) => measured[2 * l + 1]!),
      Float64Array.from({ length: depth }, (_, l) => rate(l)),
    ]);
  }
  const of = (i: 0 | 1 | 2, unit: string): Estimate<Float64Array> =>
    overDraws(
      rows.map((r) => r[i]),
      unit,
    );
  return { lengths: of(0, "1"), correlations: of(1, "1"), gradientRates: of(2, "nat/layer") };
}

/** The stream of a seed that gives inputs and cotangents: apart from those of the layers' parameters. */
const DRAWN = 1_000_001;

const logRatio = (a: number, b: number): number =>
  a > 0 && b > 0 && a < Infinity && b < Infinity ? scalarMath.log(a) - scalarMath.log(b) : NaN;

/** Two vectors with this mean square and correlation, exactly but for rounding. */
function inputPair(n: number, square: number, correlation: number, stream: ReturnType<typeof random>): Float64Array {
  const pair = fillNormal(new Float64Array(2 * n), stream);
  const length = Math.sqrt(square * n);
  const scale = (row: number, to: number): void => {
    const by = to / norm(pair, row, n);
    for (let i = 0; i < n; i++) pair[row * n + i]! *= by;
  };
  scale(0, length);
  if (n === 1) pair[1] = pair[0]!;
  else {
    const along = dot(pair, 0, pair, 1, n) / dot(pair, 0, pair, 0, n);
    for (let i = 0; i < n; i++) pair[n + i]! -= along * pair[i]!;
    scale(1, length * Math.sqrt(1 - correlation * correlation));
    for (let i = 0; i < n; i++) pair[n + i]! += correlation * pair[i]!;
  }
  return pair;
}

function overDraws(rows: readonly Float64Array[], unit: string): Estimate<Float64Array> {
  const n = rows.length;
  const value = rows[0]!.map((_, l) => rows.reduce((s, r) => s + r[l]!, 0) / n);
  const error = value.map((center, l) =>
    Math.sqrt(rows.reduce((s, r) => s + (r[l]! - center) * (r[l]! - center), 0) / (n * (n - 1))),
  );
  const lost = value.findIndex((x) => !Number.isFinite(x));
  return {
    value,
    error,
    unit,
    status: lost < 0 ? "ok" : "not-converged",
    method: `mean over ${n} random networks; standard error over them`,
    sources: ["Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli 2016"],
    cost: { steps: n * value.length },
    ...(lost < 0
      ? {}
      : { explanation: `in layer ${lost + 1} the signal or its gradient is zero or not finite in at least one draw` }),
  };
}
