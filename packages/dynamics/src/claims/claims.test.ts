import { describe, expect, it } from "vitest";
import { checkClaim } from "./check.js";
import type { Claim, Comparison } from "./claim.js";
import { claims } from "./index.js";
import { judge } from "./judge.js";

const measured: Comparison = { what: "", predicted: 1, measured: 1.2, error: 0.1, bars: "standard error", resolution: 0.5 };

describe("a verdict", () => {
  it.each([
    [{}, "agrees"],
    [{ predicted: 0.91 }, "agrees"],
    [{ predicted: 0.8 }, "undecided"],
    [{ predicted: 0.69 }, "disagrees"],
    [{ predicted: 0.69, predictedError: 0.25 }, "agrees"],
    [{ bars: "bound" }, "disagrees"],
    [{ bars: "bound", predicted: 1.1001 }, "agrees"],
    [{ error: 0.2 }, "undecided"],
    [{ error: 0.2, resolution: 1 }, "agrees"],
    [{ measured: NaN }, "undecided"],
    [{ error: NaN }, "undecided"],
    [{ error: Infinity, resolution: Infinity, measured: Infinity }, "undecided"],
    [{ error: 0, predicted: 1.2 }, "agrees"],
    [{ error: 0, predicted: 1.2000001 }, "disagrees"],
  ] as [Partial<Comparison>, string][])("of %j is %s", (change, verdict) => {
    expect(judge({ ...measured, ...change })).toBe(verdict);
  });

  it("of a claim is that of its worst comparison; nothing measured says nothing", () => {
    const claim = (...changes: Partial<Comparison>[]): Claim => ({
      name: "n",
      item: "X1",
      description: "",
      sources: [],
      compare: () => changes.map((c) => ({ ...measured, ...c })),
    });
    expect(checkClaim(claim({}, {})).verdict).toBe("agrees");
    expect(checkClaim(claim({}, { error: NaN })).verdict).toBe("undecided");
    expect(checkClaim(claim({ error: NaN }, { predicted: 0 }, {})).verdict).toBe("disagrees");
    expect(checkClaim(claim()).verdict).toBe("undecided");
  });
});

describe.each(claims.map((c) => [c.name, c] as const))("the claim %s", (_, claim) => {
  const checked = checkClaim(claim);

  it("agrees in every comparison", () => {
    expect(checked.comparisons.filter((c) => c.verdict !== "agrees")).toEqual([]);
    expect(checked.comparisons.length).toBeGreaterThan(0);
  });

  it("would disagree with a prediction that is off by the resolution and a little", () => {
    for (const c of checked.comparisons) {
      const off = (c.predictedError ?? 0) + 2 * c.resolution + 1e-12;
      expect(judge({ ...c, predicted: c.predicted + off })).toBe("disagrees");
      expect(judge({ ...c, predicted: c.predicted - off })).toBe("disagrees");
    }
  });

  it("says what it claims, and whose claim it is", () => {
    expect(claim.item).toMatch(/^[A-F]\d+$/);
    expect(claim.description.length).toBeGreaterThan(20);
    expect(claim.sources.length).toBeGreaterThan(0);
    expect(new Set(checked.comparisons.map((c) => c.what)).size).toBe(checked.comparisons.length);
  });
});
