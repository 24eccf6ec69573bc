import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { wrongIn } from "../support/documents.js";
import { complaint, definition, examplesBelow, examplesIn, packages, root } from "../support/examples.js";
import { agrees } from "../support/shown.js";

describe.each(Object.entries(packages))("%s", (_name, { index, own, scope }) => {
  test.each(examplesBelow(index).map((example) => [example.place, example] as const))(
    "%s: the example gives what it shows",
    async (_place, example) => {
      const wrong = await complaint(example, scope);
      if (wrong) expect.fail(wrong);
    },
  );

  test("every exported function has a docstring with an example", () => {
    const missing = Object.entries(own).flatMap(([name, value]) => {
      if (typeof value !== "function") return [];
      const found = definition(index, name);
      if (found && examplesIn(found.comment, "").length > 0) return [];
      return `${relative(root, found?.file ?? index)}: ${name} has no example. Put  *Example*: \`${name}(...) // value\`  as the last line of the docstring /** ... */ directly above its export (docs/CONVENTIONS.md says what it may use)`;
    });
    if (missing.length) expect.fail(missing.join("\n"));
  });
});

const documents = ["README.md", ...readdirSync(join(root, "docs")).map((name) => join("docs", name))];
const withCode = documents.filter((name) => name.endsWith(".md") && /^```ts$/m.test(readFileSync(join(root, name), "utf8")));

test.each(withCode)("%s: its ts blocks run and give what they show", async (name) => {
  const wrong = await wrongIn(name);
  if (wrong.length) expect.fail(wrong.join("\n"));
});

test.each([
  ["1 + 1", "3", "gives 2"],
  ["0.1 + 0.2", "0.31", "gives 0.30000000000000004"],
  ["const two = 2;", "2", "gives undefined"],
  ["notThere(1)", undefined, "throws notThere is not defined"],
  ["lookup('loss', losses, 'cube')", "throws is missing", 'throws loss "cube" is not known'],
  ["lookup('loss', losses, 'square').name", "throws is not known", 'gives "square"'],
  ["", undefined, "write it as"],
])("a faulty example is found: %s // %s", async (code, shown, fault) => {
  expect(await complaint({ place: "", code, shown }, packages.dynamics.scope)).toContain(fault);
});

test.each([
  ["1.2584", "1.258", true],
  ["1.2586", "1.258", false],
  ["2.999999999", "3", false],
  ["2.999999999", "3.0000", true],
  ["-0", "0", false],
  ["1.24e-7", "1.2e-7", true],
  ["12.4e-7", "1.2e-7", false],
  ["[1, 2]", "[1, 2, 3]", false],
  ['{ a: "1.24", b: true }', '{ a: "1.2", b: true }', false],
  ['{ a: "\u00a0", b: NaN }', '{ a: "\\u00a0", b: NaN }', true],
])("%s is shown as %s: %s", (printed, shown, well) => {
  expect(agrees(printed, shown)).toBe(well);
});
