import { createHash, randomUUID } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { canonical, decisive, jsonText, type Manifest, type RunRecord } from "#dynamics";
import { unreadable, UserError } from "../exit.js";
import { report } from "../report/page.js";
import { parseClock, parseManifest } from "./manifest.js";
import { npz, readArrays } from "./npz.js";
import { parquet, readParquet } from "./parquet.js";

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** A run as its folder holds it. */
export interface StoredRun extends RunRecord {
  /** The command that computes it again. */
  readonly command: string;
  readonly digests: Readonly<Record<string, string>>;
}

export const slug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 50)
    .replace(/-$/, "") || "study";

/** `<title>-<hash>`: the hash is that of what decides the result, so equal studies of equal data have equal names. */
export function runName({ title, study, inputs }: Manifest): string {
  return `${slug(title)}-${sha256(canonical({ ...decisive(study), inputs })).slice(0, 8)}`;
}

/** One level after the other: where none can be made, Node's own recursion may try for ever (/proc). */
async function makeFolders(path: string): Promise<void> {
  if (existsSync(path)) {
    if (!(await stat(path)).isDirectory()) throw Object.assign(new Error(`${path} is a file`), { code: "EEXIST" });
    return;
  }
  await makeFolders(dirname(path));
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/** Makes the folder that receives run folders, so that a run does not find out at its end that it cannot be written. */
export async function prepare(parent: string): Promise<void> {
  try {
    await makeFolders(resolve(parent));
    await access(parent, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EEXIST" ? "it is a file, or below one" : code;
    throw new UserError(`the folder ${parent} cannot be written to (${why}); name another with --out`);
  }
}

/**
 * Writes a run folder: manifest.json, series.parquet, arrays.npz, report.html, clock.json.
 *
 * *Arguments*: `parent`: the folder that receives it, made when missing; `command`: what computes the run again; `inside`: where it is
 * written before it is whole (default: `parent`).
 * *Returns*: its path, `<parent>/<title>-<hash>`, with -2, -3, ... behind it when that name is taken.
 * *Error*: it is written under a temporary name, read back, and renamed: a folder that is there is whole. All files but clock.json and the
 * date in the report are the same bytes for the same study, data and version.
 */
export async function writeRun(parent: string, record: RunRecord, command: string, inside = parent): Promise<string> {
  await prepare(parent);
  const temporary = join(inside, `.unfinished-${randomUUID()}`);
  await mkdir(temporary);
  try {
    const files = { "series.parquet": parquet(record.series), "arrays.npz": npz(record.arrays) };
    const digests = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(temporary, name), bytes);
    await writeJson(join(temporary, "manifest.json"), { ...record.manifest, command, digests });
    await writeJson(join(temporary, "clock.json"), {
      ...record.clock,
      node: process.version,
      platform: process.platform,
      architecture: process.arch,
    });
    await writeFile(join(temporary, "report.html"), report(await readRun(temporary)));
    return await settle(temporary, join(parent, runName(record.manifest)));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

const writeJson = (path: string, value: unknown): Promise<void> => writeFile(path, `${jsonText(value)}\n`);

/** Renames to the first free name. A folder that appears in between makes the renaming fail, and the next name is tried. */
export async function settle(temporary: string, wanted: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (existsSync(name)) continue;
    try {
      await rename(temporary, name);
      return name;
    } catch (error) {
      if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "") || !existsSync(name))
        throw error;
    }
  }
}

/** Reads a run folder. Rejects with a UserError that names the file that is missing, changed or broken. */
export async function readRun(folder: string): Promise<StoredRun> {
  const { command, digests, ...manifest } = await part(folder, "manifest.json", parseManifest);
  const checked = <T>(name: string, read: (bytes: Buffer) => T | Promise<T>): Promise<T> =>
    part(folder, name, (bytes) => {
      if (sha256(bytes) !== digests[name])
        throw new Error("its digest is not the one in manifest.json: it was changed or damaged");
      return read(bytes);
    });
  return {
    manifest,
    command,
    digests,
    series: await checked("series.parquet", (bytes) => readParquet(bytes, manifest.series)),
    arrays: await checked("arrays.npz", readArrays),
    clock: await part(folder, "clock.json", parseClock),
  };
}

/** The runs and sweeps in a folder. */
async function runsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names
    .filter((name) => !name.startsWith(".") && ["manifest.json", "sweep.json"].some((f) => existsSync(join(folder, name, f))))
    .map((name) => join(folder, name));
}

async function part<T>(folder: string, name: string, read: (bytes: Buffer) => T | Promise<T>): Promise<T> {
  const path = join(folder, name);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const runs = name === "manifest.json" ? await runsIn(folder) : [];
    throw new UserError(
      existsSync(join(folder, "sweep.json"))
        ? `${folder}: this is the folder of a sweep; its report stands there, and the sweep's command writes it anew`
        : runs.length > 0
          ? `${folder}: this is a folder of runs; name one of them: ${runs.slice(0, 5).join(", ")}${runs.length > 5 ? ", …" : ""}`
          : `${path}: ${unreadable(error)}; a run folder has manifest.json, series.parquet, arrays.npz and clock.json`,
    );
  }
  try {
    return await read(bytes);
  } catch (error) {
    throw new UserError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
