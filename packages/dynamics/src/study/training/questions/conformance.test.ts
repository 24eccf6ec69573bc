import { describe, expect, it } from "vitest";
import { pack, unpack, type Memory } from "../../../core/memory.js";
import { random } from "../../../core/random.js";
import { parseStudy } from "../../parse.js";
import type { RunRecord } from "../../record.js";
import { runStudy } from "../../run.js";
import type { TrainingMemory } from "../memory.js";
import type { Question } from "../question.js";
import { trainingQuestions } from "./index.js";

/** The keys with which a question's memory is put to the test, where its defaults would leave it idle in so short a run. */
const keys: Record<string, string> = {
  sharpness: ", k: 2, every: 3, furtherEvery: 9",
  accuracy: ", every: 5",
  lyapunov: ", k: 2, interval: 3, transient: 6",
  "central-flow": ", from: 4, every: 4",
  "self-stabilisation": ", every: 3, from: 6",
  "order-preservation": ", every: 7",
  "rank-slopes": ", every: 7",
  "linear-map": ", every: 7",
  "weight-organisation": ", every: 7",
  "critical-points": ", starts: 5, boxes: 30",
  catapult: ", factors: [1.5, 2.6], every: 10, curvatureEvery: 20",
  "implicit-bias": ", every: 7",
  synchronisation: ", every: 4, starts: 2",
  "batch-sharpness": ", every: 6, batches: 8",
  grokking: ", every: 20, samples: 3",
};
/** Questions of networks with one output; the others are put to one with two, whose targets are classes. */
const scalar = new Set(["critical-points"]);
/** Questions of networks with two states of one width. */
const layered = new Set(["paths"]);
/** Questions that need samples held back. */
const heldBack = new Set(["grokking"]);
/** Questions of networks that are flows. */
const flowing = new Set(["adjoint-ledger"]);
/** Questions of networks without hidden layers. */
const linear = new Set(["implicit-bias"]);
/** Questions of two-layer ReLU networks with one output. */
const shallow = new Set(["variation-norm"]);
/** Questions that some of the systems below cannot be asked. */
const unfit: Record<string, RegExp> = {
  "central-flow": /batches/,
  "self-stabilisation": /batches/,
  "adjoint-ledger": /^(?!.*2\.5)/s,
  catapult: /batches|rmsprop/,
  synchronisation: /^(?!.*batches)/s,
  "batch-sharpness": /^(?!.*batches)/s,
};
const systems: Record<string, string> = {
  "gradient descent": "{ learningRate: 2.5 }",
  "RMSProp with a test set": "{ type: rmsprop, learningRate: 0.01, beta2: 0.9, initialSquare: 0.1 }",
  "batches with momentum":
    "{ type: heavy-ball, learningRate: 0.3, schedule: { type: cosine, steps: 80 } }\n  batches: { size: 3, order: epochs }",
};

const study = (asked: readonly string[], optimizer: string): string => {
  const one = asked.some((name) => scalar.has(name) || shallow.has(name));
  const flows = asked.some((name) => flowing.has(name));
  const widths = asked.some((name) => heldBack.has(name))
    ? "[6, 3, 3]"
    : one
      ? "[2, 3, 1]"
      : asked.some((name) => linear.has(name))
        ? "[2, 2]"
        : asked.some((name) => layered.has(name))
          ? "[2, 3, 3, 2]"
          : "[2, 3, 2]";
  const data = asked.some((name) => heldBack.has(name))
    ? "source: modular-arithmetic\n    modulus: 3\n    trainFraction: 0.6"
    : `source: inline
    inputs: [[0, 1], [1, 0], [1, 1], [-1, 0.5], [0.3, -1], [-0.7, -0.2]]
    targets: ${one ? "[[1], [0], [0], [1], [0], [1]]" : "[[1, 0], [0, 1], [0, 1], [1, 0], [0, 1], [1, 0]]"}`;
  return `
seed: 3
system:
  kind: training
  architecture: { ${flows ? "type: neural-ode, steps: 2, horizon: 0.1, " : ""}${asked.some((name) => shallow.has(name)) ? "activation: relu, " : ""}widths: ${widths} }
  data:
    ${data}
  optimizer: ${flows || asked.some((name) => shallow.has(name)) ? optimizer.replace("learningRate: 2.5", "learningRate: 0.1") : optimizer}
  steps: 60
questions:
${asked.map((type) => `  - { type: ${type}${keys[type] ?? ""} }`).join("\n")}
`;
};

