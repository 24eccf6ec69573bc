import type { z } from "zod";
import { suggestion } from "../core/nearest.js";
import type { Path, Problem } from "./problem.js";

const KINDS: Record<string, string> = {
  number: "a number",
  int: "a whole number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "a group of keys",
  record: "a group of keys",
};

function show(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "a group of keys";
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return String(value);
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (v, key) =>
      v !== null && typeof v === "object" && Object.hasOwn(v, key) ? (v as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );

/** The tags that a choice knows; one that may be left out also knows `undefined`, which nobody writes. */
const optionsOf = (issue: { readonly options?: unknown }): unknown[] =>
  (issue.options as unknown[]).filter((o) => o !== undefined);

const list = (names: readonly unknown[]): string => names.map(String).join(", ");

/** "from 1", "above 0", "at most 5": one end of a range. */
function bound(issue: {
  origin: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
  inclusive?: boolean | undefined;
}): string {
  const low = issue.minimum !== undefined;
  const value = low ? issue.minimum : issue.maximum;
  if (issue.origin === "array") return `a list of ${low ? "at least" : "at most"} ${value}`;
  if (issue.origin === "string") return `text of ${low ? "at least" : "at most"} ${value} characters`;
  const word = low ? (issue.inclusive ? "from" : "above") : issue.inclusive ? "up to" : "below";
  return `${issue.origin === "int" ? "a whole number" : "a number"} ${word} ${value}`;
}

function expected(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return KINDS[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${list(issue.values)}`;
    case "too_small":
    case "too_big":
      return bound(issue as Parameters<typeof bound>[0]);
    case "invalid_union":
      if (issue.errors.length > 0) return issue.errors.map((branch) => expected(branch[0]!)).join(" or ");
      return "options" in issue ? `one of ${list(optionsOf(issue))}` : undefined;
    default:
      return undefined;
  }
}

const names = (issue: z.core.$ZodIssue): string[] =>
  issue.code === "invalid_value"
    ? issue.values.map(String)
    : issue.code === "invalid_union"
      ? [...issue.errors.flatMap((branch) => names(branch[0]!)), ...("options" in issue ? optionsOf(issue).map(String) : [])]
      : [];

/**
 * What the schema found wrong, in the words of this program.
 *
 * *Arguments*: the issues of a failed parse; `input`: what was parsed; `keysAt(path)`: the keys that the schema knows at a place.
 * *Returns*: problems that say what was expected and what was given, with the nearest name where one was mistyped.
 */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  keysAt: (path: Path) => readonly string[],
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        atKey: true,
        message: `unknown key "${key}"${suggestion(key, known) || (known.length > 0 ? `; expected one of ${list(known)}` : "")}`,
      }));
    }
    if (issue.code === "custom") return [{ path, message: issue.message }];
    if (issue.code === "invalid_union") {
      // A branch that went deeper than its first look is the one that was meant.
      const meant = issue.errors.find((branch) => branch.every((inner) => inner.path.length > 0));
      if (meant)
        return problemsOf(meant, at(input, path), (inner) => keysAt([...path, ...inner])).map((p) => ({
          ...p,
          path: [...path, ...p.path],
        }));
    }
    const given = at(input, path);
    const wanted = expected(issue);
    if (wanted === undefined) return [{ path, message: issue.message }];
    const missing = given === undefined && path.length > 0;
    return [
      {
        path,
        message: missing
          ? `missing: expected ${wanted}`
          : `expected ${wanted}, got ${show(given)}${suggestion(given, names(issue))}`,
      },
    ];
  });
}
