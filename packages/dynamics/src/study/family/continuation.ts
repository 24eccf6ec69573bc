import { z } from "zod";
import type { Threads } from "#engine";
import { bifurcationDiagram, type BifurcationDiagram } from "../../analysis/bifurcation-diagram.js";
import type { Bifurcation } from "../../analysis/continuation/bifurcation.js";
import type { LocatedDoubling } from "../../analysis/period-doublings.js";
import type { NamedFamily } from "../../catalogue/families.js";
import type { Answer, Conclusion, NamedArray } from "../conclusion.js";
import { refuse, type Path } from "../problem.js";
import { count, show } from "../words.js";

const schema = z
  .strictObject({
    type: z.literal("continuation"),
    maxPeriod: z.int().min(1).max(64).default(8).describe("Longest period whose branch is followed"),
    branches: z.int().min(1).max(200).default(40).describe("Most branches"),
    starts: z.int().min(1).max(100_000).default(200).describe("Newton searches for fixed points at each of five parameters"),
    box: z
      .array(z.tuple([z.number(), z.number()]))
      .min(1)
      .max(10)
      .optional()
      .describe("Where fixed points are looked for, [lower, upper] a component; default: that of the family"),
  })
  .describe("Branches of fixed and periodic points through their folds, flips and branch points, stable or not");

export type Continuation = z.infer<typeof schema>;

/** The question as the schema and the listings see it. */
export const continuationQuestion = {
  name: "continuation",
  description:
    "branches of fixed and periodic points, stable or not, with folds, flips, branch points; drawn on the orbit diagram",
  schema,
  needs: ["orbit-diagram"],
};

export type Followed = BifurcationDiagram;

/** Refuses a box that does not fit the family; `path` is the question's place in the study. */
export function checkBox({ name, components }: NamedFamily, { box }: Continuation, path: Path): void {
  if (box === undefined) return;
  if (box.length !== components.length)
    refuse([...path, "box"], `${box.length} sides given; ${name} has ${components.length}: ${components.join(", ")}`);
  const wrong = box.findIndex(([a, b]) => !(a < b));
  if (wrong >= 0) refuse([...path, "box", wrong], `${box[wrong]![0]} to ${box[wrong]![1]} given; the lower bound comes first`);
}

/** The branches of a family between two parameters. */
export function follow(
  family: NamedFamily,
  range: readonly [number, number],
  { maxPeriod, branches, starts, box = family.box.map(([a, b]) => [a, b] as [number, number]) }: Continuation,
  seed: number,
  threads: Threads,
): Followed {
  return bifurcationDiagram({ f: family.f, kind: "map", range, box, maxPeriod, branches, starts, seed, threads });
}

/** Kinds by the number that they have in the array of bifurcations. */
const KINDS = ["fold", "branch point", "flip", "neimark-sacker"];
const MOST_ANSWERS = 40;

/** What the branches say: numbers, sentences and the arrays that the picture is drawn from. */
export function report(
  family: NamedFamily,
  { branches, bifurcations, notes }: Followed,
  doublings: readonly LocatedDoubling[],
): Conclusion {
  const dim = family.components.length;
  const answers = bifurcations.slice(0, MOST_ANSWERS).map((b, i): Answer => ({
    name: `bifurcation_${i + 1}`,
    label: `${family.parameter} at the ${b.kind} of ${orbit(b.period)} through ${family.components.map((c, j) => `${c} = ${show(b.state[j]!)}`).join(", ")}`,
    value: b.parameter,
    error: b.error,
    unit: "1",
    status: "ok",
    method: "zero of a test function along a branch followed by pseudo-arclength; the error is the last bracket or step",
    sources: ["Keller 1977", "Kuznetsov 2004, chapter 10"],
    cost: {},
  }));
  const agreement = doublings.flatMap((d) => {
    const gaps = bifurcations
      .filter((b) => b.kind === "flip" && b.period === d.period)
      .map((b) => Math.abs(b.parameter - d.value));
    return gaps.length > 0 ? [Math.min(...gaps)] : [];
  });
  const points = branches.reduce((n, b) => n + b.points.length, 0);
  return {
    answers,
    sentences: [
      `Continuation: ${branches.length === 1 ? "1 branch" : `${branches.length} branches`} of fixed and periodic points, stable or not, followed over ${count(points, "point")}.`,
      bifurcations.length > 0 ? `On them: ${places(bifurcations).join("; ")}.` : "On them nothing bifurcates in this range.",
      ...(agreement.length > 0
        ? [
            `Of the period doublings seen in the orbits ${agreement.length} ${agreement.length === 1 ? "is" : "are"} on these branches, at the same ${family.parameter} to ${show(Math.max(...agreement, 1e-15), 1)}.`,
          ]
        : []),
      ...notes.map((n) => `${n[0]!.toUpperCase()}${n.slice(1)}.`),
    ],
    arrays: { branches: rows(branches, dim), bifurcations: marks(bifurcations, dim) },
  };
}

const orbit = (period: number): string => (period === 1 ? "a fixed point" : `an orbit of period ${period}`);

/** "flip of period 2 at 1.236 (2 of them)", each parameter once. */
function places(all: readonly Bifurcation[]): string[] {
  const seen = new Map<string, number>();
  for (const b of all) {
    const words = `${b.kind} of ${orbit(b.period)} at ${show(b.parameter, 8)}`;
    seen.set(words, (seen.get(words) ?? 0) + 1);
  }
  return [...seen].map(([words, n]) => (n > 1 ? `${words} (${n} times, on different branches)` : words));
}

/** One row a point of an orbit: branch, phase, period, parameter, number of unstable directions, state. */
function rows(branches: Followed["branches"], dim: number): NamedArray {
  const all = branches.flatMap((b, number) =>
    Array.from({ length: b.period }, (_, phase) =>
      b.points.map((p) => [
        number,
        phase,
        b.period,
        p.parameter,
        p.unstable,
        ...b.orbit(p).slice(phase * dim, (phase + 1) * dim),
      ]),
    ).flat(),
  );
  return { shape: [all.length, 5 + dim], data: Float64Array.from(all.flat()) };
}

/** One row a bifurcation: number of its kind (fold, branch point, flip, Neimark-Sacker), period, parameter, coefficient, state. */
function marks(bifurcations: readonly Bifurcation[], dim: number): NamedArray {
  const all = bifurcations.map((b) => [KINDS.indexOf(b.kind), b.period, b.parameter, b.coefficient, ...b.state]);
  return { shape: [all.length, 4 + dim], data: Float64Array.from(all.flat()) };
}
