// One unit with a monotone activation cannot change the order of its samples, two of them can (Lin, Feng, Zhang, Zhao 2025). Kendall's
// tau-b is compared with its definition, pair by pair, and with values that are known.
import { describe, expect, it } from "vitest";
import { kendall, mlp, normalQuantile, orderPreservation, orderViews, random } from "#dynamics";

/** Symmetric about 0 to the last bit. */
const grid = (n: number, end: number): number[] => Array.from({ length: n }, (_, i) => (end * (2 * i - (n - 1))) / (n - 1));
const pair = (w1: number, b1: number, w2: number, b2: number) => (h: number) => Math.tanh(w1 * h + b1) + Math.tanh(-w2 * h + b2);

describe("closed forms on the interval", () => {
  const h = grid(4001, 2);
  const tau = (f: (h: number) => number): number => kendall(h, h.map(f)).value;

  it("tanh and the identity preserve order, -x reverses it", () => {
    expect([tau(Math.tanh), tau((x) => x), tau((x) => -x)]).toEqual([1, 1, -1]);
  });

  it("exp(-h^2) and the even pair forget it on symmetric samples", () => {
    // Even functions: each pair of samples has a mirror image that stands the other way round, and h with -h is tied.
    expect(tau((x) => Math.exp(-x * x))).toBe(0);
    expect(tau(pair(1, 1, 1, 1))).toBe(0);
  });

  it("the pair (2, 1, 1, 1) has the value 0.28679", () => {
    expect(tau(pair(2, 1, 1, 1))).toBeCloseTo(0.28679, 5);
  });
});

describe("tau-b and the shares against their definitions", () => {
  /** Every pair, one after the other. */
  const counted = (x: ArrayLike<number>, y: ArrayLike<number>) => {
    const c = { pairs: 0, concordant: 0, discordant: 0, split: 0, merged: 0, tied: 0 };
    for (let i = 0; i < x.length; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)];
        c.pairs++;
        c[a === 0 ? (b === 0 ? "tied" : "split") : b === 0 ? "merged" : a === b ? "concordant" : "discordant"]++;
      }
    }
    return c;
  };
  const stream = random(5);
  const cases = Array.from({ length: 60 }, (_, k) => {
    const n = 2 + (k % 40);
    // From many ties to none; halves, so that -0 and 0 both occur.
    const levels = [2, 5, 30, 1e9][k % 4]!;
    const draw = (): number => Math.round(levels * (stream.uniform() - 0.5)) / 2;
    return { x: Array.from({ length: n }, draw), y: Array.from({ length: n }, draw) };
  });

  it("counts every pair on 60 random cases with few ties and many", () => {
    for (const { x, y } of cases) {
      const { counts, value, strict, weak } = kendall(x, y);
      const c = counted(x, y);
      expect(counts).toEqual(c);
      const scale = Math.sqrt((c.concordant + c.discordant + c.merged) * (c.concordant + c.discordant + c.split));
      if (scale === 0) expect(value).toBeNaN();
      else expect(value).toBeCloseTo((c.concordant - c.discordant) / scale, 14);
      const different = c.concordant + c.discordant + c.merged;
      if (different === 0) continue;
      expect([strict, weak]).toEqual([c.concordant / different, 1 - c.discordant / different]);
    }
  });

  it("has the jackknife's standard errors, each sample left out in fact", () => {
    for (const { x, y } of cases.filter((c, k) => c.x.length > 8 && k % 3 === 0)) {
      const all = kendall(x, y);
      const without = x.map((_, i) => kendall(x.toSpliced(i, 1), y.toSpliced(i, 1)));
      const jackknife = (values: number[]): number => {
        const mean = values.reduce((a, b) => a + b) / values.length;
        return Math.sqrt(((x.length - 1) / x.length) * values.reduce((s, v) => s + (v - mean) ** 2, 0));
      };
      if (without.some((k) => k.status !== "ok")) continue;
      expect(all.error).toBeCloseTo(jackknife(without.map((k) => k.value)), 10);
      expect(all.errors.weak).toBeCloseTo(jackknife(without.map((k) => k.weak)), 10);
      expect(all.errors.strict).toBeCloseTo(jackknife(without.map((k) => k.strict)), 10);
    }
  });

  it("sorts what differs in its last bits alone", () => {
    const x = Array.from({ length: 300 }, (_, i) => 1 + ((i * 167) % 300) * Number.EPSILON);
    expect(kendall(x, x).value).toBe(1);
    const down = x.map((v) => -v);
    expect(kendall(x, down).value).toBe(-1);
    expect(kendall(x, x.toReversed()).counts).toEqual(counted(x, x.toReversed()));
  });

  it("of independent samples it has the variance 2 (2n + 5) / (9 n (n - 1)), and its intervals hold 0", () => {
    const n = 40;
    const values = Array.from({ length: 1000 }, (_, k) => {
      const s = random(11, k);
      const draw = (): number[] => Array.from({ length: n }, () => s.uniform());
      return kendall(draw(), draw());
    });
    const squares = values.map((v) => v.value ** 2);
    const variance = (2 * (2 * n + 5)) / (9 * n * (n - 1));
    // The mean of 1000 squares of nearly normal values has the relative error sqrt(2 / 1000) = 4.5 %.
    expect(squares.reduce((a, b) => a + b) / 1000 / variance).toBeCloseTo(1, 0.7);
    // 95 % of 1000: within 4 standard deviations of 0.7 %, and 1 % for the asymptotics at n = 40.
    const held = values.filter((v) => v.interval[0] <= 0 && v.interval[1] >= 0).length;
    expect(Math.abs(held - 950)).toBeLessThan(4 * 7 + 10);
  });

  it("of a normal pair it is 2/pi arcsin of the correlation, and the error is that of 400 repetitions", () => {
    const rho = 0.6;
    const values = Array.from({ length: 400 }, (_, k) => {
      const s = random(12, k);
      const x = Array.from({ length: 200 }, () => s.normal());
      return kendall(
        x,
        x.map((v) => rho * v + Math.sqrt(1 - rho * rho) * s.normal()),
      );
    });
    const mean = values.reduce((a, v) => a + v.value, 0) / 400;
    const spread = Math.sqrt(values.reduce((a, v) => a + (v.value - mean) ** 2, 0) / 399);
    expect(Math.abs(mean - (2 / Math.PI) * Math.asin(rho))).toBeLessThan((4 * spread) / Math.sqrt(400));
    const claimed = values.reduce((a, v) => a + v.error, 0) / 400;
    // A standard deviation from 400 values is right to 3.5 %; four of these.
    expect(Math.abs(claimed / spread - 1)).toBeLessThan(0.14);
  });
});

