import { readFile, stat } from "node:fs/promises";
import { unreadable, UserError } from "../exit.js";

export { LONGEST } from "./longest.js";
export { unpack } from "./unpack.js";

/** The bytes of a data file. Rejects with a UserError that calls it `name` when it is not there or too long. */
export async function readBytes(path: string, name: string, longest: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > longest) throw new UserError(`${name}: ${size} bytes; at most ${longest} are read`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name}: ${unreadable(error)}${path === name ? "" : ` (looked at ${path})`}`);
  }
}
