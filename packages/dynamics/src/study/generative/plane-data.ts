import { scalarMath } from "#engine";
import { principalDirections } from "../../analysis/principal-directions.js";
import { refuse } from "../problem.js";
import type { StudyData } from "../table.js";

/** Points of the plane, centred and scaled, with their classes. */
export interface PlaneData {
  /** count x 2. */
  readonly points: Float64Array;
  readonly count: number;
  /** One number a point, from 0; all 0 where the targets name none. */
  readonly classes: Int32Array;
  readonly classCount: number;
  /** Mean of each class, classCount x 2. */
  readonly centres: Float64Array;
  /** Share of each class. */
  readonly shares: readonly number[];
  /** Mean of the two variances. */
  readonly variance: number;
}

/** Class of each sample: the largest of several targets, or the sign of one; kept as given by `only`. */
function classesOf({ train, outputs }: StudyData, only: readonly number[] | undefined): Int32Array {
  const of = (i: number): number => {
    if (outputs === 1) return train.targets[i]! > 0 ? 1 : 0;
    let best = 0;
    for (let c = 1; c < outputs; c++) if (train.targets[i * outputs + c]! > train.targets[i * outputs + best]!) best = c;
    return best;
  };
  const all = Int32Array.from({ length: train.samples }, (_, i) => of(i));
  const known = [...new Set(all)].sort((a, b) => a - b);
  const missing = only?.find((c) => !known.includes(c));
  if (missing !== undefined)
    refuse(["system", "classes"], `class ${missing} given; the data have ${known.slice(0, 20).join(", ")}`);
  const chosen = only ?? known;
  return all.map((c) => chosen.indexOf(c));
}

/** The data as points of the plane whose largest standard deviation is `deviation`; more inputs become the two leading principal components. */
export function planeData(data: StudyData, only: readonly number[] | undefined, deviation: number): PlaneData {
  const { train, inputs } = data;
  if (inputs < 2) refuse(["system", "data"], `data with ${inputs} input given; allowed: 2 or more`);
  const all = classesOf(data, only);
  const rows = Array.from(all.keys()).filter((i) => all[i]! >= 0);
  const count = rows.length;
  const raw = Float64Array.from(rows.flatMap((i) => Array.from({ length: inputs }, (_, j) => train.inputs[i * inputs + j]!)));
  const mean = Float64Array.from({ length: inputs }, (_, j) => rows.reduce((s, _i, r) => s + raw[r * inputs + j]!, 0) / count);
  const { directions, deviations } = principalDirections({ samples: count, dim: inputs, inputs: raw }, 2);
  if (!(deviations[0]! > 0)) refuse(["system", "data"], "data that are all one point given; allowed: points that differ");
  const scale = deviation / deviations[0]!;
  const points = new Float64Array(2 * count);
  for (let r = 0; r < count; r++)
    for (let k = 0; k < 2; k++)
      for (let j = 0; j < inputs; j++)
        points[2 * r + k]! += scale * directions[k * inputs + j]! * (raw[r * inputs + j]! - mean[j]!);
  const classes = Int32Array.from(rows, (i) => all[i]!);
  const classCount = classes.reduce((m, c) => Math.max(m, c + 1), 1);
  const sums = new Float64Array(3 * classCount);
  classes.forEach((c, r) => {
    sums[3 * c]! += points[2 * r]!;
    sums[3 * c + 1]! += points[2 * r + 1]!;
    sums[3 * c + 2]!++;
  });
  return {
    points,
    count,
    classes,
    classCount,
    centres: Float64Array.from(
      { length: 2 * classCount },
      (_, i) => sums[3 * Math.floor(i / 2) + (i % 2)]! / sums[3 * Math.floor(i / 2) + 2]!,
    ),
    shares: Array.from({ length: classCount }, (_, c) => sums[3 * c + 2]! / count),
    variance: points.reduce((s, x) => s + x * x, 0) / (2 * count),
  };
}

/** The class whose mean is nearest to a point. */
export function nearestClass({ centres, classCount }: PlaneData, x: number, y: number): number {
  let [best, least] = [0, Infinity];
  for (let c = 0; c < classCount; c++) {
    const [a, b] = [x - centres[2 * c]!, y - centres[2 * c + 1]!];
    const d = a * a + b * b;
    if (d < least) [best, least] = [c, d];
  }
  return best;
}

/**
 * How often two data points drawn independently from what a noised one, x = scale x_0 + sqrt(spread) z, may have been lie in one class: the sum over classes of their squared
 * posterior probabilities, for data that are exactly these points.
 */
export function samePosterior(data: PlaneData, own: Int32Array, x: ArrayLike<number>, scale: number, spread: number): number {
  const { points, count, classCount } = data;
  const exponents = Float64Array.from({ length: count }, (_, i) => {
    const [a, b] = [x[0]! - scale * points[2 * i]!, x[1]! - scale * points[2 * i + 1]!];
    return (-0.5 * (a * a + b * b)) / spread;
  });
  const top = exponents.reduce((m, e) => Math.max(m, e), -Infinity);
  const weights = new Float64Array(classCount);
  exponents.forEach((e, i) => (weights[own[i]!]! += scalarMath.exp(e - top)));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.reduce((s, w) => s + (w / total) * (w / total), 0);
}

/** Twice the mean distance between two sets of points less the mean distances inside each: 0 for equal distributions (Szekely, Rizzo 2013). */
export function energyDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (p: ArrayLike<number>, q: ArrayLike<number>, same: boolean): number => {
    const [n, m] = [p.length / 2, q.length / 2];
    let sum = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) {
        const [x, y] = [p[2 * i]! - q[2 * j]!, p[2 * i + 1]! - q[2 * j + 1]!];
        sum += Math.sqrt(x * x + y * y);
      }
    return sum / (n * (same ? m - 1 : m));
  };
  return 2 * mean(a, b, false) - mean(a, a, true) - mean(b, b, true);
}
