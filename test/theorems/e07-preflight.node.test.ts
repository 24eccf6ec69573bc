// What is said before a run about set-ups whose runs are known: those of e07-grokking.test.ts, which grok or do not, and of
// e07-basins-and-grokking.node.test.ts. And the sum in the labels, which is exact: counts of solutions of linear equations.
import { dataSources, mlp, preflight, random, sumStructure, type Architecture } from "#dynamics";
import { describe, expect, it } from "vitest";
import { digits } from "./digits.js";

const source = dataSources.find((s) => s.name === "modular-arithmetic")!;

async function task(more: object = {}, seed = 1) {
  const spec = source.schema.parse({ source: source.name, modulus: 23, trainFraction: 0.4, ...more });
  return source.load(spec as never, { seed, read: () => Promise.reject(new Error("no file")) });
}

const net = mlp({ widths: [46, 64, 23], activation: "quadratic", bias: false, init: { weights: "lecun-normal" } });

/** The verdict on addition modulo 23 with AdamW, and the checks that said no. */
async function said({
  weightDecay = 3,
  steps = 4000,
  ...more
}: {
  weightDecay?: number;
  steps?: number;
  [key: string]: unknown;
}) {
  const { train, test } = await task(more);
  const found = preflight({ architecture: net, train, test, stepSize: 0.01, weightDecay, steps });
  return [found.verdict, ...found.checks.filter((c) => c.verdict === "no").map((c) => c.name)];
}

describe("the preflight on modular addition", () => {
  it("lets pass what groks", async () => expect(await said({})).toEqual(["can grok"]));

  it("names what is missing", async () => {
    expect(await said({ weightDecay: 0 })).toEqual(["cannot", "weight decay"]);
    expect(await said({ labels: "random" })).toEqual(["cannot", "structure"]);
    expect(await said({ trainFraction: 0.1 })).toEqual(["cannot", "training share"]);
    expect(await said({ trainFraction: 1 })).toEqual(["cannot", "test set"]);
    expect(await said({ steps: 50 })).toEqual(["too short", "steps"]);
  });

  it("knows shapes that cannot name a sum, whatever they learn", async () => {
    const { train, test } = await task();
    const judged = (architecture: Architecture) => {
      const { verdict, checks } = preflight({ architecture, train, test, stepSize: 0.01, weightDecay: 3, steps: 4000 });
      return [verdict, checks.find((c) => c.name === "network")!.verdict];
    };
    const shaped = (width: number, activation: string, bias = false): Architecture =>
      mlp({ widths: [46, width, 23], activation, bias });
    // Outputs w t through 0 name two classes; with a bias the classes would have to lie along a line.
    expect(judged(shaped(1, "tanh"))).toEqual(["cannot", "no"]);
    expect(judged(shaped(1, "tanh", true))).toEqual(["can grok", "doubtful"]);
    expect(judged(shaped(2, "tanh"))).toEqual(["can grok", "ok"]);
    expect(judged(mlp({ widths: [46, 1, 8, 23], activation: "tanh" }))).toEqual(["can grok", "doubtful"]);
    expect(judged(shaped(64, "identity", true))).toEqual(["cannot", "no"]);
    expect(judged(mlp({ widths: [46, 23] }))).toEqual(["cannot", "no"]);
  });

  it("refuses a decay of more than the whole, and doubts a handful of samples held back", async () => {
    expect(await said({ weightDecay: 150 })).toEqual(["cannot", "weight decay"]);
    const { train, test } = await task({ trainFraction: 0.99 });
    const { checks } = preflight({ architecture: net, train, test, stepSize: 0.01, weightDecay: 3, steps: 4000 });
    expect(checks.find((c) => c.name === "test set")!.verdict).toBe("doubtful");
  });

  it("says of a modulus that is no prime, and of products, which part of the sum it has seen", async () => {
    const sentence = async (more: object, classes: number): Promise<string[]> => {
      const { train, test } = await task({ trainFraction: 0.5, ...more });
      const architecture = mlp({ widths: [2 * classes, 64, classes], activation: "quadratic" });
      const { checks } = preflight({ architecture, train, test, stepSize: 0.01, weightDecay: 3, steps: 4000 });
      return ["structure", "training share"].map((name) => checks.find((c) => c.name === name)!.sentence);
    };
    expect((await sentence({}, 23)).join(" ")).toMatch(/^The labels follow a sum modulo 23, exactly\. .* decide the others/);
    const parts = /^The labels follow a sum in part, exactly: what they are modulo (3|11), .* decide that part of the others/;
    expect((await sentence({ modulus: 24 }, 24)).join(" ")).toMatch(parts);
    expect((await sentence({ operation: "multiply" }, 23)).join(" ")).toMatch(parts);
  });

  it("doubts a share between what decides the task and what networks need", async () => {
    const { train, test } = await task({ trainFraction: 0.25 });
    const { checks } = preflight({ architecture: net, train, test, stepSize: 0.01, weightDecay: 3, steps: 4000 });
    expect(checks.find((c) => c.name === "training share")!.verdict).toBe("doubtful");
  });
});

