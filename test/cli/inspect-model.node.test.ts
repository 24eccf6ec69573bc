import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { writeSafetensors } from "#dynamics";
import { inspectFile, type InspectModelFlags } from "../../packages/cli/src/commands/inspect-model.js";
import { npy, npz } from "../../packages/cli/src/files/npz.js";
import { readSamples } from "../../packages/cli/src/files/read-samples.js";
import { readRun } from "../../packages/cli/src/files/run-folder.js";
import { separatrix } from "../support/command.js";
import { onnxFile } from "../support/onnx.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-inspect-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const fixture = (name: string) => join(import.meta.dirname, "../fixtures/onnx", name);
const array = (shape: number[], data: ArrayLike<number>) => ({ shape, data: Float64Array.from(data) });
const wave = (n: number) => Float64Array.from({ length: n }, (_, i) => ((7 * i) % 11) / 5 - 1);
const classes = (n: number) => Float64Array.from({ length: n }, (_, i) => i % 2);

describe("separatrix inspect model.onnx", () => {
  it("prints estimates before the start, writes a run folder, and says how to find the same again", async () => {
    file("val.npz", npz({ x: array([30, 3], wave(90)), y: array([30], classes(30)) }));
    const args = ["inspect", fixture("torch-mlp-script17.onnx"), "--data", "val.npz", "--out", "out", "--seed", "3"];
    const first = await separatrix(folder, [...args, "--parts", "structure,layers:quick,sharpness:quick,sgd,order"]);
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(
      /Hessian-vector product takes .* To be done, in about .*structure .*about .* s.*basins +left out: not asked for/s,
    );
    for (const part of [
      /mlp 3-5-5-2 tanh: 3 inputs, 2 outputs, 62 parameters, 3 layers/,
      /cross-entropy .*chosen because the\s+targets are classes/s,
      /Gradient descent is stable here up to the learning rate/,
      /Left\s+out:\s+ranks\s+\(not\s+asked\s+for\);\s+linear\s+.*density\s+\(not\s+asked\s+for\);\s+basins/s,
      /Do it again .*--data val.npz --seed 3 --parts structure,layers:quick,sharpness:quick,sgd,order/,
    ])
      expect(first.stdout).toMatch(part);
    const path = join(folder, /Run folder +(\S+)/.exec(first.stdout)![1]!);
    const { manifest, clock } = await readRun(path);
    expect(Object.keys(clock.questions)).toEqual(["structure", "layers", "sharpness", "sgd", "order"]);
    expect(manifest.inputs.map((f) => [f.name, f.rows, f.columns])).toEqual([
      ["val.npz#x", 30, 3],
      ["val.npz#y", 30, 1],
    ]);
    const page = readFileSync(join(path, "report.html"), "utf8");
    expect(page).toMatch(/What each layer does to small differences/);
    expect(page).toMatch(/<h2 id="cost">What it took<\/h2>/);
  });

  it("asks convolutions, transformers and recurrent networks about their activations", async () => {
    const asked = ["--parts", "order:quick,ranks:quick,linear:quick", "--quiet", "--out", "any"];
    const told = async (model: string, data: string) => {
      const { code, stdout } = await separatrix(folder, ["inspect", fixture(model), "--data", data, ...asked]);
      expect(code).toBe(0);
      const path = join(folder, /Run folder +(\S+)/.exec(stdout)![1]!);
      return { ...(await readRun(path)), page: readFileSync(join(path, "report.html"), "utf8") };
    };
    file("images.npz", npz({ x: array([40, 1, 8, 8], wave(2560)), y: array([40], classes(40)) }));
    file(
      "tokens.npz",
      npz({
        x: array(
          [40, 4],
          wave(160).map((v) => Math.round(5 * v + 5)),
        ),
        y: array([40], classes(40)),
      }),
    );
    file("steps.npz", npz({ x: array([40, 5, 3], wave(600)), y: array([40], classes(40)) }));

    const images = await told("torch-cnn-script17.onnx", "images.npz");
    expect(images.manifest.facts["activations"]).toBe("1 relu (192 units), 2 HardSwish (16 units)");
    expect(images.manifest.verdict.join(" ")).toMatch(/it still holds MaxPool\./);
    expect(Array.from(images.arrays["order_unit"]!.data)[0]).toBe(1);
    expect(images.page).toMatch(/order each activation keeps/);
    expect(images.page).toContain("activation (1 relu (192 units), 2 HardSwish (16 units))");

    const tokens = await told("torch-transformer-export21.onnx", "tokens.npz");
    expect(tokens.manifest.verdict.join(" ")).toMatch(/LayerNormalization, MatMul, Softmax/);
    const steps = await told("torch-rnn-script11.onnx", "steps.npz");
    expect(steps.manifest.answers.filter((a) => a.name.startsWith("rank_slope_")).length).toBe(6);
    expect(steps.manifest.verdict.join(" ")).toMatch(/What is left is a linear map/);
  });

  it("tells without data what the file alone tells, and what data would add", async () => {
    const { code, stdout } = await separatrix(folder, ["inspect", fixture("scikit-classifier.onnx"), "--out", "out"]);
    expect(code).toBe(0);
    const { manifest, series } = await readRun(join(folder, /Run folder +(\S+)/.exec(stdout)![1]!));
    expect(manifest.verdict.slice(0, 2)).toEqual([
      "The model is mlp 3-6-3 relu: 3 inputs, 3 outputs, 45 parameters, 2 layers.",
      "Its last softmax is taken off: outputs are logits.",
    ]);
    expect(manifest.verdict.at(-1)).toMatch(
      /^Left out: layers, sharpness, sgd, order, ranks, linear, weights, density, basins \(they are measured on data/,
    );
    // 3 x 6 weights and 6 biases, 6 x 3 and 3.
    expect(series.map((s) => [...s.values])).toEqual([
      [1, 2],
      [24, 21],
    ]);
    expect(stdout).toMatch(/Do it again +npx separatrix inspect \S+scikit-classifier\.onnx\n/);
  });

  it("takes weights with a description of their layers, and tables with a named target", async () => {
    const weights = file("net.safetensors", writeSafetensors(new Map([["w", { shape: [1, 2], data: Float64Array.of(1, -1) }]])));
    const structure = file(
      "net.json",
      JSON.stringify({ widths: [2, 1], activation: "tanh", layers: [{ weight: "w", bias: null }] }),
    );
    const data = file("t.csv", "goal,a,b\n0.5,1,0\n-1,0,1\n0,1,1\n");
    const { code, stdout } = await separatrix(folder, [
      "inspect",
      weights,
      "--structure",
      structure,
      "--data",
      data,
      "--target",
      "goal",
      "--quiet",
      "--out",
      "out",
      "--parts",
      "sharpness",
    ]);
    expect(code).toBe(0);
    // X^T X / 3 = [[2, 1], [1, 2]] / 3 has the eigenvalues 1 and 1/3.
    expect(stdout).toMatch(/The sharpness is (1\.0+|1)\b.*smallest Hessian\s+eigenvalue\s+is\s+0\.3333/s);
  });
});

test("names in a model and of its file are text in the report, whatever they hold", async () => {
  const evil = `<img src=x onerror=alert(1)>"'&`;
  const path = file(
    `${evil}.onnx`,
    onnxFile({
      nodes: [
        { op: "MatMul", name: evil, inputs: ["x", evil], outputs: ["a"] },
        { op: "Add", name: evil, inputs: ["a", "a"], outputs: ["y"] },
      ],
      weights: [{ name: evil, shape: [2, 1], data: [1, 2] }],
      inputs: { x: ["n", 2] },
      outputs: ["y"],
    }),
  );
  const out = join(folder, "evil");
  expect(await inspectFile(path, { seed: 0, quiet: true, out })).toBe(0);
  const page = readFileSync(join(out, readdirSync(out)[0]!, "report.html"), "utf8");
  expect(page).toContain("&lt;img");
  expect(page).not.toContain("<img");
});

const model = fixture("torch-mlp-script17.onnx");
const good = npz({ x: array([4, 3], wave(12)), y: array([4], classes(4)) });
const flags = (more: Partial<InspectModelFlags>): InspectModelFlags => ({
  seed: 0,
  quiet: true,
  out: join(folder, "none"),
  ...more,
});

test.each<[string, string, () => Partial<InspectModelFlags>, RegExp]>([
  ["no such model", join(folder, "none.onnx"), () => ({ data: file("g.npz", good) }), /there is no such file/],
  [
    "another width",
    model,
    () => ({ data: file("w.npz", npz({ x: array([2, 4], wave(8)), y: array([2], [0, 1]) })) }),
    /w\.npz: the data have 4 numbers a sample; .* takes 3/,
  ],
  [
    "NaN",
    model,
    () => ({ data: file("n.npz", npz({ x: array([1, 3], [1, NaN, 2]), y: array([1], [0]) })) }),
    /n\.npz#x: row 0, number 1 is NaN; expected finite numbers/,
  ],
  [
    "a label out of range",
    model,
    () => ({ data: file("l.npz", npz({ x: array([2, 3], wave(6)), y: array([2], [0, 7]) })) }),
    /row 1 of the targets has the label 7; .* knows the classes 0 to 1/,
  ],
  [
    "arrays of unknown use",
    model,
    () => ({ data: file("u.npz", npz({ p: array([1, 3], wave(3)), q: array([1], [0]) })) }),
    /u\.npz: it holds p, q; say which with --target/,
  ],
  ["an array that is not there", model, () => ({ data: file("g.npz", good), target: "z" }), /there is no array "z"; it has x, y/],
  [
    "one array",
    model,
    () => ({ data: file("x.npy", npy(array([1, 3], wave(3)))) }),
    /x\.npy: it holds one array; name the file of the targets with --target/,
  ],
  ["another kind of file", model, () => ({ data: file("x.mat", "") }), /x\.mat: expected \.npz, \.csv, \.parquet/],
  ["no model", file("m.onnx", "hello"), () => ({ data: file("g.npz", good) }), /m\.onnx: onnx/],
  [
    "weights alone",
    file("w.safetensors", ""),
    () => ({ data: file("g.npz", good) }),
    /name the file with widths and layers with --structure/,
  ],
  [
    "an operator that is not there",
    file(
      "lens.onnx",
      onnxFile({
        nodes: [{ op: "Fresnel", name: "lens", inputs: ["x"], outputs: ["y"] }],
        inputs: { x: ["n", 3] },
        outputs: ["y"],
      }),
    ),
    () => ({ data: file("g.npz", good) }),
    /lens\.onnx: onnx: node 0 \(Fresnel "lens"\): this operator is not supported/,
  ],
  [
    "a part that is not there",
    model,
    () => ({ data: file("g.npz", good), parts: ["sharpnes"] }),
    /part "sharpnes" is not known; did you mean "sharpness"\?/,
  ],
])("%s is refused with its place", (_name, path, more, message) =>
  expect(inspectFile(path, flags(more()))).rejects.toThrow(message),
);

test("samples come from IDX and NPY files, and from tables whose first line is numbers", async () => {
  const idx = (...shape: number[]) => [0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, 0, n])];
  const images = file("t-images-idx3-ubyte", Uint8Array.from([...idx(2, 1, 2), 1, 2, 3, 4]));
  const labels = file("t-labels-idx1-ubyte", Uint8Array.from([...idx(2), 1, 0]));
  const a = await readSamples(images, { target: labels });
  expect([a.axes, [...a.inputs.values], [...a.targets.values]]).toEqual([
    [1, 2],
    [1, 2, 3, 4],
    [1, 0],
  ]);
  const b = await readSamples(file("plain.csv", "1,2,9\n3,4,8\n"));
  expect([[...b.inputs.values], [...b.targets.values]]).toEqual([
    [1, 2, 3, 4],
    [9, 8],
  ]);
  const { files } = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/parquet/tables.json"), "utf8")) as {
    files: Record<string, string>;
  };
  const several = file("several.csv", Buffer.from("a,b,c,d\n1,2,3,4\n5,6,7,8\n"));
  for (const target of ["b,d", "1, 3"]) {
    const s = await readSamples(several, { target });
    expect([[...s.inputs.values], [...s.targets.values]]).toEqual([
      [1, 3, 5, 7],
      [2, 4, 6, 8],
    ]);
  }
  await expect(readSamples(several, { target: "b,e" })).rejects.toThrow(/there is no column "e"; it has a, b, c, d/);
  await expect(readSamples(several, { target: "a,b,c,d" })).rejects.toThrow(/4 columns, all of them targets/);
  const c = await readSamples(file("d.parquet", Buffer.from(files["pyarrow differences"]!, "base64")), { target: "class" });
  expect([c.inputs.rows, c.inputs.columns, Array.from(c.targets.values.subarray(0, 4))]).toEqual([60, 2, [0, 1, 2, 0]]);
  await expect(readSamples(file("m.parquet", Buffer.from(files["pandas"]!, "base64")))).rejects.toThrow(
    /m\.parquet: row \d+, column "missing" is empty or NaN/,
  );
});
