import { z } from "zod";
import type { AdjointLedger, LedgerEntry } from "../flow/adjoint-ledger.js";
import type { Answer, Conclusion } from "./conclusion.js";
import { count, show } from "./words.js";

/** The keys of the question, wherever a flow is to be differentiated. */
export const ledgerSchema = z
  .strictObject({
    type: z.literal("adjoint-ledger"),
    megabytes: z.number().positive().max(65_536).default(256).describe("Memory that a recommended method may take"),
  })
  .describe("What each way to the gradient of a flow costs on this problem, how far it is off, and which to take");

export type LedgerSpec = z.infer<typeof ledgerSchema>;

/** Columns of the array `gradient_methods`, one row a method. */
const COLUMNS = 5;
/** Runs timed, of which the fastest counts. */
const RUNS = 3;

const size = (bytes: number): string => (bytes < 1e5 ? `${show(bytes / 1e3, 2)} kB` : `${show(bytes / 1e6, 2)} MB`);

/** What a ledger says, for a study: `of` names what is differentiated. */
export function ledgerConclusion(ledger: AdjointLedger, of: string): Conclusion {
  const { entries, steps, discretisationError, recommended, reason } = ledger;
  const answers = entries.map((e): Answer => answerOf(e, e.method === recommended));
  const exactly = { status: "ok" as const, error: 0, unit: "1", sources: ["Griewank, Walther 2008"], cost: {} };
  const failed = entries.filter((e) => !Number.isFinite(e.discreteError));
  return {
    answers: [
      {
        ...exactly,
        name: "gradient_of_steps",
        label: "relative error of the exact gradient of the discrete solution: what the steps themselves cost",
        value: discretisationError,
        status: Number.isFinite(discretisationError) ? "ok" : "not-converged",
        method: "difference to dopri8 with finer steps",
      },
      ...answers,
    ],
    sentences: [
      `For the gradient of ${of} take ${recommended.toUpperCase()}: ${reason}.`,
      `${count(steps, "step")} make the gradient wrong by ${show(discretisationError, 2)} of its length, whatever the method; a method is right if it adds less than a tenth of that.`,
      ...entries.map(
        (e) =>
          `${e.method}: ${size(e.bytes)}, ${count(e.evaluations, "evaluation")} of the field and ${count(e.products, "product")} with its Jacobian, ${
            Number.isFinite(e.discreteError) ? `${show(e.discreteError, 2)} away from` : "no finite number for"
          } the exact gradient of the discrete solution.`,
      ),
      ...(failed.length > 0
        ? [
            `${failed.map((e) => e.method).join(" and ")} FAILED: solved backward, a field that contracts pushes its solutions apart; keep the states (stored-adjoint, discrete) or take fewer, shorter steps.`,
          ]
        : []),
    ],
    arrays: {
      gradient_methods: {
        shape: [entries.length, COLUMNS],
        data: Float64Array.from(entries.flatMap((e) => [e.bytes, e.evaluations, e.products, e.discreteError, e.referenceError])),
      },
    },
    facts: {
      gradientMethods: entries.map((e) => e.method).join(","),
      gradientRecommended: recommended,
      gradientSteps: discretisationError,
    },
    seconds: Object.fromEntries(entries.map((e) => [`gradient by ${e.method}`, fastest(e.run)])),
  };
}

function answerOf(e: LedgerEntry, chosen: boolean): Answer {
  const right = Number.isFinite(e.discreteError);
  return {
    name: `gradient_error_${e.method.replaceAll("-", "_")}`,
    label: `relative error of the gradient by ${e.method}${chosen ? " (recommended)" : ""}`,
    value: e.referenceError,
    error: 0,
    unit: "1",
    status: right ? "ok" : "not-converged",
    method: `${e.description}; ${size(e.bytes)}, ${count(e.evaluations, "evaluation")}, ${count(e.products, "product")}`,
    sources: [],
    cost: { products: e.products },
    ...(right ? {} : { explanation: "the states solved backward are not finite; keep them instead" }),
  };
}

/** For the clock alone: nothing is decided by it. */
function fastest(run: () => void): number {
  let best = Infinity;
  for (let i = 0; i < RUNS; i++) {
    const before = performance.now();
    run();
    best = Math.min(best, performance.now() - before);
  }
  return best / 1000;
}
