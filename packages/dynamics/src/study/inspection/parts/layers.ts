import { random } from "../../../core/random.js";
import { gradientGrowth } from "../../../networks/gradient-growth.js";
import { layerExponents } from "../../../networks/layer-exponents.js";
import { show, withError } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import type { Bench, Level, Part } from "../part.js";

const DRAWS = { full: 64, quick: 16 };
const MOST = 8;
/** The stream of a seed that chooses samples. */
const CHOICE = 1_300_000;

/** How many exponents: no layer is narrower. */
const exponentsOf = ({ architecture }: Pick<Bench, "architecture">, level: Level): number =>
  Math.min(level === "full" ? MOST : 3, architecture.inputs, ...architecture.layerMaps.map((l) => l.outputs));

/** Growth of tangents forward and of gradients backward, layer by layer, at the data. */
export const layers: Part = {
  name: "layers",
  description: "Lyapunov spectrum of the layers and growth of gradients through them, at the samples",
  refusal: ({ smooth, architecture }) =>
    !smooth
      ? "the inputs are whole numbers, which have no derivative"
      : architecture.layerMaps.length < 2
        ? "the model is one layer: nowhere between input and output does all of the signal pass through one value"
        : undefined,
  seconds: (subject, { gradient, forward, compile }, level) =>
    2 * compile + 3 * gradient + (DRAWS[level] * (2 + 4 * exponentsOf(subject, level)) * forward) / subject.data.samples,
  ask(bench, level) {
    const { architecture, theta, data, loss, seed } = bench;
    const growth = gradientGrowth(architecture, theta, data, (y, t) => loss.apply(y, t));
    const draws = Math.min(DRAWS[level], Math.max(2, data.samples));
    const stream = random(seed, CHOICE);
    const points = new Float64Array(draws * architecture.inputs);
    for (let d = 0; d < draws; d++) {
      const row = Math.floor(stream.uniform() * data.samples);
      for (let j = 0; j < architecture.inputs; j++)
        points[d * architecture.inputs + j] = data.inputs[row * architecture.inputs + j]!;
    }
    // Dead units take dimensions away: fewer tangents then survive.
    let k = exponentsOf(bench, level);
    let found = layerExponents(architecture, { k, draws, seed, theta, points });
    while (found.status !== "ok" && k > 1)
      found = layerExponents(architecture, { k: (k = Math.floor(k / 2)), draws, seed, theta, points });
    const { mean } = growth;
    const exponents = Array.from(found.value, (value, i): Answer => {
      const { value: _, error, rates: __, ...rest } = found;
      return {
        ...rest,
        name: `layer_exponent_${i + 1}`,
        label: `Lyapunov exponent ${i + 1} of the layers`,
        value,
        error: error[i]!,
      };
    });
    const depth = architecture.layerMaps.length;
    return Promise.resolve({
      answers: [{ ...mean, name: "gradient_growth", label: "growth of the gradient a layer, going back" }, ...exponents],
      sentences: [
        mean.status === "ok"
          ? `Going back through ${depth} layers the gradient ${mean.value > 0 ? "grows" : "shrinks"} by ${withError(Math.abs(mean.value), mean.error)} nat a layer.`
          : `The growth of gradients is unknown: ${mean.explanation}.`,
        found.status === "ok"
          ? `Going forward, the distance of two inputs a hair apart changes by ${withError(found.value[0]!, found.error[0]!)} nat a layer in the direction that grows most${k > 1 ? `, by ${show(found.value.at(-1)!)} in direction ${k}` : ""}.`
          : `The Lyapunov spectrum of the layers is unknown: ${found.explanation}.`,
      ],
      columns: [
        {
          name: "gradient_rate",
          unit: "nat",
          description: "growth of the gradient going back through the layer",
          values: growth.rates.value,
        },
        { name: "gradient_rate_error", unit: "nat", description: "its standard error over samples", values: growth.rates.error },
        ...Array.from({ length: k }, (_, i) => ({
          name: `tangent_rate_${i + 1}`,
          unit: "nat",
          description: `growth of tangent ${i + 1} in the layer, going forward`,
          values: Float64Array.from({ length: depth }, (__, l) => found.rates[l * k + i]!),
        })),
      ],
      arrays: { gradient_norms: { shape: [depth + 1], data: growth.norms } },
    });
  },
};
