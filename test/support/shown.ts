/** Values as one writes them, and the comparison of what is with what is shown. */

/** A value as one writes it. The documents' programs hold a copy of this function: it uses nothing outside itself. */
export function print(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (ArrayBuffer.isView(value)) return print(Array.from(value as Float64Array));
  if (Array.isArray(value)) return `[${value.map((one) => print(one)).join(", ")}]`;
  if (value === null || typeof value !== "object") return String(value);
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${key}: ${print(one)}`)
    .join(", ")} }`;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?\b|Infinity)|[\w$]+|\S/g;

/** Whether a printed value is the one shown: whole numbers exactly, numbers with a point to the digits shown, all else to the letter. */
export function agrees(printed: string, shown: string): boolean {
  const [is, should] = [printed.match(TOKENS) ?? [], shown.match(TOKENS) ?? []];
  return is.length === should.length && should.every((token, i) => near(is[i]!, token));
}

function near(is: string, should: string): boolean {
  if (should.startsWith('"') && is.startsWith('"')) return JSON.parse(is) === JSON.parse(should);
  if (!/^-?\d+(\.|e)/.test(should)) return is === should;
  const [mantissa, exponent = "0"] = should.split("e") as [string, string?];
  const unit = Number(`1e${Number(exponent) - (mantissa.split(".")[1]?.length ?? 0)}`);
  return Math.abs(Number(is) - Number(should)) <= 0.5 * unit * (1 + 1e-9);
}
