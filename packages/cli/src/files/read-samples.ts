import { createHash } from "node:crypto";
import { basename } from "node:path";
import { LONGEST, readBytes, unpack } from "./bytes.js";
import { holdsOneArray, parseSamples, type DataFile, type Samples, type SamplesOptions } from "./parse-samples.js";

/**
 * Reads samples and targets from one file, or from two: see `parseSamples`. For .npy and IDX files `target` is the path of the second one.
 *
 * *Returns*: two tables with a row a sample. Rejects with a UserError that names the file and the place in it.
 */
export async function readSamples(path: string, options: SamplesOptions = {}): Promise<Samples> {
  const longest = options.longest ?? LONGEST;
  const file = await contentOf(path, longest);
  const { target, ...others } = options;
  return holdsOneArray(path) && target !== undefined
    ? parseSamples(file, others, await contentOf(target, longest))
    : parseSamples(file, options);
}

async function contentOf(path: string, longest: number): Promise<DataFile> {
  const packed = await readBytes(path, path, longest);
  const sha256 = createHash("sha256").update(packed).digest("hex");
  const name = basename(path);
  return { name, bytes: /\.gz$/i.test(path) ? unpack(packed, name, longest) : packed, sha256 };
}
