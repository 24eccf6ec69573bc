import type { Study } from "./schema.js";

/**
 * The part of a study that decides its result: all but title, output and threads.
 * *Example*: `Object.keys(decisive(parseStudy(study).study)) // ["seed", "questions", "system"]`
 */
export function decisive(study: Omit<Study, "output">): object {
  const { title: _, output: __, system, ...rest } = study as Study;
  const { threads: ___, ...what } = system as Study["system"] & { readonly threads?: unknown };
  return { ...rest, system: what };
}
