import { canonical } from "../canonical.js";
import { readDocument } from "../document.js";
import { problemsOf } from "../issues.js";
import type { Path, Problem } from "../problem.js";
import { keysAt, studySchema, type Study } from "../schema.js";
import { copyOf, parsePath, put } from "./path.js";
import { MOST_CELLS, sweepSchema, valuesOf, type Sweep, type SweepAxis } from "./schema.js";

/** A point of the grid. */
export interface SweepCell {
  /** For each axis the number of its value. */
  readonly at: readonly number[];
  readonly study: Study;
}

/** A sweep, its cells, and where its parts stand in the text. */
export interface ParsedSweep {
  readonly sweep: Sweep;
  readonly axes: readonly SweepAxis[];
  /** The last axis changes first. */
  readonly cells: readonly SweepCell[];
  locate(problem: Problem): string;
}

/**
 * Reads a sweep from YAML or JSON.
 *
 * *Arguments*: `text`; `file`: its name, for messages.
 * *Returns*: the cells, each a whole study with defaults filled in. Throws a StudyError with a line `file:line:column path: message` for each
 * problem: every cell is checked before the first one runs, and what is wrong with a value of an axis is said at that value.
 * *Cost*: a fraction of a millisecond a cell; at most 100,000 cells.
 * *Example*: `parseSweep("study:\n" + study.replaceAll(/^/gm, "  ") + "\naxes: [{ path: seed, from: 0, to: 3 }]").cells.map((c) => c.study.seed) // [0, 1, 2, 3]`
 */
export function parseSweep(text: string, file = "sweep"): ParsedSweep {
  const { input, locate, refuseAll } = readDocument(text, file, { name: "sweep", needs: "study and axes" });
  const result = sweepSchema.safeParse(input);
  if (!result.success) return refuseAll(problemsOf(result.error.issues, input, (path) => keysAt(sweepSchema, input, path)));
  const sweep = result.data;
  const problems: Problem[] = [];
  const paths = sweep.axes.map(({ path }, i): Path => {
    const parsed = parsePath(path);
    if (!parsed)
      problems.push({
        path: ["axes", i, "path"],
        message: `expected a place such as system.optimizer.learningRate or questions[0].every, got "${path}"`,
      });
    if (parsed?.[0] === "title" || parsed?.[0] === "output")
      problems.push({ path: ["axes", i, "path"], message: `${parsed[0]} decides nothing; an axis changes what does` });
    return parsed ?? [];
  });
  const names = namesOf(sweep, paths, problems);
  const axes = sweep.axes.map((axis, i): SweepAxis => ({ name: names[i]!, path: axis.path, values: valuesOf(axis) }));
  axes.forEach(({ values }, i) => {
    const texts = values.map(canonical);
    const twice = texts.findIndex((t, j) => texts.indexOf(t) < j);
    if (twice >= 0) problems.push({ path: ["axes", i, "values", twice], message: `${texts[twice]} is given twice` });
  });
  const size = axes.reduce((n, a) => n * a.values.length, 1);
  if (size > MOST_CELLS)
    problems.push({ path: ["axes"], message: `these axes make ${size} cells; at most ${MOST_CELLS} are run` });
  if (problems.length > 0) return refuseAll(problems);

  const cells: SweepCell[] = [];
  const seen = new Map<string, Problem>();
  for (let n = 0; n < size && seen.size < 20; n++) {
    const at = indices(n, axes);
    const data = copyOf(sweep.study);
    const blocked = axes.flatMap(({ values }, i): Problem[] => {
      const message = put(data, paths[i]!, copyOf(values[at[i]!]));
      return message === undefined ? [] : [{ path: ["axes", i, "path"], message }];
    });
    const parsed = studySchema.safeParse(data);
    const wrong =
      blocked.length > 0 || parsed.success
        ? blocked
        : problemsOf(parsed.error.issues, data, (path) => keysAt(studySchema, data, path));
    for (const problem of wrong) {
      const placed = blocked.length > 0 ? problem : place(problem, axes, paths, at, sweep);
      seen.set(canonical(placed), placed);
    }
    if (wrong.length === 0 && parsed.success) cells.push({ at, study: parsed.data as unknown as Study });
  }
  if (seen.size > 0) return refuseAll([...seen.values()]);
  return { sweep, axes, cells, locate };
}

/** Cell number n in the order in which the last axis changes first. */
function indices(n: number, axes: readonly SweepAxis[]): number[] {
  let left = n;
  return axes
    .map(({ values }) => values.length)
    .reverse()
    .map((length) => {
      const i = left % length;
      left = Math.floor(left / length);
      return i;
    })
    .reverse();
}

/** The names of the columns: as given, else the last key of the path, else as much of it as tells it from the others. */
function namesOf(sweep: Sweep, paths: readonly Path[], problems: Problem[]): string[] {
  const short = paths.map((path) => String(path.findLast((p) => typeof p === "string") ?? ""));
  const names = sweep.axes.map(
    ({ name, path }, i) => name ?? (short.filter((s) => s === short[i]).length > 1 ? path.replaceAll(/\W+/g, "_") : short[i]!),
  );
  names.forEach((name, i) => {
    if (name && names.indexOf(name) < i)
      problems.push({
        path: ["axes", i, sweep.axes[i]!.name ? "name" : "path"],
        message: `two axes are called ${name}; give one another name`,
      });
  });
  return names;
}

/** A problem of a cell, where its author can put it right: at the value of an axis, or in the study. */
function place(
  problem: Problem,
  axes: readonly SweepAxis[],
  paths: readonly Path[],
  at: readonly number[],
  sweep: Sweep,
): Problem {
  const axis = paths.findIndex((path) => path.every((part, i) => problem.path[i] === part));
  if (axis < 0) return { ...problem, path: ["study", ...problem.path] };
  const wrongKey = problem.atKey && problem.path.length === paths[axis]!.length;
  const where: Path = wrongKey
    ? ["path"]
    : sweep.axes[axis]!.values
      ? ["values", at[axis]!, ...problem.path.slice(paths[axis]!.length)]
      : ["from"];
  const value = wrongKey ? "" : ` (${axes[axis]!.path} = ${canonical(axes[axis]!.values[at[axis]!])})`;
  return { path: ["axes", axis, ...where], message: `${problem.message}${value}` };
}
