import { scalarMath } from "#engine";
import { flow } from "../../../flow/flow.js";
import { alongEdges } from "../../../limits/coupling-matrix.js";
import {
  circulantMeasure,
  digraphDistance,
  finiteMeasure,
  sampleCirculant,
  type CirculantMeasure,
} from "../../../limits/digraph-measure.js";
import type { Digraph } from "../../../limits/digraph.js";
import { kuramotoField } from "../../../limits/kuramoto.js";
import { spectralCoupling } from "../../../limits/spectral-coupling.js";
import { show } from "../../words.js";
import type { Beside, Growing } from "../growing.js";
import type { Spec } from "../populations/digraph.js";

/** Places of the limit's grid: odd. */
const GRID = 129;
/** Prime, so that comparisons fall on other parts of cells at every size. */
const PLACES = 23;

function measureOf({ neighbours }: Spec): CirculantMeasure {
  switch (neighbours.type) {
    case "pair":
      return circulantMeasure({
        atoms: [1, -1].map((s) => ({ shift: s * neighbours.rho, weight: 0.5 })),
        name: `ring with neighbours at ±${neighbours.rho}`,
      });
    case "one-way":
      return circulantMeasure({
        atoms: [{ shift: neighbours.rho, weight: 1 }],
        name: `ring with a neighbour at ${neighbours.rho}`,
      });
    case "nearest":
      return circulantMeasure({
        boxes: [{ from: -neighbours.h, to: neighbours.h, height: 0.5 / neighbours.h }],
        name: `ring with all neighbours within ${neighbours.h}`,
      });
  }
}

/** [re, im] of the eigenvalue of e^(2 pi i k x) on a finite ring whose nodes all look alike. */
function eigenvalue({ nodes, columns, offsets, weights }: Digraph, k: number): [number, number] {
  let [re, im] = [0, 0];
  for (let e = 0; e < offsets[1]!; e++) {
    const phase = (2 * Math.PI * ((k * columns[e]!) % nodes)) / nodes;
    re += (weights[e]! / nodes) * scalarMath.cos(phase);
    im += (weights[e]! / nodes) * scalarMath.sin(phase);
  }
  return [re, im];
}

/** The start at x, and the largest slope it has. */
const startOf = ({ winding, ripple }: Spec) => ({
  at: (x: number): number => 2 * Math.PI * winding * x + ripple * scalarMath.sin(2 * Math.PI * x),
  slope: 2 * Math.PI * (Math.abs(winding) + ripple),
});

/** Phases at all moments, from time 0 on. */
function run(spec: Spec, graph: Parameters<typeof kuramotoField>[0]["graph"]): Float64Array[] {
  const { coupling, until, moments } = spec;
  const n = graph.nodes;
  const { at } = startOf(spec);
  const system = flow({
    field: kuramotoField({ graph, coupling }),
    initial: Float64Array.from({ length: n }, (_, j) => at((j + 0.5) / n)),
    dt: until / moments,
  });
  const all = [system.state.slice()];
  for (let m = 0; m < moments; m++) {
    if (system.step() !== "ok") throw new RangeError(`the oscillators end at time ${system.time}: ${system.explanation ?? ""}`);
    all.push(system.state.slice());
  }
  return all;
}

/** The trigonometric polynomial through the values at (j + 1/2) / GRID of what is periodic in the phases, as a function. */
function between(phases: Float64Array, winding: number): (x: number) => number {
  const most = (GRID - 1) / 2;
  const [cosines, sines] = [scalarMath.cos, scalarMath.sin].map((f) =>
    Float64Array.from({ length: 2 * GRID }, (_, i) => f((Math.PI * i) / GRID)),
  ) as [Float64Array, Float64Array];
  const wave = Array.from({ length: most + 1 }, (_, k) => {
    let [c, s] = [0, 0];
    phases.forEach((u, j) => {
      const value = (u - (2 * Math.PI * winding * (j + 0.5)) / GRID) * ((k === 0 ? 1 : 2) / GRID);
      const angle = (k * (2 * j + 1)) % (2 * GRID);
      c += value * cosines[angle]!;
      s += value * sines[angle]!;
    });
    return [c, s] as const;
  });
  return (x) => {
    // Horner's scheme in e^(-2 pi i x), of which the real part is wanted.
    const [p, q] = [scalarMath.cos(2 * Math.PI * x), -scalarMath.sin(2 * Math.PI * x)];
    let [re, im] = [0, 0];
    for (let k = most; k >= 0; k--) [re, im] = [re * p - im * q + wave[k]![0], re * q + im * p + wave[k]![1]];
    return re + 2 * Math.PI * winding * x;
  };
}

