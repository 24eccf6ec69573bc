import type { Claim, Comparison } from "./claim.js";
import { judge, type Verdict } from "./judge.js";

/** A claim with what was measured. */
export interface CheckedClaim extends Omit<Claim, "compare"> {
  readonly comparisons: readonly (Comparison & { readonly verdict: Verdict })[];
  /** The worst of its comparisons. */
  readonly verdict: Verdict;
}

/**
 * Checks a claim.
 * *Returns*: its comparisons with their verdicts. "disagrees" where one of them does, "undecided" where one cannot tell, else "agrees".
 * *Example*: `checkClaim(lookup("claim", claims, "smallest-network")).verdict // "agrees"`
 */
export function checkClaim({ compare, ...claim }: Claim): CheckedClaim {
  const comparisons = compare().map((c) => ({ ...c, verdict: judge(c) }));
  const some = (v: Verdict): boolean => comparisons.some((c) => c.verdict === v);
  return {
    ...claim,
    comparisons,
    verdict: some("disagrees") ? "disagrees" : some("undecided") || comparisons.length === 0 ? "undecided" : "agrees",
  };
}
