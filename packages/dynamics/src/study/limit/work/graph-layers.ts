import { scalarMath } from "#engine";
import type { Estimate } from "../../../core/estimate.js";
import { fillNormal, random } from "../../../core/random.js";
import type { Digraph } from "../../../limits/digraph.js";
import { graphonFeatures, graphonSmoothingRate } from "../../../limits/graphon-layers.js";
import { graphLayers, overSmoothingRate } from "../../../limits/over-smoothing.js";
import { growing } from "../../population/graphs.js";
import { show } from "../../words.js";
import type { Beside, Growing } from "../growing.js";
import type { Spec } from "../populations/graph-layers.js";

/** Largest graph whose eigenvalues are all computed: the cost is that of its number of nodes cubed. */
const MOST_DENSE = 600;
/** Features with which the fading is measured. */
const WIDTH = 8;

/** How far features are from their mean, in the norm that a layer contracts: weighted by degree. */
function spreadOf(x: Float64Array, degree: Float64Array): number {
  const total = degree.reduce((s, d) => s + d, 0);
  let square = 0;
  for (let c = 0; c < WIDTH; c++) {
    let mean = 0;
    degree.forEach((d, i) => (mean += (d * x[i * WIDTH + c]!) / total));
    degree.forEach((d, i) => (square += (d / total) * (x[i * WIDTH + c]! - mean) * (x[i * WIDTH + c]! - mean)));
  }
  return Math.sqrt(square / WIDTH);
}

/** The spread of random features, layer by layer, until rounding is all that is left. */
function fading(g: Digraph, mixing: number, depth: number, seed: number): number[] {
  const degree = Float64Array.from({ length: g.nodes }, (_, i) => {
    let s = 0;
    for (let e = g.offsets[i]!; e < g.offsets[i + 1]!; e++) s += g.weights[e]!;
    return s;
  });
  const system = graphLayers({ graph: g, mixing }, fillNormal(new Float64Array(g.nodes * WIDTH), random(seed, 3)));
  const all = [spreadOf(system.state, degree)];
  for (let l = 0; l < depth; l++) {
    system.step();
    const next = spreadOf(system.state, degree);
    if (!(next > 1e-11 * all[0]!)) break;
    all.push(next);
  }
  return all;
}

/** Exponent a layer over the last third of what was seen. */
function slopeOf(spread: readonly number[]): { value: number; error: number } {
  const last = spread.length - 1;
  const [a, b] = [Math.floor((2 * last) / 3), last];
  if (b - a < 2) return { value: NaN, error: NaN };
  const middle = Math.floor((a + b) / 2);
  const over = (i: number, j: number): number => scalarMath.log(spread[j]! / spread[i]!) / (j - i);
  const value = over(a, b);
  return { value, error: Math.abs(over(middle, b) - value) };
}

/** Rounding is no error bar worth showing. */
const exact = (e: Estimate): Estimate => ({ ...e, error: e.error < 1e-9 ? 0 : e.error });

