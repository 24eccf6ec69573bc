import { z } from "zod";
import { studentQuantile } from "../../../core/confidence.js";
import type { Answer } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { order } from "../../table.js";
import { show, withError } from "../../words.js";
import { dealt, drawn, oscillators } from "../oscillators.js";
import type { PopulationBench, PopulationQuestion } from "../question.js";
import type { Subject, Way } from "../theory.js";

const schema = z
  .strictObject({
    type: z.literal("critical-coupling"),
    way: z.enum(["up", "down", "both"]).default("up").describe("From an incoherent start, a coherent one, or each on its own"),
    from: z.number().gt(0).default(0.5).describe("Where halving starts, in units of each graph's predicted critical coupling"),
    to: z.number().gt(0).default(2).describe("Its other end"),
    halvings: z.int().min(2).max(30).default(6).describe("How often the interval is halved"),
    runs: z.int().min(2).max(1000).default(5).describe("Populations, each with a graph and phases of its own"),
    frequencies: z
      .enum(["placed", "drawn"])
      .default("placed")
      .describe("Whether frequencies are quantiles dealt at random, or drawn by chance"),
    level: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe("Order parameter that counts as order. Default: half of theory's jump where r jumps, else 3 / sqrt(n)"),
    transient: z.number().gt(0).max(1e6).default(15).describe("Time before anything counts"),
    time: z.number().gt(0).max(1e6).default(15).describe("Time over which the order parameter is averaged"),
  })
  .describe("The coupling at which order begins, by halving, with a confidence interval from several populations");

type Spec = z.infer<typeof schema>;

/** The coupling at which r passes the level, for one population. */
async function halve(
  { from, to, halvings }: Spec,
  level: number,
  critical: number,
  orderAt: (coupling: number) => number,
  breathe: (done: number) => Promise<void>,
): Promise<number> {
  let [low, high] = [from * critical, to * critical];
  if (orderAt(low) >= level || !(orderAt(high) >= level)) return NaN;
  for (let i = 0; i < halvings; i++) {
    await breathe(i / halvings);
    const middle = 0.5 * (low + high);
    if (orderAt(middle) >= level) high = middle;
    else low = middle;
  }
  return 0.5 * (low + high);
}

/** Where theory's own r passes the level: above the critical coupling, unless r jumps there. */
function passes(graph: Subject, way: Way, level: number, critical: number, to: number): number {
  let [low, high] = [critical * (1 - 1e-9), critical * to];
  if (!(graph.order(high, way) >= level)) return NaN;
  for (let i = 0; i < 30; i++) {
    const middle = 0.5 * (low + high);
    if (graph.order(middle, way) >= level) high = middle;
    else low = middle;
  }
  return high;
}

export const criticalCoupling: PopulationQuestion<Spec> = {
  name: "critical-coupling",
  description: "the coupling at which order begins, by halving, with a confidence interval beside the predicted one",
  schema,
  async ask(spec, bench, breathe) {
    if (!(spec.to > spec.from)) refuse(["to"], `from ${spec.from} to ${spec.to} given; to must be larger than from`);
    const { units, graphs, density, own: given, start: phases, h, noise, seed, threads }: PopulationBench = bench;
    if (given && spec.frequencies === "drawn")
      refuse(["frequencies"], "the study has the frequencies of its nodes from a file; leave this placed");
    if (phases) refuse([], "populations start from phases of their own here; ask without phases from a file");
    const ways: readonly Way[] = spec.way === "both" ? ["up", "down"] : [spec.way];
    const deal = spec.frequencies === "drawn" ? drawn : dealt;
    const answers: Answer[] = [];
    const sentences: string[] = [];
    let [steps, done] = [0, 0];
    for (const [g, graph] of graphs.entries())
      for (const way of ways) {
        const predicted = graph.critical(way);
        if (predicted.status !== "ok")
          refuse([], `${graph.name}: ${predicted.explanation ?? "no critical coupling is predicted"}`);
        // Just above the transition: 0 unless r jumps.
        const height = graph.order(predicted.value * (1 + 1e-9), way);
        const level = spec.level ?? (height > 0.05 ? 0.5 * height : 3 / Math.sqrt(units));
        const found: number[] = [];
        for (let run = 0; run < spec.runs; run++) {
          const own = seed + 1000 * (run + 1);
          const omega = given ?? (density ? deal(density, units, own) : new Float64Array(units));
          const population = oscillators(graph.make(units, own, omega), omega, { h, threads, noise, seed: own });
          // Evenly over the circle, in an order of chance: no order to begin with.
          const places = order(units, true, own + 500);
          const start = Float64Array.from({ length: units }, (_, i) => (way === "up" ? (2 * Math.PI * places[i]!) / units : 0));
          const orderAt = (coupling: number): number => {
            population.set(start, coupling);
            population.run(spec.transient);
            return population.run(spec.time).mean;
          };
          found.push(
            await halve(spec, level, predicted.value, orderAt, (share) =>
              breathe(
                (done + (run + share) / spec.runs) / (graphs.length * ways.length),
                `${graph.name}, ${way}, population ${run + 1}`,
              ),
            ),
          );
          steps += population.steps;
        }
        done++;
        const { answer, sentence } = judge(spec, graph, way, g, level, predicted.value, found);
        answers.push(
          {
            ...predicted,
            name: `predicted_${way}_${g + 1}`,
            label: `predicted end of ${way === "up" ? "incoherence" : "order"}, ${graph.name}`,
          },
          answer,
        );
        sentences.push(sentence);
      }
    return { answers, sentences, steps };
  },
};

function judge(spec: Spec, graph: Subject, way: Way, g: number, level: number, critical: number, found: readonly number[]) {
  const { from, to, halvings, runs } = spec;
  const known = found.every(Number.isFinite);
  const mean = found.reduce((a, b) => a + b, 0) / runs;
  const scatter = Math.sqrt(found.reduce((a, b) => a + (b - mean) * (b - mean), 0) / (runs - 1) / runs);
  // Each population is known to half its last interval only.
  const rounding = ((to - from) * critical) / 2 ** (halvings + 1);
  const half = studentQuantile(0.95, runs - 1) * scatter + rounding;
  const theory = passes(graph, way, level, critical, to);
  const answer: Answer = {
    name: `measured_${way}_${g + 1}`,
    label: `coupling at which r passes ${show(level, 3)} on the way ${way}, ${graph.name}`,
    value: known ? mean : NaN,
    error: known ? half : NaN,
    unit: "coupling",
    status: known ? "ok" : "not-converged",
    method: `${halvings} halvings for each of ${runs} populations; error: half of the 95 % interval of their mean`,
    sources: [],
    cost: {},
    ...(known
      ? {}
      : {
          explanation: `r does not pass ${show(level, 3)} between ${show(from)} and ${show(to)} times the predicted coupling in every population; widen the range`,
        }),
  };
  const sentence = known
    ? `${graph.name}, on the way ${way}: r passes ${show(level, 3)} at K = ${withError(mean, half)} (95 % of ${runs} populations' mean); theory: ${way === "up" ? "incoherence" : "order"} ends at ${show(critical, 5)}${Number.isFinite(theory) ? `, and r of infinitely many passes that level at ${show(theory, 5)}: ${Math.abs(mean - theory) <= half ? "inside the interval" : `${show(Math.abs(mean / theory - 1) * 100, 2)} % off`}` : ""}.`
    : `${graph.name}, on the way ${way}: NO critical coupling was found between ${show(from)} and ${show(to)} times the predicted one.`;
  return { answer, sentence };
}
