/** How a field acts on itself. */
export interface FieldProblem {
  /** Where the iteration begins: the largest field there can be. */
  readonly start: Float64Array;
  /** The order of each place in its field. */
  share(field: Float64Array): Float64Array;
  /** The field that these orders make. */
  apply(share: Float64Array): Float64Array;
  mean(share: Float64Array): number;
  /** Of the mean order from one iteration to the next. */
  readonly tolerance: number;
  /** Iterations at most. */
  readonly most: number;
  /** A rate that the error of a slower iteration is counted with. */
  readonly slowest: number;
}

export interface FieldSolution {
  /** The mean order. */
  readonly value: number;
  readonly field: Float64Array;
  /** The last change of the mean, and what the iteration leaves: that change enlarged by its rate. */
  readonly change: number;
  readonly left: number;
  readonly settled: boolean;
  readonly steps: number;
}

/**
 * The largest field that agrees with itself, field = apply(share(field)), by iteration from above.
 *
 * *Definition*: every third iteration takes Aitken's step at each place, to the end of the geometric series of the one slow mode that is
 * left near an onset.
 * *Source*: Aitken 1926, On Bernoulli's numerical solution of algebraic equations.
 */
export function selfConsistentField({ start, share, apply, mean, tolerance, most, slowest }: FieldProblem): FieldSolution {
  let field = start;
  let [value, change, rate, steps] = [1, 1, 0, 0];
  let before: Float64Array[] = [];
  for (; steps < most && change > tolerance; steps++) {
    const shares = share(field);
    const next = mean(shares);
    rate = Math.abs(value - next) / change;
    change = Math.abs(value - next);
    value = next;
    before.push(field);
    field = apply(shares);
    if (before.length < 3) continue;
    const [b, c] = [before[1]!, before[2]!];
    field = field.map((f, j) => {
      const [d, e] = [c[j]! - b[j]!, f - c[j]!];
      const q = e / d;
      const end = f + (e * q) / (1 - q);
      return q > 0 && q < 0.995 && end > 0 ? end : f;
    });
    before = [];
  }
  const left = (change * rate) / (1 - Math.min(rate, slowest));
  return { value, field, change, left, settled: change <= tolerance, steps };
}