describe("order in networks", () => {
  const samples = 300;
  const s = random(3);
  const data = { samples, inputs: Float64Array.from({ length: 4 * samples }, () => s.normal()) };
  const measured = (activation: string) => {
    const net = mlp({ widths: [4, 30, 30, 3], activation, init: { gain: 2, biasDeviation: 0.5 } });
    const views = orderViews(net, data, { pairs: 60 }).at(net.initial(1));
    return views.map((view) => ({ ...view, order: orderPreservation(view) }));
  };

  it.each(["tanh", "erf", "sigmoid", "relu", "softplus", "leaky-relu"])("single %s units preserve weak order exactly", (name) => {
    for (const { order } of measured(name).filter((v) => v.kind === "unit")) {
      expect(Array.from(order.weak).every((w) => w === 1)).toBe(true);
      expect(order.value).toBe(1);
    }
  });

  it("a ReLU merges n (n - 1) / 2 pairs for n samples below 0, and reverses none", () => {
    const views = measured("relu").filter((v) => v.kind === "unit");
    for (const { before, units, order } of views) {
      for (let u = 0; u < units; u++) {
        const off = Array.from({ length: samples }, (_, i) => before[i * units + u]!).filter((a) => a <= 0).length;
        expect(order.merged[u]).toBeCloseTo((off * (off - 1)) / (samples * (samples - 1)), 12);
      }
    }
    expect(views[0]!.order.meanTau.value).toBeLessThan(0.95);
  });

  it.each(["sine", "gaussian"])("single %s units do not", (name) => {
    for (const { order } of measured(name).filter((v) => v.kind === "unit")) expect(order.value).toBeLessThan(1);
  });

  it("pairs, layers and projections of a linear network preserve order exactly; those of tanh do not all", () => {
    // 1e-13: fields that meet on two ways of rounding may swap where they are closer than that, which no pair of 300 samples is.
    for (const { order } of measured("identity")) expect(order.meanTau.value).toBe(1);
    for (const { kind, order } of measured("tanh").filter((v) => v.kind !== "unit")) {
      expect([kind, order.meanTau.value < 1 - 4 * order.meanTau.error]).toEqual([kind, true]);
      expect(order.meanWeak.value).toBeGreaterThan(0.5);
    }
  });

  it("a pair's view is the sum of its two terms, computed by hand", () => {
    const net = mlp({ widths: [2, 2, 1], bias: false });
    const theta = [1, 2, 3, 4, 5, 6]; // fields (x + 3y, 2x + 4y), next 5 h1 + 6 h2
    const [view] = orderViews(net, { samples: 1, inputs: [0.1, 0.2] }, { pairs: 1 })
      .at(theta)
      .filter((v) => v.kind === "pair");
    expect(view!.before[0]).toBeCloseTo(5 * 0.7 + 6 * 1.0, 14);
    expect(view!.after[0]).toBeCloseTo(5 * Math.tanh(0.7) + 6 * Math.tanh(1), 14);
  });

  it("the mean's error over samples counts the units' common samples: a layer of copies of one unit has that unit's error", () => {
    const h = grid(101, 2).map((v, i) => v + 0.3 * Math.sin(7 * i));
    const after = h.map(pair(2, 1, 1, 1));
    const copies = (values: readonly number[]): number[] => values.flatMap((v) => [v, v, v]);
    const { meanTau, tauErrors } = orderPreservation({ samples: 101, units: 3, before: copies(h), after: copies(after) });
    expect(meanTau.error).toBeCloseTo(tauErrors[0]!, 13);
    expect(meanTau.value).toBeCloseTo(kendall(h, after).value, 14);
  });
});

