import { cycleCurve, cyclePeriod } from "../../../../analysis/self-stabilisation.js";
import type { Answer, Conclusion, NamedArray } from "../../../conclusion.js";
import { count, percent, show, withError } from "../../../words.js";
import type { Bench } from "../../bench.js";
import type { Cycle, Look, Reduced } from "./cycles.js";

export interface Seen {
  readonly cycles: readonly Cycle[];
  /** Whether a cycle has begun that is not closed. */
  readonly open: boolean;
  readonly looks: readonly Look[];
  readonly bench: Bench;
  readonly band: number;
  readonly every: number;
  readonly time: number;
  readonly products: number;
}

const SOURCE = "Damian, Nichani, Lee 2023";
/** Looks that a cycle takes to be resolved. */
const FEW_LOOKS = 20;

/** A number of a cycle as theory has it: the mean of what it is at both ends, and half of what they differ by. */
interface Predicted {
  readonly value: number;
  readonly error: number;
}

const between = ([a, b]: readonly [Reduced, Reduced], of: (r: Reduced) => number): Predicted => {
  const [x, y] = [of(a), of(b)];
  return { value: 0.5 * (x + y), error: 0.5 * Math.abs(x - y) };
};

/** Mean over cycles with its standard error; of one alone the error is `single`. */
function over(values: readonly number[], single: number): Predicted {
  const n = values.length;
  const value = values.reduce((s, v) => s + v, 0) / n;
  const square = values.reduce((s, v) => s + (v - value) ** 2, 0);
  return { value, error: n > 1 ? Math.sqrt(square / (n * (n - 1))) : single };
}

/** What is to be said of the cycles of a run. */
export function conclude(seen: Seen): Conclusion {
  const { cycles, bench, every, products } = seen;
  const { threshold } = bench.run.optimizer;
  const cost = { products };
  const failure = whyNone(seen);
  const answer = (
    name: string,
    label: string,
    found: Predicted | undefined,
    unit: string,
    method: string,
    why?: string,
  ): Answer => ({
    name,
    label,
    value: found?.value ?? NaN,
    error: found?.error ?? NaN,
    unit,
    status: found ? "ok" : failure ? failure.status : "not-converged",
    method,
    sources: [SOURCE],
    cost,
    ...(found ? {} : { explanation: why ?? failure?.sentence ?? "" }),
  });
  const swing = ({ least, most }: Cycle): number => 0.5 * (most - least);
  const measured = failure
    ? undefined
    : {
        // Between two looks a rise is where the straight line through both is at the threshold.
        period: over(
          cycles.map((c) => c.period),
          every,
        ),
        amplitude: over(
          cycles.map((c) => c.amplitude),
          NaN,
        ),
        swing: over(
          cycles.map((c) => swing(c) / threshold),
          NaN,
        ),
      };
  const theory = predictions(seen, swing);
  const mean = `mean over ${count(cycles.length, "cycle")}`;
  const period = "rises of the sharpness through the threshold, by looks half way between two steps";
  const steps = answer("cycle_period", `steps of a cycle of the sharpness, ${mean}`, measured?.period, "step", period);
  if (failure) return { answers: [steps], sentences: [failure.sentence], facts: { cycles: 0 } };
  const predicted = (name: string, found: Predicted | undefined, unit: string, method: string): Answer[] =>
    bench.run.optimizer.edge ? [answer(name, "the same, predicted from derivatives", found, unit, method, theory.why)] : [];
  return {
    answers: [
      steps,
      ...predicted(
        "cycle_period_predicted",
        theory.period,
        "step",
        "flow of the reduced map with the swing of each cycle, alpha and beta from its two ends; the error is half of what these differ by",
      ),
      answer(
        "cycle_amplitude",
        `displacement along the leading direction, root mean square, ${mean}`,
        measured?.amplitude,
        "parameter",
        "half steps along the leading eigenvector",
      ),
      ...predicted(
        "cycle_amplitude_predicted",
        theory.amplitude,
        "parameter",
        "sqrt(2 alpha / beta) from both ends of each cycle; the error is half of what these differ by",
      ),
      answer(
        "cycle_swing",
        `how far the sharpness swings to either side, as a share of the threshold, ${mean}`,
        measured?.swing,
        "1",
        "half of greatest less least sharpness of a cycle",
      ),
    ],
    sentences: sentences(seen, measured!, theory),
    arrays: arrays(cycles, threshold, theory.curve),
    facts: { cycles: cycles.length },
  };
}

/** Where no cycle is closed: why, and what to change. */
function whyNone({ cycles, open, looks, bench, band, time }: Seen): { status: Answer["status"]; sentence: string } | undefined {
  if (cycles.length > 0) return undefined;
  const { threshold } = bench.run.optimizer;
  const most = looks.reduce((m, l) => Math.max(m, l.excess), -Infinity);
  const reached = most >= 0;
  if (looks.length < 2)
    return { status: "step-limit", sentence: "NO CYCLE of the sharpness was seen: the run was looked at less than twice." };
  return {
    status: open ? "step-limit" : "not-converged",
    sentence: open
      ? `NO WHOLE CYCLE of the sharpness was seen in ${count(time, "step")}: it rose through the threshold ${show(threshold)}, and did not come round again; take more steps.`
      : reached
        ? `NO CYCLE of the sharpness was seen: from step ${show(looks[0]!.time, 12)} on it did not rise through the threshold ${show(threshold)} from ${percent(band)} below it or more.`
        : `NO CYCLE of the sharpness was seen: it came to ${percent(1 + most / threshold)} of the threshold ${show(threshold)} at most, and only from there it is pushed back; take more steps or a larger learning rate.`,
  };
}

