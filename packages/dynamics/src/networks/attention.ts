import { add, div, matmul, mul, reshape, transpose, type Tensor } from "#engine";
import { lookup } from "../core/lookup.js";
import { softmax, standardised } from "../core/normalise.js";
import { random } from "../core/random.js";
import type { Part } from "../core/system.js";
import { compose, part, sampleBySample, type Architecture, type LayerMap } from "./architecture.js";
import { chain } from "./chain.js";
import { asEnd } from "./ends.js";
import { initializers } from "./initializers.js";
import { mlp, type MlpOptions } from "./mlp.js";
import { namedStep, type Walk } from "./walk.js";

export interface AttentionNetworkOptions extends MlpOptions {
  /** Inputs first, outputs last, between them the hidden layers of each block's perceptron. */
  readonly widths: readonly number[];
  /** Tokens into which the inputs are cut: a divisor of their number. Default: each input is a token. */
  readonly tokens?: number;
  /** Units of a token. Default 8. */
  readonly state?: number;
  /** Attention heads: a divisor of `state`. Default 1. */
  readonly heads?: number;
  /** Number of blocks. Default 2. */
  readonly depth?: number;
  /** Whether attention and perceptron read layer-normalised tokens. Default true. */
  readonly norm?: boolean;
}

/**
 * A network of attention blocks: self-attention between tokens and a perceptron on each token, both residual.
 *
 * *Definition*: token i starts as x_i E + P_i. A block is h <- h + A(N(h)), h <- h + M(N'(h)): A(z) = concat over heads of softmax(z Q (z K)^T / sqrt(state / heads)) z V, times O;
 * M a multilayer perceptron, the same for every token; N and N' bring each token to mean 0 and variance 1 over its units, then scale and shift it (the identity without
 * `norm`). The readout is affine in all tokens.
 * *Arguments*: see `AttentionNetworkOptions`; `init` as for `mlp`, one gain for all matrices.
 * *Returns*: an Architecture whose layers are the embedding, two for each block, and the readout.
 * *Error*: the variance is taken with 1e-5 added to it. Derivatives are exact to any order.
 * *Cost*: a block takes about 4 tokens state^2 + 2 tokens^2 state products a sample besides the perceptron's.
 * *Source*: Vaswani et al. 2017, Attention is all you need, section 3.2; Xiong et al. 2020, On layer normalization in the Transformer architecture (before the branch).
 * *Example*: `const { size, layerMaps } = attentionNetwork({ widths: [6, 16, 1], tokens: 3, state: 4 }); [size, layerMaps.length] // [489, 6]`
 */
