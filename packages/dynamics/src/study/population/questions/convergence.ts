import { z } from "zod";
import { convergenceRate } from "../../../limits/convergence-rate.js";
import type { Answer, NamedArray } from "../../conclusion.js";
import { overRuns } from "../../over-runs.js";
import { refuse } from "../../problem.js";
import { show, withError } from "../../words.js";
import { drawn, oscillators } from "../oscillators.js";
import type { PopulationQuestion } from "../question.js";
import type { Subject } from "../theory.js";

const schema = z
  .strictObject({
    type: z.literal("convergence"),
    relative: z.number().gt(0).default(2).describe("Coupling, in units of each graph's predicted critical one"),
    sizes: z.array(z.int().min(8).max(1_000_000)).min(3).max(20).default([64, 128, 256, 512]).describe("Numbers of units"),
    runs: z
      .int()
      .min(1)
      .max(1000)
      .default(4)
      .describe("Runs of each size, each with a graph and frequencies of its own, drawn by chance"),
    transient: z.number().gt(0).max(1e6).default(10).describe("Time before anything counts"),
    time: z.number().gt(0).max(1e6).default(20).describe("Time over which the distance is averaged"),
  })
  .describe("How fast finite populations approach the limit of infinitely many");

type Spec = z.infer<typeof schema>;

/** The coupling of a graph, and the order of infinitely many units there. */
function limitOf(graph: Subject, relative: number): { readonly coupling: number; readonly order: number } {
  const coupling = relative * graph.critical("down").value;
  return { coupling, order: graph.order(coupling, "down") };
}

export const convergence: PopulationQuestion<Spec> = {
  name: "convergence",
  description: "the distance of the order parameter from its limit over the number of units, with the fitted rate",
  schema,
  check({ relative, sizes }, { graphs, own }) {
    if (own) refuse([], "populations of several sizes need frequencies that can be drawn; give a density without a file");
    if (new Set(sizes).size < 3) refuse(["sizes"], `${sizes.join(", ")} given; give at least three different sizes`);
    for (const graph of graphs)
      if (!Number.isFinite(limitOf(graph, relative).order))
        refuse([], `${graph.name}: theory does not tell the order parameter there; try another coupling, or the kind limit`);
  },
  async ask({ relative, sizes, runs, transient, time }, { graphs, density, noise, h, seed, threads }, breathe) {
    const answers: Answer[] = [];
    const sentences: string[] = [];
    const distances: number[] = [];
    let steps = 0;
    for (const [g, graph] of graphs.entries()) {
      const { coupling, order: limit } = limitOf(graph, relative);
      const found: { value: number; error: number }[] = [];
      for (const [s, n] of sizes.entries()) {
        const squares: number[] = [];
        for (let run = 0; run < runs; run++) {
          await breathe((g + (s + run / runs) / sizes.length) / graphs.length, `${graph.name}, ${n} units, run ${run + 1}`);
          const own = seed + 1000 * (run + 1);
          const omega = density ? drawn(density, n, own) : new Float64Array(n);
          const population = oscillators(graph.make(n, own, omega), omega, { h, threads, noise, seed: own });
          population.set(new Float64Array(n), coupling);
          population.run(transient);
          const r = population.run(time);
          // Mean over time of (r(t) - limit)^2.
          squares.push(Math.max(0, r.square - 2 * limit * r.mean + limit * limit));
          steps += population.steps;
        }
        found.push(overRuns(squares, "root-mean-square"));
      }
      const values = found.map((f) => f.value);
      distances.push(...values);
      const errors = found.map((f) => f.error);
      const rate = convergenceRate(sizes, values, errors);
      answers.push({
        ...rate,
        name: `rate_${g + 1}`,
        label: `rate of convergence of r, ${graph.name}`,
        method: `${rate.method}: root mean square of r - ${show(limit, 5)} over ${runs} runs and time; standard error of the slope`,
        sources: ["Sznitman 1991"],
      });
      sentences.push(
        `${graph.name}: at ${show(relative, 3)} times the critical coupling the distance of r from its limit ${show(limit, 4)} falls like n^(${withError(rate.value, rate.error)}), 95 % from ${show(rate.interval[0], 3)} to ${show(rate.interval[1], 3)}; chance gives n^(-0.5).`,
      );
    }
    const array = (shape: number[], data: ArrayLike<number>): NamedArray => ({ shape, data: Float64Array.from(data) });
    return {
      answers,
      sentences,
      steps,
      arrays: {
        convergence_sizes: array([sizes.length], sizes),
        convergence_distances: array([graphs.length, sizes.length], distances),
      },
    };
  },
};
