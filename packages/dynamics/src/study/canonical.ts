/**
 * A value as JSON with sorted keys and no spaces: the same text for the same value, however it was written.
 *
 * *Arguments*: numbers, text, booleans, null, lists and groups of these; keys with the value undefined are left out.
 * *Returns*: text that hashes alike wherever it was made.
 * *Example*: `canonical({ seed: 0, title: undefined, bias: [true, null] }) // "{\"bias\":[true,null],\"seed\":0}"`
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
}
