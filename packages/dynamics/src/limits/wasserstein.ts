import { scalarMath } from "#engine";
import { difference, type Atoms, type Difference, type Space } from "./measure.js";

function masses(what: string, a: Atoms, b: Atoms): number {
  const [p, q] = [a, b].map(({ weight }, i) => {
    let s = 0;
    for (let j = 0; j < weight.length; j++) {
      if (!(weight[j]! >= 0))
        throw new RangeError(
          `${what}: weight ${j} of the ${i === 0 ? "first" : "second"} measure is ${weight[j]}; allowed: from 0`,
        );
      s += weight[j]!;
    }
    return s;
  }) as [number, number];
  if (!(p > 0) || Math.abs(p - q) > 1e-9 * p)
    throw new RangeError(`${what}: masses ${p} and ${q} given; transport needs equal ones (use boundedLipschitz otherwise)`);
  return p;
}

/** The least work that moves the positive part of a difference with total 0 to its negative part. */
export function transport({ at, mass }: Difference, space: Space): number {
  const n = at.length;
  const pieces: { height: number; length: number }[] = [];
  let height = 0;
  for (let i = 0; i < n; i++) {
    height += mass[i]!;
    const length = i + 1 < n ? at[i + 1]! - at[i]! : space === "circle" ? 1 + at[0]! - at[i]! : 0;
    pieces.push({ height, length });
  }
  let shift = 0;
  if (space === "circle" && n > 0) {
    const sorted = [...pieces].sort((p, q) => p.height - q.height);
    let passed = 0;
    // The best c is the median height, by length.
    shift = (sorted.find(({ length }) => (passed += length) >= 0.5) ?? sorted[n - 1]!).height;
  }
  return pieces.reduce((s, p) => s + Math.abs(p.height - shift) * p.length, 0);
}

/**
 * The Wasserstein-1 distance of two measures of equal mass on the line or the circle, exactly: the least mean distance of transport.
 *
 * *Definition*: int |F - G| dx on the line, with F, G the distribution functions; min over c of int |F - G - c| dx on the circle of length 1.
 * *Arguments*: `a`, `b`: see `Atoms`, weights >= 0 with equal sums. *Error*: rounding. *Cost*: a sort.
 * *Source*: Vallender 1974; Cabrelli, Molter 1998, A linear time algorithm for a matching problem on the circle.
 * *Example*: `wasserstein1({ at: [0.1], weight: [1] }, { at: [0.9], weight: [1] }, "circle") // 0.2000`
 */
export function wasserstein1(a: Atoms, b: Atoms, space: Space = "line"): number {
  masses("wasserstein1", a, b);
  return transport(difference("wasserstein1", a, b, space), space);
}

/**
 * The Wasserstein-p distance of two measures of equal mass on the line.
 *
 * *Definition*: (int_0^1 |F^-1(u) - G^-1(u)|^p du)^(1/p) for masses scaled to 1: quantiles are matched with quantiles.
 * *Arguments*: `p` >= 1, default 2. *Error*: rounding. *Cost*: a sort.
 * *Source*: Villani 2003, Topics in optimal transportation, theorem 2.18.
 * *Example*: `wasserstein(empirical([0, 2]), empirical([1, 5]), 2) // 2.23607`
 */
export function wasserstein(a: Atoms, b: Atoms, p = 2): number {
  if (!(p >= 1) || !Number.isFinite(p)) throw new RangeError(`wasserstein: p = ${p} given; allowed: from 1`);
  const total = masses("wasserstein", a, b);
  difference("wasserstein", a, b, "line");
  const sorted = ({ at, weight }: Atoms): (readonly [number, number])[] =>
    Array.from({ length: at.length }, (_, i) => [at[i]!, weight[i]!] as const)
      .filter(([, w]) => w > 0)
      .sort((u, v) => u[0] - v[0]);
  const [x, y] = [sorted(a), sorted(b)];
  let [i, j, sum] = [0, 0, 0];
  let [here, there] = [x[0]![1], y[0]![1]];
  while (i < x.length && j < y.length) {
    const step = Math.min(here, there);
    const gap = Math.abs(x[i]![0] - y[j]![0]);
    sum += (step / total) * (p === 1 ? gap : p === 2 ? gap * gap : scalarMath.pow(gap, p));
    here -= step;
    there -= step;
    if (!(here > 0)) here = x[++i]?.[1] ?? 0;
    if (!(there > 0)) there = y[++j]?.[1] ?? 0;
  }
  return p === 1 ? sum : p === 2 ? Math.sqrt(sum) : scalarMath.pow(sum, 1 / p);
}
