import { scalarMath } from "#engine";
import { random } from "../../core/random.js";
import { noisyAttention, noisyTokens, type NoisyAttention } from "../../limits/noisy-attention.js";
import type { Breathe } from "../asking.js";
import type { Answer, Conclusion, NamedArray } from "../conclusion.js";
import { refuse } from "../problem.js";
import { show, withError } from "../words.js";
import { randomDirections } from "./clustering.js";
import type { Spec, Transition } from "./system.js";

/** Points of the curve of theory. */
const CURVE = 41;
/** Time step, over the rate at which full attention pulls. */
const STEP = 0.05;
/** From this share of the critical noise on, fluctuations tell the critical noise itself. */
const ABOVE = 1.4;

/** Tokens at one noise: mean of r, and of its square, over the time that counts. */
interface Seen {
  readonly mean: number;
  readonly square: number;
}

type Way = "cooled" | "heated";

/** Tokens of one beta, made once for all noises. */
function population({ tokens, dimension, weights }: Spec, beta: number, seed: number, longest: number) {
  const rate = weights === "plain" ? scalarMath.exp(beta) : 1;
  const dt = Math.min(longest, STEP / rate);
  const start = randomDirections(tokens, dimension, random(seed, 1));
  const aligned = Float64Array.from({ length: tokens * dimension }, (_, i) => (i % dimension === 0 ? 1 : 0));
  const system = noisyTokens({ tokens, dimension, beta, weights, noise: 1, dt, initial: start, seed });
  const size = tokens * dimension;
  return {
    dt,
    run(way: Way, noise: number, transient: number, time: number): Seen {
      // The clock goes on: no two runs meet the same noise.
      system.reset([...(way === "cooled" ? start : aligned), noise, 0, 0], system.time);
      system.step(Math.ceil(transient / dt));
      const before = [system.state[size + 1]!, system.state[size + 2]!];
      const count = Math.ceil(time / dt);
      system.step(count);
      return {
        mean: (system.state[size + 1]! - before[0]!) / count,
        square: (system.state[size + 2]! - before[1]!) / count,
      };
    },
  };
}

/**
 * The critical noise from how tokens above it fluctuate, over all noises: n <r^2> (D - D_c) = D, summed with the weights 1 / D, gives D_c = sum (n <r^2> - 1) / sum n <r^2> / D. Solved noise by noise, and then
 * averaged, it would come out too small, by (D - D_c) times the relative variance of <r^2>. Its error is that of leaving out one noise after the other (Quenouille 1956).
 */
export function fromFluctuations(noises: readonly number[], seen: readonly Seen[], tokens: number, critical: number) {
  const above = noises.flatMap((noise, i) => (noise >= ABOVE * critical ? [{ noise, waves: tokens * seen[i]!.square }] : []));
  const n = above.length;
  if (n < 2) return undefined;
  const without = (left: number): number => {
    let [top, bottom] = [0, 0];
    above.forEach(({ noise, waves }, i) => {
      if (i === left) return;
      top += waves - 1;
      bottom += waves / noise;
    });
    return top / bottom;
  };
  const each = above.map((_, i) => without(i));
  const mean = each.reduce((a, b) => a + b, 0) / n;
  const scatter = each.reduce((a, b) => a + (b - mean) * (b - mean), 0);
  return { value: n * without(-1) - (n - 1) * mean, error: Math.sqrt(((n - 1) / n) * scatter) };
}

export interface TransitionAnswer extends Conclusion {
  readonly arrays: Readonly<Record<string, NamedArray>>;
  readonly steps: number;
}

/** Tokens with noise, from none to full order, beside what theory says of infinitely many. */
export async function transition(asked: Transition, spec: Spec, seed: number, breathe: Breathe): Promise<TransitionAnswer> {
  const { from, to, count, transient, time } = asked;
  if (!(to > from)) refuse(["to"], `from ${from} to ${to} given; to must be larger than from`);
  const { betas, dimension, tokens, weights } = spec;
  const relative = Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
  const fine = Array.from({ length: CURVE }, (_, i) => from + ((to - from) * i) / (CURVE - 1));
  const [answers, sentences]: [Answer[], string[]] = [[], []];
  const measured: Record<Way, number[]> = { cooled: [], heated: [] };
  const [limits, criticals]: [number[], number[]] = [[], []];
  let steps = 0;
  for (const [b, beta] of betas.entries()) {
    const theory = noisyAttention({ dimension, beta, weights });
    const critical = theory.critical.value;
    criticals.push(critical);
    // Patterns of degree 1 relax in this time without attention, at the critical noise.
    const unit = 1 / ((dimension - 1) * critical);
    const units = population(spec, beta, seed + b, 0.05 * unit);
    const noises = relative.map((share) => share * critical);
    const seen: Record<Way, Seen[]> = { cooled: [], heated: [] };
    for (const [w, way] of (["cooled", "heated"] as const).entries())
      for (const [i, noise] of noises.entries()) {
        await breathe((b + (w + i / count) / 2) / betas.length, `beta ${show(beta)}, noise ${show(relative[i]!, 3)} D_c, ${way}`);
        seen[way].push(units.run(way, noise, transient * unit, time * unit));
        steps += Math.ceil(((transient + time) * unit) / units.dt);
      }
    measured.cooled.push(...seen.cooled.map((s) => s.mean));
    measured.heated.push(...seen.heated.map((s) => s.mean));
    for (const share of fine) limits.push(theory.order(share * critical).value);
    const fluctuating = fromFluctuations(noises, seen.cooled, tokens, critical);
    answers.push(...answersOf(theory, beta, b, tokens, fluctuating));
    sentences.push(sentence(theory, beta, spec, relative, seen, fluctuating));
  }
  const table = (data: readonly number[], each: number): NamedArray => ({
    shape: [betas.length, each],
    data: Float64Array.from(data),
  });
  return {
    answers,
    sentences,
    steps,
    arrays: {
      transition_relative: { shape: [count], data: Float64Array.from(relative) },
      transition_cooled: table(measured.cooled, count),
      transition_heated: table(measured.heated, count),
      transition_curve: { shape: [CURVE], data: Float64Array.from(fine) },
      transition_limit: table(limits, CURVE),
      transition_critical: { shape: [betas.length], data: Float64Array.from(criticals) },
    },
  };
}