function besideOf(spec: Spec, sizes: readonly number[], seed: number): Beside {
  const { graph: chosen, mixing, depth } = spec;
  const made = growing(chosen);
  const n = Math.max(...sizes.filter((s) => s <= MOST_DENSE));
  const g = made.edges(n, seed);
  const limit = graphonSmoothingRate(made.limit, mixing);
  const predicted = overSmoothingRate({ graph: g, mixing });
  const spread = fading(g, mixing, depth, seed);
  const measured = slopeOf(spread);
  const known = Number.isFinite(measured.value);
  const line = (rate: number): number[] => spread.map((_, l) => spread.at(-1)! * scalarMath.exp(rate * (l - spread.length + 1)));
  const x = spread.map((_, l) => l);
  return {
    answers: [
      { ...exact(limit), name: "rate_limit", label: "rate of over-smoothing, predicted for infinitely many nodes" },
      {
        ...exact(predicted),
        name: "rate_graph",
        label: `rate of over-smoothing, predicted from the spectrum of one graph of ${n} nodes`,
      },
      {
        name: "rate_measured",
        label: `rate of over-smoothing, measured on that graph`,
        value: measured.value,
        error: Math.max(measured.error, 1e-9),
        unit: "1/layer",
        status: known ? "ok" : "not-converged",
        method: "slope of the logarithm of the spread over the last third of the layers; error: change from the last sixth",
        sources: ["Oono, Suzuki 2020"],
        cost: {},
        ...(known ? {} : { explanation: "features fade to rounding within a few layers; lower the mixing" }),
      },
    ],
    sentences: [
      `Differences between nodes shrink by the factor ${show(scalarMath.exp(predicted.value), 4)} a layer by the spectrum of a graph of ${n} nodes, ${known ? `${show(scalarMath.exp(measured.value), 4)} as measured, ` : ""}and ${show(scalarMath.exp(limit.value), 4)} in the limit.`,
    ],
    pictures: [
      {
        name: "fading",
        title: "Over-smoothing",
        description: `Spread of ${WIDTH} random features over the layers on a graph of ${n} nodes, with the predicted slopes.`,
        caption:
          "The spread is the root mean square distance of the nodes' features from their common mean, weighted by degree. Predictions are drawn through its last point.",
        x: "layer",
        y: "spread of features",
        log: true,
        curves: [
          { name: `measured, ${n} nodes`, x, y: spread, dots: spread.length <= 80 },
          { name: "predicted from the spectrum of this graph", x, y: line(predicted.value) },
          ...(Number.isFinite(limit.value) ? [{ name: "predicted for infinitely many nodes", x, y: line(limit.value) }] : []),
        ],
      },
    ],
  };
}

/** Graph neural networks and the graphon their graphs come from. */
export function grow(spec: Spec): Growing {
  const { graph: chosen, mixing, layers, wave } = spec;
  const made = growing(chosen);
  const chance = made.limit.probability && !["all-to-all", "ring"].includes(chosen.type);
  const limit = graphonSmoothingRate(made.limit, mixing);
  const base = { average: "root-mean-square" as const, relation: "at-most" as const, certain: !chance };
  return {
    name: `Layers of a graph neural network (${made.name}, mixing ${show(mixing)})`,
    limit: "the same layers on the graphon",
    unit: "node",
    measures: [
      {
        ...base,
        name: "features",
        label: `distance of features after ${layers} layers from the limit's`,
        predicted: chance ? -0.5 : -1,
        reason: chance ? "a node's neighbours are drawn by chance" : "the kernel is sampled without chance",
        sources: ["Keriven, Bietti, Vaiter 2020"],
      },
      ...(Number.isFinite(limit.value)
        ? [
            {
              ...base,
              name: "smoothing",
              label: "distance of the over-smoothing factor from the limit's",
              predicted: -0.5,
              reason: "eigenvalues of sampled graphs",
              sources: ["Keriven, Bietti, Vaiter 2020", "Oono, Suzuki 2020"],
            },
          ]
        : []),
    ],
    sample(n, seed) {
      if (n > MOST_DENSE) throw new RangeError(`${n} nodes given; all eigenvalues are computed, which takes up to ${MOST_DENSE}`);
      const g = made.edges(n, seed);
      const places = Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);
      const start = places.map((x) => scalarMath.cos(2 * Math.PI * ((wave * x) % 1)));
      const system = graphLayers({ graph: g, mixing }, start);
      system.step(layers);
      const expected = graphonFeatures(made.limit, { wave, layers, places, mixing });
      const off = Math.sqrt(system.state.reduce((s, v, i) => s + (v - expected[i]!) * (v - expected[i]!), 0) / n);
      if (!Number.isFinite(limit.value)) return [off];
      const found = overSmoothingRate({ graph: g, mixing }).value;
      return [off, Math.abs(scalarMath.exp(found) - scalarMath.exp(limit.value))];
    },
    beside: (sizes, seed) => besideOf(spec, sizes, seed),
  };
}
