import { quoted } from "./quoted.js";
import { eachField, type Stretch } from "./wire.js";

/** The bytes of a file that stands beside a model, by its name; undefined: there is none. */
export type FileBeside = (name: string) => Uint8Array | undefined;

/** Files beside a model, with how many bytes of each its tensors took: no more than there are, so that a small file fills no memory. */
export interface FilesBeside {
  readonly read: FileBeside;
  readonly taken: Map<string, number>;
}

/** One entry, a key with its value, of where a tensor's numbers are kept (StringStringEntryProto). */
export function readEntry(stretch: Stretch, what: string, into: Map<string, string>): void {
  let [key, value] = ["", ""];
  eachField(stretch, what, (field) => {
    if (field.number === 1) key = field.text();
    else if (field.number === 2) value = field.text();
  });
  into.set(key, value);
}

/** The bytes of a tensor in a file of the model's folder. Only plain names are looked for: a model from a stranger reaches no other folder. */
export function fileStretch(
  place: ReadonlyMap<string, string>,
  bytes: number,
  label: string,
  beside: FilesBeside | undefined,
): Uint8Array {
  const file = place.get("location") ?? "";
  if (!/^[\w][\w .+-]*$/.test(file))
    throw new RangeError(
      `${label} keeps its numbers in ${quoted(file)}; allowed: the plain name of a file beside the model, of letters, digits, spaces, and . _ + -`,
    );
  const all = beside?.read(file);
  if (!beside || !all)
    throw new RangeError(
      `${label} keeps its numbers in ${quoted(file)}, ${beside ? "which is not there: keep it in the model's folder (in a page, choose both files), or" : "which is not read here:"} save the model with its weights inside (PyTorch: torch.onnx.export(…, external_data=False))`,
    );
  const offset = Number(place.get("offset") ?? 0);
  const length = Number(place.get("length") ?? all.length - offset);
  if (
    !(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= all.length)
  )
    throw new RangeError(
      `${label} is said to stand at bytes ${quoted(place.get("offset") ?? "0")} and ${quoted(place.get("length") ?? "all")} on of ${quoted(file)}, which has ${all.length}`,
    );
  if (length !== bytes) throw new RangeError(`${label} needs ${bytes} bytes; ${quoted(file)} is said to hold ${length} of it`);
  const taken = (beside.taken.get(file) ?? 0) + length;
  if (taken > all.length)
    throw new RangeError(`${label} shares its part of ${quoted(file)} with other tensors, which is not read`);
  beside.taken.set(file, taken);
  return all.subarray(offset, offset + length);
}