/** By how much phases are off the limit, at each moment. */
function gaps(spec: Spec, graph: Digraph, limit: readonly ((x: number) => number)[]): number[] {
  return run(spec, alongEdges(graph)).map((phases, m) =>
    phases.reduce((most, u, j) => Math.max(most, Math.abs(u - limit[m]!((j + 0.5) / graph.nodes))), 0),
  );
}

const distanceTo = (measure: CirculantMeasure, graph: Digraph): number =>
  digraphDistance(finiteMeasure(graph, "circle"), measure, { places: PLACES, cells: 4096 }).value;

const SOURCES = ["Kuehn, Xu 2022"];

function besideOf(
  spec: Spec,
  measure: CirculantMeasure,
  sizes: readonly number[],
  limit: readonly ((x: number) => number)[],
): Beside {
  const { coupling, until, moments, waves } = spec;
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const graphs = [least, most].map((n) => sampleCirculant(measure, n)) as [Digraph, Digraph];
  const times = Array.from({ length: moments + 1 }, (_, m) => (until * m) / moments);
  // sup |u - v| <= e^(Lt) (start + K max(1, slope) d t), L = 2 K; slopes grow at most like e^(Lt) (Gronwall), and the weights of a node add up to 1.
  const slope = startOf(spec).slope;
  const bound = (d: number, n: number, t: number): number => {
    const grown = scalarMath.exp(2 * coupling * t);
    return grown * ((0.5 * slope) / n + coupling * Math.max(1, slope * grown) * d * t);
  };
  const found = graphs.map((g) => gaps(spec, g, limit));
  const bounds = graphs.map((g) => times.map((t) => bound(distanceTo(measure, g), g.nodes, t)));
  const tightest = Math.max(...found.flatMap((all, i) => all.map((v, m) => v / bounds[i]![m]!)));
  const worst = Math.max(...sizes.map((n) => n * distanceTo(measure, sampleCirculant(measure, n))));
  const k = Array.from({ length: waves + 1 }, (_, i) => i);
  const fine = Array.from({ length: 30 * waves + 1 }, (_, i) => i / 30);
  const x = Array.from({ length: 241 }, (_, i) => i / 240);
  const base = { status: "ok" as const, unit: "1", cost: {}, sources: SOURCES };
  return {
    answers: [
      {
        ...base,
        name: "distance_times_n",
        label: "largest n times the distance of the graph from its limit",
        value: worst,
        error: 0,
        method: "bounded-Lipschitz distance of fibres, sup over places; theory: at most 1",
      },
      {
        ...base,
        name: "dobrushin",
        label: "largest distance of solutions over Dobrushin's bound; theory: at most 1",
        value: tightest,
        error: 0,
        method: "sup over units and times, smallest and largest ring",
        sources: [...SOURCES, "Dobrushin 1979"],
      },
    ],
    sentences: [
      `n times the distance of the graph from its limit is at most ${show(worst, 3)}; theory allows 1: ${worst <= 1 ? "it holds" : "it is BROKEN"}.`,
      `Dobrushin's inequality ${tightest <= 1 ? "holds" : "is BROKEN"}: solutions part by at most ${show(tightest, 2)} of its bound.`,
      ...(spec.neighbours.type === "nearest"
        ? []
        : ["The graph stays sparse: its eigenvalues do not die out with the wave number, as those of a graphon would."]),
    ],
    pictures: [
      {
        name: "eigenvalues",
        title: "Eigenvalues of the graph and of its limit",
        description: `Real part of the eigenvalues of waves with up to ${waves} turns round the ring: the limit, and rings of ${least} and ${most} nodes.`,
        caption:
          "The limit is drawn between whole wave numbers too. The largest eigenvalue decides where order begins: K_c = 2/(π g(0)) for weights that add up to 1.",
        x: "wave number k",
        y: "eigenvalue",
        curves: [
          { name: "symbol of the limit", x: fine, y: fine.map((v) => measure.symbol(v)[0]) },
          ...graphs.map((g) => ({ name: `${g.nodes} nodes`, x: k, y: k.map((v) => eigenvalue(g, v)[0]), dots: true })),
        ],
      },
      {
        name: "profile",
        title: `Phases round the ring at time ${show(until)}`,
        description: `Phase over the place on the ring, for the limit and a ring of ${least} units.`,
        caption: "Identical oscillators; the limit is solved by Fourier modes on 129 places.",
        x: "place on the ring",
        y: "phase",
        curves: [
          { name: "limit", x, y: x.map(limit.at(-1)!) },
          {
            name: `${least} units`,
            x: Array.from({ length: least }, (_, j) => (j + 0.5) / least),
            y: run(spec, alongEdges(graphs[0])).at(-1)!,
            dots: true,
          },
        ],
      },
      {
        name: "dobrushin_bound",
        title: "Distance of solutions, and Dobrushin's bound",
        description: `Largest distance of phases from the limit over time, for ${least} and ${most} units, with the bounds.`,
        caption: "The bound knows the distance of the graphs, the slope of the start and the coupling, and nothing else.",
        x: "time",
        y: "sup distance of phases",
        log: true,
        curves: graphs.flatMap((g, i) => [
          // At time 0 there is nothing but rounding.
          { name: `${g.nodes} units`, x: times.slice(1), y: found[i]!.slice(1), dots: true },
          { name: `bound for ${g.nodes}`, x: times.slice(1), y: bounds[i]!.slice(1) },
        ]),
      },
    ],
  };
}

