/**
 * Plain data as JSON, which knows no infinite numbers: they stand as the texts "Infinity" and "-Infinity", and null is a number that is not known (NaN).
 *
 * *Arguments*: `value`; typed arrays in it become lists; `indent`: spaces a level, default 2.
 * *Returns*: text that `Number` and Python's `float` read number by number.
 * *Example*: `jsonText({ exponent: -Infinity, error: NaN, rows: Float64Array.of(1) }, 0) // "{\"exponent\":\"-Infinity\",\"error\":null,\"rows\":[1]}"`
 */
export const jsonText = (value: unknown, indent = 2): string => JSON.stringify(value, plain, indent);

function plain(_key: string, value: unknown): unknown {
  if (value === Infinity || value === -Infinity) return String(value);
  // A list by JavaScript's own reckoning is a group with the keys "0", "1", …
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
}

/**
 * A number as `jsonText` writes it; undefined where it is none.
 * *Example*: `[numberFromJson("-Infinity"), numberFromJson(2.5), numberFromJson(null), numberFromJson("2.5")] // [-Infinity, 2.5, NaN, undefined]`
 */
export function numberFromJson(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value === null) return NaN;
  return value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : undefined;
}
