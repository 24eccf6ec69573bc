import { compile, constant, type Tensor } from "#engine";
import { spread } from "../../../analysis/low-discrepancy.js";
import { lookup } from "../../../core/lookup.js";
import { normalQuantile } from "../../../core/normal-distribution.js";
import { random } from "../../../core/random.js";
import { flow } from "../../../flow/flow.js";
import { empirical } from "../../../limits/measure.js";
import { wasserstein1 } from "../../../limits/wasserstein.js";
import { wideNetwork, type Scaling } from "../../../limits/wide-network.js";
import { activations } from "../../../networks/activations.js";
import { refuse } from "../../problem.js";
import { dataSources } from "../../sources/index.js";
import type { DataSource } from "../../sources/source.js";
import { show } from "../../words.js";
import type { GrowContext, Beside, Growing, Measure } from "../growing.js";
import type { Spec } from "../populations/two-layer.js";

/** Samples with a last input 1: a bias. */
interface Task {
  readonly samples: number;
  readonly inputs: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** A network of one width in one scaling, compiled once. */
interface Bench {
  readonly size: number;
  outputs(parameters: Float64Array): Float64Array;
  kernel(parameters: Float64Array): Float64Array;
  train(parameters: Float64Array): Float64Array;
}

const norm = (v: Float64Array): number => Math.sqrt(v.reduce((s, x) => s + x * x, 0));
const apart = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, i) => v - b[i]!);

/** Networks are made when first asked for, and kept. */
function benches({ activation, time }: Spec, { samples, inputs, x, y }: Task): (n: number, scaling: Scaling) => Bench {
  const known = new Map<string, Bench>();
  const make = (n: number, scaling: Scaling): Bench => {
    const size = n * (1 + inputs);
    const { apply } = lookup("activation", activations, activation);
    const network = wideNetwork({ neurons: n, inputs, activation: apply, scaling });
    const on = (what: (p: Tensor, x: Tensor) => Tensor): ((p: Float64Array) => Float64Array) => {
      const program = compile((p: Tensor) => [what(p, constant(x, [samples, inputs]))], [{ shape: [size] }]);
      return (p) => {
        program.inputs[0]!.set(p);
        program.run();
        return Float64Array.from(program.outputs[0]!);
      };
    };
    const system = flow({ field: network.training({ inputs: x, targets: y }), initial: new Float64Array(size), dt: time });
    return {
      size,
      outputs: on(network.output),
      kernel: on(network.kernel),
      train(p) {
        system.reset(p);
        if (system.step() !== "ok")
          throw new RangeError(`training of ${n} neurons ends at time ${system.time}: ${system.explanation ?? "it diverges"}`);
        return system.state.slice();
      },
    };
  };
  return (n, scaling) => {
    const key = `${scaling} ${n}`;
    const found = known.get(key) ?? make(n, scaling);
    known.set(key, found);
    return found;
  };
}

/** The first component of each neuron, its output weight. */
const outer = (p: Float64Array, inputs: number): Float64Array => p.filter((_, i) => i % (1 + inputs) === 0);

