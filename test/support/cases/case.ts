import type { Tensor } from "#engine";
import { sizeOf, type Shape } from "../../../packages/engine/src/shape.js";

/** An argument of a case: numbers drawn from a range, or given indices. */
export interface Argument {
  readonly shape: Shape;
  /** Numbers are drawn evenly from [low, high]. */
  readonly range?: readonly [number, number];
  /** Given integers make the argument i32; it takes part in no derivative. */
  readonly indices?: readonly number[];
  /** Belongs to the program's structure: never batched. */
  readonly shared?: boolean;
}

/** A function of the engine (or a composition) with arguments to try it on. */
export interface Case {
  readonly name: string;
  readonly f: (...xs: Tensor[]) => Tensor | readonly Tensor[];
  readonly args: readonly Argument[];
  /** Has derivatives around the numbers drawn (default true); "forward": only jvp is defined. */
  readonly smooth?: boolean | "forward";
  /** Compute in f64 alone, whatever the test asks. */
  readonly f64Only?: boolean;
}

export type Range = readonly [number, number];

/** Arguments of these shapes, numbers from one range. */
export const floats = (shapes: readonly Shape[], range: Range = [-1, 1]): Argument[] => shapes.map((shape) => ({ shape, range }));
export const indices = (list: readonly number[], shape: Shape = [list.length]): Argument => ({ shape, indices: list });

/** One case for each list of shapes. */
export const over = (
  name: string,
  f: Case["f"],
  shapes: readonly (readonly Shape[])[],
  range?: Range,
  more: Partial<Case> = {},
): Case[] =>
  shapes.map((s) => ({ name: `${name} ${s.map((d) => `[${d.join()}]`).join(" ")}`, f, args: floats(s, range), ...more }));

/** Numbers in [0, 1) with 53 bits, from a 32-bit congruential generator. */
export function generator(seed: number): () => number {
  let s = (Math.imul(seed, 2654435769) + 12345) >>> 0;
  const next = (): number => (s = (Math.imul(s, 1664525) + 1013904223) >>> 0);
  return () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
}

/** The arguments' numbers. Given indices are rotated by the seed, so that members of a batch differ. */
export function draw(c: Pick<Case, "args">, seed: number): number[][] {
  const u = generator(seed);
  return c.args.map(({ shape, range: [low, high] = [-1, 1], indices: given, shared }) => {
    const n = sizeOf(shape);
    if (given) return given.map((_, i) => given[(i + (shared ? 0 : seed)) % n]!);
    return Array.from({ length: n }, () => low + (high - low) * u());
  });
}

/** What IEEE arithmetic treats specially: zeros, infinities, NaN, the ends of the range, and plain numbers to meet them. */
export const EDGES: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  3,
  Infinity,
  -Infinity,
  NaN,
  5e-324,
  -5e-324,
  1e-310,
  -1.5e-45,
  2.2250738585072014e-308,
  1.1754943508222875e-38,
  1e308,
  -1.7976931348623157e308,
  3.4028234663852886e38,
  1e-8,
  20,
  -745.2,
  2147483648,
  -2147483649,
  4503599627370497.5,
];

/** Arguments made of edges; element i of argument j walks EDGES j digits up, so that long arguments meet in all pairs. */
export function drawEdges(c: Pick<Case, "args">, seed: number): number[][] {
  const n = EDGES.length;
  return c.args.map(({ shape, indices: given }, j) =>
    given
      ? [...given]
      : Array.from({ length: sizeOf(shape) }, (_, i) => EDGES[(Math.floor(i / n ** j) + seed * (7 * j + 4)) % n]!),
  );
}