describe("statistics that hang on one sample", () => {
  // A ReLU that is active on one sample of n: n - 1 pairs are concordant, all others merged, so tau-b = (n - 1) / sqrt(n0 (n - 1)) = sqrt(2 / n). Without
  // that sample nothing is left, which counts as 0; without any other tau-b is sqrt(2 / (n - 1)).
  const rare = (n: number, from = 0) => {
    const x = Array.from({ length: n }, (_, i) => i);
    return { x, y: x.map((v) => (v === from ? n : 0)) };
  };

  it("have errors as large as themselves, by the jackknife of these values", () => {
    for (const n of [3, 10, 57]) {
      const { x, y } = rare(n, n - 1);
      const found = kendall(x, y);
      const [others, others2] = [Math.sqrt(2 / (n - 1)), (n - 1) / n];
      expect(found.value).toBeCloseTo(Math.sqrt(2 / n), 12);
      // n - 1 values `others` and one 0: squared deviations others^2 (n - 1) / n, times (n - 1) / n.
      expect(found.error).toBeCloseTo(Math.sqrt(others2 * others * others * others2), 12);
      expect(found.weak).toBe(1);
      // x that differs on one sample alone.
      const turned = kendall(y, x);
      expect(Number.isFinite(turned.error) && Number.isFinite(turned.errors.weak) && turned.errors.strict > 0).toBe(true);
    }
  });

  it("do not spoil the error of the layer, and two samples have no error at all", () => {
    const [n, units] = [40, 3];
    const stream = random(3);
    const before = Float64Array.from({ length: n * units }, (_, i) =>
      i % units === 0 ? Math.floor(i / units) : stream.normal(),
    );
    const after = before.map((v, i) => (i % units === 0 ? Math.max(0, v - (n - 2)) : Math.max(0, v)));
    const { meanTau, tauErrors } = orderPreservation({ samples: n, units, before, after });
    expect(tauErrors.every(Number.isFinite)).toBe(true);
    expect([meanTau.status, Number.isFinite(meanTau.error), meanTau.error > 0]).toEqual(["ok", true, true]);
    expect(kendall([1, 2], [1, 2])).toMatchObject({ value: 1, error: Infinity, interval: [-1, 1] });
  });
});

describe("faults", () => {
  it("are told, not computed with", () => {
    expect(kendall([1, 2, NaN], [1, 2, 3])).toMatchObject({ status: "diverged", value: NaN });
    expect(kendall([1, 2, 3], [5, 5, 5])).toMatchObject({ status: "not-converged", value: NaN, weak: 1, strict: 0 });
    expect(() => kendall([1], [1])).toThrow("two at least");
    expect(() => kendall([1, 2], [1, 2], { level: 2 })).toThrow("kendall: level 2");
    expect(() => orderPreservation({ samples: 3, units: 1, before: [1, 2, 3], after: [1, 2, 3] }, { threshold: 0.5 })).toThrow(
      "order by chance",
    );
    const dead = orderPreservation({ samples: 3, units: 2, before: [1, 1, 2, 2, 3, 3], after: [0, 1, 0, 2, 0, 3] });
    expect([dead.constant, dead.value, dead.meanTau.value]).toEqual([1, 1, 1]);
    expect(dead.explanation).toContain("1 of 2 units");
    expect(normalQuantile(0.5)).toBeCloseTo(0, 15);
  });
});
