import { add, at, cos, div, mul, pow, sin, square, stack, sub, sum, tanh, type Tensor } from "#engine";
import {
  adaptive,
  characteristicRoots,
  closedOrbit,
  delay,
  fixed,
  flow,
  map,
  periodicOrbit,
  poincareMap,
  randomLayers,
  rk4,
  type System,
} from "#dynamics";
import { describe, expect, it, test } from "vitest";

const logistic = (r: number) => (x: Tensor) => mul(mul(r, x), sub(1, x));
const controller = adaptive({ rtol: 1e-11, atol: 1e-13 });
const oscillator = (mu: number) => (s: Tensor) =>
  stack([at(s, 1), sub(mul(mu, mul(sub(1, square(at(s, 0))), at(s, 1))), at(s, 0))]);

const turning = (angle: Tensor): Tensor => stack([cos(angle), sin(angle)]);
const hill = (y: Tensor): Tensor => div(y, add(1, pow(y, 10)));
/** Steps from one rise of the present value through 1 to the next but one. */
function turns(system: System & { readonly present: Float64Array }): number {
  const rises: number[] = [];
  for (let [i, before] = [0, system.present[0]!]; rises.length < 3; i++) {
    system.step();
    const now = system.present[0]!;
    if (before < 1 && now >= 1) rises.push(i + (1 - before) / (now - before));
    before = now;
  }
  return rises[2]! - rises[0]!;
}

describe("states that come back after a whole number of steps", () => {
  it("of a map are its periodic orbits, attracting or not", () => {
    for (const [r, steps, guess] of [
      [3.5, 4, 0.38],
      [3.9, 2, 0.36],
    ] as const) {
      const known = periodicOrbit({ f: logistic(r), parameter: 0, period: steps, guess: [guess] });
      const found = closedOrbit(map({ f: logistic(r), initial: [guess] }), { steps });
      expect(found.state[0]).toBeCloseTo(known.points[0]!, 12);
      expect(found.multipliers[0]![0]).toBeCloseTo(known.multipliers[0]![0], 10);
      expect(found.period).toBe(steps);
    }
  });

  it("of a flow are at rest: multipliers are exp(lambda dt), here of a saddle", () => {
    const f = (s: Tensor) => stack([tanh(mul(2, at(s, 0))), sub(square(at(s, 0)), mul(3, sub(at(s, 1), 5)))]);
    const { state, multipliers } = closedOrbit(
      flow({ field: f, initial: [0.05, 4.7], dt: 0.5, solver: rk4, controller: fixed(0.01) }),
    );
    expect(state[0]).toBeCloseTo(0, 10);
    expect(state[1]).toBeCloseTo(5, 10);
    // Steps of order 4 leave (h lambda)^4 lambda dt / 120 of each: 1e-8 of the second, 3e-9 of the first.
    expect(multipliers[0]![0]).toBeCloseTo(Math.E, 8);
    expect(multipliers[1]![0]).toBeCloseTo(Math.exp(-1.5), 8);
  });

  it.each([0.3, 1.9])(
    "of Hutchinson's equation, r = %f, is the rest at 1 with multipliers exp(lambda) by the characteristic roots, stable or not",
    (r) => {
      const system = delay({ field: (x, [y]) => mul(mul(r, x), sub(1, y!)), lags: [1], history: [0.9], steps: 12 });
      const { state, multipliers, status } = closedOrbit(system);
      expect(status).toBe("ok");
      state.forEach((v) => expect(v).toBeCloseTo(1, 11));
      characteristicRoots({ a: 0, b: -r, tau: 1, count: 2 }).forEach(({ re }, i) =>
        expect(Math.hypot(...multipliers[i]!)).toBeCloseTo(Math.exp(re), 6),
      );
    },
  );
});

