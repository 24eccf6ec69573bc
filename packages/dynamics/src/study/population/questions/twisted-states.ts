import { compile, jvp, scalarMath } from "#engine";
import { z } from "zod";
import { random } from "../../../core/random.js";
import { fixed } from "../../../flow/controllers.js";
import { flow } from "../../../flow/flow.js";
import { rk4 } from "../../../flow/solvers/rk4.js";
import { kuramotoField } from "../../../limits/kuramoto.js";
import { ringGraphon } from "../../../limits/graphon.js";
import { twistedCriticalWidth, twistedState } from "../../../limits/twisted-states.js";
import type { Answer } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { count, show } from "../../words.js";
import type { PopulationQuestion } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("twisted-states"),
    windings: z.array(z.int().min(0).max(50)).min(1).max(6).default([1, 2]).describe("Turns of the phase round the ring"),
    kick: z.number().gt(0).max(0.5).default(0.01).describe("Standard deviation of the kick that each phase is given"),
    longest: z.number().gt(0).max(1e5).default(400).describe("Longest time that a kicked state is followed"),
  })
  .describe("Whether identical oscillators on the study's rings can rest in twisted states: growth rates, and what kicks do");

type Spec = z.infer<typeof schema>;

/** Half-widths at which theory is drawn. */
const CURVE = 81;

export const twistedStates: PopulationQuestion<Spec> = {
  name: "twisted-states",
  description: "twisted states of identical oscillators on rings: growth rates and the fate of kicks, beside theory",
  schema,
  async ask({ windings, kick, longest }, { units: n, graphs, seed, threads }, breathe) {
    if (new Set(windings).size < windings.length) refuse(["windings"], `${windings.join(", ")} given; give each once`);
    const rings = graphs.filter((g) => g.reach !== undefined);
    if (rings.length === 0)
      refuse([], "none of the study's graphs is a ring; twisted states are asked of { type: ring, h: ... }");
    const base = { unit: "1/time", cost: {}, sources: ["Wiley, Strogatz, Girvan 2006"] };
    const answers: Answer[] = [];
    const found: number[][] = windings.map(() => []);
    let [right, steps] = [0, 0];
    const wrong: string[] = [];
    for (const [g, ring] of rings.entries()) {
      const field = kuramotoField({ graph: ring.make(n, seed, new Float64Array(n)), coupling: 1 });
      const system = flow({ field, initial: new Float64Array(n), dt: 1, solver: rk4, controller: fixed(0.1), threads });
      const slope = compile((x, v) => [jvp(field, [x!], [v!]).tangents[0]!], [{ shape: [n] }, { shape: [n] }]);
      for (const [q, winding] of windings.entries()) {
        await breathe((g + q / windings.length) / rings.length, `ring h = ${show(ring.reach!)}, winding ${winding}`);
        const state = Float64Array.from({ length: n }, (_, i) => (2 * Math.PI * winding * i) / n);
        const theory = twistedState(ring.limit!, winding);
        // The wave that theory has grow fastest: on the finite ring, too, an eigenvector of the field's derivative.
        const wave = Math.min(theory.mode, Math.floor(n / 2));
        const shape = state.map((_, i) => scalarMath.cos((2 * Math.PI * ((wave * i) % n)) / n));
        slope.inputs[0]!.set(state);
        slope.inputs[1]!.set(shape);
        slope.run();
        const overlap = (v: ArrayLike<number>): number => shape.reduce((s, x, i) => s + x * v[i]!, 0);
        const rate = overlap(slope.outputs[0]!) / overlap(shape);
        found[q]!.push(rate);
        const time = Math.min(longest, Math.ceil(6 / Math.abs(theory.growthRate)));
        const shaken = random(seed, 1_800_000 + g).normals(new Float64Array(n));
        system.reset(state.map((v, i) => v + kick * shaken[i]!));
        const status = system.step(time);
        steps += time;
        const off = system.state.map((v, i) => v - state[i]!);
        const mean = off.reduce((s, v) => s + v, 0) / n;
        const left = Math.sqrt(off.reduce((s, v) => s + (v - mean) * (v - mean), 0) / n);
        const stays = status === "ok" && left < kick;
        if (stays === theory.stable) right++;
        else wrong.push(`winding ${winding} at h = ${show(ring.reach!)}`);
        answers.push({
          ...base,
          name: `growth_${winding}_${g + 1}`,
          label: `growth rate of winding ${winding} on a ring of half-width ${show(ring.reach!)}; theory: ${show(theory.growthRate, 4)}`,
          value: rate,
          // k neighbours stand for a half-width of k / n give or take 1 / (2 n), and the rate's slope in h is at most 2.
          error: 1 / n,
          status: "ok",
          method: `wave ${wave} on ${n} units, by the derivative of their field; a kick of ${show(kick)} ${stays ? "dies out" : "grows"}; error: what 1/n of the ring makes of it`,
        });
      }
    }
    const widths = windings.filter((w) => w > 0).map((winding) => ({ winding, width: twistedCriticalWidth(winding, 128) }));
    for (const { winding, width } of widths)
      answers.push({
        ...width,
        name: `critical_width_${winding}`,
        label: `half-width up to which winding ${winding} is stable`,
      });
    const fine = Array.from({ length: CURVE }, (_, i) => (0.5 * (i + 1)) / CURVE);
    const curves = windings.flatMap((w) => fine.map((h) => twistedState(ringGraphon(h), w, 40 * w + 400).growthRate));
    const total = rings.length * windings.length;
    return {
      answers,
      sentences: [
        `Twisted states on ${count(rings.length, "ring")}: kicks did what theory says in ${right} of ${count(total, "case")}${wrong.length > 0 ? ` (NOT for ${wrong.join(", ")}: a rate close to 0 takes longer than they were followed)` : ""}.`,
        ...widths.map(
          ({ winding, width }) => `Winding ${winding} is stable on rings up to the half-width ${show(width.value, 6)}.`,
        ),
      ],
      steps,
      arrays: {
        twisted_width: { shape: [CURVE], data: Float64Array.from(fine) },
        twisted_limit: { shape: [windings.length, CURVE], data: Float64Array.from(curves) },
        twisted_rings: { shape: [rings.length], data: Float64Array.from(rings, (r) => r.reach!) },
        twisted_measured: { shape: [windings.length, rings.length], data: Float64Array.from(found.flat()) },
        twisted_windings: { shape: [windings.length], data: Float64Array.from(windings) },
      },
    };
  },
};
