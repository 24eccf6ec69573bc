import { sampleBySample, type Architecture } from "./architecture.js";
import { chain } from "./chain.js";
import { between, type Ends } from "./ends.js";
import { mlp, type MlpOptions } from "./mlp.js";

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

/** What residual networks have in common: sound options with their defaults, the branch of a layer, and the network around its layers. */
export function residualParts(owner: string, options: ResnetOptions) {
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
  if (!Number.isInteger(depth) || depth < 1) throw new RangeError(`${owner}: depth ${depth} given; allowed: integers from 1`);
  if (!(horizon > 0 && horizon < Infinity))
    throw new RangeError(`${owner}: horizon ${horizon} given; allowed: finite numbers above 0`);
  if (widths.length < 2)
    throw new RangeError(`${owner}: widths [${widths.join(", ")}] given; allowed: inputs, hidden layers of a branch, outputs`);
  const ends = { inputs: widths[0]!, outputs: widths.at(-1)! };
  return {
    state,
    depth,
    horizon,
    shared,
    /** F, which sees so many numbers. */
    branch: (seen: number): Architecture =>
      sampleBySample(mlp({ ...rest, widths: [seen, ...widths.slice(1, -1), state] }), owner),
    /** The layers between a lift of the inputs and a readout. */
    around: (body: Architecture, more = ""): Architecture =>
      chain(
        `${owner} ${widths.join("-")}, ${state} units, ${depth} layers${more}`,
        between(owner, ends, ["layer", body], { lift, readout }),
      ),
  };
}
