import { scalarMath } from "#engine";
import type { Estimate } from "../../../core/estimate.js";
import { fillNormal, random } from "../../../core/random.js";
import { degrees, type Digraph } from "../../../limits/digraph.js";
import { graphonFeatures, graphonSmoothingRate } from "../../../limits/graphon-layers.js";
import { graphLayers, overSmoothingRate } from "../../../limits/over-smoothing.js";
import { growing } from "../../population/graphs.js";
import { show } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import type { Beside, GrowContext, Growing, Picture } from "../growing.js";
import type { Spec } from "../populations/graph-layers.js";
import { networkOf, REFERENCE, referenceOf, type Network } from "./graph-network.js";

/** Largest graph whose eigenvalues are all computed: the cost is that of its number of nodes cubed. */
const MOST_DENSE = 600;
/** Features with which the fading is measured. */
const WIDTH = 8;

/** How far features are from their mean, in the norm that a layer contracts: weighted by degree. */
function spreadOf(x: Float64Array, degree: Float64Array): number {
  const total = degree.reduce((s, d) => s + d, 0);
  const width = x.length / degree.length;
  let square = 0;
  for (let c = 0; c < width; c++) {
    let mean = 0;
    degree.forEach((d, i) => (mean += (d * x[i * width + c]!) / total));
    degree.forEach((d, i) => (square += (d / total) * (x[i * width + c]! - mean) * (x[i * width + c]! - mean)));
  }
  return Math.sqrt(square / width);
}

