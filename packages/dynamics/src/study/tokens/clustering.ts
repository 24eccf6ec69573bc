import type { Threads } from "#engine";
import { fillNormal, random, type RandomStream } from "../../core/random.js";
import type { Status } from "../../core/status.js";
import { flow } from "../../flow/flow.js";
import { attentionField, clusters, equiangularField, type AttentionWeights } from "../../limits/attention.js";

/** Tokens at one time. */
export interface ClusterRow {
  readonly beta: number;
  readonly time: number;
  /** Groups linked by cosines above the threshold. */
  readonly count: number;
  /** Share of pairs with a cosine above the threshold. */
  readonly pairs: number;
  /** Mean cosine over all pairs. */
  readonly cosine: number;
  /** The mean cosine if all angles were equal, which random directions in a space of many dimensions nearly are. */
  readonly equal: number;
}

export interface ClusteringOptions {
  readonly tokens: number;
  readonly dimension: number;
  readonly beta: number;
  readonly weights: AttentionWeights;
  /** Ascending, above 0. */
  readonly times: readonly number[];
  readonly threshold: number;
  readonly seed: number;
  readonly threads: Threads;
}

/** Cosines of all pairs: their mean, and the share above a threshold. */
function angles(x: Float64Array, n: number, d: number, threshold: number): { mean: number; share: number } {
  let [sum, above] = [0, 0];
  const size = Float64Array.from({ length: n }, (_, i) => Math.sqrt(product(x, i, i, d)));
  for (let i = 1; i < n; i++)
    for (let j = 0; j < i; j++) {
      const cosine = product(x, i, j, d) / (size[i]! * size[j]!);
      sum += cosine;
      if (cosine > threshold) above++;
    }
  const pairs = (n * (n - 1)) / 2;
  return { mean: sum / pairs, share: above / pairs };
}

function product(x: Float64Array, i: number, j: number, d: number): number {
  let s = 0;
  for (let c = 0; c < d; c++) s += x[i * d + c]! * x[j * d + c]!;
  return s;
}

/** Directions that are uniform on the sphere: those of normal vectors. */
export function randomDirections(tokens: number, dimension: number, stream: RandomStream): Float64Array {
  const drawn = fillNormal(new Float64Array(tokens * dimension), stream);
  for (let i = 0; i < tokens; i++) {
    const size = Math.sqrt(product(drawn, i, i, dimension));
    for (let c = 0; c < dimension; c++) drawn[i * dimension + c]! /= size;
  }
  return drawn;
}

/** Follows tokens from random directions through given times. */
export function follow(options: ClusteringOptions): { rows: ClusterRow[]; status: Status; explanation: string | undefined } {
  const { tokens, dimension, beta, weights, times, threshold, seed, threads } = options;
  // The same ones for every beta.
  const drawn = randomDirections(tokens, dimension, random(seed));
  const start = angles(drawn, tokens, dimension, threshold);
  const [steps, dt] = [times.length, times[0]!];
  const system = flow({ field: attentionField({ tokens, dimension, beta, weights }), initial: drawn, dt, threads });
  const theory =
    dimension >= tokens ? flow({ field: equiangularField({ tokens, beta, weights }), initial: [start.mean], dt }) : undefined;
  const rows: ClusterRow[] = [];
  const enter = (time: number): void => {
    const { mean, share } = angles(system.state, tokens, dimension, threshold);
    const { count } = clusters(system.state, dimension, threshold);
    rows.push({ beta, time, count, pairs: share, cosine: mean, equal: theory ? theory.state[0]! : NaN });
  };
  enter(0);
  for (let i = 0; i < steps; i++) {
    const status = system.step();
    theory?.step();
    if (status !== "ok") return { rows, status, explanation: system.explanation };
    enter(times[i]!);
  }
  return { rows, status: "ok", explanation: undefined };
}
