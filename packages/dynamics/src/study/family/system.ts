import { z } from "zod";
import { orbitDiagram, type OrbitDiagram } from "../../analysis/orbit-diagram.js";
import { families } from "../../catalogue/families.js";
import { lookup } from "../../core/lookup.js";
import { refuse } from "../problem.js";
import { oneOf, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";
import { conclude } from "./conclude.js";
import { checkBox, continuationQuestion, follow, type Continuation } from "./continuation.js";
import { doublings, joined } from "./diagrams.js";
import { checkAcross, transverse, transverseQuestion } from "./transverse.js";

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
  description:
    "a named family of maps with a parameter: orbit diagrams, period doublings, exponents, branches and their bifurcations",
  schema,
  questions: [question, continuationQuestion, transverseQuestion],
  async run(spec: Spec, study, context) {
    const family = lookup("family", families, spec.map);
    const [from, to] = [spec.from ?? family.range[0], spec.to ?? family.range[1]];
    if (!(to > from)) refuse(["system", "to"], `from ${from} to ${to} given; to must be larger than from`);
    const [place, further] = ["orbit-diagram", "continuation"].map((type) => study.questions.findIndex((q) => q.type === type));
    const beside: number = study.questions.findIndex((q) => q.type === "transverse-exponent");
    const asked = study.questions[place!] as unknown as Diagram;
    if (2 * asked.maxPeriod > asked.record)
      refuse(
        ["questions", place!, "maxPeriod"],
        `${asked.maxPeriod} given; allowed: at most half of record, which is ${asked.record}`,
      );
    const traced = study.questions[further!] as unknown as Continuation | undefined;
    if (traced) checkBox(family, traced, ["questions", further!]);
    if (beside >= 0) checkAcross(family, ["questions", beside]);
    const parameters = Float64Array.from({ length: spec.count }, (_, i) => from + ((to - from) * i) / (spec.count - 1));
    const started = new Date();
    context.onProgress?.({ done: 0, total: spec.count, unit: "parameter", note: family.name });
    const { record, transient, steps } = asked;
    const dim = family.components.length;
    if (spec.count * record * dim > MOST_NUMBERS)
      refuse(
        ["questions", place!, "record"],
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
    const branches =
      traced && !context.signal?.aborted ? follow(family, [from, to], traced, study.seed, context.threads) : undefined;
    const across =
      beside >= 0 && !context.signal?.aborted ? transverse(family, found.parameters, asked, context.threads) : undefined;
    return conclude(study, family, found, doublings(family, found), { followed: branches, across }, context, started, spec.count);
  },
} as const satisfies StudySystem<Spec>;
