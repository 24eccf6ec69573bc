import { compile } from "#engine";
import { lookup } from "../../../core/lookup.js";
import { random, type RandomStream } from "../../../core/random.js";
import { flow } from "../../../flow/flow.js";
import { layerPopulation, type LayerPopulation } from "../../../limits/layer-population.js";
import { empirical } from "../../../limits/measure.js";
import { wasserstein1 } from "../../../limits/wasserstein.js";
import { activations } from "../../../networks/activations.js";
import { mlp } from "../../../networks/mlp.js";
import { square } from "../../../training/losses.js";
import { gradientDescent } from "../../../training/optimizers/gradient-descent.js";
import { training, type Dataset } from "../../../training/training.js";
import { refuse } from "../../problem.js";
import { dataSources } from "../../sources/index.js";
import type { DataSource } from "../../sources/source.js";
import { blame, networkOptions } from "../../supervised.js";
import { show } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import type { Beside, GrowContext, Growing, Measure, Picture } from "../growing.js";
import type { Spec } from "../populations/trained-layer.js";

/** Components whose statistics are told one by one. */
const TOLD = 8;
/** Points of a picture of how a component is distributed. */
const QUANTILES = 101;
/** Draws of neurons for each run, the first of which is trained on: squares of sums with few large terms scatter widely. */
const DRAWS = 32;

/** A population of one size, compiled once. */
interface Bench {
  outputs(state: Float64Array): Float64Array;
  /** The state after the further training. */
  train(state: Float64Array): Float64Array;
}

/** The layer at the start and trained, and what it is made from. */
interface Layer {
  readonly start: LayerPopulation;
  readonly trained: LayerPopulation;
  readonly train: Dataset;
  /** A population of n of its neurons. */
  bench(n: number): Bench;
}

async function layerOf(spec: Spec, { read, seed }: GrowContext): Promise<Layer> {
  const source = lookup("data source", dataSources, (spec.data as { source: string }).source) as DataSource;
  const { train, inputs, outputs } = await source.load(spec.data as never, { seed, read });
  const { type, widths, activation } = spec.architecture;
  if (type !== "mlp" || widths.length < 3)
    refuse(
      ["architecture"],
      `${type} with ${widths.length} widths given; a layer of neurons is read from an mlp with at least three`,
    );
  if (widths[0] !== inputs) refuse(["architecture", "widths", 0], `${widths[0]} inputs given; the data have ${inputs} a sample`);
  if (widths.at(-1) !== outputs)
    refuse(
      ["architecture", "widths", widths.length - 1],
      `${widths.at(-1)} outputs given; the data have ${outputs} targets a sample`,
    );
  const options = networkOptions(spec.architecture);
  const network = blame(["architecture"], () => mlp(options));
  const whole = widths.at(-2)!;
  const data = { inputs: train.inputs, targets: train.targets };
  const { apply } = lookup("activation", activations, activation);
  const optimizer = gradientDescent({ stepSize: spec.learningRate });
  const run = training({ architecture: network, data: train, loss: square, optimizer, seed });
  const first = run.state.slice(0, network.size);
  const status = spec.steps > 0 ? run.step(spec.steps) : "ok";
  if (status !== "ok") refuse(["learningRate"], `training ends at step ${run.time} (${status}); give a smaller learning rate`);
  const asPopulation = (theta: Float64Array): LayerPopulation =>
    blame(["architecture"], () => layerPopulation({ network, theta, activation: apply, ...data }));
  const theta = run.state.slice(0, network.size);
  const known = new Map<number, Bench>();
  const make = (n: number): Bench => {
    // The same layers before and the same output bias, with room for n neurons; the neurons themselves come as states.
    const few = mlp({ ...options, widths: widths.map((w, l) => (l === widths.length - 2 ? n : w)) });
    const rest = new Float64Array(few.size);
    for (const { name, shape, offset } of few.layout) {
      const from = network.layout.find((p) => p.name === name)!;
      if (shape.every((s, i) => s === from.shape[i]))
        rest.set(theta.subarray(from.offset, from.offset + shape.reduce((a, b) => a * b, 1)), offset);
    }
    const population = layerPopulation({ network: few, theta: rest, activation: apply, ...data });
    const program = compile((s) => [population.output(s!)], [{ shape: [population.state.length] }]);
    // Time of the population is stretched by the number of neurons of the whole layer.
    const system = flow({ field: population.training, initial: population.state, dt: spec.further / whole });
    return {
      outputs(state) {
        program.inputs[0]!.set(state);
        program.run();
        return Float64Array.from(program.outputs[0]!);
      },
      train(state) {
        system.reset(state);
        if (system.step() !== "ok")
          throw new RangeError(
            `further training of ${n} neurons ends at time ${system.time * whole}: ${system.explanation ?? "it diverges"}`,
          );
        return system.state.slice();
      },
    };
  };
  return {
    start: asPopulation(first),
    trained: asPopulation(theta),
    train,
    bench(n) {
      const found = known.get(n) ?? make(n);
      known.set(n, found);
      return found;
    },
  };
}

