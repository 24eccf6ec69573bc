import { z } from "zod";
import { orbitDiagram, type OrbitDiagram } from "../../analysis/orbit-diagram.js";
import { periodDoubling, type PeriodDoubling } from "../../analysis/period-doubling.js";
import { families, type NamedFamily } from "../../catalogue/families.js";
import { lookup } from "../../core/lookup.js";
import type { Answer, Column } from "../conclusion.js";
import { refuse } from "../problem.js";
import type { RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import { oneOf, threads } from "../supervised.js";
import type { RunContext, StudySystem } from "../system.js";
import { count, show } from "../words.js";

const schema = z
  .strictObject({
    kind: z.literal("family"),
    map: oneOf(families).describe("A family of maps of the catalogue"),
    from: z.number().optional().describe("First parameter; default: where the family begins to be interesting"),
    to: z.number().optional().describe("Last parameter"),
    count: z.int().min(2).max(20_000).default(600).describe("Number of parameters, evenly spaced"),
    threads,
  })
  .describe("Maps with a parameter: what becomes of their orbits as it changes");

const diagram = z
  .strictObject({
    type: z.literal("orbit-diagram"),
    transient: z.int().min(0).max(100_000_000).default(2000).describe("Steps before anything counts"),
    steps: z.int().min(20).max(100_000_000).default(4000).describe("Steps over which exponents are averaged"),
    record: z.int().min(2).max(4096).default(128).describe("Last states kept of each orbit"),
    maxPeriod: z.int().min(1).max(2048).default(32).describe("Longest period looked for, at most half of record"),
  })
  .describe("The last states of each orbit, its period, and the Lyapunov exponent under it");

type Spec = z.infer<typeof schema>;
type Diagram = z.infer<typeof diagram>;

/** Most numbers of a diagram, and most map steps between two breaths. */
const MOST_NUMBERS = 20_000_000;
const AT_ONCE = 20_000_000;

const question = {
  name: "orbit-diagram",
  description: "orbits, periods and Lyapunov exponents of a family of maps over its parameter",
  schema: diagram,
};

/** A family of maps from the catalogue. */
export const familySystem = {
  name: "family",
  description: "a named family of maps with a parameter: orbit diagrams, period doublings, exponents",
  schema,
  questions: [question],
  async run(spec: Spec, study, context) {
    const family = lookup("family", families, spec.map);
    const [from, to] = [spec.from ?? family.range[0], spec.to ?? family.range[1]];
    if (!(to > from)) refuse(["system", "to"], `from ${from} to ${to} given; to must be larger than from`);
    const asked = study.questions[0] as unknown as Diagram;
    if (2 * asked.maxPeriod > asked.record)
      refuse(
        ["questions", 0, "maxPeriod"],
        `${asked.maxPeriod} given; allowed: at most half of record, which is ${asked.record}`,
      );
    const parameters = Float64Array.from({ length: spec.count }, (_, i) => from + ((to - from) * i) / (spec.count - 1));
    const started = new Date();
    context.onProgress?.({ done: 0, total: spec.count, unit: "parameter", note: family.name });
    const { record, transient, steps } = asked;
    const dim = family.components.length;
    if (spec.count * record * dim > MOST_NUMBERS)
      refuse(
        ["questions", 0, "record"],
        `${spec.count} parameters with ${record} states of ${dim} numbers are ${spec.count * record * dim} numbers; allowed: ${MOST_NUMBERS}, so record at most ${Math.floor(MOST_NUMBERS / (spec.count * dim))}`,
      );
    const part = Math.max(1, Math.min(spec.count, Math.floor(AT_ONCE / (transient + steps))));
    const parts: OrbitDiagram[] = [];
    for (let first = 0; first < spec.count && (first === 0 || !context.signal?.aborted); first += part) {
      const { type: _, ...settings } = asked;
      const chosen = parameters.slice(first, first + part);
      const { seed } = study;
      parts.push(
        orbitDiagram({ ...settings, f: family.f, parameters: chosen, initial: family.initial, seed, threads: context.threads }),
      );
      const done = Math.min(spec.count, first + part);
      context.onProgress?.({ done, total: spec.count, unit: "parameter", note: family.name });
      // The host may draw and hear a signal.
      await new Promise((resolve) => setTimeout(resolve));
    }
    const found = joined(parts);
    return conclude(study, family, found, doublings(family, found), context, started, spec.count);
  },
} as const satisfies StudySystem<Spec>;

/** Diagrams of neighbouring ranges as one. */
function joined(parts: readonly OrbitDiagram[]): OrbitDiagram {
  const all = (of: (d: OrbitDiagram) => ArrayLike<number>): Float64Array =>
    Float64Array.from(parts.flatMap((d) => Array.from(of(d))));
  const first = parts[0]!;
  const longest = parts.reduce((n, d) => Math.max(n, d.orbits.length), 0);
  const orbits = new Float64Array(parts.reduce((n, d) => n + d.orbits.length, 0));
  parts.forEach((d, i) => orbits.set(d.orbits, i * longest));
  return {
    ...first,
    parameters: all((d) => d.parameters),
    orbits,
    periods: Int32Array.from(all((d) => d.periods)),
    statuses: parts.flatMap((d) => d.statuses),
    exponents: {
      ...first.exponents,
      value: all((d) => d.exponents.value),
      error: all((d) => d.exponents.error),
      cost: { steps: parts.reduce((n, d) => n + (d.exponents.cost.steps ?? 0) * d.parameters.length, 0) },
    },
  };
}

/** The period doublings between neighbouring parameters whose orbits have periods p and 2 p, located by the multiplier. */
function doublings(
  family: NamedFamily,
  { parameters, periods, orbits, record, dim }: OrbitDiagram,
): (PeriodDoubling & { period: number })[] {
  const found: (PeriodDoubling & { period: number })[] = [];
  for (let i = 0; i + 1 < parameters.length && found.length < 12; i++) {
    const period = periods[i]!;
    // Close to a flip convergence is slow: the neighbour may show no period yet.
    const next = [1, 2, 3, 4].find((j) => periods[i + j] === 2 * period);
    if (period === 0 || next === undefined || periods.slice(i + 1, i + next).some((p) => p !== 0)) continue;
    const last = (i + 1) * record * dim;
    const answer = periodDoubling({
      f: family.f,
      period,
      between: [parameters[i]!, parameters[i + next]!],
      guess: orbits.slice(last - dim, last),
    });
    if (answer.status === "ok") found.push({ ...answer, period });
  }
  return found;
}

const columns = ({ parameter }: NamedFamily): Column[] => [
  { name: "parameter", unit: "1", description: parameter },
  { name: "period", unit: "step", description: "least period found; 0 where there is none" },
  { name: "lyapunov_1", unit: "1/step", description: "largest Lyapunov exponent of the orbit" },
  { name: "lyapunov_1_error", unit: "1/step", description: "its standard error by batch means" },
];

function conclude(
  study: Study,
  family: NamedFamily,
  found: OrbitDiagram,
  flips: readonly (PeriodDoubling & { readonly period: number })[],
  context: RunContext,
  started: Date,
  planned: number,
): RunRecord {
  const { parameters, periods, exponents, orbits, record, dim, statuses } = found;
  const n = parameters.length;
  const share = (of: (i: number) => boolean): string => `${count(Array.from(parameters.keys()).filter(of).length, "parameter")}`;
  const value = exponents.value;
  const error = exponents.error;
  const { output: _, ...asked } = study;
  const columnValues = [parameters, Float64Array.from(periods), value, error];
  const answers = flips.map(({ orbit: _orbit, period, ...estimate }, i): Answer => ({
    ...estimate,
    name: `flip_${i + 1}`,
    label: `${family.parameter} at which the orbit of period ${period} doubles`,
    unit: "1",
  }));
  const finished = new Date();
  return {
    manifest: {
      format: "separatrix-run/1",
      title: study.title,
      status: n < planned ? "aborted" : "ok",
      seed: study.seed,
      study: asked,
      versions: { separatrix: context.version },
      inputs: [],
      steps: { planned, done: n, unit: "parameter" },
      network: { name: family.name, parameters: dim, layout: [{ name: "x", shape: [dim], offset: 0 }] },
      verdict: [
        ...(n < planned ? [`The run was STOPPED after ${n} of ${planned} parameters; what follows holds for these.`] : []),
        `The family ${family.name} (${family.description}), ${family.parameter} from ${show(parameters[0]!)} to ${show(parameters[n - 1]!)}.`,
        `Of ${count(n, "parameter")} the orbit is periodic at ${share((i) => periods[i]! > 0)}, chaotic (exponent more than two standard errors above 0) at ${share((i) => value[i]! > 2 * error[i]! && periods[i] === 0)}, and leaves the finite numbers at ${share((i) => statuses[i] !== "ok")}.`,
        flips.length > 0
          ? `Period doublings: ${flips.map((f) => `${f.period} to ${2 * f.period} at ${show(f.value, 8)}`).join("; ")}.`
          : "No period doubling was found between neighbouring parameters.",
      ],
      facts: { map: family.name, parameter: family.parameter },
      answers,
      series: columns(family),
      arrays: { orbits: { shape: [n, record, dim], dtype: "f64" } },
    },
    series: columns(family).map((c, i) => ({ ...c, values: columnValues[i]! })),
    arrays: { orbits: { shape: [n, record, dim], data: orbits } },
    clock: {
      started: started.toISOString(),
      finished: finished.toISOString(),
      threads: context.threadCount,
      total: (finished.getTime() - started.getTime()) / 1000,
      questions: {},
    },
  };
}