/** The spread of random features, layer by layer, until rounding is all that is left. */
function fading(g: Digraph, mixing: number, depth: number, seed: number): number[] {
  const degree = degrees(g);
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

const lastThird = (spread: readonly number[]): [number, number] => [Math.floor((2 * (spread.length - 1)) / 3), spread.length - 1];

/** Exponent a layer over the last third of what was seen. */
function slopeOf(spread: readonly number[]): { value: number; error: number } {
  const [a, b] = lastThird(spread);
  if (b - a < 2) return { value: NaN, error: NaN };
  const middle = Math.floor((a + b) / 2);
  const over = (i: number, j: number): number => scalarMath.log(spread[j]! / spread[i]!) / (j - i);
  const value = over(a, b);
  return { value, error: Math.abs(over(middle, b) - value) };
}

/** Rounding is no error bar worth showing. */
const exact = (e: Estimate): Estimate => ({ ...e, error: e.error < 1e-9 ? 0 : e.error });

/** The layers with weights on one graph: how differences between nodes fade, or do not, beside what the spectrum and the node alone say. */
function networkBeside(network: Network, { mixing, depth }: Spec, g: Digraph, rate: number, seed: number) {
  const degree = degrees(g);
  // Differences between nodes all in one direction of features: modes of the graph then differ by their eigenvalues alone.
  const stream = random(seed, 4);
  const direction = fillNormal(new Float64Array(network.width), stream);
  const along = fillNormal(new Float64Array(g.nodes), stream);
  const start = Float64Array.from(
    { length: g.nodes * network.width },
    (_, e) => 1e-5 * along[Math.floor(e / network.width)]! * direction[e % network.width]!,
  );
  const spread = network.fading(g, mixing, start, depth, (x) => spreadOf(x, degree));
  const measured = slopeOf(spread);
  const known = Number.isFinite(measured.value);
  const total = degree.reduce((s, d) => s + d, 0);
  const mean = Float64Array.from({ length: network.width }, (_, c) =>
    degree.reduce((s, d, i) => s + (d / total) * start[i * network.width + c]!, 0),
  );
  const alone = network.nodeExponent(mean, direction, ...lastThird(spread));
  const [predicted, bound] = [rate + alone, rate + network.bound(spread.length - 1)];
  const base = { unit: "1/layer", status: "ok" as const, sources: ["Oono, Suzuki 2020", "Pecora, Carroll 1998"], cost: {} };
  const answers: Answer[] = [
    {
      ...base,
      name: "fading_weights",
      label:
        "rate of small differences between nodes in layers with weights, predicted: spectrum of the graph and exponent of a node alone",
      value: predicted,
      error: NaN,
      method: `log of the graph's factor ${show(rate, 4)} and exponent of a node ${show(alone, 4)}`,
    },
    {
      ...base,
      name: "fading_weights_bound",
      label:
        "the same, at most: spectrum of the graph, largest singular values of the weights, steepest slope of the nonlinearity",
      value: bound,
      error: 0,
      method: "mean over layers of log (factor of the graph times largest singular value times slope)",
    },
    {
      ...base,
      name: "fading_weights_measured",
      label: "the same, measured on the graph",
      value: measured.value,
      error: Math.max(measured.error, 1e-9),
      status: known ? ("ok" as const) : ("not-converged" as const),
      method: "slope of the logarithm of the spread over the last third of the layers; error: change from the last sixth",
      ...(known ? {} : { explanation: "features fade to rounding within a few layers; lower the mixing, or raise the gain" }),
    },
  ];
  const x = spread.map((_, l) => l);
  const line = (slope: number): number[] => spread.map((_, l) => spread[0]! * scalarMath.exp(slope * l));
  const picture: Picture = {
    name: "network_fading",
    title: "Over-smoothing with weights and a nonlinearity",
    description: `Spread of ${network.width} features over the layers on a graph of ${g.nodes} nodes, with the predicted slope and the bound.`,
    caption:
      "Nodes start almost alike. Close to features that are the same everywhere, differences fade or grow at the graph's rate plus that of a node alone; never faster than the bound.",
    x: "layer",
    y: "spread of features",
    log: true,
    curves: [
      { name: "measured", x, y: spread, dots: spread.length <= 80 },
      { name: "predicted slope", x, y: line(predicted) },
      { name: "bound", x, y: line(bound) },
    ],
  };
  const sentence = `With weights and a nonlinearity small differences between nodes ${predicted < 0 ? "fade" : "grow"}: predicted ${show(predicted, 4)} a layer (graph ${show(rate, 4)}, node alone ${show(alone, 4)})${known ? `, measured ${show(measured.value, 4)}` : ""}, at most ${show(bound, 4)}.`;
  return { answers, picture, sentence };
}

function besideOf(spec: Spec, sizes: readonly number[], seed: number, network: Network | undefined): Beside {
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
  const more = network && networkBeside(network, spec, g, predicted.value, seed);
  return {
    answers: [
      ...(more?.answers ?? []),
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
      ...(more ? [more.sentence] : []),
    ],
    pictures: [
      ...(more ? [more.picture] : []),
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
export function grow(spec: Spec, { seed }: Pick<GrowContext, "seed">): Growing {
  const { graph: chosen, mixing, layers, wave, depth } = spec;
  const made = growing(chosen);
  const chance = !made.certain;
  const limit = graphonSmoothingRate(made.limit, mixing);
  const network = spec.network && networkOf(spec.network, depth, seed);
  const waves = (n: number, width: number): Float64Array =>
    Float64Array.from({ length: n * width }, (_, e) =>
      scalarMath.cos(2 * Math.PI * ((wave * (Math.floor(e / width) + 0.5)) / n + (e % width) / width)),
    );
  const reference =
    network && chance ? network.features(referenceOf(made.limit), mixing, waves(REFERENCE, network.width), layers) : undefined;
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
      ...(reference
        ? [
            {
              ...base,
              name: "network",
              label: `distance of features after ${layers} layers with weights from the limit's`,
              predicted: -0.5,
              reason: "a node's neighbours are drawn by chance; layers are Lipschitz",
              sources: ["Keriven, Bietti, Vaiter 2020"],
            },
          ]
        : []),
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
    sample(n, own) {
      if (n > MOST_DENSE) throw new RangeError(`${n} nodes given; all eigenvalues are computed, which takes up to ${MOST_DENSE}`);
      const g = made.edges(n, own);
      const places = Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);
      const start = places.map((x) => scalarMath.cos(2 * Math.PI * ((wave * x) % 1)));
      const system = graphLayers({ graph: g, mixing }, start);
      system.step(layers);
      const expected = graphonFeatures(made.limit, { wave, layers, places, mixing });
      const off = Math.sqrt(system.state.reduce((s, v, i) => s + (v - expected[i]!) * (v - expected[i]!), 0) / n);
      const all = [off];
      if (network && reference) {
        const { width } = network;
        const found = network.features(g, mixing, waves(n, width), layers);
        const apart = found.reduce((s, v, e) => {
          const node = Math.floor(((Math.floor(e / width) + 0.5) * REFERENCE) / n);
          const d = v - reference[node * width + (e % width)]!;
          return s + d * d;
        }, 0);
        all.push(Math.sqrt(apart / found.length));
      }
      if (!Number.isFinite(limit.value)) return all;
      const found = overSmoothingRate({ graph: g, mixing }).value;
      return [...all, Math.abs(scalarMath.exp(found) - scalarMath.exp(limit.value))];
    },
    beside: (sizes, own) => besideOf(spec, sizes, own, network),
  };
}