/** Neurons drawn independently, each with the same chance. */
function drawn({ units, state }: LayerPopulation, n: number, stream: RandomStream): Float64Array {
  const width = state.length / units;
  const out = new Float64Array(n * width);
  for (let j = 0; j < n; j++) {
    const from = width * Math.floor(units * stream.uniform());
    out.set(state.subarray(from, from + width), j * width);
  }
  return out;
}

/** The mean over samples and outputs of the variance, over neurons, of what a neuron adds to an output. */
function varianceOf({ trained: { units, state }, bench }: Layer): number {
  const width = state.length / units;
  const alone = bench(1);
  const adds = Array.from({ length: units }, (_, j) => alone.outputs(state.slice(j * width, (j + 1) * width)));
  return adds[0]!.reduce((s, _, e) => s + scattered(adds.map((a) => a[e]!)).variance, 0) / adds[0]!.length;
}

function scattered(values: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  const all = Array.from(values);
  const mean = all.reduce((s, v) => s + v, 0) / all.length;
  return { mean, variance: all.reduce((s, v) => s + (v - mean) * (v - mean), 0) / all.length };
}

const meanSquare = (a: Float64Array, b: Float64Array): number =>
  a.reduce((s, v, i) => s + (v - b[i]!) * (v - b[i]!), 0) / a.length;

function measuresOf(variance: number, further: number): Measure[] {
  return [
    {
      name: "drawn",
      label: "mean square distance of the outputs of drawn neurons from the whole layer's",
      average: "mean-square",
      predicted: -1,
      relation: "equal",
      reason: `exactly ${show(variance)}/n: a mean of n independent neurons`,
      sources: ["Mei, Montanari, Nguyen 2018"],
    },
    {
      name: "further",
      label: `distance of the outputs from the layer's, both trained on for ${show(further)}`,
      average: "root-mean-square",
      predicted: -0.5,
      relation: "equal",
      reason: "neurons are independent in the limit",
      sources: ["Mei, Misiakiewicz, Montanari 2019"],
    },
    {
      name: "neurons",
      label: `Wasserstein-1 distance of the output weights from the layer's, both trained on for ${show(further)}`,
      average: "root-mean-square",
      predicted: -0.5,
      relation: "equal",
      reason: "the empirical measure of independent neurons",
      sources: ["Sznitman 1991", "Fournier, Guillin 2015"],
    },
  ];
}

/** What there is to say of each component: mean, deviation, and how far training has moved its law. */
function statistics({ start, trained }: Layer): { readonly answers: Answer[]; readonly moved: readonly number[] } {
  const base = { unit: "1", error: 0, status: "ok" as const, sources: ["Mei, Montanari, Nguyen 2018"], cost: {} };
  const moved: number[] = [];
  const answers = trained.components.slice(0, TOLD).flatMap((name, c): Answer[] => {
    const law = trained.measure(c);
    const { mean, variance } = scattered(law.at);
    moved.push(wasserstein1(start.measure(c), law));
    const of = `of the ${trained.units} neurons' ${name}`;
    return [
      { ...base, name: `mean_${name}`, label: `mean ${of}, trained`, value: mean, method: "mean over the layer" },
      {
        ...base,
        name: `deviation_${name}`,
        label: `standard deviation ${of}, trained`,
        value: Math.sqrt(variance),
        method: "over the layer",
      },
      {
        ...base,
        name: `moved_${name}`,
        label: `Wasserstein-1 distance ${of} from the start's; standard deviation at the start ${show(Math.sqrt(scattered(start.measure(c).at).variance), 3)}`,
        value: moved[c]!,
        method: "empirical measures before and after training",
      },
    ];
  });
  return { answers, moved };
}

/** How a component is distributed, as its quantiles. */
function quantiles(population: LayerPopulation, component: number): { readonly x: number[]; readonly y: number[] } {
  const sorted = Float64Array.from(population.measure(component).at).sort();
  const x = Array.from({ length: QUANTILES }, (_, i) => i / (QUANTILES - 1));
  return { x, y: x.map((u) => sorted[Math.round(u * (sorted.length - 1))]!) };
}

