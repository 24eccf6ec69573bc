import { compile, constant, matmul, reshape, sub, transpose, vjp, vmap, type CompileOptions, type Tensor } from "#engine";
import { gram, type Gram, type SampleLoss } from "../core/gram.js";
import { sampleBySample, type Architecture } from "../networks/architecture.js";
import type { Dataset } from "./training.js";

/** A network's residuals on a data set and their derivatives at one theta. */
export interface Linearization {
  /** samples x outputs: prediction - target. */
  readonly residuals: Float64Array;
  /** (samples x outputs) x parameters: row (i, o) is the gradient of output o on sample i. */
  readonly jacobian: Float64Array;
  /** 1/(2 samples) sum of squared residuals: the house's square loss. */
  readonly loss: number;
  /** J J^T as an object that the questions about stability take. */
  gram(loss?: SampleLoss): Gram;
}

/** The Jacobian of a network's outputs on a data set, as a compiled program. */
export interface OutputJacobian {
  readonly samples: number;
  readonly outputs: number;
  readonly parameters: number;
  /** Evaluates at theta; the arrays are copies. */
  at(theta: ArrayLike<number>): Linearization;
  /** The loss at theta alone. */
  loss(theta: ArrayLike<number>): number;
}

// J itself, its transpose and the batch of gradients in one program.
const MOST_NUMBERS = 60_000_000;

/**
 * Per-sample gradients of all outputs of a network.
 *
 * *Definition*: J[(i, o), k] = d f_o(x_i; theta) / d theta_k, and J J^T, the tangent kernel on the data.
 * *Arguments*: `architecture`, `data` as in training. Throws when they do not fit, or when J has more than 60 million entries.
 * *Returns*: an OutputJacobian; the Gram matrix is never made by way of a D x D matrix.
 * *Error*: exact derivatives, reverse mode sample by sample; J J^T to rounding, and exactly symmetric.
 * *Cost*: samples x outputs backward passes of one sample, batched, and 2 (samples x outputs)^2 parameters operations for J J^T.
 * *Source*: Jacot, Gabriel, Hongler 2018, Neural tangent kernel: convergence and generalization in neural networks.
 * *Example*: `outputJacobian(net, data).at(net.initial(0)).gram().factor.rank`
 */
export function outputJacobian(architecture: Architecture, data: Dataset, threads?: CompileOptions["threads"]): OutputJacobian {
  const { samples } = data;
  const { inputs, outputs, size } = sampleBySample(architecture, "outputJacobian");
  fits("inputs", data.inputs, samples, inputs, architecture.name);
  fits("targets", data.targets, samples, outputs, architecture.name);
  const rows = samples * outputs;
  if (rows * size > MOST_NUMBERS)
    throw new RangeError(
      `outputJacobian: ${samples} samples x ${outputs} outputs x ${size} parameters are ${rows * size} numbers; allowed: ${MOST_NUMBERS}. Take fewer samples`,
    );
  const eye = new Float64Array(outputs * outputs);
  for (let o = 0; o < outputs; o++) eye[o * outputs + o] = 1;
  const settings = threads === undefined ? {} : { threads };
  const x = constant(data.inputs, [samples, inputs]);
  const t = constant(data.targets, [samples, outputs]);

  const residual = (theta: Tensor): Tensor => sub(architecture.apply(theta, x), t);
  const values = compile(residual, [{ shape: [size] }], settings);
  let derivatives: ReturnType<typeof compile> | undefined;
  const whole = (theta: Tensor): Tensor[] => {
    const one = (input: Tensor): Tensor => {
      const output = (p: Tensor): Tensor => reshape(architecture.apply(p, reshape(input, [1, inputs])), [outputs]);
      const { pull } = vjp(output, [theta]);
      return vmap((e) => pull([e])[0]!)(constant(eye, [outputs, outputs]));
    };
    const j = reshape(vmap(one)(x), [rows, size]);
    return [residual(theta), j, matmul(j, transpose(j))];
  };
  const measure = (theta: ArrayLike<number>): Float64Array => {
    if (theta.length !== size)
      throw new RangeError(`theta of ${theta.length} numbers given; ${architecture.name} has ${size} parameters`);
    values.inputs[0]!.set(theta);
    values.run();
    return values.outputs[0]!;
  };
  return {
    samples,
    outputs,
    parameters: size,
    loss: (theta) => halfMeanSquare(measure(theta), samples),
    at(theta) {
      measure(theta);
      derivatives ??= compile(whole, [{ shape: [size] }], settings);
      derivatives.inputs[0]!.set(theta);
      derivatives.run();
      const [residuals, jacobian, products] = derivatives.outputs.map((v) => v.slice()) as Float64Array[];
      return {
        residuals: residuals!,
        jacobian: jacobian!,
        loss: halfMeanSquare(residuals!, samples),
        gram: (loss) => gram(products!, { outputs, ...(loss ? { loss } : {}) }),
      };
    },
  };
}

const halfMeanSquare = (r: Float64Array, samples: number): number => (0.5 / samples) * r.reduce((s, x) => s + x * x, 0);

function fits(what: string, values: ArrayLike<number>, samples: number, columns: number, name: string): void {
  if (!Number.isInteger(samples) || samples < 1) throw new RangeError(`data: ${samples} samples given; allowed: integers from 1`);
  if (values.length !== samples * columns)
    throw new RangeError(
      `data: ${what} has ${values.length} numbers; ${name} needs [${samples}, ${columns}], which is ${samples * columns}`,
    );
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]!))
      throw new RangeError(`data: ${what} has ${values[i]} in row ${Math.floor(i / columns)}; every number must be finite`);
}
