import type { Dataset } from "./data.js";

/** Two samples with the same inputs. */
export interface EqualInputs {
  readonly samples: readonly [number, number];
  /** Whether their targets are the same too. If not, no function passes through both. */
  readonly sameTargets: boolean;
}

/**
 * The first two samples with the same inputs, those with different targets before those with the same; undefined where all inputs differ.
 *
 * *Arguments*: `data`. 0 and -0 are the same. *Error*: none, numbers are compared exactly. *Cost*: one pass over the data.
 */
export function equalInputs({ samples, inputs, targets }: Dataset): EqualInputs | undefined {
  const row = (values: ArrayLike<number>, i: number): string => {
    const width = values.length / samples;
    // + 0 makes 0 of -0.
    return Array.from({ length: width }, (_, j) => values[i * width + j]! + 0).join();
  };
  const seen = new Map<string, number>();
  let same: EqualInputs | undefined;
  for (let i = 0; i < samples; i++) {
    const key = row(inputs, i);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, i);
    else if (row(targets, first) !== row(targets, i)) return { samples: [first, i], sameTargets: false };
    else same ??= { samples: [first, i], sameTargets: true };
  }
  return same;
}