function measuresOf(time: number): Measure[] {
  const after = `after training for time ${show(time)}`;
  const meanField = ["Mei, Montanari, Nguyen 2018", "Chizat, Bach 2018"];
  return [
    {
      name: "initial_variance",
      label: "variance of the outputs at the start",
      average: "mean-square",
      predicted: -1,
      relation: "equal",
      reason: "a mean of n independent neurons",
      sources: meanField,
    },
    {
      name: "outputs",
      label: `distance of the outputs from the limit's, ${after}`,
      average: "root-mean-square",
      predicted: -0.5,
      relation: "equal",
      reason: "neurons are independent in the limit",
      sources: ["Mei, Misiakiewicz, Montanari 2019"],
    },
    {
      name: "neurons",
      label: `Wasserstein-1 distance of the output weights from the limit's law, ${after}`,
      average: "root-mean-square",
      predicted: -0.5,
      relation: "equal",
      reason: "the empirical measure of independent neurons",
      sources: ["Sznitman 1991", "Fournier, Guillin 2015"],
    },
    {
      name: "kernel_mean_field",
      label: `distance of the tangent kernel from the limit's over its size, mean-field scaling 1/n, ${after}`,
      average: "root-mean-square",
      predicted: -0.5,
      relation: "equal",
      reason: "a mean over neurons that are independent in the limit",
      sources: meanField,
    },
    {
      name: "kernel_tangent",
      label: "movement of the tangent kernel over its size, tangent scaling n^(-1/2)",
      average: "root-mean-square",
      predicted: -0.5,
      relation: "at-most",
      reason: "neurons move by n^(-1/2): lazy training; n^(-1) for output weights of random sign",
      sources: ["Jacot, Gabriel, Hongler 2018", "Huang, Yau 2020"],
    },
  ];
}

function besideOf(
  task: Task,
  at: ReturnType<typeof benches>,
  reference: Float64Array,
  drawn: (n: number, seed: number) => Float64Array,
  moved: ReadonlyMap<number, readonly (readonly [number, number])[]>,
  movement: number,
  sizes: readonly number[],
  seed: number,
): Beside {
  const { samples, inputs, x, y } = task;
  const n = reference.length / (1 + inputs);
  const limit = at(n, "mean-field").outputs(reference);
  const loss = apart(limit, y).reduce((s, v) => s + v * v, 0) / (2 * samples);
  const zero = y.reduce((s, v) => s + v * v, 0) / (2 * samples);
  const least = Math.min(...sizes);
  const few = at(least, "mean-field");
  const order = Array.from({ length: samples }, (_, i) => i).sort((a, b) => x[a * inputs]! - x[b * inputs]!);
  const place = order.map((i) => x[i * inputs]!);
  const sorted = (v: Float64Array): number[] => order.map((i) => v[i]!);
  return {
    answers: [
      {
        name: "limit_loss",
        label: "loss of the limit at the end of training",
        value: loss,
        error: NaN,
        unit: "loss",
        status: "ok",
        method: `${n} neurons placed evenly; mean over samples of half the square`,
        sources: ["Mei, Montanari, Nguyen 2018"],
        cost: {},
      },
      {
        name: "limit_kernel_movement",
        label: "movement of the limit's tangent kernel in training, over its size",
        value: movement,
        error: NaN,
        unit: "1",
        status: "ok",
        method: `${n} neurons placed evenly; Frobenius norms`,
        sources: ["Mei, Montanari, Nguyen 2018"],
        cost: {},
      },
    ],
    sentences: [
      `In the limit the loss goes from about ${show(zero, 3)} to ${show(loss, 3)} in this time, and the tangent kernel moves by ${show(movement, 3)} of its size${movement > 0.1 ? ": features are learned" : ""}.`,
    ],
    pictures: [
      {
        name: "kernel_movement",
        title: "How far the tangent kernel moves",
        description: `Relative change of the tangent kernel in training over the number of neurons, for mean-field and tangent scaling: root mean square over runs.`,
        caption:
          "Mean-field networks learn features however wide they are: their kernel moves as the limit's does. In tangent scaling the kernel of wide networks hardly moves.",
        x: "number of neurons n",
        y: "change of the kernel over its size",
        log: true,
        logX: true,
        curves: [
          ...(["mean-field scaling 1/n", "tangent scaling n^(-1/2)"] as const).map((name, i) => ({
            name,
            x: sizes,
            y: sizes.map((s) => Math.sqrt(moved.get(s)!.reduce((sum, m) => sum + m[i]! * m[i]!, 0) / moved.get(s)!.length)),
            dots: true,
          })),
          { name: "limit of mean-field scaling", x: [Math.min(...sizes), Math.max(...sizes)], y: [movement, movement] },
        ],
      },
      ...(inputs === 2
        ? [
            {
              name: "outputs",
              title: "What the networks have learned",
              description: `Targets, the limit's outputs and those of three networks of ${least} neurons, over the input.`,
              caption: `Three networks of ${least} neurons from starts of their own scatter about the limit.`,
              x: "input",
              y: "output",
              curves: [
                { name: "limit", x: place, y: sorted(limit) },
                { name: "targets", x: place, y: sorted(y), dots: true },
                ...[1, 2, 3].map((run) => ({
                  name: `${least} neurons, start ${run}`,
                  x: place,
                  y: sorted(few.outputs(few.train(drawn(least, seed + 1000 * run)))),
                })),
              ],
            },
          ]
        : []),
    ],
  };
}

