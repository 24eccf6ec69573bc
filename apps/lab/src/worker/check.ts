import { parseStudy, StudyError } from "#dynamics";
import type { Checked } from "./protocol/study.js";

/** Reads a study; its mistakes are those that the command shows. */
export function check({ text }: { readonly text: string }): Checked {
  try {
    const { study } = parseStudy(text, "study.yaml");
    return { problems: [], kind: study.system.kind, title: study.title };
  } catch (error) {
    if (error instanceof StudyError) return { problems: error.message.split("\n") };
    throw error;
  }
}
