/**
 * A number in words of a report: `digits` significant digits, but whole parts in full; trailing zeros cut, powers of ten outside 1e-3 to 1e6.
 * *Example*: `[show(12345.678), show(0.25), show(1.5e-7), show(NaN)] // ["12,346", "0.25", "1.5e-7", "unknown"]`
 */
export function show(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "unknown" : value > 0 ? "∞" : "-∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e") as [string, string];
  if (size >= 1e-3 && size < 1e6) {
    const places = Math.max(0, digits - 1 - Number(exponent));
    return grouped(places > 0 ? value.toFixed(Math.min(places, 20)).replace(/\.?0+$/, "") : String(Math.round(value)));
  }
  return `${mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa}e${Number(exponent)}`;
}

/** 12345 as "12,345". */
const grouped = (text: string): string =>
  text.replace(/^(-?)(\d+)/, (_, sign: string, whole: string) => sign + whole.replace(/\B(?=(\d{3})+$)/g, ","));

/**
 * A value with as many digits as its error allows; `show(value)` where there is no finite error above 0.
 * *Returns*: both numbers to the second digit of the error; a common power of ten outside 1e-3 to 1e6.
 * *Example*: `[withError(0.04491, 0.0012), withError(0.000485, 0.000002)] // ["0.0449 ± 0.0012", "(4.850 ± 0.020)e-4"]`
 */
export function withError(value: number, error: number): string {
  if (!Number.isFinite(value) || !(error > 0) || !Number.isFinite(error)) return show(value);
  const order = (x: number): number => Number(x.toExponential().split("e")[1]);
  const scale = value === 0 || Math.abs(value) < error ? order(error) : order(value);
  const power = scale < -3 || scale > 5 ? scale : 0;
  // Two digits of the error; scaling through the decimal text adds no rounding.
  const scaled = (x: number): number => Number(shift(x, -power));
  const places = Math.min(20, Math.max(0, power + 1 - Number(error.toExponential(1).split("e")[1])));
  const text = `${grouped(scaled(value).toFixed(places))} ± ${scaled(error).toFixed(places)}`;
  return power === 0 ? text : `(${text})e${power}`;
}

/** x times ten to the n, as text. */
function shift(x: number, n: number): string {
  const [mantissa, exponent] = x.toExponential().split("e") as [string, string];
  return `${mantissa}e${Number(exponent) + n}`;
}

/** A share in percent with `digits` significant digits, and a space that no line breaks at. *Example*: `percent(0.975) // "97.5\u00a0%"` */
export const percent = (share: number, digits = 3): string =>
  Number.isFinite(share) ? `${show(100 * share, digits)}\u00a0%` : "unknown";

/** A number of things, in the plural unless it is 1. *Example*: `[count(1, "step"), count(1200, "step")] // ["1 step", "1,200 steps"]` */
export const count = (n: number, one: string): string =>
  `${Number.isInteger(n) ? grouped(String(n)) : show(n, 15)} ${one}${n === 1 ? "" : "s"}`;
