import { StudyError } from "../problem.js";
import type { Study } from "../schema.js";
import type { Bench } from "./bench.js";
import type { Asker, Question } from "./question.js";
import { trainingQuestions } from "./questions/index.js";

/** The questions of a study at work, in the order of the catalogue. */
export function attach(study: Study, bench: Bench): Map<string, Asker> {
  const askers = new Map<string, Asker>();
  for (const question of trainingQuestions as readonly Question[]) {
    const i = study.questions.findIndex((q) => q.type === question.name);
    if (i < 0) continue;
    try {
      askers.set(question.name, question.attach(study.questions[i] as never, bench, askers));
    } catch (error) {
      if (!(error instanceof StudyError)) throw error;
      throw new StudyError(error.problems.map((p) => ({ ...p, path: ["questions", i, ...p.path] })));
    }
  }
  return askers;
}
