import type { RunRecord } from "#dynamics";
import { quoted } from "../commands/quoted.js";

/** What was asked for, as the command's options call it. */
export interface InspectionWords {
  readonly data?: string;
  readonly target?: string;
  readonly inputs?: string;
  readonly loss?: string;
  readonly output?: string;
  readonly structure?: string;
  /** Seconds. */
  readonly budget?: number;
  readonly samples?: number;
  readonly divideBy?: number;
  readonly seed: number;
}

const KEYS = ["data", "target", "inputs", "loss", "output", "structure", "samples"] as const;

/** The command that finds the same again: the parts that were done by name, so that no clock has a say. */
export function again(file: string, words: InspectionWords, { manifest }: Pick<RunRecord, "manifest">): string {
  const asked = manifest.study.questions as unknown as readonly { readonly type: string; readonly level: string }[];
  const parts =
    words.data === undefined
      ? []
      : asked.length === 0
        ? [`--budget ${words.budget ?? 60}s`]
        : [`--parts ${asked.map((a) => (a.level === "full" ? a.type : `${a.type}:${a.level}`)).join(",")}`];
  return [
    "npx separatrix inspect",
    quoted(file),
    ...KEYS.flatMap((k) => (words[k] === undefined ? [] : [`--${k} ${quoted(String(words[k]))}`])),
    ...(words.divideBy === undefined ? [] : [`--divide-by ${words.divideBy}`]),
    ...(words.seed === 0 ? [] : [`--seed ${words.seed}`]),
    ...parts,
  ].join(" ");
}