const options = { version: "0.0.0", read: () => Promise.reject(new Error("no file")) };

/** All of a record that must not depend on interruptions, to the bit. */
const bits = ({ manifest, series, arrays }: RunRecord): Uint8Array => pack({ manifest, series, arrays } as unknown as Memory);

/** The run without interruption, and what it put away at every pause. */
async function whole(text: string, status = "ok"): Promise<{ wanted: Uint8Array; memories: Uint8Array[] }> {
  const memories: Uint8Array[] = [];
  const record = await runStudy(parseStudy(text).study, {
    ...options,
    checkpoints: { due: () => true, save: (memory) => void memories.push(pack(memory)) },
  });
  expect(record.manifest.status).toBe(status);
  return { wanted: bits(record), memories };
}

const resumed = async (text: string, from: Memory): Promise<Uint8Array> =>
  bits(await runStudy(parseStudy(text).study, { ...options, checkpoints: { from, due: () => false, save() {} } }));

const fits = ({ name }: Question, optimizer: string): boolean => !unfit[name]?.test(optimizer);
const cases = (trainingQuestions as readonly Question[]).flatMap((question) =>
  Object.entries(systems)
    .filter(([, optimizer]) => fits(question, optimizer))
    .map(([name, optimizer]) => [question.name, name, study([...(question.needs ?? []), question.name], optimizer)] as const),
);

describe("a run that goes on from a checkpoint", () => {
  it.each(cases)("gives the same bits: %s, %s", async (_, __, text) => {
    const { wanted, memories } = await whole(text);
    expect(memories.length).toBeGreaterThan(5);
    const draw = random(11);
    const moments = [0, memories.length - 1, ...Array.from({ length: 4 }, () => Math.floor(draw.uniform() * memories.length))];
    for (const moment of moments) expect(await resumed(text, unpack(memories[moment]!))).toEqual(wanted);
  });

  it("with all questions at once gives the same bits from every ninth pause", async () => {
    const text = study(
      (trainingQuestions as readonly Question[])
        .filter(
          (q) =>
            ![scalar, layered, linear, flowing, heldBack, shallow].some((special) => special.has(q.name)) &&
            fits(q, systems["gradient descent"]!),
        )
        .map((q) => q.name),
      systems["gradient descent"]!,
    );
    const { wanted, memories } = await whole(text);
    for (let i = 0; i < memories.length; i += 9) expect(await resumed(text, unpack(memories[i]!))).toEqual(wanted);
  });

  it("with batch normalisation gives the same bits: running statistics are part of what is put away", async () => {
    const text = study(["accuracy", "lyapunov", "linear-map"], systems["batches with momentum"]!)
      .replace("widths:", "normalisation: batch, statisticsRate: 0.3, widths:")
      .replace("k: 2, interval", "k: 1, interval");
    const { wanted, memories } = await whole(text);
    for (const i of [1, memories.length >> 1, memories.length - 1])
      expect(await resumed(text, unpack(memories[i]!))).toEqual(wanted);
  });

  it("diverges in the same way", async () => {
    const text = study(["sharpness", "lyapunov", "accuracy"], "{ learningRate: 60 }").replace("steps: 60", "steps: 6000");
    const { wanted, memories } = await whole(text, "diverged");
    for (const memory of memories.slice(-3)) expect(await resumed(text, unpack(memory))).toEqual(wanted);
  });

  it.each(["sharpness", "lyapunov", "central-flow", "catapult"])("and would not if %s forgot what it carries", async (name) => {
    const text = study([name], systems["gradient descent"]!);
    const { wanted, memories } = await whole(text);
    const [early, late] = [memories[1]!, memories.at(-1)!].map((m) => unpack(m) as unknown as TrainingMemory);
    const stale = { ...late!, askers: early!.askers };
    expect(await resumed(text, stale as unknown as Memory)).not.toEqual(wanted);
  });

  it("refuses data that have changed in between", async () => {
    const text = study(["sharpness"], systems["gradient descent"]!);
    const { memories } = await whole(text);
    const other = { ...(unpack(memories[3]!) as unknown as TrainingMemory), inputs: "[]x" };
    await expect(resumed(text, other as unknown as Memory)).rejects.toThrow(/system\.data: the data are not those/);
  });
});
