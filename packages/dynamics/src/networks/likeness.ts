import { binomialShare, NORMAL_95, type BinomialShare } from "../core/confidence.js";
import type { Estimate } from "../core/estimate.js";
import { ratioOfMeans } from "../core/ratio-of-means.js";

/** An estimate with an interval of 95 %. */
export interface Bracketed extends Estimate {
  readonly interval: readonly [number, number];
}

/** How like a network something is that stands in for it, on a data set. */
export interface Likeness {
  /** |f - f_L| / |f| over the data. */
  readonly error: Bracketed;
  /**
   * Share of samples on which f and f_L name the same class: the first of the largest outputs; of one output, with labels, 1 where it is above 0. NaN for
   * one output without labels, and where an output is not finite.
   */
  readonly agreement: number;
  /** Share of samples on which f_L names the class of the labels; NaN without labels. */
  readonly accuracy: Bracketed;
}

/**
 * How like the outputs f of a network those of what stands in for it are, for whoever asks again and again on the same samples.
 *
 * *Arguments*: `samples`; `labels`: the class of each sample; then `f` and `substituted`: samples x outputs; `linear`: whether both are known to be the same.
 */
export function likenessOf(
  samples: number,
  labels?: ArrayLike<number>,
): (f: Float64Array) => (substituted: Float64Array, linear: boolean) => Likeness {
  // An accuracy often stays what it was for a while.
  const shares = new Map<number, BinomialShare>();
  const share = (right: number): BinomialShare => {
    const known = shares.get(right) ?? binomialShare(right, samples);
    shares.set(right, known);
    return known;
  };
  return (f) => {
    const outputs = f.length / samples;
    const sound = allFinite(f);
    const named = classesOf(f, samples, outputs);
    return (substituted, linear) => {
      const finite = allFinite(substituted);
      const classes = classesOf(substituted, samples, outputs);
      return {
        error: relativeError(f, substituted, samples, linear),
        agreement: !finite || !sound || (outputs < 2 && !labels) ? NaN : alike(classes, named) / samples,
        accuracy: accuracy(labels && finite ? share(alike(classes, labels)) : undefined, finite, samples),
      };
    };
  };
}

/** Throws where a label is no class. */
export function checkLabels(asker: string, labels: ArrayLike<number>, samples: number, classes: number): void {
  if (labels.length !== samples) throw new RangeError(`${asker}: ${labels.length} labels given for ${samples} samples`);
  for (let s = 0; s < samples; s++)
    if (!Number.isInteger(labels[s]!) || labels[s]! < 0 || labels[s]! >= classes)
      throw new RangeError(
        `${asker}: sample ${s} has the label ${labels[s]}; allowed: integers from 0 to ${classes - 1}, the classes that the outputs name`,
      );
}

const alike = (some: ArrayLike<number>, others: ArrayLike<number>): number => {
  let count = 0;
  for (let s = 0; s < some.length; s++) if (some[s] === others[s]) count++;
  return count;
};

/** The class that each row of outputs names: the first of the largest; of one output 1 where it is above 0. */
function classesOf(values: Float64Array, samples: number, columns: number): Int32Array {
  const classes = new Int32Array(samples);
  for (let s = 0, row = 0; s < samples; s++, row += columns) {
    let best = columns === 1 && values[row]! > 0 ? 1 : 0;
    for (let k = 1; k < columns; k++) if (values[row + k]! > values[row + best]!) best = k;
    classes[s] = best;
  }
  return classes;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

const allFinite = (values: Float64Array): boolean => largest(values) < Infinity;

/** Of each sample: the sum of squares of its outputs, in a unit. */
const squares = (values: Float64Array, samples: number, scale: number): Float64Array => {
  const columns = values.length / samples;
  const sums = new Float64Array(samples);
  for (let s = 0, i = 0; s < samples; s++) {
    let sum = 0;
    for (const end = i + columns; i < end; i++) {
      const value = values[i]! / scale;
      sum += value * value;
    }
    sums[s] = sum;
  }
  return sums;
};

/** The relative error, and what is sure of it; `linear`: there is no activation between the two. */
function relativeError(f: Float64Array, substituted: Float64Array, samples: number, linear: boolean): Bracketed {
  // Halves, where the difference of two large numbers is none.
  const part = largest(f) > 4e307 || largest(substituted) > 4e307 ? 0.5 : 1;
  const apart = new Float64Array(f.length);
  for (let i = 0; i < f.length; i++) apart[i] = part * f[i]! - part * substituted[i]!;
  const [far, size] = [largest(apart), largest(f)];
  const said = (value: number, error: number, interval: [number, number], more: Partial<Bracketed> = {}): Bracketed => ({
    value,
    error,
    interval,
    unit: "1",
    status: "ok",
    method: `Euclidean norms over ${samples} samples; the error is half of the 95 % interval over samples in standard errors`,
    sources: ["Lin, Feng, Zhang, Zhao 2025", "Hall 1992"],
    cost: {},
    ...more,
  });
  const broken = [f, substituted].findIndex((values) => !allFinite(values));
  if (broken >= 0)
    return said(NaN, NaN, [0, Infinity], {
      status: "diverged",
      explanation: `an output of ${broken === 0 ? "the network" : "its linear map"} is not finite`,
    });
  if (size === 0)
    return said(NaN, NaN, [0, Infinity], {
      status: "not-converged",
      explanation: "the network's output is 0 on every sample",
    });
  if (far === 0)
    return linear
      ? said(0, 0, [0, 0])
      : said(0, NaN, [0, Infinity], {
          explanation: `the map equals the network on all ${samples} samples, which does not bound how far it is off on others`,
        });
  // Each in a unit of its own, so that no square is too large or too small for a number.
  const { value, interval } = ratioOfMeans(squares(apart, samples, far), squares(f, samples, size));
  const scale = far / size / part;
  const [low, high] = interval.map((r) => scale * Math.sqrt(r)) as [number, number];
  const found = scale * Math.sqrt(value);
  if (samples < 2) return said(found, NaN, [0, Infinity], { explanation: "one sample has no spread: there is no error" });
  return said(found, (high - low) / (2 * NORMAL_95), [low, high]);
}

function accuracy(known: BinomialShare | undefined, finite: boolean, samples: number): Bracketed {
  return {
    ...(known ?? { value: NaN, error: NaN, interval: [0, 1] as const }),
    unit: "1",
    status: known ? "ok" : finite ? "not-converged" : "diverged",
    method: `share of ${samples} samples; the error is the longer arm of the 95 % interval in standard errors`,
    sources: ["Clopper, Pearson 1934"],
    cost: {},
    ...(known ? {} : { explanation: finite ? "no labels were given" : "an output is not finite, and names no class" }),
  };
}
