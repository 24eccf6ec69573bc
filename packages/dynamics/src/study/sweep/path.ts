import { showPath, type Path } from "../problem.js";

/** A place as it is written, `questions[0].every`, in its parts; undefined when it is none. */
export function parsePath(text: string): Path | undefined {
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[\d{1,6}\])*$/.test(text)) return undefined;
  return [...text.matchAll(/(\w+)(\])?/g)].map(([, part, index]) => (index ? Number(part) : part!));
}

/** A copy in which nothing is shared, so that what an alias (*name) stands for can be changed in one place alone. */
export const copyOf = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(copyOf)
    : value !== null && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, copyOf(v)]))
      : value;

/** Puts a value at a place of plain data, making the groups on the way that are not there. Returns what is in the way, if something is. */
export function put(data: unknown, path: Path, value: unknown): string | undefined {
  let here = data;
  for (const [i, part] of path.entries()) {
    const list: readonly unknown[] | undefined = Array.isArray(here) ? here : undefined;
    const named = showPath(path.slice(0, i));
    if (here === null || typeof here !== "object" || (list !== undefined) !== (typeof part === "number"))
      return `there is no ${showPath(path.slice(0, i + 1))}: ${named || "the study"} is ${list ? "a list" : here !== null && typeof here === "object" ? "a group of keys" : "neither a list nor a group"}`;
    if (list && (part as number) >= list.length)
      return `there is no ${showPath(path.slice(0, i + 1))}: ${named} has ${list.length} entries`;
    const group = here as Record<string | number, unknown>;
    if (i === path.length - 1) {
      // Not by assignment, which would mean something else for the name __proto__.
      Object.defineProperty(group, part, { value, writable: true, enumerable: true, configurable: true });
      return undefined;
    }
    if (!Object.hasOwn(group, part)) group[part] = {};
    here = group[part];
  }
  return undefined;
}
