import { parseStudy } from "../../packages/dynamics/src/study/parse.js";
import type { RunRecord } from "../../packages/dynamics/src/study/record.js";
import { runStudy, type RunOptions } from "../../packages/dynamics/src/study/run.js";

/** Of a run without files. */
export const options: RunOptions = { version: "0.1.0", read: () => Promise.reject(new Error("no file")) };

/** What a study ends with. */
export const run = (text: string, more: Partial<RunOptions> = {}): Promise<RunRecord> =>
  runStudy(parseStudy(text, "s.yaml").study, { ...options, ...more });

/** What a study is refused with, read or run; nothing if it is not. */
export async function refusal(text: string): Promise<string> {
  try {
    const { study, locate } = parseStudy(text, "s.yaml");
    return await runStudy(study, options).then(
      () => "",
      (error: { problems: Parameters<typeof locate>[0][] }) => error.problems.map(locate).join("\n"),
    );
  } catch (error) {
    return (error as Error).message;
  }
}

/** An answer of a record. */
export const answer = ({ manifest }: RunRecord, name: string) => manifest.answers.find((a) => a.name === name)!;

/** Its value. */
export const value = (record: RunRecord, name: string): number => answer(record, name).value;

/** A column of the series. */
export const column = ({ series }: RunRecord, name: string): number[] => Array.from(series.find((s) => s.name === name)!.values);
