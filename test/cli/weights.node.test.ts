import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadWeights, parseStudy, readNpz, readSafetensors, runStudy, type RunRecord } from "#dynamics";
import { weights } from "../../packages/cli/src/commands/weights.js";
import { writeRun } from "../../packages/cli/src/files/run-folder.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-weights-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function trained(architecture: string): Promise<RunRecord> {
  const { study } = parseStudy(
    `{ seed: 5, system: { kind: training, architecture: ${architecture}, data: { source: inline, inputs: [[0, 1], [1, 0]], targets: [[1], [0]] }, optimizer: { learningRate: 0.5 }, steps: 3 }, questions: [{ type: gradient-growth }] }`,
  );
  return runStudy(study, { version: "0.0.0", read: () => Promise.reject(new Error("no file is asked for")) });
}

describe("separatrix weights", () => {
  let run = "";
  let record: RunRecord;
  beforeAll(async () => {
    record = await trained("{ widths: [2, 3, 4, 1], activation: softplus, bias: [true, false, true] }");
    run = await writeRun(folder, record, "npx separatrix run small.yaml");
  });
  const final = () => Array.from(record.arrays["parameters"]!.data);

  it("writes every weight by name, and what inspect has to know of a perceptron: the parameters come back, bit for bit", async () => {
    const [file, description] = await weights(run, join(folder, "new/net.safetensors"), { array: "parameters" });
    expect([file, description]).toEqual([join(folder, "new/net.safetensors"), join(folder, "new/net.json")]);
    const tensors = readSafetensors(readFileSync(file!));
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ["W1", [2, 3]],
      ["b1", [3]],
      ["W2", [3, 4]],
      ["W3", [4, 1]],
      ["b3", [1]],
    ]);
    const loaded = loadWeights(readFileSync(description!, "utf8"), tensors);
    expect(loaded.layered.activations.map((a) => a?.name)).toEqual(["softplus", "softplus", undefined]);
    expect(Array.from(loaded.theta)).toEqual(final());
  });

  it("writes an archive of arrays, and the weights at the start", async () => {
    const [file, ...more] = await weights(run, join(folder, "net.npz"), { array: "parameters_initial" });
    expect(more).toEqual([]);
    const start = record.arrays["parameters_initial"]!.data;
    expect([...readNpz(readFileSync(file!))].flatMap(([, { data }]) => Array.from(data)).sort()).toEqual(
      Array.from(start).sort(),
    );
    expect(Array.from(start)).not.toEqual(final());
  });

  it("rounds to float32 where asked to", async () => {
    const [file] = await weights(run, join(folder, "small.safetensors"), { array: "parameters", f32: true });
    const values = [...readSafetensors(readFileSync(file!)).values()].flatMap((t) => Array.from(t.data));
    expect(values).toEqual(final().map(Math.fround));
  });

  it("writes no description of what is no plain perceptron", async () => {
    const other = await writeRun(folder, await trained("{ type: resnet, widths: [2, 4, 1], state: 3, depth: 2 }"), "command");
    expect(await weights(other, join(folder, "resnet.safetensors"), { array: "parameters" })).toHaveLength(1);
  });

  it("writes running statistics of batch normalisation too, which are not known at the start", async () => {
    const record = await trained("{ widths: [2, 4, 1], activation: tanh, normalisation: batch }");
    const normalised = await writeRun(folder, record, "command");
    const [file, ...more] = await weights(normalised, join(folder, "normalised.safetensors"), { array: "parameters" });
    expect(more).toEqual([]);
    const tensors = readSafetensors(readFileSync(file!));
    expect(Array.from(tensors.get("mean1")!.data)).toEqual(Array.from(record.arrays["running_statistics"]!.data).slice(0, 4));
    const [start] = await weights(normalised, join(folder, "start.safetensors"), { array: "parameters_initial" });
    expect([...readSafetensors(readFileSync(start!)).keys()]).toEqual(
      [...tensors.keys()].filter((n) => !/mean|variance/.test(n)),
    );
  });

  it.each([
    ["net.bin", {}, /net\.bin: expected a name that ends in \.safetensors or \.npz/],
    ["net.npz", { f32: true }, /--f32 is for \.safetensors/],
    [
      "net.npz",
      { array: "parameter" },
      /no weights "parameter"; did you mean parameters\?; expected parameters, parameters_initial$/,
    ],
  ])("refuses %s with %o", async (name, flags, message) => {
    await expect(weights(run, join(folder, name), { array: "parameters", ...flags })).rejects.toThrow(message);
  });
});
