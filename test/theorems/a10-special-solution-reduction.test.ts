import { delay, delayed, specialSolution } from "#dynamics";
import { compile, cos, mul, reshape, sin, sub, tanh, type Tensor } from "#engine";
import { expect, test } from "vitest";

test("on special solutions x' = a x(t - tau) is the differential equation y' = rate y: the fitted rate to 1e-8, and its series in tau", () => {
  for (const [a, tau] of [
    [-0.2, 1],
    [-1, 0.3],
    [0.4, 0.5],
    [-0.05, 6],
  ] as const) {
    const { rate, deviation } = specialSolution(a, tau);
    // The deviation is below 1e-9 of the solution from here on.
    const start = Math.ceil(22 / ((rate - deviation) * tau)) * tau;
    const program = compile(
      () => [
        delayed({
          field: (_x, [y]) => mul(a, y!),
          lags: [tau],
          history: (t) => reshape(cos(t), [1]),
          until: start + 2 * tau,
          steps: 60,
        }).at([start, start + 2 * tau]),
      ],
      [],
    );
    program.run();
    const [x, later] = program.outputs[0]!;
    expect(Math.abs(Math.log(later! / x!) / (2 * tau) - rate)).toBeLessThan(1e-8 * Math.abs(a));
  }
  // a (1 - a tau + 3/2 (a tau)^2 - 8/3 (a tau)^3 + ...), the series of W_0 at 0; wait for the last with (125/24) s^4.
  for (const s of [0.01, -0.01, 0.02]) {
    const { rate } = specialSolution(s, 1);
    expect(Math.abs(rate - s * (1 - s + (3 / 2) * s ** 2 - (8 / 3) * s ** 3))).toBeLessThan(6 * Math.abs(s) ** 5);
  }
});

test("a nonlinear equation with K tau e < 1: from any past the velocity becomes one function of the place, f - tau f' f to first order in tau", () => {
  // x' = f(x(t - tau)), f = 0.8 tanh(1 - x), Lipschitz constant 0.8. A second lag, unused, lets the past be read twice as far back.
  const velocityAt = (place: number, tau: number, history: (t: Tensor) => Tensor): number => {
    const s = delay({
      field: (_x, [y]) => mul(0.8, tanh(sub(1, y!))),
      lags: [tau, 2 * tau],
      history: (t) => reshape(history(t), [1]),
    });
    while (s.present[0]! < place) s.step();
    let [low, high] = [0, tau];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (s.past(middle)[0]! > place) low = middle;
      else high = middle;
    }
    return 0.8 * Math.tanh(1 - s.past(low + tau)[0]!);
  };
  for (const tau of [0.05, 0.1, 0.3]) {
    const velocities = [
      (t: Tensor) => mul(-3, cos(t)),
      (t: Tensor) => sub(mul(2, t), 4),
      (t: Tensor) => sub(sin(mul(9, t)), 2.5),
    ].map((history) => velocityAt(0.5, tau, history));
    for (const v of velocities) expect(Math.abs(v - velocities[0]!)).toBeLessThan(1e-8);
    const [f, slope] = [0.8 * Math.tanh(0.5), -0.8 / Math.cosh(0.5) ** 2];
    expect(Math.abs(velocities[0]! - (f - tau * slope * f))).toBeLessThan(tau * tau);
    expect(Math.abs(velocities[0]! - f)).toBeGreaterThan(0.2 * tau);
  }
});