export function attentionNetwork(options: AttentionNetworkOptions): Architecture {
  const { widths, tokens = widths[0]!, state = 8, heads = 1, depth = 2, norm = true, ...rest } = options;
  const owner = "attention";
  const [inputs, outputs] = [widths[0]!, widths.at(-1)!];
  const whole = { tokens, state, heads, depth };
  for (const [name, value] of Object.entries(whole))
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${owner}: ${name} ${value} given; allowed: integers from 1`);
  if (widths.length < 2)
    throw new RangeError(
      `${owner}: widths [${widths.join(", ")}] given; allowed: inputs, hidden layers of the perceptrons, outputs`,
    );
  if (inputs % tokens !== 0) throw new RangeError(`${owner}: ${tokens} tokens given; allowed: divisors of the ${inputs} inputs`);
  if (state % heads !== 0)
    throw new RangeError(`${owner}: ${heads} heads given; allowed: divisors of the ${state} units of a token`);
  const { weights = "xavier-normal", gain = 1 } = rest.init ?? {};
  if (typeof gain !== "number" || (rest.bias !== undefined && typeof rest.bias !== "boolean"))
    throw new RangeError(
      `${owner}: a list of gains or biases given; allowed: one for all, since its matrices are no list of layers`,
    );
  const how: How = { weights, gain, tokens, units: state };
  const perceptron = sampleBySample(mlp({ ...rest, widths: [state, ...widths.slice(1, -1), state] }), owner);
  const blocks = Array.from({ length: depth }, (_, k) => [
    [`${k + 1}.attention`, residual(how, attend(how, heads), norm)] as const,
    [`${k + 1}.perceptron`, residual(how, onEach(how, perceptron), norm)] as const,
  ]).flat();
  const name = `${owner} ${widths.join("-")}, ${tokens} tokens of ${state} units, ${heads} heads, ${depth} blocks`;
  const readout = mlp({ widths: [tokens * state, outputs], init: rest.init ?? {} });
  return chain(name, [["tokens", asEnd(embedding(how, inputs))], ...blocks, ["readout", asEnd(readout)]]);
}

const EPSILON = 1e-5;

/** What the parts of the network share. */
interface How {
  readonly weights: string;
  readonly gain: number;
  readonly tokens: number;
  readonly units: number;
}

/** A function of all tokens, [samples * tokens, units] to itself, with its parameters. */
type Branch = Pick<Architecture, "name" | "size" | "layout" | "initial"> & {
  on(theta: Tensor, h: Tensor, walk: Walk | undefined): Tensor;
};

/** Matrices one after the other, and how they start. */
function matrices({ weights, gain }: How, shapes: Readonly<Record<string, readonly [number, number]>>) {
  const layout: Part[] = [];
  let size = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    layout.push({ name, shape, offset: size });
    size += shape[0] * shape[1];
  }
  const { fill } = lookup("initializer", initializers, weights);
  const initial = (seed: number): Float64Array => {
    const theta = new Float64Array(size);
    layout.forEach(({ shape, offset }, i) => {
      const matrix = theta.subarray(offset, offset + shape[0]! * shape[1]!);
      fill(matrix, shape[0]!, shape[1]!, random(seed, i));
      for (let j = 0; j < matrix.length; j++) matrix[j]! *= gain;
    });
    return theta;
  };
  const of = (theta: Tensor): Tensor[] => layout.map((p) => part(theta, p));
  return { size, layout, initial, of };
}

/** Inputs to tokens: x_i E + P_i. */
function embedding(how: How, inputs: number): Architecture {
  const { tokens, units } = how;
  const each = inputs / tokens;
  const { of, ...parameters } = matrices(how, { E: [each, units], P: [tokens, units] });
  const apply: LayerMap["apply"] = (theta, x) => {
    const [e, p] = of(theta) as [Tensor, Tensor];
    const samples = x.shape[0]!;
    const placed = add(reshape(matmul(reshape(x, [samples * tokens, each]), e), [samples, tokens, units]), p);
    return reshape(placed, [samples, tokens * units]);
  };
  const law = `tokens ${tokens}`;
  const layerMaps = [{ name: "embedding", inputs, outputs: tokens * units, parameters: parameters.layout, law, apply }];
  return { name: law, inputs, outputs: tokens * units, ...parameters, layerMaps, ...compose(layerMaps) };
}

/** Self-attention between the tokens of a sample. */
function attend(how: How, heads: number): Branch {
  const { tokens, units } = how;
  const share = units / heads;
  const { of, ...parameters } = matrices(
    how,
    Object.fromEntries(["Q", "K", "V", "O"].map((name) => [name, [units, units] as const])),
  );
  return {
    name: `attention ${heads}`,
    ...parameters,
    on(theta, z, walk) {
      const [q, k, v, o] = of(theta) as [Tensor, Tensor, Tensor, Tensor];
      const samples = z.shape[0]! / tokens;
      /** [samples * heads, tokens, share] */
      const split = (w: Tensor): Tensor =>
        reshape(transpose(reshape(matmul(z, w), [samples, tokens, heads, share]), [0, 2, 1, 3]), [
          samples * heads,
          tokens,
          share,
        ]);
      const scores = matmul(split(q), transpose(split(k), [0, 2, 1]));
      const mixed = matmul(softmax(div(scores, Math.sqrt(share)), [2]), split(v));
      walk?.step?.("softmax attention", [z], [mixed]);
      const joined = transpose(reshape(mixed, [samples, heads, tokens, share]), [0, 2, 1, 3]);
      return matmul(reshape(joined, [samples * tokens, units]), o);
    },
  };
}

/** The same perceptron on every token. */
function onEach({ tokens }: How, perceptron: Architecture): Branch {
  return {
    ...perceptron,
    name: `each of ${tokens}, ${perceptron.name}`,
    on: (theta, z, walk) => perceptron.apply(theta, z, walk),
  };
}

/** h + branch(N(h)) as one layer on [samples, tokens * units]. The scale and shift of N come first in theta. */
function residual({ tokens, units }: How, branch: Branch, norm: boolean): Architecture {
  const width = tokens * units;
  const scales: Part[] = norm ? ["scale", "shift"].map((name, i) => ({ name, shape: [units], offset: i * units })) : [];
  const before = scales.length * units;
  const layout = [...scales, ...branch.layout.map((p) => ({ ...p, offset: p.offset + before }))];
  const apply: LayerMap["apply"] = (theta, h, walk) => {
    const rows = reshape(h, [h.shape[0]! * tokens, units]);
    const [scale, shift] = scales.map((p) => part(theta, p));
    const standard = (z: Tensor): Tensor => namedStep(walk, "layer normalisation", z, (y) => standardised(y, [1], EPSILON));
    const read = scale ? add(mul(standard(rows), scale), shift!) : rows;
    const own = part(theta, { name: branch.name, shape: [branch.size], offset: before });
    return add(h, reshape(branch.on(own, read, walk), h.shape));
  };
  const law = `${branch.name}${norm ? ", normalised" : ""}`;
  const layerMaps = [{ name: "residual", inputs: width, outputs: width, parameters: layout, law, apply }];
  return {
    name: law,
    inputs: width,
    outputs: width,
    size: before + branch.size,
    layout,
    layerMaps,
    ...compose(layerMaps),
    initial(seed) {
      const theta = new Float64Array(before + branch.size);
      if (norm) theta.fill(1, 0, units);
      theta.set(branch.initial(seed), before);
      return theta;
    },
  };
}
