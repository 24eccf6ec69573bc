import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../exit.js";
import { readCheckpoint, type Checkpoint } from "./checkpoint.js";
import { writeDurably } from "./durable.js";
import { checked, json } from "./manifest.js";
import { alive, self } from "./owner.js";

const PREFIX = ".unfinished-";
const TICKET = "ticket.json";
const CHECKPOINT = "checkpoint";
/** Folder of the cells of a sweep. */
export const CELLS = "cells";
/** Milliseconds in which a command that made a folder has put its ticket into it. */
const GRACE = 60_000;

const text = z.string();
const schema = z.strictObject({
  format: z.literal("separatrix-unfinished/1"),
  kind: z.enum(["run", "sweep"]),
  /** Digest of all that decides the result: equal keys, equal runs. */
  key: text,
  title: text,
  version: text,
  /** The file of the study or sweep: its full path, the path that was given, and how it read then. */
  file: text,
  shown: text,
  text,
  flags: z.strictObject({
    seed: z.int().min(0).exactOptional(),
    steps: z.int().min(1).exactOptional(),
    threads: z.int().min(1).max(64).exactOptional(),
  }),
  /** Starts it again from the beginning. */
  command: text,
  owner: z.strictObject({ host: text, pid: z.int().min(1), born: text.nullable() }),
});

/** What an unfinished run or sweep is, so that another process can go on with it. */
export type Ticket = Readonly<z.infer<typeof schema>>;

/** The folder of a run at work. */
export interface Unfinished {
  readonly folder: string;
  readonly checkpointFile: string;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

const at = (folder: string): Unfinished => ({
  folder,
  checkpointFile: join(folder, CHECKPOINT),
  remove: () => rm(folder, { recursive: true, force: true }),
});

const name = (): string => `${PREFIX}${randomUUID().slice(0, 13)}`;

const seal = (folder: string, ticket: Omit<Ticket, "owner">): Promise<void> =>
  writeDurably(join(folder, TICKET), `${JSON.stringify({ ...ticket, owner: self() }, null, 2)}\n`);

/** Makes the folder of a run that begins. */
export async function begin(parent: string, ticket: Omit<Ticket, "owner">): Promise<Unfinished> {
  const folder = join(parent, name());
  await mkdir(folder);
  await seal(folder, ticket);
  return at(folder);
}

/** Takes over a folder that was left: by renaming, so that of two commands only one gets it. undefined: the other got it. */
export async function claim({ folder, ticket }: Left): Promise<Unfinished | undefined> {
  const mine = join(dirname(folder), name());
  try {
    await rename(folder, mine);
    // Between the look at the ticket and now another command may have put its name on it: then it is given back.
    const { pid, born } = (await readTicket(mine))?.owner ?? ticket.owner;
    if (pid !== ticket.owner.pid || born !== ticket.owner.born) {
      await rename(mine, folder);
      return undefined;
    }
    await seal(mine, ticket);
    return at(mine);
  } catch (error) {
    // Gone at any of these moments: another one took it.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A folder that a killed command left. */
export interface Left {
  readonly folder: string;
  readonly ticket: Ticket;
  /** undefined: it had not put anything away yet. */
  readonly checkpoint: Checkpoint | undefined;
}

/** The ticket in a file. Throws an Error that names what is not as it should be. */
export const parseTicket = (bytes: Uint8Array): Ticket => checked(schema, json(bytes));

async function readTicket(folder: string): Promise<Ticket | undefined> {
  try {
    return parseTicket(await readFile(join(folder, TICKET)));
  } catch {
    return undefined;
  }
}

/** Whether something lies there that took time to compute, whatever became of the ticket. */
async function holdsWork(folder: string): Promise<boolean> {
  const cells = await readdir(join(folder, CELLS)).catch((): string[] => []);
  return cells.length > 0 || existsSync(join(folder, CHECKPOINT));
}

/** What a run has put away; of a sweep only how many cells are done, which lie there one by one. */
async function progressOf(folder: string, { kind }: Ticket): Promise<Checkpoint | undefined> {
  if (kind === "run") return readCheckpoint(join(folder, CHECKPOINT));
  const cells = await readdir(join(folder, CELLS)).catch((): string[] => []);
  const done = cells.filter((n) => n.endsWith(".json")).length;
  return cells.length > 0 ? { memory: null, progress: { done, total: NaN, unit: "cell" } } : undefined;
}

/** What is found among run folders. */
export interface Survey {
  /** Runs that can be gone on with. */
  readonly left: readonly Left[];
  /** Folders that hold nothing to go on from. */
  readonly debris: readonly { readonly folder: string; readonly ticket?: Ticket }[];
  /** Those of another machine, of which nobody here can tell whether it still works. */
  readonly elsewhere: readonly { readonly folder: string; readonly ticket: Ticket }[];
  /** Folders with work in them and without a ticket that says whose it is. */
  readonly nameless: readonly string[];
}

/** Looks for what killed commands left in a folder. Those of commands still at work here are not named. */
export async function survey(parent: string): Promise<Survey> {
  const left: Left[] = [];
  const debris: { folder: string; ticket?: Ticket }[] = [];
  const elsewhere: { folder: string; ticket: Ticket }[] = [];
  const nameless: string[] = [];
  for (const entry of (await readdir(parent)).filter((n) => n.startsWith(PREFIX)).sort()) {
    const folder = join(parent, entry);
    const ticket = await readTicket(folder);
    if (!ticket) {
      const made = (await stat(folder).catch(() => undefined))?.mtimeMs ?? Infinity;
      if (await holdsWork(folder)) nameless.push(folder);
      else if (Date.now() - made > GRACE) debris.push({ folder });
      continue;
    }
    const running = alive(ticket.owner);
    if (running === undefined) elsewhere.push({ folder, ticket });
    if (running !== false) continue;
    const checkpoint = await progressOf(folder, ticket);
    if (checkpoint) left.push({ folder, ticket, checkpoint });
    else debris.push({ folder, ticket });
  }
  return { left, debris, elsewhere, nameless };
}

/** The folder of a run to go on with, named by the user. Throws a UserError that says what is in the way. */
export async function open(folder: string): Promise<Left> {
  if (!existsSync(folder)) throw new UserError(`${folder}: there is no such folder; it may have been gone on with and finished`);
  const ticket = await readTicket(folder);
  if (!ticket)
    throw new UserError(
      `${folder}: this is not the folder of an unfinished run (${TICKET} is missing, or damaged); such folders are called ${PREFIX}...`,
    );
  if (ticket.kind === "sweep") throw new UserError(`${folder}: this is an unfinished sweep; go on with it:  ${ticket.command}`);
  const running = alive(ticket.owner);
  if (running) throw new UserError(`${folder}: process ${ticket.owner.pid} is still at work on it; stop it first, or wait`);
  return { folder, ticket, checkpoint: await readCheckpoint(join(folder, CHECKPOINT)) };
}
