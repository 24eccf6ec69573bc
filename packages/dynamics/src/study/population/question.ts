import type { Threads } from "#engine";
import type { FrequencyDensity } from "../../limits/frequency-density.js";
import type { NearestFrequencies } from "../../limits/nearest-frequencies.js";
import type { Breathe } from "../asking.js";
import type { Conclusion } from "../conclusion.js";
import type { QuestionEntry } from "../system.js";
import type { InputFile } from "../table.js";
import type { Subject } from "./theory.js";

/** A population to be questioned. */
export interface PopulationBench {
  readonly units: number;
  readonly graphs: readonly Subject[];
  /** Undefined: identical oscillators. */
  readonly density: FrequencyDensity | undefined;
  /** The frequencies of the nodes, where the study has them from a file, and how near they are to the density. */
  readonly own?: Float64Array;
  readonly nearest?: NearestFrequencies;
  /** Phases before the coupling is raised, where the study has them from a file. */
  readonly start?: Float64Array;
  /** D: noise of variance 2 D t on each phase. */
  readonly noise: number;
  /** Time step of the solver. */
  readonly h: number;
  readonly seed: number;
  readonly threads: Threads;
  /** The files of networks and of the numbers of nodes. */
  readonly files: readonly InputFile[];
}

/** The order parameter at one coupling: a row of the run's series. */
export interface OrderRow {
  readonly graph: number;
  readonly coupling: number;
  /** Coupling over the predicted critical one. */
  readonly relative: number;
  /** Mean over time and its deviation, coming from weaker and from stronger coupling; NaN where not asked. */
  readonly up: readonly [number, number];
  readonly down: readonly [number, number];
  /** Rate at which order grows out of incoherence in the limit; NaN where theory has none. */
  readonly growth: number;
  /** What theory says of the way up and of the way down. */
  readonly theory: readonly [number, number];
}

/** What a question says, the rows it made and the time steps it took. */
export interface PopulationAnswer extends Conclusion {
  readonly rows?: readonly OrderRow[];
  readonly steps: number;
}

/** A question about a population of oscillators. */
export interface PopulationQuestion<Spec = never> extends QuestionEntry {
  /** Refuses, before any question is asked, what can have no answer. */
  check?(spec: Spec, bench: PopulationBench): void;
  ask(spec: Spec, bench: PopulationBench, breathe: Breathe): Promise<PopulationAnswer>;
}
