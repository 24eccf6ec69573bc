import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { pack, unpack, type Memory, type Progress } from "#dynamics";
import { writeDurably } from "./durable.js";

/** What a run has put away, and how far it was. */
export type Checkpoint = { readonly memory: Memory; readonly progress: Pick<Progress, "done" | "total" | "unit"> };

const DIGEST = 32;
/** Writing checkpoints takes at most one part in so many of the time. */
const SHARE = 50;

const digest = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** SHA-256 of what follows, then the checkpoint as `pack` writes it. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const bytes = pack(checkpoint as unknown as Memory);
  await writeDurably(path, Buffer.concat([digest(bytes), bytes]));
}

/** Reads a checkpoint; undefined when there is none, or none that is whole. */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes && parseCheckpoint(bytes);
}

/** The checkpoint in bytes; undefined when they are no whole one. */
export function parseCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  const body = bytes.subarray(DIGEST);
  if (bytes.length < DIGEST || !digest(body).equals(bytes.subarray(0, DIGEST))) return undefined;
  try {
    const { memory, progress } = unpack(body) as { readonly memory?: Memory; readonly progress?: Checkpoint["progress"] };
    const { done, total, unit } = progress ?? {};
    if (memory === undefined || typeof done !== "number" || typeof total !== "number" || typeof unit !== "string")
      return undefined;
    return { memory, progress: { done, total, unit } };
  } catch {
    // Its digest is right, so it was made by something else than this program.
    return undefined;
  }
}

/**
 * When to put something away: `every` seconds after the last time, later where that would take more than a fiftieth of the time.
 *
 * *Returns*: `due()`, and `around`, which times a save.
 */
export function schedule(every: number): { due(): boolean; around(save: () => Promise<void>): Promise<void> } {
  let next = performance.now() + 1000 * every;
  return {
    due: () => performance.now() >= next,
    async around(save) {
      const before = performance.now();
      await save();
      const after = performance.now();
      next = after + Math.max(1000 * every, SHARE * (after - before));
    },
  };
}
