import type { Threads } from "#engine";
import { lookup } from "../../core/lookup.js";
import type { Digraph } from "../../limits/digraph.js";
import { frequencyDensities } from "../../limits/frequencies.js";
import { isUnimodal, mixedFrequencies, type FrequencyDensity } from "../../limits/frequency-density.js";
import type { Graphon } from "../../limits/graphon.js";
import { graphonOrder } from "../../limits/graphon-order.js";
import { nearestFrequencies, type NearestFrequencies } from "../../limits/nearest-frequencies.js";
import { lockedDensity } from "../../limits/locked-density.js";
import { refuse } from "../problem.js";
import { blame } from "../supervised.js";
import { NOTHING, type Loaded } from "./loaded.js";
import { onNetwork } from "./network-theory.js";
import { dealt, oscillators, type Oscillators } from "./oscillators.js";
import type { PopulationBench } from "./question.js";
import type { PopulationSpec } from "./system.js";
import { onGraph, subject } from "./theory.js";

const ONLY_RUNS = "files are read by runs of a study only; leave this out, or give a graph without a file";

/** The density of the frequencies, undefined for identical oscillators, and how far those of a file are from it. */
function densityOf(
  { frequencies: { density, width, center, file, peaks } }: PopulationSpec,
  { frequencies: own }: Loaded,
): { readonly density: FrequencyDensity | undefined; readonly nearest?: NearestFrequencies } {
  const place = ["system", "frequencies"];
  if (peaks) {
    for (const [key, value] of Object.entries({ density, width, center, file }))
      if (value !== undefined)
        refuse([...place, key], `peaks have a density, a width and a center each; leave ${key} out beside them`);
    return {
      density: blame([...place, "peaks"], () =>
        mixedFrequencies(
          peaks.map((p) => ({
            share: p.share ?? 1 / peaks.length,
            frequencies: lookup("density", frequencyDensities, p.density).make(p.width, p.center),
          })),
        ),
      ),
    };
  }
  if (!file)
    return {
      density:
        width === 0 ? undefined : lookup("density", frequencyDensities, density ?? "lorentzian").make(width ?? 1, center ?? 0),
    };
  if (!own) refuse([...place, "file"], ONLY_RUNS);
  if (width === 0) refuse([...place, "width"], "0 means identical oscillators, which need no file");
  if (own.every((v) => v === own[0])) return { density: undefined };
  const nearest = blame([...place, "file"], () => nearestFrequencies(own, { density, width, center }));
  return { density: nearest.frequencies, nearest };
}

/** What a study of a population is about. */
export function benchOf(spec: PopulationSpec, seed: number, threads: Threads, loaded: Loaded = NOTHING): PopulationBench {
  const { density, nearest } = densityOf(spec, loaded);
  const { noise } = spec;
  if (spec.phases && !loaded.phases) refuse(["system", "phases"], ONLY_RUNS);
  return {
    units: spec.units,
    graphs: spec.graphs.map((g, i) => {
      const place = ["system", "graphs", i];
      if (g.type !== "file") return blame(place, () => subject(g, density, noise));
      const found = loaded.graphs.get(i) ?? refuse(place, ONLY_RUNS);
      return blame(place, () =>
        "network" in found ? onNetwork(found.network, density, noise) : onGraph(found.graph, density, noise),
      );
    }),
    files: loaded.files,
    density,
    ...(loaded.frequencies ? { own: loaded.frequencies } : {}),
    ...(nearest ? { nearest } : {}),
    ...(loaded.phases ? { start: loaded.phases } : {}),
    noise,
    h: spec.h,
    seed,
    threads,
  };
}

/** Oscillators on the first graph of a study, to be stepped by hand, and what theory says of infinitely many. */
export interface LivePopulation {
  readonly oscillators: Oscillators;
  /** Natural frequencies of the units. */
  readonly frequencies: Float64Array;
  /** Coupling at which incoherence loses its stability; NaN where there is none. */
  readonly critical: number;
  /** Order parameter of infinitely many units at a coupling. */
  order(coupling: number): number;
  /** Density of their phases there, counted from the mean direction and by radian, at given angles; NaN where theory does not tell. */
  phases(coupling: number, angles: Float64Array): Float64Array;
  /** The graph as edges, and the graphon that it tends to; undefined where its weights follow the frequencies. */
  readonly graph?: { readonly edges: Digraph; readonly limit: Graphon };
}

/**
 * The population of a study, to be stepped by hand.
 *
 * *Definition*: u_i' = omega_i + (K / n) sum_j A_ij sin(u_j - u_i) on the first graph of the study; the coupling K is set with the phases.
 * *Arguments*: `spec`: the `system` of a study of kind population; `seed`: of the graph and of how the frequencies are dealt.
 * *Returns*: the oscillators, and the predictions of the graph's limit. Throws a StudyError where the study cannot be.
 * *Cost*: one program is compiled; `order` solves the self-consistency of the graphon anew at each call.
 * *Source*: Kuramoto 1975; Chiba, Medvedev 2019.
 * *Example*: `const { study } = parseStudy("system: { kind: population, units: 50, graphs: [{ type: all-to-all }] }\nquestions: [{ type: order-parameter }]");
 * const { critical, order } = buildPopulation(study.system, { seed: 0, threads: await threads(1) });
 * [critical.toFixed(6), order(4).toFixed(6)] // ["2.000000", "0.707107"]`
 */
export function buildPopulation(
  spec: PopulationSpec,
  { seed, threads }: { readonly seed: number; readonly threads: Threads },
): LivePopulation {
  const { units, graphs, density, noise, h } = benchOf(spec, seed, threads);
  const graph = graphs[0]!;
  const frequencies = density ? dealt(density, units, seed) : new Float64Array(units);
  return {
    oscillators: oscillators(graph.make(units, seed, frequencies), frequencies, { h, threads, noise, seed }),
    frequencies,
    critical: graph.critical("up").value,
    order: (coupling) => graph.order(coupling, "down"),
    phases: (coupling, angles) =>
      density && isUnimodal(density) && noise === 0 && graph.limit && coupling >= 0
        ? angles.map(lockedDensity(density, coupling, graphonOrder(graph.limit, density, coupling)))
        : angles.map(() => NaN),
    ...(graph.limit && graph.edges ? { graph: { edges: graph.edges(units, seed), limit: graph.limit } } : {}),
  };
}
