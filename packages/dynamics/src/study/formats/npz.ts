import { readNpy, type FileArray } from "./npy.js";
import { unzip } from "./zip.js";

/**
 * Reads the arrays of an NPZ archive, as `numpy.savez` and `numpy.savez_compressed` write it.
 *
 * *Arguments*: `bytes`: the file; `most`: most bytes of all arrays together when unpacked, default 2^28.
 * *Returns*: the arrays by name, as `readNpy` gives them.
 * *Error*: throws a RangeError when the archive or an array is corrupt, or unpacks to more than `most` or than it announces.
 * *Cost*: one pass. *Source*: NumPy, "numpy.savez".
 * *Example*: `readNpz(new Uint8Array(30)) // throws zip: this is no ZIP archive, or it is cut off`
 */
export function readNpz(bytes: Uint8Array, most = 2 ** 28): Map<string, FileArray> {
  const arrays = new Map<string, FileArray>();
  for (const [name, file] of unzip(bytes, most)) {
    const short = name.replace(/\.npy$/, "");
    if (arrays.has(short))
      throw new RangeError(`npz: the array ${JSON.stringify(short.slice(0, 60))} stands twice in the archive`);
    arrays.set(short, readNpy(file));
  }
  return arrays;
}