/** Two-layer networks and the Wasserstein gradient flow. */
export async function grow(spec: Spec, { read, seed }: GrowContext): Promise<Growing> {
  const source = lookup("data source", dataSources, (spec.data as { source: string }).source) as DataSource;
  const data = await source.load(spec.data as never, { seed, read });
  if (data.outputs !== 1) refuse(["data"], `${data.outputs} targets a sample given; a two-layer population has one output`);
  const { samples } = data.train;
  const inputs = data.inputs + 1;
  if (inputs + 1 > 10) refuse(["data"], `${data.inputs} inputs given; neurons can be placed evenly for up to 8`);
  const x = Float64Array.from({ length: samples * inputs }, (_, e) =>
    e % inputs === inputs - 1 ? 1 : data.train.inputs[Math.floor(e / inputs) * (inputs - 1) + (e % inputs)]!,
  );
  const task: Task = { samples, inputs, x, y: Float64Array.from(data.train.targets) };
  const at = benches(spec, task);
  const { deviation, reference, draws, time } = spec;
  const box = Array.from({ length: 1 + inputs }, () => [0, 1] as const);
  const placed = spread(box, reference, seed).map((u) => deviation * normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, u))));
  const wide = at(reference, "mean-field");
  const limit = wide.train(placed);
  const outputs = wide.outputs(limit);
  const kernel = wide.kernel(limit);
  /** Distance of a kernel from another one, over the size of that. */
  const shift = (now: Float64Array, then: Float64Array): number => norm(apart(now, then)) / norm(then);
  const movement = shift(kernel, wide.kernel(placed));
  const weights = empirical(outer(limit, inputs));
  const drawn = (n: number, own: number): Float64Array =>
    random(own, 1)
      .normals(new Float64Array(n * (1 + inputs)))
      .map((v) => deviation * v);
  const moved = new Map<number, (readonly [number, number])[]>();
  return {
    name: `Two-layer ${spec.activation} networks on ${samples} samples`,
    limit: `the Wasserstein gradient flow, by ${reference} evenly placed neurons`,
    unit: "neuron",
    measures: measuresOf(time),
    sample(n, own) {
      const bench = at(n, "mean-field");
      const stream = random(own, 2);
      const start = new Float64Array(bench.size);
      let variance = 0;
      for (let d = 0; d < draws; d++) {
        const first = bench.outputs(stream.normals(start).map((v) => deviation * v));
        variance += first.reduce((s, v) => s + v * v, 0) / samples / draws;
      }
      const before = drawn(n, own);
      const after = bench.train(before);
      // The kernel of a start is the same in both scalings.
      const lazy = at(n, "tangent");
      const [first, last] = [bench.kernel(before), bench.kernel(after)];
      const tangent = shift(lazy.kernel(lazy.train(before)), first);
      moved.set(n, [...(moved.get(n) ?? []), [shift(last, first), tangent]]);
      return [
        Math.sqrt(variance),
        norm(apart(bench.outputs(after), outputs)) / Math.sqrt(samples),
        wasserstein1(empirical(outer(after, inputs)), weights),
        shift(last, kernel),
        tangent,
      ];
    },
    beside: (sizes) => besideOf(task, at, limit, drawn, moved, movement, sizes, seed),
  };
}
