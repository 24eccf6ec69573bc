/** Number of insertions, deletions, replacements and swaps of neighbours that turn a into b (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity;
      const replace = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i]![j] = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, replace, swap);
    }
  }
  return rows[a.length]![b.length]!;
}

/**
 * The name among `names` that a mistyped word most likely meant.
 *
 * *Returns*: the nearest by edit distance, up to a third of the word's length (at least 1); undefined when none is so near.
 * *Cost*: bounded: words over 60 characters are not compared.
 * *Example*: `nearest("optimiser", ["optimizer", "data", "loss"]) // "optimizer"`
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (word.length > 60) return undefined;
  const lower = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3));
  for (const name of names) {
    const distance = editDistance(lower, name.toLowerCase());
    if (distance < least || (distance === least && best === undefined)) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** `; did you mean "tanh"?`, or nothing. */
export function suggestion(word: unknown, names: readonly string[]): string {
  const found = typeof word === "string" ? nearest(word, names) : undefined;
  return found === undefined ? "" : `; did you mean "${found}"?`;
}
