/** What several runs say together of a distance of which each gives the square: the mean square, or its root, with the standard error from their scatter. */
export function overRuns(
  squares: readonly number[],
  average: "mean-square" | "root-mean-square",
): { value: number; error: number } {
  const runs = squares.length;
  const mean = squares.reduce((a, b) => a + b, 0) / runs;
  const scatter = squares.reduce((a, b) => a + (b - mean) * (b - mean), 0);
  const error = runs > 1 ? Math.sqrt(scatter / (runs - 1) / runs) : 0;
  return average === "mean-square" ? { value: mean, error } : { value: Math.sqrt(mean), error: error / (2 * Math.sqrt(mean)) };
}
