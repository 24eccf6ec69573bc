// docs/studies.md tells what studies can say: every kind with its questions, every question of training and every source of data with its keys.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataSources } from "../../packages/dynamics/src/study/sources/index.js";
import { systems } from "../../packages/dynamics/src/study/systems/index.js";
import { trainingSystem } from "../../packages/dynamics/src/study/training/system.js";

const section = (title: string): string => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/studies.md"), "utf8");
  return text.split("\n## ").find((part) => part.startsWith(`${title}\n`))!;
};
/** What stands as code in the last columns of the row of a name, of which the first `skipped` are passed over. */
function told(title: string, name: string, skipped: number): string[] {
  const row = section(title)
    .split("\n")
    .find((line) => line.startsWith(`| \`${name}\` |`));
  return [
    ...(row ?? "")
      .split("|")
      .slice(skipped)
      .join("|")
      .matchAll(/`([^`]+)`/g),
  ].map((m) => m[1]!);
}
const keys = (schema: { readonly shape: object }, own: string): string[] => Object.keys(schema.shape).filter((k) => k !== own);

test.each(systems.map((s) => [s.name, s.questions.map((q) => q.name)] as const))(
  "the kind %s, and what it is asked",
  (name, questions) => {
    expect(told("Kinds of system", name, 3).sort()).toEqual([...questions].sort());
  },
);

test.each(trainingSystem.questions.map((q) => [q.name, keys(q.schema, "type")] as const))(
  "the question %s of training",
  (name, wanted) => {
    expect(told("Questions", name, 0)).toContain(name);
    expect(told("Questions", name, 3)).toEqual(expect.arrayContaining(wanted));
  },
);

test.each(dataSources.map((s) => [s.name, keys(s.schema, "source")] as const))("the source %s of data", (name, wanted) => {
  // "what `csv` takes but `header`"
  const all = told("Data", name, 3);
  if (all.includes("csv")) all.push(...told("Data", "csv", 3));
  expect(told("Data", name, 0)).toContain(name);
  expect(all).toEqual(expect.arrayContaining(wanted));
});
