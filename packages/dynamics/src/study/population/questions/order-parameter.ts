import { z } from "zod";
import { random } from "../../../core/random.js";
import type { Estimate } from "../../../core/estimate.js";
import type { Answer } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { show, withError } from "../../words.js";
import { dealt, oscillators } from "../oscillators.js";
import type { Subject, Way } from "../theory.js";
import type { OrderRow, PopulationAnswer, PopulationBench, PopulationQuestion } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("order-parameter"),
    from: z.number().min(0).default(0.4).describe("First coupling, in units of each graph's predicted critical one"),
    to: z.number().gt(0).default(2.5).describe("Last coupling, in the same units"),
    count: z.int().min(3).max(500).default(15).describe("Number of couplings, evenly spaced"),
    transient: z.number().gt(0).max(1e6).default(10).describe("Time before anything counts, at each coupling"),
    time: z.number().gt(0).max(1e6).default(20).describe("Time over which the order parameter is averaged, at each coupling"),
    sweep: z
      .enum(["up", "down", "both"])
      .default("both")
      .describe("Whether the coupling is raised from an incoherent start, lowered from a coherent one, or both"),
  })
  .describe("The order parameter over the coupling, beside what theory says of infinitely many units");

type Spec = z.infer<typeof schema>;

/** Points of the curve of theory. */
const CURVE = 61;

export const orderQuestion: PopulationQuestion<Spec> = {
  name: "order-parameter",
  description: "the order parameter of oscillators over their coupling, up and down, beside the limit of infinitely many",
  schema,
  async ask(spec, bench, breathe) {
    if (!(spec.to > spec.from)) refuse(["to"], `from ${spec.from} to ${spec.to} given; to must be larger than from`);
    const rows: OrderRow[] = [];
    const curves: Record<Way, number[]> = { up: [], down: [] };
    const fine = Array.from({ length: CURVE }, (_, i) => spec.from + ((spec.to - spec.from) * i) / (CURVE - 1));
    const answers: Answer[] = [];
    const sentences: string[] = [];
    let steps = 0;
    for (const [g, graph] of bench.graphs.entries()) {
      const predicted = graph.critical("up");
      if (predicted.status !== "ok")
        refuse(
          [],
          `${graph.name} has no critical coupling above 0: ${predicted.explanation ?? "its limit has no positive eigenvalue"}`,
        );
      const found = await sweepOne(spec, bench, graph, predicted.value, g, (done, note) =>
        breathe((g + done) / bench.graphs.length, note),
      );
      rows.push(...found.rows);
      for (const way of ["up", "down"] as const)
        for (const share of fine) curves[way].push(graph.order(share * predicted.value, way));
      steps += found.steps;
      const { answers: more, sentence } = judge(found.rows, graph, predicted, bench.units, g, spec.transient);
      answers.push(...more);
      sentences.push(sentence);
    }
    return {
      rows,
      steps,
      answers,
      sentences,
      arrays: {
        limit_coupling: { shape: [CURVE], data: Float64Array.from(fine) },
        limit_order: { shape: [bench.graphs.length, CURVE], data: Float64Array.from(curves.up) },
        limit_order_down: { shape: [bench.graphs.length, CURVE], data: Float64Array.from(curves.down) },
      },
      facts: { graphs: bench.graphs.map((g) => g.name).join("; "), density: bench.density?.name ?? "identical" },
    } satisfies PopulationAnswer;
  },
};

