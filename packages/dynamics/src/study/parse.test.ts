import { describe, expect, it } from "vitest";
import { LONGEST_STUDY } from "./document.js";
import { parseStudy } from "./parse.js";
import { StudyError } from "./problem.js";

const good = `title: A test
system:
  kind: training
  architecture:
    widths: [1, 4, 1]
    activation: tanh
    gain: 0.5
  data: { source: chebyshev, points: 8 }
  optimizer:
    learningRate: 0.1
  steps: 50
questions:
  - type: sharpness
    every: 5
  - type: edge-of-stability
`;

const message = (text: string): string => {
  try {
    parseStudy(text, "s.yaml");
  } catch (error) {
    if (error instanceof StudyError) return error.message;
    throw error;
  }
  return "";
};

const replaced = (from: string, to: string): string => {
  expect(good).toContain(from);
  return good.replace(from, to);
};

describe("parseStudy", () => {
  it("fills in every default", () => {
    const { study } = parseStudy(good);
    expect(study).toMatchObject({
      title: "A test",
      seed: 0,
      output: { folder: "runs" },
      system: {
        loss: "square",
        dtype: "f64",
        threads: "auto",
        architecture: { type: "mlp", init: "xavier-normal", bias: true },
      },
      questions: [{ type: "sharpness", k: 1, every: 5, tolerance: 0.02 }, { type: "edge-of-stability" }],
    });
  });

  it("reads JSON as well, to the same study", () => {
    const { study } = parseStudy(good);
    expect(parseStudy(JSON.stringify(study, null, "\t")).study).toEqual(study);
  });

  it.each([
    [
      "a mistyped name",
      ["tanh", "tahn"],
      /^s\.yaml:6:17 system\.architecture\.activation: expected one of tanh, relu, .*, got "tahn"; did you mean "tanh"\?$/,
    ],
    [
      "a mistyped key",
      ["activation", "activaton"],
      /^s\.yaml:6:5 system\.architecture\.activaton: unknown key "activaton"; did you mean "activation"\?$/,
    ],
    [
      "an unknown key",
      ["title", "frobnicate"],
      /^s\.yaml:1:1 frobnicate: unknown key "frobnicate"; expected one of title, seed, system, questions, output$/,
    ],
    ["a missing key", ["  steps: 50\n", ""], /^s\.yaml:3:3 system\.steps: missing: expected a number$/],
    [
      "a mistyped choice of a group",
      ["chebyshev", "chebychev"],
      /^s\.yaml:8:19 system\.data\.source: expected one of digits, csv, .*inline, got "chebychev"; did you mean "chebyshev"\?$/,
    ],
    [
      "an unknown key of a question",
      ["every", "evry"],
      /^s\.yaml:14:5 questions\[0\]\.evry: unknown key "evry"; did you mean "every"\?$/,
    ],
    ["text for a number", ["50", "many"], /^s\.yaml:11:10 system\.steps: expected a number, got "many"$/],
    ["a fraction for a count", ["50", "2.5"], /^s\.yaml:11:10 system\.steps: expected a whole number, got 2\.5$/],
    ["nothing for a number", ["50", ""], /^s\.yaml:11:10 system\.steps: expected a number, got nothing$/],
    ["NaN", ["0.1", ".nan"], /^s\.yaml:10:19 system\.optimizer\.learningRate: expected a number, got NaN$/],
    ["an overflow", ["0.1", "1e400"], /learningRate: expected a number, got Infinity$/],
    ["a number out of range", ["0.1", "-0.1"], /^s\.yaml:10:19 .* expected a number above 0, got -0\.1$/],
    [
      "the wrong member of a list",
      ["[1, 4, 1]", "[1, x, 1]"],
      /^s\.yaml:5:17 system\.architecture\.widths\[1\]: expected a number, got "x"$/,
    ],
    ["too short a list", ["[1, 4, 1]", "[1]"], /^s\.yaml:5:13 .* expected a list of at least 2, got a list of 1$/],
    ["neither of two kinds", ["0.5", "big"], /^s\.yaml:7:11 system\.architecture\.gain: expected a number or a list, got "big"$/],
    [
      "a fault inside one of two kinds",
      ["0.5", "[1, big]"],
      /^s\.yaml:7:15 system\.architecture\.gain\[1\]: expected a number, got "big"$/,
    ],
    [
      "a network that does not fit into memory",
      ["[1, 4, 1]", "[1, 100000, 100000, 1]"],
      /^s\.yaml:5:13 .* make 10000200000 weights; at most/,
    ],
    [
      "a question asked twice",
      ["edge-of-stability", "sharpness"],
      /^s\.yaml:15:11 questions\[1\]\.type: sharpness is asked twice/,
    ],
    [
      "a question that needs another",
      ["  - type: sharpness\n    every: 5\n", ""],
      /^s\.yaml:13:11 questions\[0\]\.type: edge-of-stability needs the question sharpness/,
    ],
    [
      "more rows than are kept",
      ["steps: 50", "steps: 10000000"],
      /^s\.yaml:14:12 questions\[0\]\.every: every 5 of 10000000 steps makes 2000000 rows/,
    ],
    [
      "a key given twice",
      ["  steps: 50", "  steps: 50\n  steps: 60"],
      /^s\.yaml:12:3 the key "steps" is given twice in one group$/,
    ],
    ["a bracket left open", ["[1, 4, 1]", "[1, 4, 1"], /^s\.yaml:6:5 /],
  ])("says where and what: %s", (_, [from, to], wanted) => {
    expect(message(replaced(from!, to!))).toMatch(wanted);
  });

  it("reports every problem at once, and finds columns on lines that end with CR LF", () => {
    const text = replaced("tanh", "tahn").replace("50", "many").replaceAll("\n", "\r\n");
    expect(
      message(text)
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(["s.yaml:6:17", "s.yaml:11:10"]);
  });

  it("locates problems that are found later", () => {
    const { locate } = parseStudy(good, "s.yaml");
    expect(locate({ path: ["system", "architecture", "widths", 2], message: "no" })).toBe(
      "s.yaml:5:20 system.architecture.widths[2]: no",
    );
    expect(locate({ path: ["system", "loss"], message: "no" })).toBe("s.yaml:3:3 system.loss: no");
  });

  it("resolves aliases, and points to where their values stand", () => {
    const text = replaced("every: 5", "every: &n 5").replace("steps: 50", "steps: 60").replace("points: 8", "points: 9");
    expect(
      parseStudy(text.replace("- type: edge-of-stability", "- type: edge-of-stability\n    window: *n")).study.questions[1],
    ).toMatchObject({ window: 5 });
    expect(message("a: *nowhere\n")).toBe("s.yaml:1:4 the alias *nowhere has no anchor &nowhere before it");
  });

  it.each([
    ["an empty file", "", /^s\.yaml:1:1 the study is empty/],
    ["a word", "hello", /^s\.yaml:1:1 expected a group of keys, got "hello"$/],
    ["two documents", `${good}---\na: 1\n`, /^s\.yaml:16:1 a second document starts here/],
    ["a tab as indentation", "a:\n\tb: 1\n", /^s\.yaml:2:1 Tabs/],
    ["a type of a programming language", "a: !!js/function 1\n", /^s\.yaml:1:4 Unresolved tag/],
    ["a list as a key", "? [a]\n: 1\n", /^s\.yaml:1:3 a key must be a word$/],
    [
      "keys that objects have by themselves",
      "__proto__: 1\nconstructor: 2\n",
      /unknown key "__proto__".*\n.*unknown key "constructor"/,
    ],
  ])("refuses %s", (_, text, wanted) => {
    expect(message(text)).toMatch(wanted);
  });

  it("shows no control characters", () => {
    expect(message('"a\\x1b[2Jb": 1\n')).toMatch(/unknown key "a\uFFFD\[2Jb"/);
  });

  const doubling = Array.from({ length: 60 }, (_, i) => `a${i}: &a${i} [${i === 0 ? "x, x" : `*a${i - 1}, *a${i - 1}`}]`).join(
    "\n",
  );
  it.each([
    ["text that is too long", "#".repeat(LONGEST_STUDY + 1), /at most 262144 are read/],
    ["brackets without end", "[".repeat(200_000), /more than 40 levels/],
    ["question marks without end", "? ".repeat(100_000), /more than 40 levels/],
    ["dashes without end", "- ".repeat(100_000), /more than 40 levels/],
    ["aliases that double", doubling, /aliases/],
    ["an alias inside its own anchor", "a: &a [*a]\n", /unknown key|aliases/],
    ["a hundred problems", Array.from({ length: 100 }, (_, i) => `key${i}: 1`).join("\n"), /and \d+ more problems$/],
  ])("refuses hostile input before it costs anything: %s", (_, text, wanted) => {
    expect(message(text)).toMatch(wanted);
  });

  it.each(["0", ".inf", "-3", "2.5"])("complains once about every: %s", (every) => {
    const text = `
system:
  kind: training
  architecture: { widths: [1, 4, 1] }
  data: { source: chebyshev, degree: 2, points: 8 }
  optimizer: { learningRate: 0.1 }
  steps: 20
questions: [{ type: sharpness, every: ${every} }]
`;
    expect(() => parseStudy(text, "s.yaml")).toThrow(/^s\.yaml:8:39 questions\[0\]\.every: expected a[^\n]*$/);
  });
});
