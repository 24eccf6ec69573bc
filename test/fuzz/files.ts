/** Files as their writers leave them, which the fuzz damages. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pack, parseStudy, runStudy, type Memory, type Table } from "#dynamics";
import { pack as packLink } from "../../apps/lab/src/link.js";
import { version } from "../../packages/cli/src/package-root.js";
import { parseManifest } from "../../packages/cli/src/files/manifest.js";
import { cellText, type CellRecord } from "../../packages/cli/src/sweep/cell.js";
import { npy } from "../../packages/cli/src/files/npz.js";

export const root = join(import.meta.dirname, "../..");
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const onnx = (name: string): Uint8Array => new Uint8Array(readFileSync(join(root, "test/fixtures/onnx", `${name}.onnx`)));
export const example = (name: string): Uint8Array => new Uint8Array(readFileSync(join(root, "examples", name)));

/** A header by hand, so that halves are read as well. */
export function halves(): Uint8Array {
  const header = bytesOf('{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"__metadata__":{"k":"v"}}');
  return Uint8Array.from([header.length, 0, 0, 0, 0, 0, 0, 0, ...header, 0, 60, 0, 193]);
}

export const samples = npy({ shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) });

export const columns = ((): Uint8Array => {
  const header = bytesOf("{'descr': '|u1', 'fortran_order': True, 'shape': (4, 10), }\n");
  return Uint8Array.from([0x93, ...bytesOf("NUMPY"), 2, 0, header.length, 0, 0, 0, ...header, ...new Uint8Array(40)]);
})();

export const idx = [
  Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 24, ...new Uint8Array(24)]),
  Uint8Array.from([0, 0, 14, 2, 0, 0, 0, 1, 0, 0, 0, 1, ...new Uint8Array(8)]),
];

export const csv = ["a,b,class\n1,-2.5,0\n.5,+1e-3,1\n7.,1E3,2\n", '\uFEFF"a" , b\r\n1, -2.5\r\n\r\n', "1,2\n3,4\n"].map(bytesOf);

export const edges = ["source,target\n0,1\n1,2\n2,0\n", "Source,Target,weight\n0,3,2.5\n3,1,-1e-3\n"].map(bytesOf);

export const parquet = ((): Uint8Array[] => {
  const text = readFileSync(join(root, "test/fixtures/parquet/tables.json"), "utf8");
  const { files } = JSON.parse(text) as { files: Record<string, string> };
  return Object.keys(files)
    .filter((name) => name.startsWith("small"))
    .map((name) => new Uint8Array(Buffer.from(files[name]!, "base64")));
})();

export const memory = pack({
  memory: { state: Float64Array.of(1, NaN, -0), step: 3, last: -Infinity, rows: [[1, 2], null, "x"] },
  progress: { done: 3, total: 10, unit: "step" },
});

export const manifest = bytesOf(
  JSON.stringify({
    format: "separatrix-run/1",
    title: "t",
    status: "ok",
    seed: 0,
    study: { title: "t", seed: 0, system: { kind: "training" }, questions: [{ type: "sharpness" }] },
    versions: { separatrix: "0" },
    inputs: [{ name: "a.csv", sha256: "0", rows: 1, columns: 2 }],
    steps: { planned: 1, done: 1, unit: "step" },
    network: { name: "mlp 1-1", parameters: 2, layout: [{ name: "W1", shape: [1, 1], offset: 0 }] },
    verdict: ["x"],
    facts: { regime: "stable", ratio: 1, none: null },
    answers: [{ name: "a", label: "a", value: null, error: 1, unit: "1", status: "ok", method: "m", sources: ["s"], cost: {} }],
    series: [{ name: "step", unit: "step", description: "d" }],
    arrays: { parameters: { shape: [2], dtype: "f64" } },
    command: "npx separatrix run a.yaml",
    digests: { "series.parquet": "0", "arrays.npz": "0" },
  }),
);

export const clock = bytesOf(
  '{"started":"2026-01-01T00:00:00.000Z","finished":"2026-01-01T00:00:01.000Z","threads":2,"total":1,"questions":{"a":0.5}}',
);

export const ticket = bytesOf(
  JSON.stringify({
    format: "separatrix-unfinished/1",
    kind: "run",
    key: "0",
    title: "t",
    version: "0",
    file: "/a.yaml",
    shown: "a.yaml",
    text: "system: {}",
    flags: { seed: 1, steps: 2, threads: 3 },
    command: "npx separatrix run a.yaml",
    owner: { host: "h", pid: 1, born: "2" },
  }),
);

const { command: _command, digests: _digests, ...found } = parseManifest(manifest);

export const cell: CellRecord = {
  format: "separatrix-cell/2",
  cell: "0".repeat(64),
  manifest: { ...found, facts: { low: -Infinity, word: "x", none: null } },
  reads: [{ reference: { path: "a.csv", header: true }, sha256: "1".repeat(64) }],
  digests: { "series.parquet": "2".repeat(64), "arrays.npz": "3".repeat(64) },
};

/** All of a cell but its digest, which `resealed` puts in front. */
export const unsealed = bytesOf(`{${cellText(cell).slice(79)}`);

export const json = bytesOf(
  JSON.stringify({
    seed: 1,
    system: {
      kind: "training",
      architecture: { widths: [2, 3, 1] },
      data: { source: "inline", inputs: [[1, 2]], targets: [[3]] },
      optimizer: { learningRate: 0.1 },
      steps: 10,
    },
    questions: [{ type: "sharpness", every: 5 }],
  }),
);

/** A study that runs in a moment, all that it carries after a few steps, and what became of it in the end. */
export const trained = parseStudy(textOf(json).replace('"every":5}]', '"every":5},{"type":"lyapunov","interval":1}]')).study;

export const options = { version: version(), read: (): Promise<Table> => Promise.reject(new Error("it reads no file")) };

export const carried = await new Promise<Memory>((save, fail) => {
  let turns = 0;
  const checkpoints = { due: () => ++turns === 5, save };
  runStudy(trained, { ...options, checkpoints }).catch(fail);
});

export const job = bytesOf(JSON.stringify({ version: version(), study: JSON.stringify(trained), folder: "/", every: 20 }));

export const link = bytesOf(await packLink("system: { kind: training }\nquestions: []\n"));
