import { characteristicRoots, delay, hopfDelay, kaplanYorke, lyapunov, type DelaySystem } from "#dynamics";
import { add, div, mul, pow, sub } from "#engine";
import { expect, test } from "vitest";

const mackeyGlass = (tau: number, steps: number, history = 0.5, dt = tau): DelaySystem =>
  delay({
    field: (x, [y]) => sub(div(mul(0.2, y!), add(1, pow(y!, 10))), mul(0.1, x)),
    lags: [tau],
    history: [history],
    steps,
    dt,
  });

// Exponents 0.0051, 0, -0.0388 at tau = 17 and 0.0073 at tau = 18. For tau = 17 the literature often has 0.007, which is the value near tau = 18.
test.each([
  [17, 0.0051, 2.133],
  [18, 0.0073, 2.215],
])("the exponents of the Mackey-Glass equation at tau = %d: %d, 0, and the dimension %d", (tau, first, dimension) => {
  const s = mackeyGlass(tau, 40);
  const found = lyapunov(s, { k: 4, steps: 3000, transient: 100 });
  expect(found.status).toBe("ok");
  expect(Math.abs(found.value[0]! - first)).toBeLessThan(0.15 * first + 3 * found.error[0]!);
  expect(found.error[0]).toBeLessThan(0.05 * first);
  // A flow has an exponent 0, which a finite run of 51,000 time units finds to a few of its standard errors.
  expect(Math.abs(found.value[1]!)).toBeLessThan(5e-4);
  if (tau === 17) expect(Math.abs(found.value[2]! + 0.0388)).toBeLessThan(0.0015);
  const d = kaplanYorke(found, s.dim);
  expect(Math.abs(d.value - dimension)).toBeLessThan(0.03);
});

test("the equilibrium 1 loses its stability at the delay arccos(-gamma/B) / omega = 4.7082, to a period of 16.2231", () => {
  // The slope of 0.2 y / (1 + y^10) at 1 is -0.4.
  const hopf = hopfDelay(-0.1, -0.4);
  expect(hopf.delay).toBeCloseTo(4.7081962894, 9);
  expect(hopf.frequency).toBeCloseTo(0.3872983346, 9);
  expect(hopf.period).toBeCloseTo(16.2231147, 6);
  const deviation = (tau: number): number[] => {
    const s = mackeyGlass(tau, 20, 0.99);
    return Array.from({ length: 400 }, () => {
      s.step();
      return Math.abs(s.present[0]! - 1);
    });
  };
  const late = (v: number[]): number => Math.max(...v.slice(-20));
  const early = (v: number[]): number => Math.max(...v.slice(100, 120));
  for (const [tau, sign] of [
    [hopf.delay - 0.2, -1],
    [hopf.delay + 0.2, 1],
  ] as const) {
    expect(Math.sign(characteristicRoots({ a: -0.1, b: -0.4, tau })[0]!.re)).toBe(sign);
    const d = deviation(tau);
    expect(Math.sign(late(d) - early(d))).toBe(sign);
  }
});