describe("the preflight on digits", () => {
  const [train, test] = [digits(100), digits(200, 100)];
  const on = (gain: number, labels = train.targets, steps = 4000) => {
    const architecture = mlp({ widths: [64, 100, 100, 10], init: { gain } });
    return preflight({
      architecture,
      train: { ...train, targets: labels },
      test,
      stepSize: 0.01,
      weightDecay: 0.05,
      steps,
    });
  };

  it("expects no delay from usual weights, and one from large weights that lasts (1 / (eta w)) log(w0 / wc)", () => {
    expect(on(1).verdict).toBe("no delay");
    const large = on(8);
    expect(large.verdict).toBe("can grok");
    // Glorot's law is the usual one: the norm is eight times that but for the draw of 17,400 weights, 1 % or so.
    expect(large.norm / large.usualNorm / 8).toBeCloseTo(1, 1);
    expect(large.wait / (Math.log(large.norm / large.usualNorm) / 5e-4)).toBeCloseTo(1, 12);
    // Of these 4,160 steps the rise takes a quarter at least: fewer are too short, and as many may be.
    const steps = (most: number) => on(8, train.targets, most).checks.find((c) => c.name === "steps")!.verdict;
    expect([1000, 4000, 4300].map(steps)).toEqual(["no", "doubtful", "ok"]);
    expect(on(8, train.targets, 1000).verdict).toBe("too short");
  });

  it("finds neighbours alike, unless labels are shuffled", () => {
    expect(on(8).neighbours.byChance).toBeLessThan(1e-20);
    const stream = random(3);
    const mixed = Array.from({ length: 100 }, (_, i) => i);
    for (let i = 99; i > 0; i--) {
      const j = Math.floor(stream.uniform() * (i + 1));
      [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
    }
    const shuffled = Float64Array.from(mixed.flatMap((row) => Array.from(train.targets.slice(10 * row, 10 * row + 10))));
    expect(on(8, shuffled).verdict).toBe("cannot");
  });
});

describe("a sum in disguise", () => {
  const whole = (p: number, law: (a: number, b: number) => number) => {
    const inputs = new Float64Array(2 * p * p * p);
    const labels: number[] = [];
    for (let a = 0; a < p; a++)
      for (let b = 0; b < p; b++) {
        const row = 2 * p * (a * p + b);
        inputs[row + a] = inputs[row + p + b] = 1;
        labels.push(law(a, b) % p);
      }
    return sumStructure({ samples: p * p, dim: 2 * p, inputs }, labels, p);
  };

  it("is found in sums, differences, products and sums of squares, and decided by the whole table", () => {
    const laws = [
      (a: number, b: number) => a + b,
      (a: number, b: number) => a - b + 13,
      (a: number, b: number) => a * b,
      (a: number, b: number) => a * a + b * b,
    ];
    for (const law of laws) expect(whole(13, law)).toMatchObject({ verdict: "sum", determined: true });
    expect(whole(13, laws[0]!).modulus).toBe(13);
    // The nonzero numbers modulo 13 are a cyclic group of 12 elements: its largest prime is 3.
    expect(whole(13, laws[2]!).modulus).toBe(3);
  });

  it("is found whatever the names of operands and results, and in no other law", () => {
    const names = [4, 2, 9, 0, 7, 1, 12, 3, 11, 5, 8, 10, 6];
    expect(whole(13, (a, b) => names[(names[a]! + 3 * b) % 13]!).verdict).toBe("sum");
    expect(whole(13, (a, b) => a * a + a * b + b * b * b).verdict).toBe("none");
    expect(whole(13, (a, b) => (a * b * b + 5 * a * a + b) % 13).verdict).toBe("none");
  });

  it("needs at least as many samples as the sum has unknowns: 3 p - 3", async () => {
    for (const seed of [1, 2, 3]) {
      const { train } = await task({ trainFraction: 0.5 }, seed);
      const labels = Array.from({ length: train.samples }, (_, i) =>
        Array.from(train.targets)
          .slice(23 * i, 23 * i + 23)
          .indexOf(1),
      );
      const { needed } = sumStructure({ samples: train.samples, dim: 46, inputs: train.inputs }, labels, 23);
      expect(needed).toBeGreaterThanOrEqual(66);
      expect(needed).toBeLessThan(264);
    }
  });
});
