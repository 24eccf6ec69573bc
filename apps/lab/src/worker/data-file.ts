import type { DataFile } from "#report";
import { LONGEST, unpack } from "#report";
import { sha256 } from "../parts/sha256.js";

/** A file as a page has it: its bytes as they lie, packed or not. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file as the readers take it: what is called .gz is unpacked, within bounds. */
export const dataFile = ({ name, bytes }: NamedBytes): DataFile => ({
  name,
  bytes: /\.gz$/i.test(name) ? unpack(bytes, name, LONGEST) : bytes,
  sha256: sha256(bytes),
});
