/** Every reader of files from strangers: what it is given whole, how it refuses, and what it may make of a damaged one. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { decompressZstd } from "hyparquet-compressors";
import {
  graphml,
  loadWeights,
  parseStudy,
  parseSweep,
  readIdx,
  readNpy,
  readNpz,
  readOnnx,
  readParquet,
  readSafetensors,
  onnxProgram,
  runStudy,
  StudyError,
  sweepTable,
  writeSafetensors,
  type Memory,
  type Table,
} from "#dynamics";
import { trace } from "#engine";
import { unpack as unpackLink } from "../../apps/lab/src/link.js";
import { UserError } from "../../packages/cli/src/exit.js";
import { unpack } from "../../packages/cli/src/files/unpack.js";
import { parseCheckpoint } from "../../packages/cli/src/files/checkpoint.js";
import { json as parseJson, parseClock, parseManifest } from "../../packages/cli/src/files/manifest.js";
import { parseTicket } from "../../packages/cli/src/files/unfinished.js";
import { cellHash, cellText, parseCell } from "../../packages/cli/src/sweep/cell.js";
import { parseJob } from "../../packages/cli/src/sweep/queued-cell.js";
import { parseCsv } from "../../packages/cli/src/files/parse-csv.js";
import { hasHeader, parseSamples } from "../../packages/cli/src/files/parse-samples.js";
import { loadedGraph } from "../../packages/dynamics/src/study/population/graph-file.js";
import { Overreach } from "../support/mutations.js";
import { affineFile } from "../support/onnx.js";
import { description, weights } from "../support/weights.js";
import {
  bytesOf,
  carried,
  cell,
  clock,
  columns,
  csv,
  edges,
  example,
  halves,
  idx,
  job,
  json,
  link,
  manifest,
  memory,
  onnx,
  options,
  parquet,
  root,
  samples,
  textOf,
  ticket,
  trained,
  unsealed,
} from "./files.js";

export interface Reader {
  readonly name: string;
  readonly files: readonly Uint8Array[];
  /** Whether an error is the reader's own, with the place in it. */
  readonly refusal: (error: unknown) => boolean;
  /** Reads, and throws an Overreach where more came of it than may. */
  readonly use: (bytes: Uint8Array) => unknown;
  /** Whether its files are JSON, and are damaged by values as well as by bytes. */
  readonly json?: boolean;
  /** Damaged files in the tests, by what one costs; FUZZ_CASES gives all readers as many. */
  readonly few: number;
}

/** Messages of the readers in the library begin with the format. */
const named =
  (format: RegExp) =>
  (error: unknown): boolean =>
    error instanceof RangeError && format.test(error.message);
const users =
  (place: RegExp) =>
  (error: unknown): boolean =>
    error instanceof UserError && place.test(error.message);
const studies =
  (place: RegExp) =>
  (error: unknown): boolean =>
    error instanceof StudyError && place.test(error.message);

/** What is announced is never believed: the numbers held are no more than this. */
function atMost(most: number, numbers: number): void {
  if (numbers > most) throw new Overreach(`${numbers} numbers; at most ${most} may be held`);
}

function unpolluted(): void {
  if (Object.keys(Object.prototype).length > 0) throw new Overreach("a file reached into every object");
}

/** Follows a model to the end, with free axes of length 2 and little room. */
function follow(bytes: Uint8Array): void {
  const model = readOnnx(bytes);
  atMost(
    bytes.length,
    model.initializers.reduce((n, t) => n + t.data.length, 0),
  );
  const program = onnxProgram(model, { most: 4096 });
  const inputs = program.inputs.map(({ shape }) => (shape ?? [2, 2]).map((d) => (typeof d === "number" ? Math.min(d, 50) : 2)));
  trace(
    (theta, ...x) => program.apply(theta!, ...x),
    [program.size, ...inputs].map((s) => ({ dtype: "f64", shape: typeof s === "number" ? [s] : s })),
  );
}

