import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright";
import { afterAll, describe, expect, it, vi } from "vitest";
import { parseStudy, type TrainingSpec } from "#dynamics";
import { inspectFile, type InspectModelFlags } from "../../packages/cli/src/commands/inspect-model.js";
import { npy, npz } from "../../packages/cli/src/files/npz.js";
import { readRun } from "../../packages/cli/src/files/run-folder.js";
import { bytes, onnxFile, text, whole } from "../support/onnx.js";
import { violations } from "./access.js";
import { laboratory, until } from "./fixture.js";
import { chrome, root } from "./site.js";

const lab = laboratory();
const folder = mkdtempSync(join(tmpdir(), "separatrix-lab-inspect-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
const file = (name: string, content: string | Uint8Array): NamedFile => ({ name, bytes: Buffer.from(content) });
const fixture = (name: string): NamedFile => file(name, readFileSync(join(root, "test/fixtures/onnx", name)));
const array = (shape: number[], data: ArrayLike<number>) => ({ shape, data: Float64Array.from(data) });
const wave = (n: number) => Float64Array.from({ length: n }, (_, i) => ((7 * i) % 11) / 5 - 1);
const classes = (n: number) => Float64Array.from({ length: n }, (_, i) => i % 2);

const model = fixture("torch-mlp-script17.onnx");
const samples = file("val.npz", npz({ x: array([30, 3], wave(90)), y: array([30], classes(30)) }));

/** A row a line, an input and a number to be met; without a name for its columns. */
const amounts = Array.from({ length: 9 }, (_, i) => `${i},${i * i + 0.5}`).join("\n");

/** Chooses files as the visitor does who has only a keyboard. */
async function choose(page: Page, label: string, files: readonly NamedFile[]): Promise<void> {
  // Focused and pressed in one go: a page that has just come sets the focus itself.
  const input = page.getByLabel(label, { exact: true });
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), input.press("Space")]);
  await chooser.setFiles(files.map((f) => ({ name: f.name, mimeType: "", buffer: Buffer.from(f.bytes) })));
}

/** Drops files on the page, as from the desktop. */
async function drop(page: Page, files: readonly NamedFile[]): Promise<void> {
  const data = await page.evaluateHandle(
    (all) => {
      const transfer = new DataTransfer();
      for (const [name, bytes] of all) transfer.items.add(new File([Uint8Array.from(bytes)], name));
      return transfer;
    },
    files.map((f) => [f.name, [...f.bytes]] as const),
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer: data });
  await page.getByText("Nothing leaves this machine.").waitFor();
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

/** The same in Node: what the command writes, or the message that it ends with. */
async function command(files: readonly NamedFile[], flags: Partial<InspectModelFlags>) {
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
  const out = mkdtempSync(join(folder, "runs-"));
  const quiet = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    const { data, target, ...rest } = flags;
    await inspectFile(join(folder, files[0]!.name), {
      seed: 0,
      quiet: true,
      out,
      ...rest,
      ...(data ? { data: join(folder, data) } : {}),
      ...(target === undefined ? {} : { target: files.some((f) => f.name === target) ? join(folder, target) : target }),
    });
  } finally {
    quiet.mockRestore();
  }
  return readRun(join(out, readdirSync(out)[0]!));
}

const finished = (page: Page): Promise<void> => page.getByText("Take it with you").waitFor({ timeout: 90_000 });
const told = (page: Page): Promise<string[]> => page.locator(".verdict p").allTextContents();
async function download(page: Page, name: string): Promise<string> {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return readFileSync(await saved.path(), "latin1");
}

