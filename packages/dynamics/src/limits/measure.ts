/** A finite measure with atoms: weights (of any sign where it says so) at places, in any order. */
export interface Atoms {
  readonly at: ArrayLike<number>;
  readonly weight: ArrayLike<number>;
}

/** The real line, or the circle of length 1 (places are taken modulo 1). */
export type Space = "line" | "circle";

/**
 * Equal weights 1 / n at given places: the empirical measure of a population.
 * *Example*: `empirical([0.2, 0.7]).weight // [0.5, 0.5]`
 */
export const empirical = (at: ArrayLike<number>): Atoms => ({ at, weight: new Float64Array(at.length).fill(1 / at.length) });

/** The difference a - b of two measures with its places ascending, equal ones joined. */
export interface Difference {
  readonly at: Float64Array;
  readonly mass: Float64Array;
}

/** Throws where a place or weight is not finite, or the numbers of them differ. */
export function difference(what: string, a: Atoms, b: Atoms, space: Space): Difference {
  if (space !== "line" && space !== "circle")
    throw new RangeError(`${what}: space ${String(space)} given; allowed: "line" and "circle"`);
  const all: [number, number][] = [];
  for (const [{ at, weight }, sign, name] of [
    [a, 1, "first"],
    [b, -1, "second"],
  ] as const) {
    if (at.length !== weight.length)
      throw new RangeError(
        `${what}: the ${name} measure has ${at.length} places and ${weight.length} weights; give as many of each`,
      );
    for (let i = 0; i < at.length; i++) {
      const [x, w] = [at[i]!, weight[i]!];
      if (!Number.isFinite(x) || !Number.isFinite(w))
        throw new RangeError(`${what}: atom ${i} of the ${name} measure has the weight ${w} at ${x}; both must be finite`);
      all.push([space === "circle" ? x - Math.floor(x) : x, sign * w]);
    }
  }
  all.sort((p, q) => p[0] - q[0]);
  const [places, mass]: [number[], number[]] = [[], []];
  for (const [x, w] of all) {
    if (places.length > 0 && places[places.length - 1] === x) mass[mass.length - 1]! += w;
    else {
      places.push(x);
      mass.push(w);
    }
  }
  return { at: Float64Array.from(places), mass: Float64Array.from(mass) };
}