const zstd = (packed: Uint8Array, size: number): Uint8Array => decompressZstd(packed, new Uint8Array(size));
const sealed = (body: Uint8Array): Uint8Array => Buffer.concat([createHash("sha256").update(body).digest(), body]);
function resealed(text: string): string {
  const rest = text.slice(1);
  return `{ "sha256": "${createHash("sha256").update(rest).digest("hex")}",${rest}`;
}
/** A checkpoint that is not whole is as good as none: its run begins anew. */
class NotThere extends Error {}
function whole(read: unknown): void {
  if (read === undefined) throw new NotThere();
}
const plain = (error: unknown): boolean => error instanceof Error && error.constructor === Error;
const revived = (m: unknown): Memory => {
  if (m === null || typeof m !== "object") return m as Memory;
  if (Array.isArray(m)) return m.map(revived);
  const { f64 } = m as { readonly f64?: unknown };
  if (Array.isArray(f64)) return Float64Array.from(f64, (x) => (typeof x === "number" ? x : NaN));
  return Object.fromEntries(Object.entries(m).map(([name, value]) => [name, revived(value)]));
};

export const readers: readonly Reader[] = [
  {
    name: "ONNX",
    files: [
      affineFile(),
      ...[
        "mlp",
        "gru",
        "scikit-regressor",
        "scikit-logistic",
        "scikit-binary",
        "transformer",
        "cnn",
        "torch-upsample-script17",
        "keras-tf-gru",
      ].map(onnx),
    ],
    refusal: named(/^onnx/),
    use: follow,
    few: 3000,
  },
  {
    name: "safetensors",
    files: [writeSafetensors(weights), writeSafetensors(weights, "F32"), halves()],
    refusal: named(/^safetensors/),
    use(bytes) {
      atMost(
        bytes.length / 2,
        [...readSafetensors(bytes).values()].reduce((n, t) => n + t.data.length, 0),
      );
      unpolluted();
    },
    few: 5000,
  },
  {
    name: "architecture file",
    files: [
      bytesOf(JSON.stringify({ ...description, order: "outputs-inputs" })),
      bytesOf(JSON.stringify({ ...description, order: "outputs-inputs", activation: "tanh" })),
    ],
    // A name of an activation is looked up in its catalogue, which says what it has.
    refusal: named(/^(architecture|activation)/),
    use(bytes) {
      atMost(13, loadWeights(textOf(bytes), weights).theta.length);
      unpolluted();
    },
    few: 3000,
  },
  {
    name: "NPY",
    files: [samples, columns],
    refusal: named(/^npy/),
    use: (b) => atMost(b.length, readNpy(b).data.length),
    few: 5000,
  },
  {
    name: "NPZ",
    files: [zipSync({ "x.npy": samples }, { level: 0 }), zipSync({ "x.npy": samples, "y.npy": samples })],
    refusal: named(/^(npz|npy|zip)/),
    use: (b) =>
      atMost(
        4096,
        [...readNpz(b, 4096).values()].reduce((n, a) => n + a.data.length, 0),
      ),
    few: 3000,
  },
  { name: "IDX", files: idx, refusal: named(/^idx/), use: (b) => atMost(b.length, readIdx(b).data.length), few: 5000 },
  {
    name: "IDX.gz",
    files: idx.map((b) => gzipSync(b)),
    refusal: (e) => users(/^f\.idx\.gz:\d+: /)(e) || named(/^idx/)(e),
    use: (b) => atMost(4096, readIdx(unpack(b, "f.idx.gz", 4096)).data.length),
    few: 1000,
  },
  {
    name: "gzip",
    files: [...[...idx, ...csv].map((b) => gzipSync(b)), Buffer.concat(csv.map((b) => gzipSync(b)))],
    refusal: users(/^f\.gz:\d+: /),
    use: (b) => atMost(4096, unpack(b, "f.gz", 4096).length),
    few: 500,
  },
  {
    name: "CSV",
    files: csv,
    refusal: users(/^f\.csv:\d+: /),
    use(bytes) {
      atMost(bytes.length, parseCsv(textOf(bytes), "f.csv", hasHeader(bytes)).values.length);
    },
    few: 5000,
  },
  {
    name: "samples of a table",
    files: csv,
    refusal: users(/^f\.csv:/),
    async use(bytes) {
      const { inputs, targets } = await parseSamples({ name: "f.csv", bytes, sha256: "" });
      atMost(bytes.length, inputs.values.length + targets.values.length);
    },
    few: 2000,
  },
  {
    name: "Parquet",
    files: parquet,
    refusal: named(/^parquet/),
    use: (b) => atMost(8192, readParquet(b, { codecs: { zstd }, most: 65_536 }).values.length),
    few: 3000,
  },
  {
    name: "edge list",
    files: edges,
    refusal: (e) => users(/^net\.csv:\d+: /)(e) || studies(/^path: /)(e),
    async use(bytes) {
      const table = (): Promise<Table> =>
        Promise.resolve().then(() => ({ ...parseCsv(textOf(bytes), "net.csv", true), sha256: "" }));
      const loaded = await loadedGraph({ type: "file", path: "net.csv", first: 0, symmetric: true }, 6, table);
      const { columns } = "graph" in loaded ? loaded.graph.edges(6, 0) : loaded.network;
      atMost(36, columns.length);
    },
    few: 2000,
  },
  {
    name: "GraphML",
    files: ["friends", "path", "roads"].map(
      (name) => new Uint8Array(readFileSync(join(root, "test/fixtures/graphml", `${name}.graphml`))),
    ),
    refusal: named(/^graphml(:\d+:\d+)?: /),
    use(bytes) {
      const { nodes, weights: read } = graphml(textOf(bytes));
      atMost(bytes.length, nodes + read.length);
      if (!(nodes > 0) || !read.every(Number.isFinite))
        throw new Overreach("a graph without nodes, or a weight that is no number");
    },
    few: 3000,
  },
  {
    name: "study",
    files: [json, example("moons.yaml"), example("basins-newton.yaml"), example("karate-club.yaml")],
    refusal: studies(/^study:\d+:\d+ /),
    use(bytes) {
      parseStudy(textOf(bytes));
      unpolluted();
    },
    few: 400,
  },
  {
    name: "sweep",
    files: [bytesOf(`{"study":${textOf(json)},"axes":[{"path":"seed","from":0,"to":3},{"path":"system.steps","values":[5,6]}]}`)],
    refusal: studies(/^sweep:\d+:\d+ /),
    use(bytes) {
      atMost(100_000, parseSweep(textOf(bytes)).cells.length);
      unpolluted();
    },
    few: 200,
  },
  {
    name: "checkpoint",
    files: [sealed(memory)],
    refusal: (e) => e instanceof NotThere,
    use: (b) => whole(parseCheckpoint(b)),
    few: 2000,
  },
  {
    name: "checkpoint with a digest of its own",
    files: [memory],
    refusal: (e) => e instanceof NotThere,
    use(bytes) {
      whole(parseCheckpoint(sealed(bytes)));
      unpolluted();
    },
    few: 2000,
  },
  {
    name: "memory that a training takes up",
    files: [bytesOf(JSON.stringify(carried, (_, v: unknown) => (v instanceof Float64Array ? { f64: [...v] } : v)))],
    refusal: (e) => plain(e) || studies(/^the checkpoint is whole, but that of another run|^system\.data: the data are not/)(e),
    async use(bytes) {
      const from = revived(parseJson(bytes));
      const { manifest: end, series } = await runStudy(trained, {
        ...options,
        checkpoints: { from, due: () => false, save: () => undefined },
      });
      if (end.steps.done > 10 || series[0]!.values.length > 1000) throw new Overreach("more steps than the study has");
      unpolluted();
    },
    json: true,
    few: 60,
  },
  {
    name: "ticket of an unfinished run",
    files: [ticket],
    refusal: plain,
    use(bytes) {
      parseTicket(bytes);
      unpolluted();
    },
    json: true,
    few: 1000,
  },
  { name: "cell", files: [bytesOf(cellText(cell))], refusal: plain, use: (b) => parseCell(b), json: true, few: 500 },
  {
    name: "cell with a digest of its own",
    files: [unsealed],
    refusal: plain,
    use(bytes) {
      const { manifest: read } = parseCell(resealed(textOf(bytes)));
      sweepTable({ axes: [], cells: [] }, [{ hash: "", manifest: read }]);
      unpolluted();
    },
    json: true,
    few: 1000,
  },
  {
    name: "job of a queue",
    files: [job],
    refusal: users(/^(the queue holds |its worker is separatrix )/),
    use(bytes) {
      let data: unknown;
      try {
        data = JSON.parse(textOf(bytes));
      } catch {
        throw new UserError("the queue holds no JSON");
      }
      parseJob(cellHash(trained), data);
      unpolluted();
    },
    json: true,
    few: 1000,
  },
  {
    name: "manifest",
    files: [manifest],
    refusal: plain,
    use(bytes) {
      parseManifest(bytes);
      unpolluted();
    },
    few: 1000,
  },
  { name: "clock", files: [clock], refusal: plain, use: (b) => parseClock(b), few: 1000 },
  {
    name: "link of the laboratory",
    files: [link],
    refusal: (e) => e instanceof Error,
    use: async (b) => atMost(1 << 20, (await unpackLink(textOf(b))).length),
    few: 300,
  },
];
