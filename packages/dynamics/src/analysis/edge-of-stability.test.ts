import { describe, expect, it } from "vitest";
import { edgeOfStability } from "./edge-of-stability.js";

const time = Array.from({ length: 200 }, (_, i) => 10 * i);
const judge = (ratio: (i: number) => number, more = {}) =>
  edgeOfStability({ time, sharpness: time.map((_, i) => 40 * ratio(i)) }, { threshold: 40, ...more });

describe("edgeOfStability", () => {
  it("calls a run stable while the ratio stays below the band", () => {
    expect(judge((i) => i / 400)).toMatchObject({ regime: "stable", reachedAt: NaN, status: "ok" });
  });

  it("finds progressive sharpening up to the edge, and the step it was reached", () => {
    const verdict = judge((i) => Math.min(i / 100, i % 2 ? 1.02 : 0.99));
    expect(verdict.regime).toBe("at the edge");
    expect(verdict.reachedAt).toBe(950);
    expect(verdict.ratio).toBeCloseTo(1.005, 12);
    expect(verdict.window).toBe(20);
  });

  it("calls it beyond above the band", () => {
    expect(judge(() => 1.06).regime).toBe("beyond");
  });

  it("has a band whose ends belong to the edge", () => {
    expect(judge(() => 0.9375, { tolerance: 0.0625 }).regime).toBe("at the edge");
    expect(judge(() => 1.0625, { tolerance: 0.0625 }).regime).toBe("at the edge");
    expect(judge(() => 1.07, { tolerance: 0.0625 }).regime).toBe("beyond");
  });

  it("uses the median, so that single spikes do not decide", () => {
    expect(judge((i) => (i % 10 === 0 ? 5 : 1)).regime).toBe("at the edge");
  });

  it("leaves out what is not finite, and says unknown when nothing is left", () => {
    expect(judge((i) => (i > 150 ? NaN : 1)).ratio).toBe(1);
    expect(judge(() => NaN)).toMatchObject({ regime: "unknown", status: "not-converged" });
    expect(edgeOfStability({ time: [], sharpness: [] }, { threshold: 1 }).regime).toBe("unknown");
  });

  it("refuses misuse with what is allowed", () => {
    expect(() => edgeOfStability({ time: [1], sharpness: [] }, { threshold: 1 })).toThrow(/1 times and 0 values/);
    expect(() => judge(() => 1, { threshold: -1 })).toThrow(/2 \/ eta/);
    expect(() => judge(() => 1, { tolerance: 2 })).toThrow(/between 0 and 1/);
  });
});
