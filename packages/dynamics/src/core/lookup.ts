/**
 * The entry of a catalogue with a given name.
 *
 * *Returns*: the entry; throws with the names that exist when there is none.
 */
export function lookup<T extends { readonly name: string }>(
  kind: string,
  entries: readonly T[],
  name: string,
): T {
  const entry = entries.find((e) => e.name === name);
  if (!entry)
    throw new RangeError(
      `${kind} "${name}" is not known; expected one of ${entries.map((e) => e.name).join(", ")}`,
    );
  return entry;
}