/** One graph at all couplings: up from random phases, then down from equal ones. */
async function sweepOne(
  { from, to, count, transient, time, sweep }: Spec,
  { units, density, own, start, noise, h, seed, threads }: PopulationBench,
  graph: Subject,
  critical: number,
  index: number,
  breathe: (done: number, note: string) => Promise<void>,
): Promise<{ rows: OrderRow[]; steps: number }> {
  const omega = own ?? (density ? dealt(density, units, seed) : new Float64Array(units));
  const population = oscillators(graph.make(units, seed + index, omega), omega, { h, threads, noise, seed: seed + index });
  const relative = Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
  const measured = { up: new Map<number, [number, number]>(), down: new Map<number, [number, number]>() };
  const ways = (["up", "down"] as const).filter((way) => sweep === "both" || sweep === way);
  const stream = random(seed, 1_000_001 + index);
  for (const [w, way] of ways.entries()) {
    let phases =
      (way === "up" ? start : undefined) ??
      Float64Array.from({ length: units }, () => (way === "up" ? 2 * Math.PI * stream.uniform() : 0));
    const path = way === "up" ? relative : [...relative].reverse();
    for (const [i, share] of path.entries()) {
      await breathe((w + i / count) / ways.length, `${graph.name}, coupling ${show(share, 3)} K_c ${way}`);
      population.set(phases, share * critical);
      population.run(transient);
      const { mean, square, status } = population.run(time);
      const fine = status === "ok";
      measured[way].set(share, fine ? [mean, Math.sqrt(Math.max(0, square - mean * mean))] : [NaN, NaN]);
      phases = fine ? population.phases() : phases;
    }
  }
  const rows = relative.map((share): OrderRow => {
    const coupling = share * critical;
    const none: [number, number] = [NaN, NaN];
    return {
      graph: index,
      coupling,
      relative: share,
      up: measured.up.get(share) ?? none,
      down: measured.down.get(share) ?? none,
      theory: [graph.order(coupling, "up"), graph.order(coupling, "down")],
      growth: graph.growth?.(coupling) ?? NaN,
    };
  });
  return { rows, steps: population.steps };
}

/** Where r first stays above the size of fluctuations, by the straight line between two couplings. */
function onset(rows: readonly OrderRow[], way: "up" | "down", level: number): { value: number; error: number } {
  for (let i = 1; i < rows.length; i++) {
    const [a, b] = [rows[i - 1]!, rows[i]!];
    const [low, high] = [a[way][0], b[way][0]];
    if (!(low < level && high >= level && rows.slice(i).every((r) => !(r[way][0] < level)))) continue;
    const share = (level - low) / (high - low);
    return { value: a.coupling + share * (b.coupling - a.coupling), error: 0.5 * (b.coupling - a.coupling) };
  }
  return { value: NaN, error: NaN };
}

/** The largest change of r between neighbouring couplings, and the middle of these. */
function jump(rows: readonly OrderRow[], way: Way): { value: number; at: number } {
  let [value, at] = [0, NaN];
  for (let i = 1; i < rows.length; i++) {
    const rise = rows[i]![way][0] - rows[i - 1]![way][0];
    if (rise > value) [value, at] = [rise, 0.5 * (rows[i]!.coupling + rows[i - 1]!.coupling)];
  }
  return { value, at };
}

