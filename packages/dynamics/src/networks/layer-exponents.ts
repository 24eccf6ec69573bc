import { compile, concat, constant, jvp, log, mul, qr, reshape, sum, transpose, vmap, type Tensor } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { fillNormal, random } from "../core/random.js";
import { orthonormalize } from "../core/rows.js";
import type { Architecture } from "./architecture.js";

export interface LayerExponentsOptions {
  /** Number of exponents: at most the least width. Default 1. */
  readonly k?: number;
  /** Random draws of parameters, input and start frame. Default 8. */
  readonly draws?: number;
  /** Seed of the first draw; the others follow. Default 0. */
  readonly seed?: number;
  /** Parameters, in place of random ones: then only input and frame are drawn. */
  readonly theta?: ArrayLike<number>;
  /** Mean square of the components of the normal inputs. Default 1. */
  readonly inputSquare?: number;
  /** Points at which to look, draws x inputs row by row, in place of normal inputs. */
  readonly points?: ArrayLike<number>;
}

/** Growth of tangents through the layers of a network. */
export interface LayerExponents extends Estimate<Float64Array> {
  /** layers x k: the mean over draws of log r_ii in each layer. */
  readonly rates: Float64Array;
}

/**
 * The leading Lyapunov exponents of the layers of a network, whatever their widths.
 *
 * *Definition*: k orthonormal tangents of the input are carried through the layers and made orthonormal after each; exponent i is the mean over
 * layers of log r_ii of the QR decomposition. The sum of the first i is the growth of an i-dimensional volume in nats a layer.
 * *Arguments*: see `LayerExponentsOptions`.
 * *Returns*: k exponents in nats a layer, and the rates layer by layer. Status "not-converged" with NaN where the tangents of a draw collapse (a
 * layer whose derivative has a rank below k, as ReLU layers may).
 * *Error*: one standard error over the draws, which are independent; NaN for one draw. The frame starts at random, so the first layers
 * still turn it towards the directions that grow: exponents of networks of few layers lie closer together than their limits.
 * *Cost*: a draw takes a forward pass with k tangents and 8 k^2 width operations a layer, compiled once.
 * *Source*: Benettin, Galgani, Giorgilli, Strelcyn 1980, part 2; for wide layers all leading exponents tend to log(chi_1) / 2 (Schoenholz et al. 2017).
 * *Example*: `layerExponents(mlp({ widths: [3, 5, 4], activation: "identity", init: { weights: "orthogonal", gain: 2 } }), { k: 2 }).rates[0] // 0.6931`
 */
export function layerExponents(architecture: Architecture, options: LayerExponentsOptions = {}): LayerExponents {
  const { k = 1, draws = 8, seed = 0, theta, inputSquare = 1, points } = options;
  const { layerMaps, inputs, size } = architecture;
  const least = layerMaps.reduce((n, l) => Math.min(n, l.outputs), inputs);
  if (!Number.isInteger(k) || k < 1 || k > least)
    throw new RangeError(`layerExponents: k = ${k} given; allowed: integers from 1 to the least width, ${least}`);
  if (!Number.isInteger(draws) || draws < 1)
    throw new RangeError(`layerExponents: ${draws} draws given; allowed: integers from 1`);
  if (theta && theta.length !== size)
    throw new RangeError(`layerExponents: ${theta.length} parameters given; the network has ${size}`);
  if (points && points.length !== draws * inputs)
    throw new RangeError(`layerExponents: points of ${points.length} numbers given; ${draws} draws need ${draws * inputs}`);
  const depth = layerMaps.length;
  const eye = Float64Array.from({ length: k * k }, (_, i) => (i % (k + 1) === 0 ? 1 : 0));
  const program = compile(
    (t, x, frame) => {
      let [h, v] = [x!, frame!];
      const logs: Tensor[] = [];
      for (const layer of layerMaps) {
        const step = (y: Tensor): Tensor => layer.apply(t!, y);
        const state = h;
        const pushed = vmap((w: Tensor) => jvp(step, [state], [reshape(w, [1, layer.inputs])]).tangents[0]!)(v) as Tensor;
        const [q, r] = qr(transpose(reshape(pushed, [k, layer.outputs])));
        logs.push(reshape(log(sum(mul(r, constant(eye, [k, k])), 1)), [1, k]));
        v = transpose(q);
        h = step(h);
      }
      return concat(logs, 0);
    },
    [{ shape: [size] }, { shape: [1, inputs] }, { shape: [k, inputs] }],
  );
  if (theta) program.inputs[0]!.set(theta);
  const means: Float64Array[] = [];
  const rates = new Float64Array(depth * k);
  for (let d = 0; d < draws; d++) {
    if (!theta) program.inputs[0]!.set(architecture.initial(seed + d));
    const stream = random(seed + d, DRAWN);
    const drawn = fillNormal(new Float64Array(inputs), stream).map((z) => Math.sqrt(inputSquare) * z);
    program.inputs[1]!.set(points ? Array.from(drawn, (_, i) => points[d * inputs + i]!) : drawn);
    const frame = fillNormal(new Float64Array(k * inputs), stream);
    orthonormalize(frame, k, inputs);
    program.inputs[2]!.set(frame);
    program.run();
    const mean = new Float64Array(k);
    program.outputs[0]!.forEach((r, i) => {
      mean[i % k]! += r / depth;
      rates[i]! += r / draws;
    });
    means.push(mean);
  }
  const value = Float64Array.from({ length: k }, (_, i) => means.reduce((s, m) => s + m[i]!, 0) / draws);
  const error = value.map((center, i) =>
    draws < 2 ? NaN : Math.sqrt(means.reduce((s, m) => s + (m[i]! - center) * (m[i]! - center), 0) / (draws * (draws - 1))),
  );
  const lost = rates.findIndex((r) => !Number.isFinite(r));
  return {
    value,
    error,
    rates,
    unit: "nat/layer",
    status: lost < 0 ? "ok" : "not-converged",
    method: `QR layer by layer; standard error over ${draws} draws`,
    sources: ["Benettin, Galgani, Giorgilli, Strelcyn 1980"],
    cost: { steps: depth * draws },
    ...(lost < 0
      ? {}
      : {
          explanation: `the tangents collapse in layer ${layerMaps[Math.floor(lost / k)]!.name}, tangent ${(lost % k) + 1}: its derivative has a lower rank; ask for fewer exponents`,
        }),
  };
}

/** The stream of a seed that gives input and frame: apart from those of the layers' parameters. */
const DRAWN = 1_000_000;
