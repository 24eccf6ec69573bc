import { readDocument } from "./document.js";
import { problemsOf } from "./issues.js";
import type { Problem } from "./problem.js";
import { keysAt, studySchema, type Study } from "./schema.js";

/** A study, and where its parts stand in the text. */
export interface ParsedStudy {
  readonly study: Study;
  /** A problem found later, as `file:line:column path: message`. */
  locate(problem: Problem): string;
}

/**
 * Reads a study from YAML or JSON.
 *
 * *Arguments*: `text`; `file`: its name, for messages.
 * *Returns*: the study with defaults filled in. Throws a StudyError whose message has a line `file:line:column path: what was expected, what
 * was given` for each problem, at most 20.
 * *Cost*: bounded: texts over 262,144 characters, nesting over 40 levels and over 100 uses of aliases are refused before they cost anything.
 * *Example*: `parseStudy(study).study.system.steps // 20`
 * *Example*: `parseStudy("system:\n  kind: trainin\n", "a.yaml") // throws a.yaml:2:9 system.kind: expected one of training`
 */
export function parseStudy(text: string, file = "study"): ParsedStudy {
  const { input, locate, refuseAll } = readDocument(text, file, { name: "study", needs: "system and questions" });
  const result = studySchema.safeParse(input);
  if (!result.success) return refuseAll(problemsOf(result.error.issues, input, (path) => keysAt(studySchema, input, path)));
  return { study: result.data as unknown as Study, locate };
}
