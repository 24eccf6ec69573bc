import type { Parts } from "../core/parts.js";
import { StudyError } from "./problem.js";
import type { Study } from "./schema.js";
import type { RunContext } from "./system.js";

/** What ends a run in the middle of a question. */
export class Stopped extends Error {}

/** Says how far a question is, as a share of it, and gives the host its turn; throws `Stopped` where the run is to end. */
export type Breathe = (share: number, note: string) => Promise<void>;

/** A question in its turn. */
export interface Turn<Answer> {
  readonly name: string;
  /** Its place among the questions of the study, for messages. */
  readonly place: number;
  /** Its share of the run, in the unit of the progress. */
  readonly weight: number;
  /** Refuses, before any question is asked, what can have no answer. */
  check?(): void;
  /** `before` has the answers so far, by question. */
  ask(breathe: Breathe, before: ReadonlyMap<string, Answer>): Promise<Answer>;
}

/** The questions that a study asks, in the order of their list, each with its own words and its place in the study. */
export const turnsOf = <Question extends { readonly name: string }>(
  study: Study,
  questions: readonly Question[],
): { readonly name: string; readonly place: number; readonly question: Question; readonly spec: never }[] =>
  questions.flatMap((question) => {
    const place = study.questions.findIndex((q) => q.type === question.name);
    return place < 0 ? [] : [{ name: question.name, place, question, spec: study.questions[place] as never }];
  });

/** Reports progress, lets the host deliver signals, and stops where one has come. */
export async function breathe(context: RunContext, done: number, total: number, note: string): Promise<void> {
  context.onProgress?.({ done, total, unit: "part", note });
  await new Promise((resolve) => setTimeout(resolve));
  if (context.signal?.aborted) throw new Stopped();
}

/** Milliseconds of a long computation between two turns of the host. */
const TURN = 100;

/** The answer of a long computation in parts, with a turn for the host now and then: `turn` gets the share of the last part, and may throw. */
export async function takingTurns<T>(parts: Parts<T>, turn: (share: number) => Promise<void>): Promise<T> {
  for (let last = performance.now(); ;) {
    const part = parts.next();
    if (part.done) return part.value;
    if (performance.now() - last < TURN) continue;
    await turn(part.value);
    last = performance.now();
  }
}

/** Asks one question after the other, until the run is stopped. */
export async function askInTurn<Answer>(
  turns: readonly Turn<Answer>[],
  context: RunContext,
  /** Progress made before the first question. */
  before = 0,
): Promise<{
  readonly answers: readonly Answer[];
  /** Seconds by question. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly status: "ok" | "aborted";
  /** The weights of the questions answered. */
  readonly done: number;
}> {
  const answers = new Map<string, Answer>();
  const seconds: Record<string, number> = {};
  const total = turns.reduce((sum, t) => sum + t.weight, before);
  let done = before;
  let status: "ok" | "aborted" = "ok";
  for (const { place, check } of turns) await placed(place, async () => check?.());
  try {
    for (const { name, place, weight, ask } of turns) {
      const from = performance.now();
      const answer = await placed(place, () =>
        ask((share, note) => breathe(context, done + share * weight, total, note), answers),
      );
      answers.set(name, answer);
      seconds[name] = (performance.now() - from) / 1000;
      done += weight;
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    status = "aborted";
  }
  context.onProgress?.({ done: status === "ok" ? total : done, total, unit: "part", note: "" });
  return { answers: [...answers.values()], seconds, status, done: done - before };
}

/** A problem of a question stands at that question's place in the study. */
async function placed<T>(place: number, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StudyError)
      throw new StudyError(error.problems.map((p) => ({ ...p, path: ["questions", place, ...p.path] })));
    if (error instanceof RangeError) throw new StudyError([{ path: ["questions", place], message: error.message }]);
    throw error;
  }
}
