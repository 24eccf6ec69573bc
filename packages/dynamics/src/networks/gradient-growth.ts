import { add, compile, concat, constant, grad, mul, scalarMath, slice, sum, type Tensor } from "#engine";
import type { Estimate } from "../core/estimate.js";
import type { Architecture } from "./architecture.js";

/** How the backpropagated gradient of each sample grows from layer to layer. */
export interface GradientGrowth {
  /** For the states h_0 = input, h_1, ..., h_L = output: the root mean square over samples of |dL/dh_l|. */
  readonly norms: Float64Array;
  /** For layers 1 to L: mean over samples of log(|dL/dh_{l-1}| / |dL/dh_l|), with standard errors. Above 0 gradients explode, below they vanish. */
  readonly rates: Estimate<Float64Array>;
  /** The mean of the rates over the layers: log(|dL/dh_0| / |dL/dh_L|) / L, with a standard error. */
  readonly mean: Estimate;
}

/**
 * The growth of gradients from the output of a network back to its input.
 *
 * *Definition*: with g_l(sample) = derivative of the loss by the state h_l of that sample, rate_l = mean of log(|g_{l-1}| / |g_l|): the
 * finite-time exponent of backpropagation through layer l.
 * *Arguments*: `theta` [size]; `inputs` [samples, inputs] and `targets` [samples, outputs], row by row; `loss` as in training.
 * *Returns*: norms and rates in nats a layer. Samples whose gradient is exactly zero (or not finite) at some layer have no logarithm and are
 * left out; the explanation counts them. Without two samples left the values are NaN.
 * *Error*: derivatives are exact; the errors are standard errors over samples, which count the samples as independent draws.
 * *Cost*: one forward and one backward pass, as one compiled program.
 * *Source*: Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017, Deep information propagation, section 5 (the rate at initialisation is log chi_1 / 2
 * a layer for norms, log chi_1 for squared norms).
 * *Example*: `gradientGrowth(net, net.initial(0), data, square).rates.value // [-1.21450, 0.55131]`
 */
export function gradientGrowth(
  architecture: Architecture,
  theta: ArrayLike<number>,
  data: { readonly samples: number; readonly inputs: ArrayLike<number>; readonly targets: ArrayLike<number> },
  loss: (prediction: Tensor, target: Tensor) => Tensor,
): GradientGrowth {
  const { samples } = data;
  const x = constant(data.inputs, [samples, architecture.inputs]);
  const y = constant(data.targets, [samples, architecture.outputs]);
  const program = compile((t) => squaredGradients(architecture, t!, x, (h) => loss(h, y)), [{ shape: [architecture.size] }]);
  program.inputs[0]!.set(theta);
  program.run();
  return summarize(Float64Array.from(program.outputs[0]!), samples, architecture.layerMaps.length);
}

/** |dL/dh_l|^2 of each sample for the states h_0, ..., h_L, as [samples, L + 1], where L = finish(h_L). */
export function squaredGradients(
  { inputs, layerMaps }: Architecture,
  theta: Tensor,
  x: Tensor,
  finish: (output: Tensor) => Tensor,
): Tensor {
  const samples = x.shape[0]!;
  const widths = [inputs, ...layerMaps.map((l) => l.outputs)];
  const starts = widths.map((_, l) => widths.slice(0, l).reduce((a, b) => a + b, 0));
  const total = starts.at(-1)! + widths.at(-1)!;
  // The derivative by a shift added to a state, at shift 0, is the derivative by the state: one backward pass gives them all.
  const shifted = (shifts: Tensor): Tensor => {
    const shift = (l: number): Tensor => slice(shifts, [0, starts[l]!], [samples, starts[l]! + widths[l]!]);
    let h = add(x, shift(0));
    layerMaps.forEach((layer, l) => (h = add(layer.apply(theta, h), shift(l + 1))));
    return finish(h);
  };
  const gradients = grad(shifted)(constant(new Float64Array(samples * total), [samples, total])) as Tensor;
  return concat(
    widths.map((w, l) => {
      const g = slice(gradients, [0, starts[l]!], [samples, starts[l]! + w]);
      return sum(mul(g, g), 1, true);
    }),
    1,
  );
}

function summarize(squares: Float64Array, samples: number, depth: number): GradientGrowth {
  const norms = new Float64Array(depth + 1);
  const rows: number[][] = [];
  for (let p = 0; p < samples; p++) {
    const row = Array.from(squares.subarray(p * (depth + 1), (p + 1) * (depth + 1)));
    row.forEach((s, l) => (norms[l]! += s / samples));
    if (row.every((s) => s > 0 && s < Infinity)) {
      const logs = row.map((s) => 0.5 * scalarMath.log(s));
      rows.push([...logs.slice(1).map((next, l) => logs[l]! - next), (logs[0]! - logs[depth]!) / depth]);
    }
  }
  const n = rows.length;
  const value = Float64Array.from({ length: depth + 1 }, (_, l) => (n < 2 ? NaN : rows.reduce((s, r) => s + r[l]!, 0) / n));
  const error = value.map((mean, l) => Math.sqrt(rows.reduce((s, r) => s + (r[l]! - mean) * (r[l]! - mean), 0) / (n * (n - 1))));
  const left = samples - n;
  const common = {
    unit: "nat/layer",
    status: n < 2 ? ("not-converged" as const) : ("ok" as const),
    method: `mean over ${n} samples; the error is one standard error over samples`,
    sources: ["Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017"],
    cost: {},
    ...(left > 0
      ? {
          explanation: `${left} of ${samples} samples have a gradient of exactly zero (or none that is finite) at some layer and are left out`,
        }
      : {}),
  };
  return {
    norms: norms.map(Math.sqrt),
    rates: { ...common, value: value.slice(0, depth), error: error.slice(0, depth) },
    mean: { ...common, value: value[depth]!, error: n < 2 ? NaN : error[depth]! },
  };
}
