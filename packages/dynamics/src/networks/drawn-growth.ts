import { mul, sum } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { fillNormal, random } from "../core/random.js";
import type { Architecture } from "./architecture.js";
import { gradientGrowth } from "./gradient-growth.js";
import { layerExponents, type LayerExponents } from "./layer-exponents.js";

export interface DrawnGrowthOptions {
  /** Networks drawn. Default 5. */
  readonly draws?: number;
  /** Seed of the first; the others follow. Default 0. */
  readonly seed?: number;
  /** Mean square of an input's components. Default 1. */
  readonly inputSquare?: number;
  /** Lyapunov exponents asked for: at most the least width. Default: 2, or the least width. */
  readonly k?: number;
}

/** What the gradients and the tangents of networks drawn at random do, layer by layer. */
export interface DrawnGrowth {
  /** log(|dL/dh_{l-1}| / |dL/dh_l|), one entry a layer. */
  readonly rates: Estimate<Float64Array>;
  /** Their sum: log(|dL/dx| / |dL/dy|) from the output y back to the input x. */
  readonly total: Estimate;
  readonly exponents: LayerExponents;
}

/** Inputs of each network drawn. */
const SAMPLES = 8;
/** The stream of a seed that gives inputs and cotangents. */
const DRAWN = 1_000_002;

/**
 * How gradients and small differences grow through random networks of any architecture.
 *
 * *Definition*: the rates of `gradientGrowth` for normal inputs and a normal cotangent at the output, and the exponents of `layerExponents`, over networks drawn by
 * `initial`.
 * *Arguments*: `architecture`; see `DrawnGrowthOptions`.
 * *Returns*: see `DrawnGrowth`. For multilayer perceptrons `diagnose` has the theory besides.
 * *Error*: one standard error over the draws.
 * *Cost*: a forward and a backward pass a draw, compiled anew for each.
 * *Example*: `drawnGrowth(mlp({ widths: [3, 3, 3], activation: "identity", init: { weights: "orthogonal", gain: 2 } })).total.value // 1.3863`
 */
export function drawnGrowth(architecture: Architecture, options: DrawnGrowthOptions = {}): DrawnGrowth {
  const { draws = 5, seed = 0, inputSquare = 1 } = options;
  const { inputs, outputs, layerMaps } = architecture;
  const least = layerMaps.reduce((n, l) => Math.min(n, l.outputs), inputs);
  const { k = Math.min(2, least) } = options;
  if (!Number.isInteger(draws) || draws < 2) throw new RangeError(`drawnGrowth: ${draws} draws given; allowed: integers from 2`);
  const rows = Array.from({ length: draws }, (_, d) => {
    const stream = random(seed + d, DRAWN);
    const data = {
      samples: SAMPLES,
      inputs: fillNormal(new Float64Array(SAMPLES * inputs), stream).map((z) => Math.sqrt(inputSquare) * z),
      targets: fillNormal(new Float64Array(SAMPLES * outputs), stream),
    };
    return gradientGrowth(architecture, architecture.initial(seed + d), data, (y, t) => sum(mul(y, t))).rates.value;
  });
  const over = (of: (row: Float64Array) => number): readonly [value: number, error: number] => {
    const mean = rows.reduce((s, row) => s + of(row), 0) / draws;
    const squares = rows.reduce((s, row) => s + (of(row) - mean) * (of(row) - mean), 0);
    return [mean, Math.sqrt(squares / (draws * (draws - 1)))];
  };
  const each = layerMaps.map((_, l) => over((row) => row[l]!));
  const [value, error] = over((row) => row.reduce((a, b) => a + b, 0));
  const common = {
    status: Number.isFinite(value) ? ("ok" as const) : ("not-converged" as const),
    method: `mean over ${draws} random networks with ${SAMPLES} inputs each; standard error over them`,
    sources: ["Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017"],
    cost: {},
    ...(Number.isFinite(value) ? {} : { explanation: "the gradient is zero or not finite at some layer of some network" }),
  };
  return {
    rates: {
      ...common,
      unit: "nat/layer",
      value: Float64Array.from(each, (e) => e[0]),
      error: Float64Array.from(each, (e) => e[1]),
    },
    total: { ...common, unit: "nat", value, error },
    exponents: layerExponents(architecture, { k, draws, seed, inputSquare }),
  };
}
