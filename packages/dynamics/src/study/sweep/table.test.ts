import { describe, expect, it } from "vitest";
import type { Answer } from "../conclusion.js";
import type { Manifest } from "../record.js";
import { parseSweep } from "./parse.js";
import { sweepPictures } from "./pictures.js";
import { sweepTable, type CellOutcome } from "./table.js";

const parsed = (more = "") =>
  parseSweep(`study:
  system: { kind: family, map: cubic, from: 2, to: 3 }
  questions: [{ type: orbit-diagram }]
axes:
  - { path: system.to, values: [2.1, 3, 9] }
  - { path: system.map, values: [cubic, logistic] }
  - { path: seed, values: [0, 1] }
${more}`);

const answer = (name: string, value: number): Answer => ({
  name,
  label: `the ${name}`,
  value,
  error: 0.5,
  unit: "nat",
  status: "ok",
  method: "",
  sources: [],
  cost: {},
});
const ran = (
  hash: string,
  answers: readonly Answer[],
  facts: Manifest["facts"],
  status: Manifest["status"] = "ok",
): CellOutcome => ({
  hash,
  manifest: { status, answers, facts, steps: { planned: 1, done: 1, unit: "parameter" } } as unknown as Manifest,
});
/** Value 10 i + seed at the i-th value of the first axis, for the map cubic; diverged for logistic beyond 3. */
const outcomes = (): CellOutcome[] =>
  parsed().cells.map(({ at: [x, map, seed] }, n) =>
    n === 0
      ? { hash: "h0", failure: "no room" }
      : ran(
          `h${n}`,
          [answer("height", 10 * x! + seed!)],
          { phase: map === 0 ? "calm" : seed === 0 ? "calm" : "wild" },
          map === 1 && x === 2 ? "diverged" : "ok",
        ),
  );

describe("the table of a sweep", () => {
  const table = sweepTable(parsed(), outcomes());
  const column = (name: string) => table.find((c) => c.name === name)!;

  it("has axes, how each cell ended and why, answers with errors, facts, and what was run", () => {
    expect(table.map((c) => c.name).join(" ")).toBe("to map seed status reason done height height_error fact_phase cell");
    expect(column("map").values.slice(0, 4)).toEqual(["cubic", "cubic", "logistic", "logistic"]);
    expect(column("status").values.slice(0, 2)).toEqual(["failed", "ok"]);
    expect(column("reason").values.slice(0, 2)).toEqual(["no room", null]);
    expect(column("height").values.slice(0, 3)).toEqual([null, 1, 0]);
    expect(column("height")).toMatchObject({ unit: "nat", description: "the height" });
  });

  it("makes text of columns that mix, JSON of lists, and lets an axis keep its name", () => {
    const two = parseSweep(`study:
  system: { kind: family, map: cubic }
  questions: [{ type: orbit-diagram }]
axes:
  - { path: "questions[0]", name: height, values: [{ type: orbit-diagram, steps: 50 }, { type: orbit-diagram, steps: 60 }] }`);
    const mixed = sweepTable(two, [ran("a", [answer("height", NaN)], { x: 1 }), ran("b", [answer("height", -1)], { x: "one" })]);
    const values = Object.fromEntries(mixed.map((c) => [c.name, c.values]));
    expect(values["height"]).toEqual(['{"steps":50,"type":"orbit-diagram"}', '{"steps":60,"type":"orbit-diagram"}']);
    expect(values["height_"]).toEqual([null, -1]);
    expect(values["fact_x"]).toEqual(["1", "one"]);
  });
});

describe("the pictures of a sweep", () => {
  const pictures = sweepPictures(parsed(), sweepTable(parsed(), outcomes()));
  const of = (name: string) => pictures.find((p) => p.column.name === name)!;

  it("take numbers to the right, tell lines apart, and average over the rest, without what diverged", () => {
    const { x, by, over, lines } = of("height");
    expect([x.name, x.values, x.log, by, over]).toEqual(["to", [2.1, 3, 9], true, "map", ["seed"]]);
    expect(lines[0]!.label).toBe("map = cubic");
    // The cell with seed 0 failed; the mean over seeds 0 and 1 is half a unit up, its standard error 1/2.
    expect(lines[0]!.mean).toEqual([1, 10.5, 20.5]);
    expect(lines[0]!.error).toEqual([NaN, 0.5, 0.5]);
    expect(lines[1]!.mean).toEqual([0.5, 10.5, NaN]);
  });

  it("say what most cells say, and mixed where none prevails", () => {
    expect(of("fact_phase").lines.map((l) => l.word)).toEqual([
      ["calm", "calm", "calm"],
      ["mixed", "mixed", "mixed"],
    ]);
  });

  it("are those asked for, and an unknown column is refused with those that exist", () => {
    const table = sweepTable(parsed(), outcomes());
    expect(sweepPictures(parsed("pictures: [status]"), table).map((p) => p.column.name)).toEqual(["status"]);
    expect(() => sweepPictures(parsed("pictures: [hight]"), table)).toThrow(
      /there is no column hight; expected one of status, .*height.*did you mean "height"\?/,
    );
  });
});