describe.skipIf(!chrome)("inspecting a model in the page", () => {
  it("finds what the command finds, part by part, to the last bit", async () => {
    const { page, complaints } = await lab.open("#/inspect", { colorScheme: "light" });
    await choose(page, "Choose a model", [model]);
    await choose(page, "Choose data", [samples]);
    // Without a budget no clock has a say in what is done.
    await page.getByText("More", { exact: true }).press("Enter");
    const parts = ["structure", "layers", "sharpness", "sgd", "basins"];
    for (const part of parts) await page.getByLabel(new RegExp(`^${part} `)).press("Space");
    await page.evaluate(() => {
      const seen = ((globalThis as unknown as { seen: Set<string> }).seen = new Set<string>());
      new MutationObserver(() => seen.add(document.querySelector(".verdict p:last-child")?.textContent ?? "")).observe(
        document.body,
        {
          subtree: true,
          childList: true,
          characterData: true,
        },
      );
    });
    await page.getByRole("button", { name: "Inspect", exact: true }).focus();
    await page.keyboard.press("Enter");
    await finished(page);
    const node = await command([model, samples], { data: "val.npz", parts });
    expect(await told(page)).toEqual([...node.manifest.verdict]);
    const manifest = JSON.parse(await download(page, "Manifest (JSON)")) as typeof node.manifest &
      Pick<typeof node, "digests" | "command">;
    expect(manifest.digests).toEqual(node.digests);
    expect(manifest.answers).toEqual(JSON.parse(JSON.stringify(node.manifest.answers)));
    expect(manifest.study).toEqual(node.manifest.study);
    expect(manifest.command).toBe(`npx separatrix inspect ${model.name} --data val.npz --parts ${parts.join(",")}`);
    // After each part but the last one there was something to read.
    const seen = await page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen]);
    expect(seen.filter((s) => s.startsWith("Still to come: ")).length).toBeGreaterThan(2);
    expect(await page.locator(".plan tbody tr").allTextContents()).toHaveLength(10);
    const report = await download(page, "Full report (HTML)");
    for (const text of ["<!doctype html>", "What it took", node.digests["arrays.npz"]!]) expect(report).toContain(text);
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(50);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
    await page.close();
  }, 180_000);

  it("tells without data what the file alone tells", async () => {
    const alone = fixture("scikit-classifier.onnx");
    const { page, complaints } = await lab.open("");
    await drop(page, [alone]);
    await page.getByRole("button", { name: "Inspect", exact: true }).click();
    await finished(page);
    const node = await command([alone], {});
    expect(await told(page)).toEqual([...node.manifest.verdict]);
    expect(await page.locator("[data-digest]").allTextContents()).toEqual(Object.values(node.digests));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("reads weights from the file beside a model, dropped with it or after it, and misses them by name", async () => {
    const kept = (name: string, shape: number[], offset: number, length: number) =>
      bytes(5, [
        ...shape.flatMap((d) => whole(1, d)),
        ...whole(2, 1),
        ...text(8, name),
        ...[
          ["location", "net.onnx.data"],
          ["offset", String(offset)],
          ["length", String(length)],
        ].flatMap(([key, value]) => bytes(13, [...text(1, key!), ...text(2, value!)])),
        ...whole(14, 1),
      ]);
    const net = onnxFile({
      nodes: [{ op: "Gemm", inputs: ["x", "W", "b"], outputs: ["y"] }],
      inputs: { x: ["n", 3] },
      outputs: ["y"],
      graph: [...kept("W", [3, 2], 0, 24), ...kept("b", [2], 24, 8)],
    });
    const files = [
      file("net.onnx", net),
      file("net.onnx.data", new Uint8Array(Float32Array.of(1, 2, 3, -1, 0.5, 4, 0.25, -2).buffer)),
    ] as const;
    const node = await command(files, {});
    const { page, complaints } = await lab.open("");
    await drop(page, [files[0]]);
    const inspect = page.getByRole("button", { name: "Inspect", exact: true });
    await inspect.click();
    await until(() => page.getByRole("alert").allTextContents()).toEqual([
      expect.stringContaining('tensor "W" keeps its numbers in "net.onnx.data", which is not there'),
    ]);
    await drop(page, [files[1]]);
    await inspect.click();
    await finished(page);
    expect(await told(page)).toEqual([...node.manifest.verdict]);
    expect(JSON.parse(await download(page, "Manifest (JSON)"))).toMatchObject({
      digests: node.digests,
      study: node.manifest.study,
    });
    await page.getByRole("button", { name: "Remove net.onnx.data" }).click();
    await page.getByText("The results below are those of before your change.").waitFor();
    await page.close();
    // The other order, and both at once.
    const again = await lab.open("");
    await drop(again.page, [files[1]]);
    await again.page.getByText("These are weights of a model").waitFor();
    await again.page.getByRole("button", { name: "Remove net.onnx.data" }).click();
    await drop(again.page, [files[1], files[0]]);
    await again.page.getByRole("button", { name: "Inspect", exact: true }).click();
    await finished(again.page);
    expect(await told(again.page)).toEqual([...node.manifest.verdict]);
    expect([...complaints, ...again.complaints]).toEqual([]);
    await again.page.close();
  }, 60_000);

  it("tries a sample at one click, stops when told to, and keeps what is known by then", async () => {
    const { page, complaints } = await lab.open("");
    await page.getByRole("link", { name: "Try it on a sample" }).click();
    await page.getByText(/^Still to come: /).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await finished(page);
    const sentences = await told(page);
    expect(sentences[0]).toMatch(/^The inspection was STOPPED/);
    expect(sentences[1]).toBe("The model is mlp 64-32-32-10 tanh: 64 inputs, 10 outputs, 3,466 parameters, 3 layers.");
    expect(sentences.at(-1)).toMatch(/^Left out: .*\(stopped\)\.$/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  const data = { x: array([4, 3], wave(12)), y: array([4], classes(4)) };
  const good = file("good.npz", npz(data));
  const rows = gzipSync("1,2,3,0\n4,5,6,1\n".repeat(3000));
  // A copy: `slice` of a Buffer is a view.
  const broken = Buffer.from(rows);
  broken[broken.length - 5]! ^= 1;
  const hostile: readonly (readonly [string, readonly NamedFile[], Partial<InspectModelFlags>])[] = [
    ["no model", [file("m.onnx", "hello"), good], { data: "good.npz" }],
    ["a model cut off", [file("cut.onnx", model.bytes.subarray(0, 500)), good], { data: "good.npz" }],
    [
      "an operator that is not there",
      [
        file(
          "lens.onnx",
          onnxFile({
            nodes: [{ op: "Fresnel", name: "lens", inputs: ["x"], outputs: ["y"] }],
            inputs: { x: ["n", 3] },
            outputs: ["y"],
          }),
        ),
        good,
      ],
      { data: "good.npz" },
    ],
    ["another width", [model, file("w.npz", npz({ ...data, x: array([4, 2], wave(8)) }))], { data: "w.npz" }],
    ["a label out of range", [model, file("l.npz", npz({ ...data, y: array([4], [0, 1, 7, 0]) }))], { data: "l.npz" }],
    ["an archive cut off", [model, file("c.npz", good.bytes.subarray(0, 300))], { data: "c.npz" }],
    ["a ragged table", [model, file("r.csv", "a,b,c,d\n1,2,3,0\n4,5,1\n")], { data: "r.csv" }],
    ["packed data cut off", [model, file("cut.csv.gz", rows.subarray(0, rows.length - 4))], { data: "cut.csv.gz" }],
    [
      "packed data of two members, the second cut off",
      [model, file("two.csv.gz", Buffer.concat([rows, rows.subarray(0, rows.length - 4)]))],
      { data: "two.csv.gz" },
    ],
    [
      "a first member with a wrong checksum",
      [model, file("first.csv.gz", Buffer.concat([broken, rows]))],
      { data: "first.csv.gz" },
    ],
    [
      "a second member with a wrong checksum",
      [model, file("second.csv.gz", Buffer.concat([rows, broken]))],
      { data: "second.csv.gz" },
    ],
    ["a wrong checksum", [model, file("sum.csv.gz", broken)], { data: "sum.csv.gz" }],
    ["one array", [model, file("x.npy", npy(data.x))], { data: "x.npy" }],
  ];
  it("refuses what the command refuses, in the same words", async () => {
    const { page, complaints } = await lab.open("#/inspect");
    await page.locator("h1").waitFor();
    for (const [what, files, flags] of hostile) {
      const message = await command(files, flags).then(
        () => "",
        (error: Error) => error.message,
      );
      expect(message, what).not.toBe("");
      await drop(page, files);
      await page.getByRole("button", { name: "Inspect", exact: true }).click();
      await until(() => page.getByRole("alert").allTextContents()).toEqual([message]);
    }
    // And then what is whole is read as ever.
    await drop(page, [fixture("scikit-classifier.onnx")]);
    await page.getByRole("button", { name: "Remove x.npy" }).click();
    await page.getByRole("button", { name: "Inspect", exact: true }).click();
    await finished(page);
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  }, 180_000);
});

describe.skipIf(!chrome)("files dropped anywhere", () => {
  const yaml = async (page: Page): Promise<string> => {
    await page.getByRole("tab", { name: "YAML" }).click();
    return page.getByRole("textbox", { name: "The study as YAML" }).inputValue();
  };
  const iris = `"length",width,"my class"\n${Array.from({ length: 40 }, (_, i) => `${i % 7},${(3 * i) % 11},${i % 3}`).join("\n")}`;

  it.each<[string, string, readonly NamedFile[], RegExp, object]>([
    [
      "a table with classes, on the gallery",
      "",
      [file("iris data.csv", iris)],
      /# The target is the last column, number 2 of 0 to 2 \("my class"\)/,
      {
        data: { source: "csv", path: "iris data.csv", label: "my class", split: { train: 32, test: 8 } },
        architecture: { widths: [2, 16, 16, 3] },
      },
    ],
    [
      "a table of amounts packed in three members, one of them empty and one beginning within a number, on the inspection that has no model",
      "#/inspect",
      [file("plain.csv.gz", Buffer.concat([amounts.slice(0, 22), "", amounts.slice(22)].map((part) => gzipSync(part))))],
      /taken for a number to be met \(targets\)/,
      {
        data: { source: "csv", header: false, targets: [1], split: { train: 9, test: 0 } },
        architecture: { widths: [1, 16, 16, 1] },
      },
    ],
    [
      "an archive of arrays, on a bench",
      "#/neurons",
      [samples],
      /The inputs are val\.npz#x, 3 numbers a sample; the targets are val\.npz#y/,
      { data: { source: "arrays", inputs: { path: "val.npz", array: "x" }, label: { path: "val.npz", array: "y" } } },
    ],
    [
      "two arrays, on a study of something else",
      "#/study",
      [file("t.npy", npy(array([12], wave(12)))), file("x.npy", npy(array([12, 5], wave(60))))],
      /The inputs are x\.npy, 5 numbers a sample; the targets are t\.npy/,
      { data: { source: "arrays", inputs: "x.npy", targets: "t.npy" }, architecture: { widths: [5, 16, 16, 1] } },
    ],
  ])("%s: a study that trains on it, with the targets explained", async (_, hash, files, about, system) => {
    const { page, complaints } = await lab.open(hash);
    await page.locator("h1").waitFor();
    await drop(page, files);
    await page.getByText("Chosen: ").waitFor();
    await page.locator("button:text-is('Run'):enabled").click();
    await finished(page);
    const text = await yaml(page);
    expect(text).toMatch(about);
    expect(parseStudy(text).study.system as unknown as TrainingSpec).toMatchObject(system);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("what is broken says so, a study opens, and a file named in the study joins it", async () => {
    const { page, complaints } = await lab.open("");
    await page.locator("h1").waitFor();
    await drop(page, [file("one.npy", npy(array([3, 2], wave(6))))]);
    await page.getByText("one.npy: it holds one array; a study needs inputs and targets").waitFor();
    await drop(page, [file("ragged.csv", "1,2\n3\n")]);
    await page.getByText("ragged.csv:2: 1 value here, 2 in the first line").waitFor();
    const study = `# mine
system:
  kind: training
  architecture: { widths: [1, 4, 1] }
  data: { source: csv, path: square.csv, targets: [1] }
  optimizer: { learningRate: 0.1 }
  steps: 10
questions: [{ type: sharpness, every: 5 }]
`;
    await drop(page, [file("mine.yaml", study)]);
    await page.getByLabel("Data files").waitFor();
    await until(() => yaml(page)).toBe(study);
    await drop(page, [file("square.csv", "0,0\n0.5,0.25\n1,1\n")]);
    await page.getByText("Chosen: square.csv").waitFor();
    await page.locator("button:text-is('Run'):enabled").click();
    await finished(page);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
