import { compile, reshape } from "#engine";
import { lookup } from "../core/lookup.js";
import { activations } from "./activations.js";
import { affineLayers } from "./affine-layers.js";
import type { Architecture } from "./architecture.js";
import { fullRankForm, type FullRankForm } from "./full-rank-form.js";
import { widthClass, type WidthClassification } from "./width-class.js";

/** What a network's shape and weights mean for the critical points of its input-output map. */
export interface Classification extends WidthClassification {
  /** The class of the widths alone, as if all weights had full rank. */
  readonly shape: WidthClassification;
  /** Whether all weight matrices have full rank. */
  readonly fullRank: boolean;
  readonly form: FullRankForm;
  /** Whether what is said follows from the theorem: one output, and an activation that is smooth and strictly monotone. */
  readonly applies: boolean;
}

/**
 * The class of a multilayer perceptron with given weights.
 *
 * *Definition*: the `widthClass` of its full-rank form: a matrix that has lost rank acts like a narrower layer.
 * *Arguments*: `network` and `theta` as for `affineLayers`; `activation`: the name of an entry of `activations`; `tolerance` as in `fullRankForm`.
 * *Returns*: see `Classification`. Where a matrix has rank 0 the map is constant: every point is critical, with corank inputs.
 * *Error*: that of the ranks: a singular value below the tolerance counts as 0.
 * *Cost*: one singular value decomposition a layer.
 * *Source*: Kuehn, Kuntz 2024, arXiv 2405.09351.
 * *Example*: `const net = mlp({ widths: [2, 2, 1], bias: false }); const theta = [1, 2, 1, 2, 1, 1];
 * const { shape, fullRank, form, criticalPoints } = classify(net, theta, "tanh");
 * [shape.criticalPoints, fullRank, form.widths, criticalPoints] // ["none", false, [2, 1, 2, 1], "degenerate"]`
 */
export function classify(
  network: Architecture,
  theta: ArrayLike<number>,
  activation: string,
  tolerance?: number,
): Classification {
  const entry = lookup("activation", activations, activation);
  const layers = affineLayers(network, theta);
  const program = compile((x) => entry.apply(reshape(x, [1])), [{ shape: [1] }], { state: 0 });
  const phi = (x: number): number => {
    program.inputs[0]![0] = x;
    program.run();
    return program.outputs[0]![0]!;
  };
  const shape = widthClass([network.inputs, ...layers.map((l) => l.outputs)]);
  const form = fullRankForm(layers, phi, tolerance);
  const fullRank = form.ranks.every((r, l) => r === Math.min(layers[l]!.inputs, layers[l]!.outputs));
  const constant: WidthClassification = {
    ...shape,
    criticalPoints: "degenerate",
    corank: network.inputs,
    sentence: "A weight matrix is 0, so the map is constant: every point is critical and degenerate.",
  };
  const found = form.widths.includes(0) ? constant : widthClass(form.widths);
  return { ...found, shape, fullRank, form, applies: network.outputs === 1 && entry.strictlyMonotone === true };
}

/** The sizes and ranks that decide about a neural ODE: x -> readout(flow_T(lift(x))). */
export interface NeuralOdeShape {
  readonly inputs: number;
  /** Dimension of the phase space. */
  readonly phase: number;
  /** Rank of the linear part of the lift from the inputs to the phase space. Default: full. */
  readonly liftRank?: number;
  /** Rank of the linear part of the readout to one output, 0 or 1. Default 1. */
  readonly readoutRank?: number;
}

/** What that means for critical points, in the terms of `WidthClassification`. */
export interface NeuralOdeClassification extends Pick<WidthClassification, "criticalPoints" | "corank" | "sentence" | "source"> {
  readonly class: "non-augmented" | "augmented" | "degenerate";
}

/**
 * The class of a neural ODE with affine lift and readout and one output.
 *
 * *Definition*: the flow is a diffeomorphism of the phase space. Where the lift is onto (phase <= inputs, full rank) the gradient is a nonzero
 * covector pulled back by maps that are onto: it vanishes nowhere. Where the lift has a null space, the map does not change along it.
 * *Arguments*: see `NeuralOdeShape`.
 * *Returns*: see `NeuralOdeClassification`.
 * *Error*: throws for sizes or ranks that cannot be.
 * *Source*: Kuehn, Kuntz 2024, arXiv 2405.09351.
 * *Example*: `[[2, 2], [2, 3], [2, 3, 1]].map(([inputs, phase, liftRank]) => neuralOdeClass({ inputs, phase, liftRank }).criticalPoints)
 * // ["none", "morse", "degenerate"]`
 */
export function neuralOdeClass(shape: NeuralOdeShape): NeuralOdeClassification {
  const { inputs, phase, readoutRank = 1 } = shape;
  const full = Math.min(inputs, phase);
  const liftRank = shape.liftRank ?? full;
  const whole = (x: number, least: number, most: number): boolean => Number.isInteger(x) && x >= least && x <= most;
  if (!whole(inputs, 1, Infinity) || !whole(phase, 1, Infinity))
    throw new RangeError(`neuralOdeClass: ${inputs} inputs and ${phase} phase dimensions given; allowed: integers from 1`);
  if (!whole(liftRank, 0, full) || !whole(readoutRank, 0, 1))
    throw new RangeError(
      `neuralOdeClass: liftRank ${liftRank} and readoutRank ${readoutRank} given; allowed: 0 to ${full}, and 0 or 1`,
    );
  const source = "Kuehn, Kuntz 2024, arXiv 2405.09351";
  if (liftRank < full || readoutRank === 0) {
    // A lift onto less than the whole phase space leaves inputs - rank directions in which nothing changes.
    const corank = readoutRank === 0 ? inputs : inputs - liftRank;
    const sentence = `The ${readoutRank === 0 ? "readout" : "lift"} has lost rank: every critical point is degenerate, with a null space of ${corank} dimension${corank === 1 ? "" : "s"} at least.`;
    return { class: "degenerate", criticalPoints: "degenerate", corank, sentence, source };
  }
  if (phase <= inputs)
    return {
      class: "non-augmented",
      criticalPoints: "none",
      corank: 0,
      sentence:
        "The phase space has no more dimensions than the input and the affine maps have full rank: the gradient vanishes nowhere.",
      source,
    };
  return {
    class: "augmented",
    criticalPoints: "morse",
    corank: 0,
    sentence:
      "The phase space has more dimensions than the input and the affine maps have full rank: for almost all weights every critical point is non-degenerate.",
    source,
  };
}
