import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../exit.js";
import { readCheckpoint, type Checkpoint } from "./checkpoint.js";
import { writeDurably } from "./durable.js";
import { alive, self, type Owner } from "./owner.js";

const PREFIX = ".unfinished-";
const TICKET = "ticket.json";
const CHECKPOINT = "checkpoint";
/** Folder of the cells of a sweep. */
export const CELLS = "cells";
/** Milliseconds in which a command that made a folder has put its ticket into it. */
const GRACE = 60_000;

/** What an unfinished run or sweep is, so that another process can go on with it. */
export interface Ticket {
  readonly format: "separatrix-unfinished/1";
  readonly kind: "run" | "sweep";
  /** Digest of all that decides the result: equal keys, equal runs. */
  readonly key: string;
  readonly title: string;
  readonly version: string;
  /** The file of the study or sweep: its full path, the path that was given, and how it read then. */
  readonly file: string;
  readonly shown: string;
  readonly text: string;
  readonly flags: { readonly seed?: number; readonly steps?: number; readonly threads?: number };
  /** Starts it again from the beginning. */
  readonly command: string;
  readonly owner: Owner;
}

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
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  await seal(mine, ticket);
  return at(mine);
}

/** A folder that a killed command left. */
export interface Left {
  readonly folder: string;
  readonly ticket: Ticket;
  /** undefined: it had not put anything away yet. */
  readonly checkpoint: Checkpoint | undefined;
}

async function readTicket(folder: string): Promise<Ticket | undefined> {
  try {
    const ticket = JSON.parse(await readFile(join(folder, TICKET), "utf8")) as Ticket | null;
    return ticket?.format === "separatrix-unfinished/1" ? ticket : undefined;
  } catch {
    return undefined;
  }
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
}

/** Looks for what killed commands left in a folder. Those of commands still at work here are not named. */
export async function survey(parent: string): Promise<Survey> {
  const [left, debris, elsewhere]: [Left[], { folder: string; ticket?: Ticket }[], { folder: string; ticket: Ticket }[]] = [
    [],
    [],
    [],
  ];
  for (const entry of (await readdir(parent)).filter((n) => n.startsWith(PREFIX)).sort()) {
    const folder = join(parent, entry);
    const ticket = await readTicket(folder);
    if (!ticket) {
      const made = (await stat(folder).catch(() => undefined))?.mtimeMs ?? Infinity;
      if (Date.now() - made > GRACE) debris.push({ folder });
      continue;
    }
    const running = alive(ticket.owner);
    if (running === undefined) elsewhere.push({ folder, ticket });
    if (running !== false) continue;
    const checkpoint = await progressOf(folder, ticket);
    if (checkpoint) left.push({ folder, ticket, checkpoint });
    else debris.push({ folder, ticket });
  }
  return { left, debris, elsewhere };
}

/** The folder of a run to go on with, named by the user. Throws a UserError that says what is in the way. */
export async function open(folder: string): Promise<Left> {
  if (!existsSync(folder)) throw new UserError(`${folder}: there is no such folder; it may have been gone on with and finished`);
  const ticket = await readTicket(folder);
  if (!ticket)
    throw new UserError(
      `${folder}: this is not the folder of an unfinished run (${TICKET} is missing); such folders are called ${PREFIX}...`,
    );
  if (ticket.kind === "sweep") throw new UserError(`${folder}: this is an unfinished sweep; go on with it:  ${ticket.command}`);
  const running = alive(ticket.owner);
  if (running) throw new UserError(`${folder}: process ${ticket.owner.pid} is still at work on it; stop it first, or wait`);
  return { folder, ticket, checkpoint: await readCheckpoint(join(folder, CHECKPOINT)) };
}
