import { constant, type CompileOptions, type Tensor } from "#engine";
import { continuation, type Branch, type BranchPlace, type ContinuationOptions } from "./continuation.js";
import type { Bifurcation, Departure } from "./continuation/bifurcation.js";
import { fixedPoints } from "./fixed-points.js";
import { checkBox, type Box } from "./low-discrepancy.js";

export interface BifurcationDiagramOptions extends Pick<
  ContinuationOptions,
  "f" | "kind" | "range" | "step" | "largestStep" | "steps"
> {
  /** Where fixed points are looked for, to begin with. */
  readonly box: Box;
  /** Parameters at which they are looked for. Default: 5 of them, evenly spaced from end to end of the range. */
  readonly at?: readonly number[];
  /** Starts of the search at each. Default 100 a coordinate. */
  readonly starts?: number;
  readonly seed?: number;
  /** Longest period followed: from every flip on a branch of half of it or less starts another branch. Default 8; 1 for flows. */
  readonly maxPeriod?: number;
  /** Most branches. Default 40. */
  readonly branches?: number;
  readonly threads?: CompileOptions["threads"];
}

/** All branches that were found, with what happens on them. */
export interface BifurcationDiagram {
  readonly branches: readonly Branch[];
  /** Each place once, also where several branches pass it; ascending in the parameter. */
  readonly bifurcations: readonly Bifurcation[];
  /** What was not followed, and why, in words. */
  readonly notes: readonly string[];
}

/**
 * The branches of fixed points and periodic points of a family, from searches in a box and by switching at every branch point and flip.
 *
 * *Definition*: fixed points in the box at a few parameters; through each the branch by `continuation`; from each branch point the other branch,
 * from each flip the branch of twice the period, and so on.
 * *Arguments*: see `BifurcationDiagramOptions`.
 * *Returns*: see `BifurcationDiagram`. A branch that does not pass the box at one of the parameters and is connected to no other is missed.
 * *Error*: see `continuation`. *Cost*: a search for each parameter, and the branches.
 * *Source*: Keller 1977; Kuznetsov 2004, section 10.2.2 (branch switching).
 * *Example*: `bifurcationDiagram({ f: (x, r) => mul(mul(r, x), sub(1, x)), kind: "map", box: [[-0.5, 1]], range: [0.5, 3.5], maxPeriod: 4 })
 * .bifurcations.map((b) => [b.kind, b.parameter]) // [["branch point", 1.000000], ["flip", 3.000000], ["flip", 3.4494897428]]`
 */
export function bifurcationDiagram(options: BifurcationDiagramOptions): BifurcationDiagram {
  const { f, kind, range, box, maxPeriod = kind === "flow" ? 1 : 8, branches: most = 40, seed = 0 } = options;
  checkBox("bifurcationDiagram", box);
  if (!Number.isInteger(maxPeriod) || maxPeriod < 1)
    throw new RangeError(`bifurcationDiagram: maxPeriod ${maxPeriod} given; allowed: integers from 1`);
  if (!Number.isInteger(most) || most < 1)
    throw new RangeError(`bifurcationDiagram: ${most} branches given; allowed: integers from 1`);
  const [low, high] = range;
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
    throw new RangeError(
      `bifurcationDiagram: range [${range.join(", ")}] given; allowed: two finite parameters, the lower first`,
    );
  const at = options.at ?? [0, 1, 2, 3, 4].map((i) => low + ((high - low) * i) / 4);
  if (at.length === 0 || !at.every((p) => p >= low && p <= high))
    throw new RangeError(
      `bifurcationDiagram: [${at.join(", ")}] given as parameters to search at; allowed: at least one, from ${low} to ${high}, the range`,
    );
  const settings = {
    f,
    kind,
    range,
    ...(options.step === undefined ? {} : { step: options.step }),
    ...(options.largestStep === undefined ? {} : { largestStep: options.largestStep }),
    ...(options.steps === undefined ? {} : { steps: options.steps }),
  };
  const branches: Branch[] = [];
  const notes: string[] = [];
  const queue: Departure[] = [];
  const filled: number[] = [];
  const add = (branch: Branch): void => {
    if (branch.points.length < 2) {
      const { reason } = branch.ends.at(-1)!;
      if (!notes.includes(reason)) notes.push(reason);
      return;
    }
    branches.push(branch);
    notes.push(...branch.notes.filter((n) => !notes.includes(n)));
    queue.push(...branch.departures);
  };
  const full = (): boolean => branches.length >= most;
  const drain = (): void => {
    for (let d = queue.shift(); d && !full(); d = queue.shift()) {
      const start = d.z.slice(0, -1);
      if (d.period > maxPeriod || leaves(branches, d)) continue;
      add(continuation({ ...settings, start, parameter: d.z.at(-1)!, period: d.period, direction: d.direction }));
    }
  };
  for (const parameter of at) {
    const found = fixedPoints({
      f: (x: Tensor) => f(x, constant(parameter)),
      kind,
      box,
      seed,
      starts: options.starts ?? 100 * box.length,
      ...(options.threads ? { threads: options.threads } : {}),
    });
    if (found.manifolds.length > 0) filled.push(parameter);
    for (const { point } of found.points) {
      if (full() || branches.some((b) => b.period === 1 && passes(b, point, parameter))) continue;
      add(continuation({ ...settings, start: point, parameter }));
      drain();
    }
  }
  if (filled.length > 0)
    notes.push(
      `fixed points fill whole curves or surfaces at the parameter${filled.length > 1 ? "s" : ""} ${filled.join(", ")}: these are no branches and were not followed`,
    );
  if (branches.length === 0 && notes.length === 0)
    notes.push(
      `no fixed points were found in the box at the parameters ${at.join(", ")}: widen the box, or search at other parameters (at)`,
    );
  if (full() && queue.length > 0) notes.push(`${queue.length} further branches were not followed: only ${most} were allowed`);
  return { branches, bifurcations: distinct(branches), notes };
}

