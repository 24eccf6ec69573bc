import { compile, mul, scalarMath, sum } from "#engine";
import { lookup } from "../core/lookup.js";
import { fillNormal, random } from "../core/random.js";
import type { Architecture } from "./architecture.js";
import { squaredGradients } from "./gradient-growth.js";
import { meanFieldOrbit } from "./mean-field-orbit.js";
import { mlp } from "./mlp.js";
import { recurrent } from "./recurrent.js";
import { lawsOf, residualOrbit } from "./residual-orbit.js";
import type { ResnetOptions } from "./residual.js";
import { resnet } from "./resnet.js";

/** A family with a mean-field theory of its gradients: what theory says layer by layer, and which layers count. */
interface Family {
  readonly name: string;
  make(options: ResnetOptions): Architecture;
  /** Rates of gradients in theory, in nats a layer, and the layers without ends. */
  theory(
    options: ResnetOptions,
    inputSquare: number,
  ): { readonly rates: Float64Array; readonly from: number; readonly count: number };
}

const alike = (options: ResnetOptions, inputSquare: number, readout: boolean) => {
  const { activation = "tanh" } = options;
  const layers = lawsOf(options, "growthOverGain");
  const { gradientRates } = meanFieldOrbit({ activation, layers, readout, inputSquare, inputCorrelation: 1 });
  return { rates: gradientRates, from: 0, count: readout ? layers.length - 1 : layers.length };
};

const families: readonly Family[] = [
  { name: "mlp", make: mlp, theory: (options, square) => alike(options, square, true) },
  { name: "recurrent", make: recurrent, theory: (options, square) => alike(options, square, false) },
  {
    name: "resnet",
    make: resnet,
    theory(options, inputSquare) {
      const { gradientRates, residual } = residualOrbit(options, { inputSquare, inputCorrelation: 1 });
      return { rates: gradientRates, from: residual.from, count: residual.count };
    },
  },
];

/** Names of the families whose growth theory tells. */
export const familiesOfGrowth: readonly string[] = families.map((f) => f.name);

export interface GrowthOverGainOptions {
  /** `mlp`, `recurrent` or `resnet`. */
  readonly type: string;
  /** As for the family; its gain is replaced. */
  readonly options: ResnetOptions;
  /** Gains of the weights. */
  readonly gains: ArrayLike<number>;
  /** Networks drawn. Default 5. */
  readonly draws?: number;
  /** Seed of the first; the others follow. Default 0. */
  readonly seed?: number;
  /** Mean square of an input's components. Default 1. */
  readonly inputSquare?: number;
}

/** The growth of gradients through a hidden layer over the gain of the weights: one entry a gain. */
export interface GrowthOverGain {
  /** sigma_w^2 of the hidden layers: of the first layer of a branch. */
  readonly weightVariance: Float64Array;
  /** Theory of infinite width, in nats a layer. */
  readonly theory: Float64Array;
  /** Mean over networks drawn, its standard error, and the scatter of single networks. */
  readonly value: Float64Array;
  readonly error: Float64Array;
  readonly scatter: Float64Array;
}

/** Inputs of each network drawn. */
const SAMPLES = 8;
/** The stream of a seed that gives inputs and cotangents. */
const DRAWN = 1_000_003;

/**
 * How gradients grow through a hidden layer as the gain of its weights is turned, in theory and in networks drawn.
 *
 * *Definition*: the mean over the second half of the hidden layers (of a `resnet`: residual layers; of a `recurrent` network: steps) of log(|dL/dh_{l-1}| / |dL/dh_l|), for normal inputs and a normal cotangent at
 * the output. Theory: `meanFieldOrbit` and `residualOrbit`, which know no difference between Gaussian and orthogonal weights of one variance.
 * *Arguments*: see `GrowthOverGainOptions`. The same draws are scaled for all gains, so that neighbouring points scatter together.
 * *Returns*: see `GrowthOverGain`; NaN where a gradient is 0 or not finite.
 * *Error*: one standard error over the draws. Finite width N moves the mean by terms of order 1 / N besides: the mean of a logarithm lies below the logarithm of the mean.
 * *Cost*: a forward and a backward pass for each gain and draw, one compiled program; orthogonal weights take n^3 operations a matrix and draw.
 * *Source*: Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017; Yang, Schoenholz 2017; Pennington, Schoenholz, Ganguli 2017, Resurrecting the sigmoid (orthogonal weights).
 * *Example*: `const { theory, value } = growthOverGain({ type: "mlp", options: { widths: [8, 8, 8, 8], activation: "identity", init: { weights: "orthogonal" } }, gains: [0.5, 2], draws: 2 });
 * [theory[1], value[1]] // [0.693147, 0.693147]`
 */