function answersOf(
  theory: NoisyAttention,
  beta: number,
  index: number,
  tokens: number,
  found: { readonly value: number; readonly error: number } | undefined,
): Answer[] {
  return [
    {
      ...theory.critical,
      name: `critical_noise_${index + 1}`,
      label: `predicted critical noise, β = ${show(beta)}`,
    },
    {
      name: `measured_noise_${index + 1}`,
      label: `critical noise measured on ${tokens} tokens, β = ${show(beta)} (theory for so many: ${show(theory.criticalOf(tokens), 4)})`,
      value: found?.value ?? NaN,
      error: found?.error ?? NaN,
      unit: "noise",
      status: found ? "ok" : "not-converged",
      method: `sum (n <r^2> - 1) / sum n <r^2> / D over noises from ${ABOVE} D_c on; standard error by leaving out one after the other`,
      sources: theory.critical.sources,
      cost: {},
      ...(found ? {} : { explanation: `fewer than two noises lie at ${ABOVE} D_c or above; raise to, or count` }),
    },
    ...(found && theory.criticalOf(tokens) !== theory.critical.value ? [extrapolated(theory, beta, index, tokens, found)] : []),
  ];
}

/** What tokens would show if there were infinitely many: each gives itself a share of its attention, of order 1/n, which is taken off. */
function extrapolated(
  theory: NoisyAttention,
  beta: number,
  index: number,
  tokens: number,
  { value, error }: { readonly value: number; readonly error: number },
): Answer {
  const factor = theory.critical.value / theory.criticalOf(tokens);
  return {
    name: `extrapolated_noise_${index + 1}`,
    label: `the same without each token's attention to itself, as for infinitely many, β = ${show(beta)}`,
    value: value * factor,
    error: error * factor,
    unit: "noise",
    status: "ok",
    method: `measured value times ${show(factor, 5)}, the theory of infinitely many over that of ${tokens}: the correction is of order 1/n`,
    sources: theory.critical.sources,
    cost: {},
  };
}

function sentence(
  theory: NoisyAttention,
  beta: number,
  { tokens }: Spec,
  relative: readonly number[],
  seen: Readonly<Record<Way, readonly Seen[]>>,
  found: { readonly value: number; readonly error: number } | undefined,
): string {
  const critical = theory.critical.value;
  const level = 3 / Math.sqrt(tokens);
  const gaps = relative.flatMap((share, i) => {
    const predicted = theory.order(share * critical).value;
    return share < 0.9 && Number.isFinite(predicted) ? [Math.abs(seen.heated[i]!.mean - predicted)] : [];
  });
  const apart = relative.filter((_, i) => seen.heated[i]!.mean - seen.cooled[i]!.mean > level);
  const above = theory.order(1.02 * critical).value;
  return [
    `β = ${show(beta)}: theory puts the critical noise at D = ${show(critical, 4)}`,
    theory.criticalOf(tokens) < 0.99 * critical
      ? ` (${show(theory.criticalOf(tokens), 4)} for ${tokens}, which attend to themselves as well)`
      : "",
    found
      ? `; the fluctuations of ${tokens} tokens give ${withError(found.value, found.error)}${theory.criticalOf(tokens) < 0.99 * critical ? `, or ${withError((found.value * critical) / theory.criticalOf(tokens), (found.error * critical) / theory.criticalOf(tokens))} without that attention` : ""}`
      : "",
    gaps.length > 0 ? `; below 0.9 of it r differs from the limit by at most ${show(Math.max(...gaps), 2)}` : "",
    above > level ? `; in theory order outlasts it, with r = ${show(above, 3)} at 1.02 of it: a transition with a jump` : "",
    apart.length > 0
      ? `; cooled and heated tokens differ from ${show(apart[0]!, 3)} to ${show(apart.at(-1)!, 3)} of it.`
      : "; cooled and heated tokens agree.",
  ].join("");
}