/** Rings, sparse and dense, and the digraph measures they tend to. */
export function grow(spec: Spec): Growing {
  const measure = measureOf(spec);
  const limit = run(spec, spectralCoupling(measure, GRID)).map((u) => between(u, spec.winding));
  const base = {
    average: "root-mean-square" as const,
    predicted: -1,
    sources: SOURCES,
    certain: true,
  };
  return {
    name: `Identical oscillators on a ${measure.name}`,
    limit: "the same on the digraph measure, by Fourier modes in the place",
    unit: "unit",
    measures: [
      {
        ...base,
        name: "digraph",
        label: "distance of the graph from its digraph measure (sup over places of bounded-Lipschitz)",
        relation: "equal",
        reason: "a node's place and a neighbour's are rounded to 1/(2n) each",
      },
      {
        ...base,
        name: "spectrum",
        label: `distance of the first ${spec.waves} eigenvalues`,
        relation: "at-most",
        reason: "eigenvalues follow the measure",
      },
      {
        ...base,
        name: "solution",
        label: `distance of phases from the limit's (sup over units, up to time ${show(spec.until)})`,
        relation: "at-most",
        reason: "Dobrushin's inequality",
      },
    ],
    sample(n) {
      const graph = sampleCirculant(measure, n);
      const off = (k: number): number => {
        const [a, b] = [eigenvalue(graph, k), measure.symbol(k)];
        return Math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]));
      };
      const spectrum = Math.max(...Array.from({ length: spec.waves }, (_, i) => off(i + 1)));
      return [distanceTo(measure, graph), spectrum, Math.max(...gaps(spec, graph, limit))];
    },
    beside: (sizes) => besideOf(spec, measure, sizes, limit),
  };
}