/** A point of a branch with its parameter. */
const place = ({ state, parameter }: Pick<BranchPlace, "state" | "parameter">): Float64Array =>
  Float64Array.of(...state, parameter);

/** Whether a branch goes through a state at a parameter: near one of the chords between its points, also at a fold, which none of them reaches. */
function passes({ points }: Branch, state: Float64Array, parameter: number): boolean {
  const z = place({ state, parameter });
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b] = [place(points[i]!), place(points[i + 1]!)];
    const chord = b.map((v, j) => v - a[j]!);
    const length = norm(chord);
    const along = z.reduce((s, v, j) => s + (v - a[j]!) * chord[j]!, 0) / (length * length);
    const share = Math.min(1, Math.max(0, along));
    // A step turns by 18 degrees at most, so that the branch leaves its chord by less than this part of it.
    if (norm(z.map((v, j) => v - a[j]! - share * chord[j]!)) <= 0.05 * length + 1e-9) return true;
  }
  return false;
}

/** Whether some branch already leaves that place in that direction; where an orbit doubles, any point of it. */
function leaves(branches: readonly Branch[], { z, direction, period, symmetric }: Departure): boolean {
  const length = norm(direction);
  if (symmetric) {
    const flip = { state: z.slice(0, -1), parameter: z.at(-1)! };
    return branches.some(
      (b) =>
        b.period === period && [b.points[0]!, ...b.bifurcations].some((other) => meet(other, flip) && onOrbit(b, other, flip)),
    );
  }
  return branches.some(
    ({ points, period: other }) =>
      other === period &&
      points.some((p, i) => {
        const here = place(p);
        const off = norm(here.map((v, j) => v - z[j]!));
        return [points[i - 1], points[i + 1]].some((next) => {
          if (!next) return false;
          const away = place(next).map((v, j) => v - here[j]!);
          const along = away.reduce((s, v, j) => s + v * direction[j]!, 0) / (norm(away) * length);
          return off <= 0.5 * norm(away) && along > 0.95;
        });
      }),
  );
}

const norm = (x: Float64Array): number => Math.sqrt(x.reduce((s, v) => s + v * v, 0));

type Place = Pick<BranchPlace, "state" | "parameter">;

/** Whether two places have one parameter, to rounding. */
const meet = (a: Place, b: Place): boolean => Math.abs(a.parameter - b.parameter) <= 1e-9 * (1 + Math.abs(b.parameter));

/** Whether a state is one of those on the orbit of another. */
function onOrbit({ orbit, dim }: Branch, of: Place, { state }: Place): boolean {
  const points = orbit(of);
  for (let n = 0; n < points.length; n += dim)
    if (state.every((v, j) => Math.abs(points[n + j]! - v) <= 1e-6 * (1 + Math.abs(v)))) return true;
  return false;
}

/**
 * Every bifurcation once: branches cross at branch points, an orbit has several points at one parameter, and where one of twice the period begins, the
 * flip says all.
 */
function distinct(branches: readonly Branch[]): Bifurcation[] {
  const all = branches
    .flatMap((branch) => branch.bifurcations.map((b) => ({ branch, b })))
    .sort((x, y) => x.b.parameter - y.b.parameter);
  const same = (x: (typeof all)[number], y: (typeof all)[number]): boolean => meet(x.b, y.b) && onOrbit(x.branch, x.b, y.b);
  return all
    .filter(
      (x, i) =>
        !all.slice(0, i).some((y) => y.b.kind === x.b.kind && y.b.period === x.b.period && same(y, x)) &&
        !(x.b.kind === "branch point" && all.some((y) => y.b.kind === "flip" && 2 * y.b.period === x.b.period && same(x, y))),
    )
    .map(({ b }) => b);
}
