import { add, mul } from "#engine";
import { sampleBySample, type Architecture, type LayerMap } from "./architecture.js";
import { chain } from "./chain.js";
import { between, type Ends } from "./ends.js";
import { flowBlock } from "./flow-block.js";
import { mlp, type MlpOptions } from "./mlp.js";
import { euler } from "../flow/solvers/euler.js";

export interface ResnetOptions extends MlpOptions, Partial<Ends> {
  /** Inputs first, outputs last, between them the hidden layers of each branch. */
  readonly widths: readonly number[];
  /** Units of the state. Default: inputs. */
  readonly state?: number;
  /** Number of layers L. Default 5. */
  readonly depth?: number;
  /** T. Default 1. */
  readonly horizon?: number;
  /** Whether all layers have the same parameters. Default false. */
  readonly shared?: boolean;
}

/**
 * A residual network.
 *
 * *Definition*: h_{k+1} = h_k + (T/L) F_k(h_k), k = 0 ... L - 1, with multilayer perceptrons F_k, between a lift of the inputs (x, 0) and an affine readout.
 * With `shared` parameters it is the explicit Euler method for dh/dt = F(h) up to time T, and tends to that flow like 1/L.
 * *Arguments*: see `ResnetOptions`.
 * *Returns*: an Architecture whose layers are the lift (if the state is wider than the input), the L layers and the readout.
 * *Source*: He, Zhang, Ren and Sun 2016, Deep residual learning; Haber and Ruthotto 2017, Stable architectures for deep neural networks, section 2.
 * *Example*: `const { size, layerMaps } = resnet({ widths: [2, 8, 1], depth: 3 }); [size, layerMaps.length] // [129, 4]`
 */
export function resnet(options: ResnetOptions): Architecture {
  const {
    widths,
    depth = 5,
    horizon = 1,
    shared = false,
    lift = "pad",
    readout = "affine",
    state = widths[0]!,
    ...rest
  } = options;
  const owner = "resnet";
  if (!Number.isInteger(depth) || depth < 1) throw new RangeError(`${owner}: depth ${depth} given; allowed: integers from 1`);
  if (!(horizon > 0 && horizon < Infinity))
    throw new RangeError(`${owner}: horizon ${horizon} given; allowed: finite numbers above 0`);
  if (widths.length < 2)
    throw new RangeError(`${owner}: widths [${widths.join(", ")}] given; allowed: inputs, hidden layers of a branch, outputs`);
  const branch = sampleBySample(mlp({ ...rest, widths: [state, ...widths.slice(1, -1), state] }), owner);
  const body = shared
    ? flowBlock(owner, { field: branch, horizon, steps: depth, solver: euler })
    : chain(
        owner,
        Array.from({ length: depth }, (_, k) => [`${k + 1}`, residual(branch, horizon / depth)] as const),
      );
  const ends = { inputs: widths[0]!, outputs: widths.at(-1)! };
  return chain(
    `${owner} ${widths.join("-")}, ${state} units, ${depth} layers`,
    between(owner, ends, ["layer", body], { lift, readout }),
  );
}

/** h + c F(h) as one layer. */
function residual(branch: Architecture, c: number): Architecture {
  const apply: LayerMap["apply"] = (theta, h) => add(h, mul(c, branch.apply(theta, h)));
  const { inputs, outputs, layout } = branch;
  return {
    ...branch,
    layerMaps: [{ name: "residual", inputs, outputs, parameters: layout, law: `residual ${c} ${branch.name}`, apply }],
    apply,
    layers: (theta, x) => [apply(theta, x)],
  };
}
