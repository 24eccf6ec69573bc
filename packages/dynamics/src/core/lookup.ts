import { suggestion } from "./nearest.js";

/**
 * The entry of a catalogue with a given name.
 *
 * *Arguments*: `kind` names the catalogue in the message.
 * *Returns*: the entry; throws with the names that exist, and the nearest of them, when there is none.
 * *Example*: `lookup("activation", activations, "relu").description // "max(x, 0), derivative 0 at 0"`
 * *Example*: `lookup("activation", activations, "rely") // throws activation "rely" is not known; expected one of tanh, relu`
 */
export function lookup<T extends { readonly name: string }>(kind: string, entries: readonly T[], name: string): T {
  const entry = entries.find((e) => e.name === name);
  if (!entry) {
    const names = entries.map((e) => e.name);
    throw new RangeError(`${kind} "${name}" is not known; expected one of ${names.join(", ")}${suggestion(name, names)}`);
  }
  return entry;
}