type Theory = ReturnType<typeof predictions>;

/** Of the cycles at both of whose ends theory speaks. */
function predictions({ cycles, bench }: Seen, swing: (c: Cycle) => number) {
  const { edge } = bench.run.optimizer;
  const known = cycles.flatMap(({ ends, ...cycle }) =>
    ends?.every((e) => e.why === null) ? [{ ...cycle, ends, swing: swing({ ...cycle, ends }) }] : [],
  );
  const silent = cycles.findLast((c) => c.ends?.some((e) => e.why !== null));
  const why = !edge
    ? `the theory of this cycle is that of gradient descent, with or without momentum; this study trains with ${bench.optimizer.type}, and the oscillation moves what that divides by`
    : (silent?.ends?.find((e) => e.why !== null)?.why ?? "no cycle was seen");
  const average = (all: readonly Predicted[]): Predicted | undefined =>
    all.length === 0
      ? undefined
      : {
          value: over(
            all.map((p) => p.value),
            0,
          ).value,
          error: over(
            all.map((p) => p.error),
            0,
          ).value,
        };
  const periods = known.map((c) => between(c.ends, ({ alpha }) => cyclePeriod(edge!, alpha, c.swing)));
  const amplitudes = known.map((c) => between(c.ends, ({ alpha, beta }) => Math.sqrt((2 * alpha) / beta)));
  const last = known.at(-1);
  return {
    why,
    cycles: known,
    periods,
    period: average(periods),
    amplitude: average(amplitudes),
    curve:
      last &&
      cycleCurve((between(last.ends, (r) => r.alpha).value * edge!.drift) / edge!.growth, amplitudes.at(-1)!.value, last.swing),
  };
}

function sentences(
  { cycles, every, bench }: Seen,
  measured: { readonly period: Predicted; readonly amplitude: Predicted; readonly swing: Predicted },
  { why, period, amplitude, periods, cycles: known }: Theory,
): string[] {
  const several = cycles.length > 1;
  const [first, last] = [cycles[0]!, cycles.at(-1)!];
  const told = ({ value, error }: Predicted): string => withError(value, error);
  const ratios = known.map((c, i) => c.period / periods[i]!.value);
  return [
    `From step ${show(Math.round(first.from), 12)} to ${show(Math.round(last.from + last.period), 12)} the sharpness went round ${several ? `${cycles.length} times` : "once"}: it rises through the threshold, the run begins to oscillate along the leading direction, that pushes the sharpness down again, and the oscillation dies out.`,
    `A cycle takes ${told(measured.period)} steps${period ? `, and theory predicts ${told(period)} from the derivatives of the loss (${several ? `single cycles are ${show(Math.min(...ratios), 3)} to ${show(Math.max(...ratios), 3)} times as long as predicted` : `measured / predicted = ${show(ratios[0]!, 3)}`})` : ""}; ` +
      `the sharpness swings by ${percent(measured.swing.value)} of the threshold to either side, and the run by ${told(measured.amplitude)} along the leading direction (root mean square)${amplitude ? ` where ${told(amplitude)} is predicted` : ""}.`,
    ...(period && known.length === cycles.length
      ? []
      : [`Theory is silent on ${known.length > 0 ? `${cycles.length - known.length} of these` : "them"}: ${why}.`]),
    ...(measured.period.value < FEW_LOOKS * every
      ? [
          `A cycle has only ${show(measured.period.value / every, 2)} looks: measure every ${Math.max(1, Math.floor(measured.period.value / (2 * FEW_LOOKS)))} to trust its numbers.`,
        ]
      : []),
    ...(bench.run.optimizer.preconditioner ? ["Sharpness and displacement are those seen through the preconditioner."] : []),
  ];
}

function arrays(cycles: readonly Cycle[], threshold: number, curve: Theory["curve"]): Record<string, NamedArray> {
  const rows = cycles.flatMap(({ from, period, least, most, amplitude, ends }) => [
    from,
    period,
    threshold + least,
    threshold + most,
    amplitude,
    ...[0, 1].flatMap((i) => [ends?.[i]!.alpha ?? NaN, ends?.[i]!.beta ?? NaN]),
  ]);
  return {
    sharpness_cycles: { shape: [cycles.length, 9], data: Float64Array.from(rows) },
    ...(curve
      ? {
          predicted_cycle: {
            shape: [curve.x.length, 2],
            data: Float64Array.from({ length: 2 * curve.x.length }, (_, i) =>
              i % 2 === 0 ? curve.x[i >> 1]! : threshold + curve.y[i >> 1]!,
            ),
          },
        }
      : {}),
  };
}