describe("cycles of unknown period", () => {
  it.each([[1, 6.6632868593, 133]] as const)(
    "van der Pol's at mu = %f: as a flow and by its Poincare map",
    (mu, period, steps) => {
      const field = oscillator(mu);
      const section = poincareMap({ field, initial: [2, 0], event: (s) => at(s, 1), controller });
      const fixed = closedOrbit(section);
      const system = flow({ field, initial: [2.1, 0.1], dt: 0.05, controller });
      const free = closedOrbit(system, { steps, free: true });
      expect(Math.abs(free.period - period)).toBeLessThan(1e-7);
      expect(Math.abs(free.period - period)).toBeLessThan(free.periodError + 1e-9);
      // One multiplier along the cycle, the other that of the section.
      expect(free.multipliers[0]![0]).toBeCloseTo(1, 6);
      expect(free.multipliers[1]![0]).toBeCloseTo(fixed.multipliers[0]![0], 6);
      section.reset(fixed.state);
      section.step();
      expect(section.observables["duration"]![0]).toBeCloseTo(period, 8);
    },
  );

  // z' = (1 - |z|^2) z + K z(t - tau) has z = R exp(i w t) with w = -K sin(w tau), R^2 = 1 + K cos(w tau). A neighbour R + u in the turning frame has
  // u' = (1 - 2 R^2 - i w) u - R^2 conj(u) + K exp(-i w tau) u(t - tau).
  it.each([[-1.5, 1.3, 1.4639]] as const)(
    "a rotating wave of a delay equation, K = %f, tau = %f: period, radius and multipliers",
    (gain, tau, near) => {
      let w: number = near;
      for (let i = 0; i < 30; i++) w -= (w + gain * Math.sin(w * tau)) / (1 + gain * tau * Math.cos(w * tau));
      const square2 = 1 + gain * Math.cos(w * tau);
      const field = (z: Tensor, [past]: readonly Tensor[]) => add(mul(sub(1, sum(mul(z, z))), z), mul(gain, past!));
      const radius = Math.sqrt(square2);
      const wave = (t: Tensor): Tensor => mul(1.03 * radius, turning(mul(1.02 * w, t)));
      const system = delay({ field, lags: [tau], history: wave, dt: tau / 10, steps: 10 });
      system.step(10);
      const found = closedOrbit(system, { steps: (10 * 2 * Math.PI) / w / tau, free: true });
      expect(found.explanation).toBeUndefined();
      expect(found.residual).toBeLessThan(1e-9);
      expect(Math.abs(found.period - (2 * Math.PI) / w)).toBeLessThan(1e-6);
      for (let i = 0; i < found.state.length / 2; i++)
        expect(Math.abs(Math.hypot(found.state[2 * i]!, found.state[2 * i + 1]!) - radius)).toBeLessThan(1e-6);
      const along = found.multipliers.filter(([re, im]) => Math.hypot(re - 1, im) < 1e-4);
      expect(along.length).toBe(1);
      // The next multipliers are exp(lambda T) with roots of a(lambda) conj(a(conj(lambda))) = R^4.
      for (const [re, im] of found.multipliers.filter(([p, q]) => Math.hypot(p - 1, q) > 1e-4).slice(0, 2)) {
        const misses = [-2, -1, 0, 1, 2].map((turn) => {
          const lambda = [
            Math.log(Math.hypot(re, im)) / found.period,
            (Math.atan2(im, re) + 2 * Math.PI * turn) / found.period,
          ] as const;
          const [p, q] = [1, -1].map((s): readonly [number, number] => {
            const size = gain * Math.exp(-lambda[0] * tau);
            const angle = -(s * w + lambda[1]) * tau;
            return [lambda[0] - 1 + 2 * square2 - size * Math.cos(angle), lambda[1] + s * w - size * Math.sin(angle)];
          });
          return Math.hypot(p![0] * q![0] - p![1] * q![1] - square2 * square2, p![0] * q![1] + p![1] * q![0]);
        });
        expect(Math.min(...misses)).toBeLessThan(1e-3);
      }
    },
  );

  it("Mackey and Glass's at tau = 15, beta = 0.25 turns back into itself, and differences to it decay", () => {
    const field = (x: Tensor, [y]: readonly Tensor[]) => sub(mul(0.25, hill(y!)), mul(0.1, x));
    const system = delay({ field, lags: [15], history: [0.5], dt: 1.5, steps: 20 });
    // Two rises a round: the cycle with one has doubled its period.
    system.step(2000);
    const found = closedOrbit(system, { steps: turns(system), free: true });
    expect(found.status).toBe("ok");
    expect(found.multipliers[0]![0]).toBeCloseTo(1, 3);
    // The second exponent of this cycle is -0.0239 per unit of time, by the QR method on long runs of other programs.
    expect(Math.abs(Math.log(Math.hypot(...found.multipliers[1]!)) / found.period + 0.0239)).toBeLessThan(5e-4);
  });
});

test("what is no closed orbit says so", () => {
  const turn = (s: Tensor) => stack([at(s, 1), mul(-1, at(s, 0))]);
  const system = flow({ field: (s) => sub(turn(s), s), initial: [1, 0], dt: 0.1, controller });
  expect(closedOrbit(system, { steps: 60, free: true }).status).toBe("not-converged");
  const grows = closedOrbit(map({ f: (x) => add(x, 1), initial: [0] }));
  expect(grows.status).toBe("not-converged");
  expect(grows.state).toEqual(Float64Array.of(NaN));
  expect(() => closedOrbit(system, { steps: 1.5 })).toThrow("1.5 steps given; allowed: integers from 1");
  expect(() => closedOrbit(system, { steps: 2, free: true })).toThrow("2 steps given; allowed: finite numbers from 4");
  expect(() => closedOrbit(system, { guess: [1] })).toThrow("a guess of 1 numbers given; allowed: 2");
  expect(() => closedOrbit(map({ f: logistic(3), initial: [0.2] }), { steps: 8, free: true })).toThrow("a free period of a map");
  const noise = randomLayers({ width: 2, activation: "tanh", weightVariance: 1, initial: [1, 0] });
  expect(() => closedOrbit(noise)).toThrow("a random system given");
});

test("at rest, with steps too long for its tangents, a flow has no multipliers; with shorter ones those of its Jacobian", () => {
  // Eigenvalues -1 and -30 across each other; steps grow to dt.
  const field = (x: Tensor): Tensor => stack([add(mul(-1, at(x, 0)), at(x, 1)), mul(-30, at(x, 1))]);
  const of = (dt: number) => {
    const system = flow({ field, initial: [0.5, 0.5], dt });
    system.step(Math.round(20 / dt));
    return closedOrbit(system);
  };
  for (const dt of [0.25, 1, 2]) {
    const { status, explanation, multipliers } = of(dt);
    expect([status, multipliers.length]).toEqual(["not-converged", 0]);
    expect(explanation).toContain("a smaller dt");
  }
  const fine = of(0.02);
  expect(fine.status).toBe("ok");
  fine.multipliers.forEach(([re], i) => expect(Math.abs(re - Math.exp(-0.02 * [1, 30][i]!))).toBeLessThan(1e-4));
});
