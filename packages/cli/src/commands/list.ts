import { catalogue, dataSources, studyQuestions, systems } from "#dynamics";
import { UserError } from "../exit.js";

interface Entry {
  readonly name: string;
  readonly description: string;
}

const { questions, ...rest } = catalogue;

/** What can be named in a study, and, last, what the library can answer besides. */
const kinds: Record<string, readonly Entry[]> = {
  systems,
  "data-sources": dataSources,
  ...rest,
  questions: studyQuestions,
  "library-questions": questions.filter((q) => !studyQuestions.some((s) => s.name === q.name)),
};

/** The catalogues, or one of them, as text. */
export function list(kind?: string): string {
  if (kind !== undefined && !Object.hasOwn(kinds, kind))
    throw new UserError(`there is no catalogue of ${kind}; expected one of ${Object.keys(kinds).join(", ")}`);
  const chosen = Object.entries(kinds).filter(([name]) => kind === undefined || name === kind);
  const width = Math.max(...chosen.flatMap(([, entries]) => entries.map((e) => e.name.length)));
  return chosen
    .map(([name, entries]) => [name, ...entries.map((e) => `  ${e.name.padEnd(width)}  ${e.description}`)].join("\n"))
    .join("\n\n");
}
