/**
 * The shape of a feed-forward network.
 *
 * - non-augmented: no layer is wider than the one before it;
 * - bottleneck: some layer is strictly narrower than an earlier one and than a later one;
 * - augmented: neither: the widths rise, and once they fall they never rise again.
 */
export type WidthClass = "non-augmented" | "augmented" | "bottleneck";

/** What a network's shape means for the critical points of its input-output map. */
export interface WidthClassification {
  readonly class: WidthClass;
  /** Numbers of the layers that are bottlenecks, 0 being the input: all that are narrower than an earlier and a later one. */
  readonly bottlenecks: readonly number[];
  /**
   * For one output, weights of full rank and an activation that is smooth and strictly monotone:
   *
   * - none: the gradient vanishes nowhere;
   * - morse: for almost all weights every critical point is non-degenerate;
   * - degenerate: every critical point, if there is one, is degenerate;
   * - both: degenerate and non-degenerate ones may occur.
   */
  readonly criticalPoints: "none" | "morse" | "degenerate" | "both";
  /** Least dimension of the Hessian's null space at a critical point; 0 unless all are degenerate. */
  readonly corank: number;
  /** The same in words, with the reason. */
  readonly sentence: string;
  readonly source: string;
}

/**
 * The class of a feed-forward network from the widths of its layers.
 *
 * *Definition*: see `WidthClass` and `WidthClassification`. Behind a first bottleneck j that the widths reach without rising the input-output map is
 * g(h(x)) with a submersion h onto R^(n_j), so that grad = Dh^T grad g vanishes only where grad g does, and there the Hessian Dh^T D^2 g Dh
 * has rank n_j < n_0 at most: all critical points are degenerate, with corank n_0 - n_j at least (the narrowest such layer counts).
 * *Arguments*: `widths`: input first, output last, at least two integers from 1. Layers without an activation count like others.
 * *Returns*: see `WidthClassification`. Equal widths are neither a rise nor a fall. With several outputs it speaks about each of them alone
 * where the last layer keeps its rank, so `criticalPoints` is about one output.
 * *Error*: none: it is combinatorics. Throws for widths that are none.
 * *Source*: Kuehn, Kuntz 2024, Analysis of the geometric structure of neural networks and neural ODEs via Morse functions (arXiv 2405.09351).
 * *Example*: `[[3, 2, 1], [2, 5, 5, 1], [2, 1, 2, 1], [1, 3, 2, 3, 1]].map((w) => widthClass(w).criticalPoints) // ["none", "morse", "degenerate", "both"]`
 */
export function widthClass(widths: readonly number[]): WidthClassification {
  if (widths.length < 2 || !widths.every((w) => Number.isInteger(w) && w >= 1))
    throw new RangeError(
      `widthClass: widths [${widths.join(", ")}] given; allowed: at least two integers from 1, input first and output last`,
    );
  const wider = (j: number, others: readonly number[]): boolean => others.some((w) => w > widths[j]!);
  const bottlenecks = widths.flatMap((_, j) => (wider(j, widths.slice(0, j)) && wider(j, widths.slice(j + 1)) ? [j] : []));
  const rises = (until: number): boolean => widths.some((w, l) => l > 0 && l <= until && w > widths[l - 1]!);
  const said = (name: WidthClass, criticalPoints: WidthClassification["criticalPoints"], corank: number, sentence: string) => ({
    class: name,
    bottlenecks,
    criticalPoints,
    corank,
    sentence,
    source: "Kuehn, Kuntz 2024, arXiv 2405.09351",
  });
  if (!rises(widths.length - 1))
    return said(
      "non-augmented",
      "none",
      0,
      "No layer is wider than the one before: with weights of full rank the gradient vanishes nowhere, so there are no critical points.",
    );
  if (bottlenecks.length === 0)
    return said(
      "augmented",
      "morse",
      0,
      "The widths rise and then fall, without a bottleneck: critical points are possible, and for almost all weights every one of them is non-degenerate.",
    );
  // Bottlenecks reached without a rise: the map up to there is a submersion.
  const reached = bottlenecks.filter((j) => !rises(j) && widths[j]! < widths[0]!);
  if (reached.length > 0) {
    const least = Math.min(...reached.map((j) => widths[j]!));
    const corank = widths[0]! - least;
    return said(
      "bottleneck",
      "degenerate",
      corank,
      `The first bottleneck has ${least} unit${least === 1 ? "" : "s"} for ${widths[0]} inputs and the widths fall towards it: every critical point is degenerate, with a null space of ${corank} dimension${corank === 1 ? "" : "s"} at least.`,
    );
  }
  return said(
    "bottleneck",
    "both",
    0,
    "A layer is narrower than an earlier and a later one, and the widths rise before it: degenerate and non-degenerate critical points may both occur.",
  );
}