export function growthOverGain({
  type,
  options,
  gains,
  draws = 5,
  seed = 0,
  inputSquare = 1,
}: GrowthOverGainOptions): GrowthOverGain {
  const family = lookup("family", families, type);
  const turned = Array.from(gains);
  if (turned.length === 0 || !turned.every((g) => g > 0 && g < Infinity))
    throw new RangeError(`growthOverGain: gains [${turned.join(", ")}] given; allowed: finite numbers above 0, at least one`);
  if (!Number.isInteger(draws) || draws < 2)
    throw new RangeError(`growthOverGain: ${draws} draws given; allowed: integers from 2`);
  const at = (gain: number): ResnetOptions => ({ ...options, init: { ...options.init, gain } });
  const predicted = turned.map((gain) => family.theory(at(gain), inputSquare));
  const hidden = predicted[0]!;
  if (hidden.count < 1) throw new RangeError("growthOverGain: a network without hidden layers given; allowed: from one");
  // In the first half lengths still settle from those of the inputs.
  const count = Math.ceil(hidden.count / 2);
  const from = hidden.from + hidden.count - count;
  const mean = (rates: Float64Array): number => rates.subarray(from, from + count).reduce((a, b) => a + b, 0) / count;
  const [none, one] = [family.make(at(0)), family.make(at(1))];
  const { inputs, outputs, size, layerMaps } = one;
  const program = compile(
    (theta, x, cotangent) => squaredGradients(one, theta!, x!, (output) => sum(mul(output, cotangent!))),
    [{ shape: [size] }, { shape: [SAMPLES, inputs] }, { shape: [SAMPLES, outputs] }],
  );
  const rows = Array.from({ length: draws }, (_, d) => {
    const stream = random(seed + d, DRAWN);
    program.inputs[1]!.set(fillNormal(new Float64Array(SAMPLES * inputs), stream).map((z) => Math.sqrt(inputSquare) * z));
    program.inputs[2]!.set(fillNormal(new Float64Array(SAMPLES * outputs), stream));
    // Parameters are a straight line in the gain: biases, lifts and readouts stay.
    const [still, moved] = [none.initial(seed + d), one.initial(seed + d)];
    return turned.map((gain) => {
      program.inputs[0]!.set(still.map((v, i) => v + gain * (moved[i]! - v)));
      program.run();
      const squares = program.outputs[0] as Float64Array;
      const width = layerMaps.length + 1;
      const growth = (sample: number): number =>
        0.5 * (scalarMath.log(squares[sample * width + from]!) - scalarMath.log(squares[sample * width + from + count]!));
      return Array.from({ length: SAMPLES }, (_s, s) => growth(s)).reduce((a, b) => a + b, 0) / SAMPLES / count;
    });
  });
  const value = Float64Array.from(turned, (_, g) => rows.reduce((s, row) => s + row[g]!, 0) / draws);
  const scatter = value.map((m, g) => Math.sqrt(rows.reduce((s, row) => s + (row[g]! - m) * (row[g]! - m), 0) / (draws - 1)));
  return {
    weightVariance: Float64Array.from(turned, (gain) => hiddenLaw(type, at(gain))),
    theory: Float64Array.from(predicted, ({ rates }) => mean(rates)),
    value,
    error: scatter.map((s) => s / Math.sqrt(draws)),
    scatter,
  };
}

function hiddenLaw(type: string, options: ResnetOptions): number {
  const { widths, state = widths[0]! } = options;
  const of = type === "resnet" ? [state, ...widths.slice(1, -1), state] : widths;
  const laws = lawsOf({ ...options, widths: of }, "growthOverGain");
  return laws[type === "mlp" && laws.length > 2 ? 1 : 0]!.weightVariance;
}
