import { characteristicRoots, delay, hopfDelay, lambertW, lyapunov } from "#dynamics";
import { add, mul, sub } from "#engine";
import { expect, test } from "vitest";

test("lambda tau = W_k(a tau): stable for -pi/2 < a tau < 0, a Hopf point at -pi/2 with period 4 tau, real roots from -1/e on", () => {
  for (const tau of [0.5, 1, 3]) {
    const first = (strength: number) => characteristicRoots({ b: strength / tau, tau })[0]!;
    for (const s of [-0.01, -0.5, -1, -1.5, -1.57]) expect(first(s).re).toBeLessThan(0);
    for (const s of [-1.5709, -2, -8, 0.01, 1]) expect(first(s).re).toBeGreaterThan(0);
    const hopf = first(-Math.PI / 2);
    expect(Math.abs(hopf.re * tau)).toBeLessThan(1e-15);
    expect((2 * Math.PI) / Math.abs(hopf.im)).toBeCloseTo(4 * tau, 12);
    expect(hopfDelay(0, -Math.PI / 2 / tau).delay).toBeCloseTo(tau, 13);
    expect(hopfDelay(0, -Math.PI / 2 / tau).period).toBeCloseTo(4 * tau, 12);
    for (const s of [-0.36, -0.2, 0.5]) expect(first(s).im).toBe(0);
    for (const s of [-0.37, -0.5]) expect(first(s).im).not.toBe(0);
  }
  expect(lambertW(0, -Math.PI / 2).im).toBeCloseTo(Math.PI / 2, 14);
});

test("the roots of lambda = a + b exp(-lambda tau), in order, each a root, none left out", () => {
  for (const [a, b, tau] of [
    [-0.1, -0.4, 4.7],
    [0.5, -2, 1],
    [-1, 0.7, 2],
    [1, -0.2, 2],
  ] as const) {
    const roots = characteristicRoots({ a, b, tau, count: 9 });
    roots.forEach(({ re, im }, i) => {
      const size = b * Math.exp(-re * tau);
      expect(Math.abs(re - a - size * Math.cos(im * tau))).toBeLessThan(1e-11 * (1 + Math.abs(size)));
      expect(Math.abs(im + size * Math.sin(im * tau))).toBeLessThan(1e-11 * (1 + Math.abs(size)));
      if (i > 0) expect(re).toBeLessThanOrEqual(roots[i - 1]!.re + 1e-12);
    });
    // The argument principle: the change of the argument of lambda - a - b exp(-lambda tau) around a box counts the roots in it.
    const [left, top] = [(roots[7]!.re + roots[8]!.re) / 2, Math.abs(roots[8]!.im) + 0.5];
    if (roots[7]!.re - roots[8]!.re < 1e-6) continue;
    const right = Math.abs(a) + Math.abs(b) + 1;
    const corners = [
      [left, -top],
      [right, -top],
      [right, top],
      [left, top],
      [left, -top],
    ] as const;
    let [turns, before] = [0, NaN];
    for (let c = 0; c < 4; c++)
      for (let i = 0; i < 4000; i++) {
        const [re, im] = [0, 1].map((j) => corners[c]![j]! + ((corners[c + 1]![j]! - corners[c]![j]!) * i) / 4000) as [
          number,
          number,
        ];
        const size = b * Math.exp(-re * tau);
        const angle = Math.atan2(im + size * Math.sin(im * tau), re - a - size * Math.cos(im * tau));
        const d = angle - before;
        if (!Number.isNaN(d)) turns += d > Math.PI ? d - 2 * Math.PI : d < -Math.PI ? d + 2 * Math.PI : d;
        before = angle;
      }
    const inside = roots.filter(({ re, im }) => re > left && Math.abs(im) < top).length;
    expect(Math.round(turns / (2 * Math.PI))).toBe(inside);
  }
});

test("the Lyapunov exponents of a linear delay equation are the real parts of its rightmost roots", () => {
  for (const [a, b, tau] of [
    [-0.1, -0.4, 3],
    [0, -0.3, 1],
    [-1, 0.7, 2],
  ] as const) {
    const s = delay({ field: (x, [y]) => add(mul(a, x), mul(b, y!)), lags: [tau], history: [1], steps: 16 });
    const found = lyapunov(s, { k: 3, steps: 600, transient: 60 });
    expect(found.status).toBe("ok");
    const roots = characteristicRoots({ a, b, tau, count: 3 });
    // 600 delays: the frame's turning within a period leaves 2 pi / (600 tau) at most, and the present solves to 1e-5.
    roots.forEach(({ re }, i) => expect(Math.abs(found.value[i]! - re)).toBeLessThan(4e-3 / tau));
  }
});

test("Hutchinson's equation is stable below r = pi/2 and oscillates with a period near 4 above", () => {
  const run = (r: number, until: number) => {
    const s = delay({ field: (x, [y]) => mul(mul(r, x), sub(1, y!)), lags: [1], history: [0.9], dt: 0.125, steps: 24 });
    const values: number[] = [];
    for (let i = 0; i < 8 * until; i++) {
      s.step();
      values.push(s.present[0]! - 1);
    }
    return values;
  };
  const amplitude = (v: number[]): number => Math.max(...v.map(Math.abs));
  // Below: the decay of x' = -r x(t - 1), about 1.
  const below = run(1.4, 200);
  const rate = Math.log(amplitude(below.slice(-160)) / amplitude(below.slice(-800, -640))) / 80;
  expect(rate).toBeCloseTo(characteristicRoots({ b: -1.4, tau: 1 })[0]!.re, 2);
  const above = run(1.62, 400).slice(-800);
  expect(amplitude(above)).toBeGreaterThan(0.3);
  const up = above.flatMap((v, i) => (i > 0 && above[i - 1]! < 0 && v >= 0 ? [i - v / (v - above[i - 1]!)] : []));
  const period = (up.at(-1)! - up[0]!) / (up.length - 1) / 8;
  expect(Math.abs(period - 4)).toBeLessThan(0.15);
});
