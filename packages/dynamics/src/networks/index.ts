import { explicitSolvers } from "../flow/solvers/index.js";
import type { Architecture } from "./architecture.js";
import { attentionNetwork } from "./attention.js";
import { augmentedNeuralOde } from "./augmented-neural-ode.js";
import { denseResnet } from "./dense-resnet.js";
import { diagonal } from "./diagonal.js";
import { lifts, readouts } from "./ends.js";
import { mlp, normalisations, type MlpOptions } from "./mlp.js";
import { delaySolvers, neuralDelayEquation } from "./neural-delay-equation.js";
import { neuralOde } from "./neural-ode.js";
import { recurrent } from "./recurrent.js";
import { resnet } from "./resnet.js";

/** What a family of networks can be given besides what a multilayer perceptron takes: a whole number, a number above 0, a switch or a name. */
export interface ArchitectureOption {
  readonly name: string;
  readonly description: string;
  readonly kind: "whole" | "positive" | "switch" | "name";
  /** None: the family says. */
  readonly default?: number | boolean | string;
  /** The names allowed. */
  readonly among?: readonly string[];
}

/** A family of networks, as the CLI lists it and a study names it. */
export interface ArchitectureEntry {
  readonly name: string;
  readonly description: string;
  readonly options?: readonly ArchitectureOption[];
  make(options: MlpOptions): Architecture;
  /** Why there is no mean-field theory of it here. */
  readonly noTheory?: string;
}

const horizon: ArchitectureOption = {
  name: "horizon",
  description: "Time T at which the flow ends",
  kind: "positive",
  default: 1,
};
const lift: ArchitectureOption = {
  name: "lift",
  description: "How inputs become a state: padded by zeros, or by an affine map with parameters",
  kind: "name",
  among: lifts,
  default: "pad",
};
const readout: ArchitectureOption = {
  name: "readout",
  description: "How the state becomes outputs",
  kind: "name",
  among: readouts,
  default: "affine",
};
const state: ArchitectureOption = { name: "state", description: "Units of the state", kind: "whole" };
const depth: ArchitectureOption = { name: "depth", description: "Number of layers", kind: "whole", default: 5 };
const shared: ArchitectureOption = {
  name: "shared",
  description: "Whether all layers have the same parameters",
  kind: "switch",
  default: false,
};
const timeDependent: ArchitectureOption = {
  name: "timeDependent",
  description: "Whether the field knows the time",
  kind: "switch",
  default: false,
};
const flowing: readonly ArchitectureOption[] = [
  timeDependent,
  horizon,
  { name: "steps", description: "Steps of the solver", kind: "whole", default: 10 },
  {
    name: "solver",
    description: "An explicit solver of the catalogue",
    kind: "name",
    among: explicitSolvers.map((s) => s.name),
    default: "rk4",
  },
  { name: "segments", description: "Checkpoints of the backward pass", kind: "whole", default: 1 },
];

/** One line an entry. */
export const architectures: readonly ArchitectureEntry[] = [
  {
    name: "mlp",
    description: "multilayer perceptron: affine maps and an activation between them",
    options: [
      {
        name: "depth",
        description: "How often the hidden layer is there, of which widths then holds one; default: once",
        kind: "whole",
      },
      {
        name: "normalisation",
        description:
          "What normalises the hidden layers before their activation; default: none. Batch: by mean and variance of the batch in training, by running ones of the training batches in evaluation",
        kind: "name",
        among: normalisations,
      },
      {
        name: "statisticsRate",
        description:
          "Share of the newest batch in the running mean and variance of batch normalisation, up to 1, which keeps that of the last batch; default: 0.1",
        kind: "positive",
      },
      { name: "epsilon", description: "Added to the variances of batch normalisation; default: 1e-5", kind: "positive" },
    ],
    make: mlp,
  },
  {
    name: "resnet",
    description: "residual network: each layer adds T/L times a small perceptron of the state to it",
    options: [depth, shared, state, horizon, lift, readout],
    make: resnet,
  },
  {
    name: "dense-resnet",
    description: "residual network whose layers see earlier states too, within a memory of layers",
    options: [
      depth,
      { name: "memory", description: "Layers that a layer looks back", kind: "whole" },
      {
        name: "shortcuts",
        description: "Earlier states that a layer sees, evenly spaced in its memory: a divisor of it",
        kind: "whole",
      },
      shared,
      state,
      horizon,
      lift,
      readout,
    ],
    make: denseResnet,
    noTheory:
      "a layer sees several earlier states, whose correlations with one another all count: the theory would be one of the whole window",
  },
  {
    name: "neural-ode",
    description: "flow of a perceptron's vector field with as many units as inputs",
    options: [...flowing, readout],
    make: neuralOde,
    noTheory:
      "all steps of the flow have the same weights, so the state is not independent of them, and steps that get finer tend to one random flow and not to many random layers",
  },
  {
    name: "augmented-neural-ode",
    description: "flow of a perceptron's vector field with more units than inputs, between a lift and a readout",
    options: [state, lift, ...flowing],
    make: augmentedNeuralOde,
    noTheory:
      "all steps of the flow have the same weights, so the state is not independent of them, and steps that get finer tend to one random flow and not to many random layers",
  },
  {
    name: "neural-delay-equation",
    description: "solution of a delay equation whose field is a perceptron of the state and of its past",
    options: [
      state,
      lift,
      { name: "delay", description: "The longest delay", kind: "positive", default: 1 },
      { name: "lags", description: "Delays that the field sees, evenly spaced up to the longest", kind: "whole", default: 1 },
      timeDependent,
      { ...horizon, description: "Time T at which the solution is read", default: 2 },
      { name: "steps", description: "Steps of the solver in the shortest delay", kind: "whole", default: 4 },
      {
        name: "solver",
        description: "An explicit solver of the catalogue",
        kind: "name",
        among: delaySolvers.map((s) => s.name),
        default: "rk4",
      },
      readout,
    ],
    make: neuralDelayEquation,
    noTheory:
      "all steps of the flow have the same weights, so state and past are not independent of them, and steps that get finer tend to one random flow and not to many random layers",
  },
  {
    name: "attention",
    description: "attention blocks: self-attention between tokens and a perceptron on each, both residual",
    options: [
      { name: "tokens", description: "Tokens into which the inputs are cut; default: each input is one", kind: "whole" },
      { ...state, description: "Units of a token", default: 8 },
      { name: "heads", description: "Attention heads", kind: "whole", default: 1 },
      { ...depth, description: "Number of blocks", default: 2 },
      { name: "norm", description: "Whether branches read layer-normalised tokens", kind: "switch", default: true },
    ],
    make: attentionNetwork,
    noTheory:
      "attention weighs tokens by products of the tokens themselves: its wide limits are for many heads too, and no map of one length and one correlation",
  },
  {
    name: "recurrent",
    description: "one layer applied again and again with the same parameters: all widths are equal",
    make: recurrent,
  },
  {
    name: "diagonal",
    description: "a linear map whose weights are u^2 - v^2: two numbers a weight, no bias",
    make: diagonal,
    noTheory: "each weight is one number of its own, so there are no sums over many of them",
  },
];
