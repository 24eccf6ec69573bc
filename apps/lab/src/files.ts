/** Files of the visitor: what they are, and which view they belong to. They are read in this page and sent nowhere. */
import { pack } from "./link.js";
import type { NamedBytes } from "./worker/data-file.js";

/** Most bytes of a file, as on the command line. */
const LONGEST = 1 << 28;

/** What file choosers offer. */
export const DATA = ".csv,.npz,.npy,.parquet,.gz,.idx";
export const MODEL = ".onnx,.safetensors,.json,.data,.bin";
export const ANY = `${MODEL},${DATA},.yaml,.yml`;

export type Kind = "model" | "structure" | "weights" | "data" | "study";

/** What a file is for, by its name. What is not known is taken for data, whose reader says what it expects. */
export function kindOf(name: string): Kind {
  if (/\.(onnx|safetensors)$/i.test(name)) return "model";
  if (/\.json$/i.test(name)) return "structure";
  // What exporters call the files beside a model: net.onnx.data, net.onnx_data, weights.bin, and one a tensor, fc.weight.
  if (/[._](data|bin|weights?|bias)$/i.test(name)) return "weights";
  return /\.ya?ml$/i.test(name) ? "study" : "data";
}

/** A file's bytes. Rejects with the message of the command line when it is too long. */
export async function bytesOf(file: File): Promise<NamedBytes> {
  if (file.size > LONGEST) throw new Error(`${file.name}: ${file.size} bytes; at most ${LONGEST} are read`);
  try {
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch (error) {
    throw new Error(`${file.name}: cannot be read (${(error as Error).name})`, { cause: error });
  }
}

/** The view that is open may take files itself; it says whether it did. */
type Taker = (files: readonly File[]) => boolean;

let taker: Taker | undefined;
let waiting: readonly File[] = [];

/** Registers the open view as the first to be asked. *Returns*: what takes it back. */
export function offer(take: Taker): () => void {
  taker = take;
  return () => {
    if (taker === take) taker = undefined;
  };
}

/** What was dropped for the view that opens now; once. */
export function handedOver(): readonly File[] {
  const files = waiting;
  waiting = [];
  return files;
}

/** Opens a view with files, also where it is the open one. */
export function openWith(hash: string, files: readonly File[]): void {
  waiting = files;
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}

/** Files that were dropped or chosen: a model is inspected, a study is opened, and data alone are trained on. */
export async function receive(files: readonly File[]): Promise<void> {
  if (files.length === 0 || taker?.(files)) return;
  const of = (kind: Kind) => files.filter((f) => kindOf(f.name) === kind);
  if (of("model").length + of("weights").length > 0) return openWith("#/inspect", files);
  // A study can be JSON as well.
  const [study] = [...of("study"), ...of("structure")];
  if (study && study.size < 1 << 20) {
    return openWith(`#/study/${await pack(await study.text())}`, []);
  }
  openWith("#/study", files);
}
