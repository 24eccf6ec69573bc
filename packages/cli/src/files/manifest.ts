import { z } from "zod";
import { numberFromJson, type Clock, type Manifest } from "#dynamics";

const FORMAT = "separatrix-run/1";
/** What this program writes has a dozen levels; all that goes through a file of more calls itself that often. */
const DEEPEST = 100;
const text = z.string();
/** JSON has no NaN and no infinities: null is a number that is not known, and the infinities are text. */
const number = z.union([z.number(), z.null(), z.enum(["Infinity", "-Infinity"])]).transform((v) => numberFromJson(v)!);
/** A fact is a number, a word, or null; a word for infinity is the number. */
const fact = z.union([text, z.number(), z.null()]).transform((v) => (typeof v === "string" ? (numberFromJson(v) ?? v) : v));
const count = z.number().int().min(0);
const group = z.looseObject({});
const column = z.looseObject({ name: text, unit: text, description: text });

/** What the readers of a manifest rely on; more may stand in it. */
export const manifestSchema = z.looseObject({
  format: z.literal(FORMAT),
  title: text,
  status: text,
  seed: z.number(),
  study: z.looseObject({
    title: text,
    system: z.looseObject({ kind: text }),
    questions: z.array(z.looseObject({ type: text })),
  }),
  versions: z.looseObject({ separatrix: text }),
  inputs: z.array(z.looseObject({ name: text, sha256: text, rows: count, columns: count })),
  steps: z.looseObject({ planned: z.number(), done: z.number(), unit: text }),
  network: z.looseObject({ name: text, parameters: count, unit: text.optional(), layout: z.array(group) }),
  verdict: z.array(text),
  facts: z.record(text, fact),
  answers: z.array(
    z.looseObject({
      name: text,
      label: text,
      value: number,
      error: number,
      unit: text,
      status: text,
      method: text,
      explanation: text.optional(),
      sources: z.array(text),
      cost: group,
    }),
  ),
  series: z.array(column),
  arrays: z.record(text, z.looseObject({ shape: z.array(count), dtype: z.literal("f64") })),
});
const schema = manifestSchema.extend({ command: text, digests: z.record(text, text) });

export type StoredManifest = Manifest & { readonly command: string; readonly digests: Readonly<Record<string, string>> };

/** The manifest of a run folder. Throws an Error that names the place in it and what is expected there. */
export function parseManifest(bytes: Uint8Array): StoredManifest {
  const input = json(bytes);
  const { format } = (input ?? {}) as { readonly format?: unknown };
  if (format !== FORMAT) throw new Error(`expected the format ${FORMAT}, found ${String(format).slice(0, 60)}`);
  return checked(schema, input) as unknown as StoredManifest;
}

const clock = z.looseObject({
  started: z.iso.datetime(),
  finished: z.iso.datetime(),
  threads: count,
  total: number,
  questions: z.record(text, number),
});

/** What a run took. Throws an Error that names the place. */
export const parseClock = (bytes: Uint8Array): Clock => checked(clock, json(bytes)) as unknown as Clock;

/** The value that a JSON file holds. Throws an Error that says what it is not. */
export function json(bytes: Uint8Array | string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`no JSON (${(error as Error).message.slice(0, 80)})`, { cause: error });
  }
  for (let level: unknown[] = [value], depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new Error(`JSON of more than ${DEEPEST} levels`);
    level = level.flatMap((v) => (v !== null && typeof v === "object" ? Object.values(v) : []));
  }
  return value;
}

/** A value as a schema has it. Throws an Error that names the place where it is another. */
export function checked<T>(wanted: z.ZodType<T>, input: unknown): T {
  const read = wanted.safeParse(input);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new Error(path.length === 0 ? message : `${path.map(String).join(".").slice(0, 200)}: ${message}`);
}
