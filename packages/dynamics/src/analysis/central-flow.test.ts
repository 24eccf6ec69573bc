import { at, add, mul, sub, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { landscape } from "../training/landscape.js";
import { centralFlow } from "./central-flow.js";

// L = S(y) x^2 / 2 - a y with S = s + b y: a slope in y along which the sharpness in x rises (the model of Damian, Nichani, Lee 2023). On x = 0 the
// Hessian is diag(S, 0), grad S = (0, b) and grad L = (0, -a), so y moves at speed eta a until S = 2 / eta, and there sigma^2 = 2 a / b holds it.
const [a, b, s, eta] = [0.3, 2, 1, 0.5];
const valley = (w: Tensor): Tensor => {
  const [x, y] = [at(w, 0), at(w, 1)];
  return sub(mul(0.5, mul(add(s, mul(b, y)), mul(x, x))), mul(a, y));
};

/** The same with the slope the other way. */
const falling = (w: Tensor): Tensor => add(valley(w), mul(2 * a, at(w, 1)));

/** Two such slopes with one common direction: both sharpnesses rise with y, z turns one into the other. */
const twin = (w: Tensor): Tensor => {
  const [u, v, y, z] = [at(w, 0), at(w, 1), at(w, 2), at(w, 3)];
  const first = mul(add(add(s, mul(b, y)), z), mul(u, u));
  const second = mul(sub(add(s, mul(b, y)), z), mul(v, v));
  return sub(mul(0.5, add(first, second)), mul(a, y));
};

describe("centralFlow of gradient descent", () => {
  it("is gradient flow below the edge and stops the sharpness exactly there, with sigma^2 = 2 a / b", () => {
    const flow = centralFlow({ landscape: landscape(valley, 2), initial: [0, 0], stepSize: eta });
    // S = 4 at y = 1.5, reached after 1.5 / (eta a) = 10 steps.
    flow.step(6);
    expect(flow.state[1]).toBeCloseTo(6 * eta * a, 14);
    expect(flow.look()).toMatchObject({ spread: 0, critical: 0 });
    flow.step(14);
    expect(flow.time).toBe(20);
    expect(flow.state[1]).toBeCloseTo(1.5, 12);
    const { spread, loss, meanLoss, values } = flow.look();
    expect(spread).toBeCloseTo((2 * a) / b, 12);
    expect(loss).toBeCloseTo(-a * 1.5, 12);
    // tr Sigma / eta for gradient descent.
    expect(meanLoss - loss).toBeCloseTo(spread / eta, 12);
    expect(values[0]).toBeCloseTo(2 / eta, 12);
  });

  it("leaves the edge as soon as the slope turns: sigma = 0", () => {
    const flow = centralFlow({ landscape: landscape(falling, 2), initial: [0, 1.5], stepSize: eta });
    expect(flow.look().spread).toBe(0);
    flow.step(4);
    expect(flow.state[1]).toBeCloseTo(1.5 - 4 * eta * a, 13);
  });

  it("holds two directions at once: Sigma is diagonal with 2 sigma_1^2 + 2 sigma_2^2 balancing the slope", () => {
    const flow = centralFlow({ landscape: landscape(twin, 4), initial: [0, 0, 0, 0.1], stepSize: eta });
    expect(flow.step(40)).toBe("ok");
    // dy = 0 asks b (X_11 + X_22) / 2 = a, dz = 0 asks X_11 = X_22; both sharpnesses at 2 / eta ask y = 1.5, z = 0.
    const { spread, values, critical } = flow.look();
    expect(critical).toBe(2);
    expect(values[0]).toBeCloseTo(2 / eta, 10);
    expect(values[1]).toBeCloseTo(2 / eta, 10);
    expect(spread).toBeCloseTo((2 * a) / b, 9);
    [0, 0, 1.5, 0].forEach((x, i) => expect(flow.state[i]).toBeCloseTo(x, 9));
  });

  it("is not changed by looking, goes back, and says what it has not", () => {
    const make = () => centralFlow({ landscape: landscape(twin, 4), initial: [0, 0, 0, 0.1], stepSize: eta });
    const [plain, watched] = [make(), make()];
    for (let i = 0; i < 15; i++) {
      watched.look();
      watched.step();
    }
    plain.step(15);
    expect([...watched.state]).toEqual([...plain.state]);
    plain.reset();
    plain.step(15);
    plain.state.forEach((x, i) => expect(x).toBeCloseTo(watched.state[i]!, 5));
    expect(() => plain.tangent(1)).toThrow(/not differentiable/);
    expect(() => plain.batch(2)).toThrow(/one flow for each start/);
  });

  it("ends as diverged where the gradient is not finite, at the last whole unit", () => {
    const cubic = (w: Tensor): Tensor => mul(-1, mul(at(w, 0), mul(at(w, 0), at(w, 0))));
    const flow = centralFlow({ landscape: landscape(cubic, 1), initial: [1], stepSize: 1 });
    expect(flow.step(100)).toBe("diverged");
    expect(flow.state.every(Number.isFinite)).toBe(true);
  });
});

describe("centralFlow of RMSProp", () => {
  // On x = 0: P = sqrt(nu), g = (0, -a). nu_x decays at rate c while x does not oscillate, which raises S / sqrt(nu_x) to 2 / eta; from there
  // c ((2 / eta)^2 nu_x sigma^2 - nu_x) / (2 sqrt(nu_x)) 2 / eta = dS/dt = b eta a / sqrt(nu_y).
  const beta2 = 0.9;
  const c = (1 - beta2) / beta2;

  it("holds S / sqrt(nu) at 2 / eta, with the mean square that the oscillation feeds", () => {
    const rate = 0.02;
    const flow = centralFlow({
      landscape: landscape(valley, 2),
      initial: [0, 0],
      stepSize: rate,
      rmsprop: { beta2, square: [0.01, a * a] },
      substeps: 40,
    });
    flow.step(30);
    const { values, spread, critical } = flow.look();
    expect(critical).toBe(1);
    expect(values[0]! / (2 / rate)).toBeCloseTo(1, 4);
    const [, y, nuX, nuY] = flow.state as unknown as [number, number, number, number];
    // nu_y stays a^2, and what holds y is only the third derivative: b sigma^2 / 2 against a.
    expect(nuY).toBeCloseTo(a * a, 12);
    expect((s + b * y) / Math.sqrt(nuX)).toBeCloseTo(2 / rate, 1);
    // sigma^2 from d/dt [S - (2 / eta) sqrt(nu_x)] = 0, solved for sigma^2; spread is in w, so Sigma_xx = sigma^2.
    const drive = (b * rate * a) / Math.sqrt(nuY) + (1 / rate) * c * Math.sqrt(nuX);
    const brake = (b * rate * b) / (2 * Math.sqrt(nuY)) + (1 / rate) * c * (2 / rate) ** 2 * Math.sqrt(nuX);
    expect(spread * (brake / drive)).toBeCloseTo(1, 3);
  });

  it("lets nu decay where nothing oscillates", () => {
    const flow = centralFlow({
      landscape: landscape(valley, 2),
      initial: [0, 0],
      stepSize: 0.02,
      rmsprop: { beta2, square: [1, a * a] },
      substeps: 100,
    });
    flow.step(5);
    expect(Math.abs(flow.state[2]! / Math.exp(-5 * c) - 1)).toBeLessThan(0.001);
  });
});

it("refuses what it cannot integrate, with what is allowed", () => {
  const base = { landscape: landscape(valley, 2), initial: [0, 0], stepSize: 0.1 };
  expect(() => centralFlow({ ...base, initial: [0] })).toThrow(/initial of length 1 given; allowed: 2/);
  expect(() => centralFlow({ ...base, stepSize: 0 })).toThrow(/stepSize 0 given/);
  expect(() => centralFlow({ ...base, substeps: 0 })).toThrow(/integers from 1/);
  const rmsprop = { beta2: 0.9, square: [1, 1] };
  expect(() => centralFlow({ ...base, rmsprop: { ...rmsprop, beta2: 0.1 } })).toThrow(/above 0.2 \(so that/);
  expect(() => centralFlow({ ...base, rmsprop: { ...rmsprop, square: [1, 0] } })).toThrow(/square\[1\] 0 given/);
  expect(() => centralFlow({ ...base, rmsprop: { ...rmsprop, epsilon: -1 } })).toThrow(/epsilon -1 given/);
});

it.each([1e3, 1e20, 1e60, 1e100, 1e150])("ends with a status where the curvature overflows, from a start %f away", (far) => {
  const flow = centralFlow({ landscape: landscape(valley, 2), initial: [far, far], stepSize: 0.1 });
  const status = flow.step(5);
  expect(["ok", "diverged", "not-converged"]).toContain(status);
  expect(flow.state.every(Number.isFinite)).toBe(true);
});
