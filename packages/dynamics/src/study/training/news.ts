import type { Column } from "../conclusion.js";
import { percent, show } from "../words.js";

/** The newest row in words. */
export function news(columns: readonly Column[], row: readonly number[], threshold: number): string {
  const parts: string[] = [];
  const add = (name: string, text: (value: number) => string): void => {
    const value = row[columns.findIndex((c) => c.name === name)];
    if (value !== undefined && Number.isFinite(value)) parts.push(text(value));
  };
  add("loss", (v) => `loss ${show(v, 3)}`);
  add("accuracy", (v) => `accuracy ${percent(v)}`);
  add("test_accuracy", (v) => `test ${percent(v)}`);
  // The threshold bounds the effective sharpness where there is one.
  const bounded = columns.some((c) => c.name === "effective_sharpness") ? "effective_sharpness" : "sharpness";
  add(bounded, (v) => `${bounded.replace("_", " ")} ${show(v, 3)} of ${show(threshold, 3)}`);
  return parts.join(" | ");
}
