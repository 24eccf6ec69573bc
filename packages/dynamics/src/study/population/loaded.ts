import { inside } from "../supervised.js";
import type { InputFile, ReadTable } from "../table.js";
import { loadedGraph, type LoadedGraph } from "./graph-file.js";
import { nodeValues, type NodeFileSpec } from "./node-file.js";
import type { PopulationSpec } from "./system.js";

/** What a study of a population has in files. */
export interface Loaded {
  /** Networks, by their places among the study's graphs. */
  readonly graphs: ReadonlyMap<number, LoadedGraph>;
  readonly frequencies?: Float64Array;
  readonly phases?: Float64Array;
  readonly files: readonly InputFile[];
}

export const NOTHING: Loaded = { graphs: new Map(), files: [] };

/** Reads all files that a study of a population names. */
export async function loadFiles({ graphs, units, frequencies, phases }: PopulationSpec, read: ReadTable): Promise<Loaded> {
  const networks = new Map<number, LoadedGraph>();
  const files: InputFile[] = [];
  for (const [i, spec] of graphs.entries()) {
    if (spec.type !== "file") continue;
    const network = await inside(["system", "graphs", i], () => loadedGraph(spec, units, read));
    networks.set(i, network);
    files.push(network.file);
  }
  const numbers = async (path: readonly string[], spec: NodeFileSpec | undefined): Promise<Float64Array | undefined> => {
    if (!spec) return undefined;
    const { values, file } = await inside(path, () => nodeValues(spec, units, read));
    files.push(file);
    return values;
  };
  const omega = await numbers(["system", "frequencies", "file"], frequencies.file);
  const start = await numbers(["system", "phases"], phases);
  return { graphs: networks, files, ...(omega ? { frequencies: omega } : {}), ...(start ? { phases: start } : {}) };
}
