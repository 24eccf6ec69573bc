import { z } from "zod";
import { compile, constant, reshape } from "#engine";
import { finiteTimeExponents } from "../../../analysis/finite-time-exponents.js";
import { refuse } from "../../problem.js";
import { show } from "../../words.js";
import type { PropagationBench, PropagationQuestion } from "../question.js";

const pair = z.tuple([z.number(), z.number()]);

const schema = z
  .strictObject({
    type: z.literal("ftle"),
    resolution: z.int().min(2).max(1000).default(120).describe("Grid points along each side"),
    box: z
      .strictObject({ x: pair, y: pair })
      .optional()
      .describe("Ranges of the two inputs; default: those of the data with a margin, or -2 to 2"),
  })
  .describe("Finite-time Lyapunov exponents over the plane of inputs: where the network stretches");

type Spec = z.infer<typeof schema>;

export const ftle: PropagationQuestion<Spec> = {
  name: "ftle",
  description: "image of the finite-time exponents over the plane of inputs: ridges where the network stretches most",
  schema,
  points: ({ resolution }) => resolution * resolution,
  async ask(spec, bench, breathe) {
    const { network, theta, data, trained } = bench;
    if (network.inputs !== 2) refuse([], `ftle draws a plane of inputs; the network has ${network.inputs}`);
    const { resolution: n } = spec;
    const { x, y } = spec.box ?? boxOf(bench);
    if (!(x[1] > x[0] && y[1] > y[0])) refuse(["box"], "each range must go from a smaller to a larger number");
    const at = ([low, high]: readonly number[], i: number): number => low! + ((high! - low!) * (i + 0.5)) / n;
    const points = Float64Array.from({ length: 2 * n * n }, (_, e) => {
      const p = Math.floor(e / 2);
      return e % 2 === 0 ? at(x, p % n) : at(y, Math.floor(p / n));
    });
    await breathe(0, "finite-time exponents");
    const depth = network.layerMaps.length;
    const f = (input: Parameters<typeof reshape>[0]) =>
      reshape(network.apply(constant(theta), reshape(input, [1, 2])), [network.outputs]);
    const found = finiteTimeExponents({ f, dim: 2 }, { starts: points, steps: depth });
    const outputs = evaluate(bench, points, n * n);
    await breathe(n * n, "finite-time exponents");
    const sorted = Float64Array.from(found.value).sort();
    const [low, median, high] = [0, 0.5, 1].map((q) => sorted[Math.floor(q * (sorted.length - 1))]!) as [number, number, number];
    const top = found.value.indexOf(high);
    // Where the exponent is among its top twentieth: how far from the boundary, in share of points next to it.
    const near = outputs && ridgeAtBoundary(found.value, outputs, n, sorted[Math.floor(0.95 * (sorted.length - 1))]!);
    const arrays = {
      ftle_x: { shape: [2], data: Float64Array.from(x) },
      ftle_y: { shape: [2], data: Float64Array.from(y) },
      ftle: { shape: [n, n], data: found.value },
      ...(outputs ? { ftle_output: { shape: [n, n], data: outputs } } : {}),
      ...(data
        ? {
            ftle_samples: { shape: [data.train.samples, 2], data: Float64Array.from(data.train.inputs) },
            ftle_classes: { shape: [data.train.samples], data: classesOf(bench) },
          }
        : {}),
    };
    const { count: _count, k: _k, ...common } = found;
    return {
      sentences: [
        `Over the plane of inputs the ${trained ? "trained" : "random"} network of ${depth} layers stretches small differences by ${show(low)} to ${show(high)} nat a layer (median ${show(median)}): the largest stretching is at (${show(points[2 * top]!, 3)}, ${show(points[2 * top + 1]!, 3)}).`,
        ...(near
          ? [
              `Of the twentieth of the plane that is stretched most, ${show(100 * near.ridge, 3)} % lies within ${near.reach} grid points of the boundary between the classes, of the whole plane ${show(100 * near.all, 3)} %: ${near.ridge > 2 * near.all ? (trained ? "the ridge of large exponents IS the boundary that the network has learned." : "the ridge of large exponents IS the boundary, though nothing was learned.") : "large exponents do not mark the boundary here."}`,
            ]
          : []),
      ],
      answers: [
        { ...common, name: "ftle_median", label: "median of the finite-time exponents", value: median, error: 0 },
        { ...common, name: "ftle_largest", label: "largest finite-time exponent", value: high, error: 0 },
        { ...common, name: "ftle_smallest", label: "smallest finite-time exponent", value: low, error: 0 },
      ].map((a) => ({ ...a, unit: "nat/layer" })),
      arrays,
      ...(near ? { facts: { ridgeAtBoundary: near.ridge, planeAtBoundary: near.all } } : {}),
    };
  },
};

function boxOf({ data }: PropagationBench): { x: readonly number[]; y: readonly number[] } {
  if (!data) return { x: [-2, 2], y: [-2, 2] };
  const range = (axis: number): number[] => {
    const { inputs, samples } = data.train;
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < samples; i++) [low, high] = [Math.min(low, inputs[2 * i + axis]!), Math.max(high, inputs[2 * i + axis]!)];
    const margin = 0.25 * (high - low) + 1e-9;
    return [low - margin, high + margin];
  };
  return { x: range(0), y: range(1) };
}

/** What decides between two classes: the difference of two outputs, or the one output; undefined for more. */
function evaluate({ network, theta }: PropagationBench, points: Float64Array, count: number): Float64Array | undefined {
  const { outputs } = network;
  if (outputs > 2) return undefined;
  const program = compile((x) => network.apply(constant(theta), x!), [{ shape: [count, 2] }]);
  program.inputs[0]!.set(points);
  program.run();
  const all = program.outputs[0]!;
  return Float64Array.from({ length: count }, (_, p) => (outputs === 1 ? all[p]! : all[2 * p + 1]! - all[2 * p]!));
}

const classesOf = ({ data, network }: PropagationBench): Float64Array => {
  const { targets, samples } = data!.train;
  const k = network.outputs;
  return Float64Array.from({ length: samples }, (_, i) => {
    if (k === 1) return targets[i]! > 0 ? 1 : 0;
    let best = 0;
    for (let c = 1; c < k; c++) if (targets[i * k + c]! > targets[i * k + best]!) best = c;
    return best;
  });
};

/** The share of the points above a level, and of all points, that have a change of sign of the output within a few grid points. */
function ridgeAtBoundary(exponents: Float64Array, output: Float64Array, n: number, level: number) {
  const reach = Math.max(1, Math.round(n / 40));
  const beside = new Uint8Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const here = output[j * n + i]! > 0;
      const right = i + 1 < n && output[j * n + i + 1]! > 0 !== here;
      const above = j + 1 < n && output[(j + 1) * n + i]! > 0 !== here;
      if (!right && !above) continue;
      for (let b = Math.max(0, j - reach); b <= Math.min(n - 1, j + reach); b++)
        for (let a = Math.max(0, i - reach); a <= Math.min(n - 1, i + reach); a++) beside[b * n + a] = 1;
    }
  }
  let [ridge, of, all] = [0, 0, 0];
  exponents.forEach((x, p) => {
    all += beside[p]!;
    if (x < level) return;
    of++;
    ridge += beside[p]!;
  });
  return all === 0 ? undefined : { ridge: ridge / of, all: all / (n * n), reach };
}