function judge(rows: readonly OrderRow[], graph: Subject, predicted: Estimate, units: number, index: number, transient: number) {
  const level = 3 / Math.sqrt(units);
  const went = (way: Way): boolean => rows.some((r) => Number.isFinite(r[way][0]));
  const way = went("up") ? "up" : "down";
  const measured = onset(rows, way, level);
  const known = Number.isFinite(measured.value);
  const off = Math.max(
    ...rows
      .filter((r) => r.relative > 1.2 && Number.isFinite(r.down[0] + r.theory[1]))
      .map((r) => Math.abs(r.down[0] - r.theory[1])),
  );
  const gap = Math.max(0, ...rows.map((r) => r.down[0] - r.up[0]).filter(Number.isFinite));
  const release = graph.critical("down");
  const loop = release.value < predicted.value;
  const base = { unit: "coupling", cost: {}, sources: [] };
  const answers: Answer[] = [
    {
      ...predicted,
      // Rounding is no error bar worth showing.
      error: predicted.error < 1e-6 * predicted.value ? 0 : predicted.error,
      name: `critical_coupling_${index + 1}`,
      label: `predicted critical coupling, ${graph.name}`,
    },
    ...(loop
      ? [{ ...release, name: `release_${index + 1}`, label: `predicted end of order on the way down, ${graph.name}` }]
      : []),
    {
      ...base,
      name: `onset_${index + 1}`,
      label: `measured onset of order, ${graph.name}`,
      value: measured.value,
      error: measured.error,
      status: known ? "ok" : "not-converged",
      method: `r passes 3/√n = ${show(level, 3)} (${way}wards); error: half the spacing of couplings`,
      ...(known
        ? {}
        : { explanation: "r does not pass that level once and for all between the couplings asked for; widen their range" }),
    },
  ];
  const said: string[] = [
    `${graph.name}: theory puts the onset of order at K = ${show(predicted.value, 5)}; `,
    known
      ? `${units} oscillators begin at ${withError(measured.value, measured.error)} (${show(measured.value / predicted.value, 3)} of it).`
      : `${units} oscillators show no clear onset between the couplings asked for.`,
    Number.isFinite(off) ? ` Beyond 1.2 times that, r differs from the limit by at most ${show(off, 2)} on the way down.` : "",
    rows.every((r) => Number.isNaN(r.theory[1]) || r.relative <= 1) && rows.some((r) => r.relative > 1)
      ? " Theory does not tell r beyond the onset here."
      : "",
  ];
  if ((graph.parts ?? 1) > 1)
    said.push(
      ` The graph falls into ${graph.parts} parts that do not act on each other: theory has them in phase, which nothing keeps, so that r of all of them says little.`,
    );
  // A jump of theory: r of the limit just above the transition.
  for (const w of (["up", "down"] as const).filter(went)) {
    const at = graph.critical(w).value;
    const height = graph.order(at * (1 + 1e-9), w);
    if (!(height > 0.05)) continue;
    const found = jump(rows, w);
    answers.push({
      ...base,
      name: `jump_${w}_${index + 1}`,
      label: `largest step of r on the way ${w}, ${graph.name}; theory: ${show(height, 5)}`,
      unit: "1",
      value: found.value,
      error: level,
      status: "ok",
      method: "between neighbouring couplings; error: 3/√n, the size of fluctuations",
    });
    said.push(
      ` On the way ${w} r jumps by ${show(found.value, 3)} at K = ${show(found.at, 4)}; theory: a jump ${w === "up" ? "to" : "from"} ${show(height, 4)} at ${show(at, 4)}.`,
    );
  }
  if (went("up")) said.push(growing(rows, transient));
  if (went("up") && went("down")) said.push(loops(rows, gap, level, loop ? [release.value, predicted.value] : undefined));
  return { answers, sentence: said.join("") };
}

/** How fast infinitely many leave incoherence at the weakest coupling that lets them, beside the time they are given. */
function growing(rows: readonly OrderRow[], transient: number): string {
  const first = rows.find((r) => r.relative > 1 + 1e-9 && r.growth > 0);
  if (!first) return "";
  return ` At K = ${show(first.coupling, 4)} order grows out of incoherence like e^(${show(first.growth, 3)} t) in the limit; the transient is ${show(first.growth * transient, 2)} of its times.`;
}

/** Whether the way up and the way down differ, and whether they should. */
function loops(rows: readonly OrderRow[], gap: number, level: number, loop: readonly [number, number] | undefined): string {
  if (gap <= level) return loop ? ` The hysteresis loop of theory, from ${show(loop[0])} to ${show(loop[1])}, was NOT seen.` : "";
  const apart = rows.filter((r) => r.down[0] - r.up[0] > level).map((r) => r.coupling);
  const where = `Up and down differ by as much as ${show(gap, 2)}, ${apart.length > 1 ? `from K = ${show(apart[0]!)} to ${show(apart.at(-1)!)}` : `at K = ${show(apart[0]!)}`}`;
  if (rows.every((r) => Number.isNaN(r.theory[1]))) return ` ${where}; what the way down does theory does not tell here.`;
  return loop
    ? ` ${where}: a hysteresis loop; theory has one from ${show(loop[0])} to ${show(loop[1])}.`
    : ` ${where}, which theory does not expect: stretches of time too short close to the transition, or another state on the way up.`;
}
