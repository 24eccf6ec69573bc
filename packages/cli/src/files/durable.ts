import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a file so that a reader, also after a power cut, finds the old bytes or the new ones, whole. */
export async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** The names in a folder are data of their own. Where folders cannot be opened (Windows) the system sees to it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  try {
    await folder?.sync();
  } catch {
    // Some file systems do not sync folders.
  } finally {
    await folder?.close();
  }
}