function picturesOf(layer: Layer, variance: number, sizes: readonly number[], drawnSquares: readonly number[]): Picture[] {
  const { start, trained } = layer;
  const outputs = trained.components.findIndex((c) => c.startsWith("w"));
  return [
    {
      name: "drawn_exact",
      title: "Few neurons in place of the layer, measured and exact",
      description: `Mean square distance of the outputs of n neurons, drawn from the ${trained.units} of the layer, for ${sizes.length} sizes, and the exact value.`,
      caption:
        "How many of its neurons a layer needs, if they were picked by chance: the variance of what one neuron adds, over n.",
      x: "neurons drawn n",
      y: "mean square distance of the outputs",
      log: true,
      curves: [
        { name: "exact", x: sizes, y: sizes.map((n) => variance / n) },
        { name: "measured", x: sizes, y: drawnSquares, dots: true },
      ],
    },
    ...[0, outputs].map((c, i): Picture => {
      const name = trained.components[c]!;
      return {
        name: ["output_weights", "input_weights"][i]!,
        title: `The layer as a population: ${name}`,
        description: `Quantiles of the ${trained.units} neurons' ${name} at the start and trained.`,
        caption:
          i === 0
            ? "Output weights times the number of neurons. Where the curves lie on each other, training has not moved the population."
            : "First input weight of each neuron.",
        x: "share of the neurons",
        y: name,
        curves: [
          { name: "at the start", ...quantiles(start, c) },
          { name: "trained", ...quantiles(trained, c) },
        ],
      };
    }),
  ];
}

/** A trained layer and neurons drawn from it. */
export async function grow(spec: Spec, context: GrowContext): Promise<Growing> {
  const layer = await layerOf(spec, context);
  const { trained, bench } = layer;
  const whole = trained.units;
  const all = bench(whole);
  const [before, end] = [all.outputs(trained.state), all.train(trained.state)];
  const after = all.outputs(end);
  const weights = trained.measure(0, end);
  const variance = varianceOf(layer);
  if (!(variance > 0))
    refuse(["architecture"], "all neurons of the layer add the same to the outputs: there is nothing to draw from");
  const y = Float64Array.from(layer.train.targets);
  const loss = (outputs: Float64Array): number => (meanSquare(outputs, y) * y.length) / (2 * layer.train.samples);
  const squares = new Map<number, number[]>();
  return {
    name: `The last hidden layer of a network ${spec.architecture.widths.join("-")}, trained for ${spec.steps} steps`,
    limit: `all ${whole} neurons of the layer, from which few are drawn`,
    unit: "neuron",
    measures: measuresOf(variance, spec.further),
    sample(n, seed) {
      const few = bench(n);
      const stream = random(seed, 1);
      const state = drawn(trained, n, stream);
      let square = meanSquare(few.outputs(state), before) / DRAWS;
      for (let d = 1; d < DRAWS; d++) square += meanSquare(few.outputs(drawn(trained, n, stream)), before) / DRAWS;
      squares.set(n, [...(squares.get(n) ?? []), square]);
      const trainedOn = few.train(state);
      const width = state.length / n;
      const law = empirical(trainedOn.filter((_, i) => i % width === 0));
      return [Math.sqrt(square), Math.sqrt(meanSquare(few.outputs(trainedOn), after)), wasserstein1(law, weights)];
    },
    beside(sizes): Beside {
      const { answers, moved } = statistics(layer);
      const shares = sizes.flatMap((n) => squares.get(n)!.map((s) => (s * n) / variance));
      const ratio = scattered(shares);
      const error = Math.sqrt(ratio.variance / Math.max(1, shares.length - 1));
      const names = trained.components.slice(0, moved.length);
      return {
        answers: [
          {
            name: "variance_ratio",
            label: "mean square distance of the outputs of drawn neurons over the exact one, all sizes together",
            value: ratio.mean,
            error,
            unit: "1",
            status: "ok",
            method: `mean over ${shares.length} times ${DRAWS} draws; standard error from their scatter`,
            sources: ["Mei, Montanari, Nguyen 2018"],
            cost: {},
          },
          ...answers,
        ],
        sentences: [
          `The network's loss is ${show(loss(before), 3)} as trained and ${show(loss(after), 3)} after the further training.`,
          `Drawn neurons miss the layer's outputs by ${show(ratio.mean, 3)} ± ${show(error, 2)} of the exact mean square ${show(variance)}/n.`,
          `Training has moved the law of the neurons' ${names.map((name, c) => `${name} by ${show(moved[c]!, 3)}`).join(", ")} (Wasserstein-1).`,
        ],
        pictures: picturesOf(
          layer,
          variance,
          sizes,
          sizes.map((n) => scattered(squares.get(n)!).mean),
        ),
      };
    },
  };
}
