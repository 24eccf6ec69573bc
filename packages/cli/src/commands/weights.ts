import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { nearest, writeSafetensors, type ArchitectureFile, type NamedArray } from "#dynamics";
import { UserError } from "../exit.js";
import { npz } from "../files/npz.js";
import { prepare, readRun, type StoredRun } from "../files/run-folder.js";

export interface WeightsFlags {
  /** Which array of the run: the parameters at its end, or at its start. */
  readonly array: string;
  /** Rounds to float32, in a safetensors file. */
  readonly f32?: boolean;
}

const KINDS = /\.(safetensors|npz)$/i;

/**
 * Writes the weights of a run by name, as a safetensors file or an NPZ archive; for a plain multilayer perceptron also the description that
 * `inspect --structure` takes. Returns the paths of the files.
 */
export async function weights(folder: string, file: string, { array, f32 = false }: WeightsFlags): Promise<string[]> {
  const kind = KINDS.exec(file)?.[1]?.toLowerCase();
  if (!kind) throw new UserError(`${file}: expected a name that ends in .safetensors or .npz`);
  if (kind === "npz" && f32) throw new UserError(`${file}: --f32 is for .safetensors; arrays of an .npz are float64`);
  const run = await readRun(folder);
  const parts = partsOf(run, folder, array);
  await prepare(dirname(file));
  const write = async (path: string, data: string | Uint8Array): Promise<string> => {
    await writeFile(path, data).catch((error: unknown) => {
      throw new UserError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    });
    return path;
  };
  if (kind === "npz") return [await write(file, npz(Object.fromEntries(parts)))];
  const written = [await write(file, writeSafetensors(parts, f32 ? "F32" : "F64"))];
  const structure = structureOf(run, parts);
  if (structure) written.push(await write(file.replace(KINDS, ".json"), `${JSON.stringify(structure, null, 2)}\n`));
  return written;
}

/** The parts of a flat array of parameters, as the manifest lays them out. */
function partsOf({ manifest, arrays }: StoredRun, folder: string, name: string): Map<string, NamedArray> {
  const { layout, parameters } = manifest.network;
  const known = Object.keys(arrays).filter((n) => arrays[n]!.shape.length === 1 && arrays[n]!.shape[0] === parameters);
  if (layout.length === 0 || !known.includes(name)) {
    const near = nearest(name, known);
    throw new UserError(
      layout.length === 0 || known.length === 0
        ? `${folder}: this run holds no weights; runs of  kind: training  do`
        : `${folder}: there are no weights ${JSON.stringify(name)}${near ? `; did you mean ${near}?` : ""}; expected ${known.join(", ")}`,
    );
  }
  // Running statistics stand behind the parameters; what they were at the start is not kept.
  const behind = name === "parameters" ? (arrays["running_statistics"]?.data ?? []) : [];
  const data = Float64Array.from([...Array.from(arrays[name]!.data), ...Array.from(behind)]);
  const whole = (v: unknown): boolean => Number.isSafeInteger(v) && (v as number) >= 0;
  return new Map(
    layout.flatMap((part, i): [string, NamedArray][] => {
      const { name: label, shape, offset } = part;
      if (typeof label !== "string" || !Array.isArray(shape) || !shape.every(whole) || !whole(offset))
        throw new UserError(`${folder}/manifest.json: network.layout[${i}]: expected name, shape and offset`);
      if (name !== "parameters" && offset >= parameters) return [];
      const end = offset + shape.reduce((a: number, b: number) => a * b, 1);
      if (end > data.length)
        throw new UserError(
          `${folder}/manifest.json: network.layout[${i}]: ends at ${end}, and the parameters at ${data.length}`,
        );
      return [[label, { shape, data: data.subarray(offset, end) }]];
    }),
  );
}

/** What `inspect --structure` has to know; undefined for anything but a plain multilayer perceptron. */
function structureOf({ manifest }: StoredRun, parts: ReadonlyMap<string, NamedArray>): ArchitectureFile | undefined {
  const { architecture } = manifest.study.system as { readonly architecture?: Readonly<Record<string, unknown>> };
  const count = [...parts.keys()].filter((n) => n.startsWith("W")).length;
  const layers = Array.from({ length: count }, (_, l) => ({
    weight: `W${l + 1}`,
    bias: parts.has(`b${l + 1}`) ? `b${l + 1}` : null,
  }));
  const names = layers.flatMap(({ weight, bias }) => [weight, bias ?? weight]);
  const plain = names.every((n) => parts.has(n)) && [...parts.keys()].every((n) => names.includes(n));
  if (architecture?.["type"] !== "mlp" || typeof architecture["activation"] !== "string" || count === 0 || !plain)
    return undefined;
  const widths = layers.map(({ weight }) => parts.get(weight)!.shape);
  return {
    widths: [widths[0]![0]!, ...widths.map((shape) => shape[1]!)],
    activation: architecture["activation"],
    order: "inputs-outputs",
    layers,
  };
}
