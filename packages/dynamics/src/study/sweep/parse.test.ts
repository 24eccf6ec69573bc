import { describe, expect, it } from "vitest";
import { parseSweep } from "./parse.js";

const text = (axes: string, more = ""): string => `title: Grid
study:
  system:
    kind: training
    architecture: { widths: [1, 4, 1] }
    data: { source: chebyshev, points: 12 }
    optimizer: { learningRate: 0.2 }
    steps: 20
  questions:
    - { type: sharpness, every: 5 }
axes:
${axes}
${more}`;

const cells = (axes: string): unknown[] =>
  parseSweep(text(axes)).cells.map((c) => {
    const { seed, system } = c.study as unknown as { seed: number; system: { optimizer: object; steps: number } };
    return { seed, ...system.optimizer, steps: system.steps };
  });

describe("a sweep", () => {
  it("has a cell for each combination, the last axis first, defaults filled in", () => {
    const axes =
      "  - { path: system.optimizer.type, values: [gradient-descent, heavy-ball] }\n  - { path: seed, from: 3, to: 4 }";
    expect(cells(axes)).toEqual([
      { seed: 3, type: "gradient-descent", learningRate: 0.2, steps: 20 },
      { seed: 4, type: "gradient-descent", learningRate: 0.2, steps: 20 },
      { seed: 3, type: "heavy-ball", momentum: 0.9, learningRate: 0.2, steps: 20 },
      { seed: 4, type: "heavy-ball", momentum: 0.9, learningRate: 0.2, steps: 20 },
    ]);
  });

  it("reads ranges: same differences without rounding noise, same ratios to six digits, ends exact", () => {
    const values = (range: string): unknown =>
      parseSweep(text(`  - { path: system.optimizer.learningRate, ${range} }`)).axes[0]!.values;
    expect(values("from: 0.1, to: 0.7, count: 7")).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
    expect(values("from: 0.001, to: 1, count: 4, scale: log")).toEqual([0.001, 0.01, 0.1, 1]);
    expect(values("from: 0.02, to: 2, count: 5, scale: log")).toEqual([0.02, 0.0632456, 0.2, 0.632456, 2]);
    expect(values("from: 1, to: 3")).toEqual([1, 2, 3]);
  });

  it("changes entries of lists, whole groups, and groups that are not there", () => {
    const { cells: all } = parseSweep(
      text(`  - { path: "questions[0].every", values: [4] }
  - { path: "system.architecture.widths[1]", values: [7] }
  - { path: system.optimizer, values: [{ type: adam, learningRate: 0.01 }] }
  - { path: system.batches.size, values: [3] }`),
    );
    expect(all[0]!.study).toMatchObject({
      questions: [{ every: 4 }],
      system: { architecture: { widths: [1, 7, 1] }, optimizer: { type: "adam", beta1: 0.9 }, batches: { size: 3 } },
    });
  });

  it("changes one place where an alias makes two look alike", () => {
    const aliased = `study:
  system:
    kind: family
    map: cubic
    from: &start 2
    to: 2.5
  questions: [{ type: orbit-diagram, transient: &n 40, steps: *n }]
axes: [{ path: "questions[0].steps", values: [60] }]`;
    expect(parseSweep(aliased).cells[0]!.study.questions[0]).toMatchObject({ transient: 40, steps: 60 });
  });

  it("names columns by the last key, by the whole path where two would be alike, or as wished", () => {
    const names = (axes: string): string[] => parseSweep(text(axes)).axes.map((a) => a.name);
    expect(names('  - { path: "system.architecture.widths[1]", values: [4] }')).toEqual(["widths"]);
    expect(names("  - { path: system.optimizer.type, values: [adam], name: rule }")).toEqual(["rule"]);
    expect(
      names(
        '  - { path: "system.architecture.widths[1]", values: [4] }\n  - { path: "system.architecture.widths[0]", values: [1] }',
      ),
    ).toEqual(["system_architecture_widths_1_", "system_architecture_widths_0_"]);
  });

  it.each([
    ["  - { path: sede, values: [1] }", /^sweep:12:13 axes\[0\]\.path: unknown key "sede"; did you mean "seed"\?$/],
    [
      "  - { path: system.optimizer.learningRte, values: [1] }",
      /^sweep:12:13 axes\[0\]\.path: unknown key "learningRte"; did you mean "learningRate"\?$/,
    ],
    [
      "  - { path: system.optimizer.type, values: [adam, adma] }",
      /^sweep:12:51 axes\[0\]\.values\[1\]: expected one of .*, got "adma"; did you mean "adam"\? \(system\.optimizer\.type = "adma"\)$/,
    ],
    ["  - { path: system.steps, from: 0, to: 2 }", /^sweep:12:33 axes\[0\]\.from: expected .* got 0 \(system\.steps = 0\)$/],
    ["  - { path: system.steps, form: 1, to: 2 }", /^sweep:12:27 axes\[0\]\.form: unknown key "form"; did you mean "from"\?/m],
    [
      '  - { path: "questions[3].every", values: [1] }',
      /^sweep:12:13 axes\[0\]\.path: there is no questions\[3\]: questions has 1 entries$/,
    ],
    ["  - { path: seed.deep, values: [1] }", /there is no seed\.deep|expected/],
    ["  - { path: a..b, values: [1] }", /axes\[0\]\.path: expected a place such as/],
    ["  - { path: title, values: [a] }", /title decides nothing/],
    ["  - { path: seed, values: [1, 2, 1] }", /^sweep:12:34 axes\[0\]\.values\[2\]: 1 is given twice$/],
    ["  - { path: seed }", /axes\[0\]\.from: missing: an axis has values, or a range/],
    ["  - { path: seed, values: [1], to: 3 }", /either values or a range/],
    ["  - { path: system.optimizer.learningRate, from: 0, to: 1, count: 3, scale: log }", /begins above 0/],
    ["  - { path: system.optimizer.learningRate, from: 0.1, to: 0.35 }", /axes\[0\]\.count: missing/],
    ["  - { path: seed, from: 1, to: 400 }\n  - { path: system.steps, from: 1, to: 400 }", /make 160000 cells; at most 100000/],
    ["  - { path: seed, values: [1] }\n  - { path: seed, values: [2] }", /two axes are called seed/],
    ["  - { path: __proto__, values: [1] }", /unknown key "__proto__"/],
  ])("says what is wrong, and where: %s", (axes, message) => {
    expect(() => parseSweep(text(axes))).toThrow(message);
  });

  it("says where its study is wrong, once for all cells", () => {
    const wrong = text("  - { path: seed, from: 0, to: 9 }").replace("chebyshev", "chebychev");
    expect(() => parseSweep(wrong, "g.yaml")).toThrow(
      /^g\.yaml:6:21 study\.system\.data\.source: expected one of digits, .*chebyshev, .*got "chebychev"; did you mean "chebyshev"\?$/,
    );
  });
});
