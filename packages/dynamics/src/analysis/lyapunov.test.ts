import { mul } from "#engine";
import { describe, expect, it } from "vitest";
import { map, type InPlaceMap } from "../core/map.js";
import { random } from "../core/random.js";
import { entropyBound, kaplanYorke } from "./kaplan-yorke.js";
import { lyapunov, lyapunovAlong } from "./lyapunov.js";

const LOG2 = 0.6931471805599453;

const henon: InPlaceMap = {
  f(s, out) {
    const x = s[0]!;
    out[0] = 1 + s[1]! - 1.4 * x * x;
    out[1] = 0.3 * x;
  },
  df(s, v, out) {
    const dx = v[0]!;
    out[0] = v[1]! - 2.8 * s[0]! * dx;
    out[1] = 0.3 * dx;
  },
};

const linear = (...diagonal: number[]): InPlaceMap => {
  const f = (x: Float64Array, out: Float64Array): void => diagonal.forEach((a, i) => (out[i] = a * x[i]!));
  return { f, df: (_x, v, out) => f(v, out) };
};

const oneDimensional = (f: (x: number) => number, df: (x: number) => number): InPlaceMap => ({
  f: (x, out) => void (out[0] = f(x[0]!)),
  df: (x, v, out) => void (out[0] = df(x[0]!) * v[0]!),
});

const logistic = (r: number): InPlaceMap =>
  oneDimensional(
    (x) => r * x * (1 - x),
    (x) => r * (1 - 2 * x),
  );

describe("the Hénon map at (1.4, 0.3)", () => {
  const spectrum = lyapunov(map({ f: henon, initial: [0.1, 0.1] }), { k: 2, steps: 100_000 });

  it("has exponents 0.4193 and -1.6233 within three standard errors", () => {
    [0.4193, -1.6233].forEach((exact, i) => {
      expect(spectrum.error[i]!).toBeGreaterThan(0);
      expect(spectrum.error[i]!).toBeLessThan(3e-3);
      expect(Math.abs(spectrum.value[i]! - exact)).toBeLessThan(3 * spectrum.error[i]! + 5e-5);
    });
  });

  it("obeys the sum rule: the sum is log 0.3 to 1e-12", () => {
    expect(Math.abs(spectrum.sum.value - -1.2039728043259361)).toBeLessThan(1e-12);
    expect(spectrum.sum.error).toBeLessThan(1e-14);
    expect(Math.abs(spectrum.value[0]! + spectrum.value[1]! - spectrum.sum.value)).toBeLessThan(1e-13);
  });

  it("has Kaplan-Yorke dimension 1.2583", () => {
    const d = kaplanYorke(spectrum, 2);
    expect(d.status).toBe("ok");
    expect(Math.abs(d.value - 1.2583)).toBeLessThan(3 * d.error + 5e-5);
  });

  it("does not depend on the interval beyond rounding", () => {
    const coarse = lyapunov(map({ f: henon, initial: [0.1, 0.1] }), { k: 2, steps: 100_000, interval: 5 });
    for (let i = 0; i < 2; i++) expect(Math.abs(coarse.value[i]! - spectrum.value[i]!)).toBeLessThan(1e-9);
  });
});

describe("maps with a constant derivative", () => {
  it("finds log 1.1 for diag(0.8, 1.1), where the identity frame would report log 0.8", () => {
    const one = lyapunov(map({ f: linear(0.8, 1.1), initial: [0, 0] }), { steps: 1000 });
    expect(Math.abs(one.value[0]! - 0.09531017980432486)).toBeLessThan(1e-12);
    const both = lyapunov(map({ f: linear(0.8, 1.1), initial: [0, 0] }), { k: 2, steps: 1000 });
    expect(Math.abs(both.value[1]! - -0.2231435513142097)).toBeLessThan(1e-12);
  });

  it("finds +-log((3 + sqrt 5) / 2) for the cat map, with an error bar of zero", () => {
    const cat: InPlaceMap = {
      f(s, out) {
        const [x, y] = [s[0]!, s[1]!];
        out[0] = (2 * x + y) % 1;
        out[1] = (x + y) % 1;
      },
      df(_s, v, out) {
        const [a, b] = [v[0]!, v[1]!];
        out[0] = 2 * a + b;
        out[1] = a + b;
      },
    };
    const { value, error } = lyapunov(map({ f: cat, initial: [0.2, 0.7] }), { k: 2, steps: 1000 });
    expect(Math.abs(value[0]! - 0.9624236501192069)).toBeLessThan(1e-12);
    expect(Math.abs(value[1]! + 0.9624236501192069)).toBeLessThan(1e-12);
    expect(error[0]!).toBeLessThan(1e-14);
  });

  it("finds +-log 2 for the baker's map", () => {
    const baker: InPlaceMap = {
      f(s, out) {
        const [x, y] = [s[0]!, s[1]!];
        out[0] = (2 * x) % 1;
        out[1] = 0.5 * (y + Math.floor(2 * x));
      },
      df(_s, v, out) {
        out[0] = 2 * v[0]!;
        out[1] = 0.5 * v[1]!;
      },
    };
    const { value } = lyapunov(map({ f: baker, initial: [0.3, 0.3] }), { k: 2, steps: 1000 });
    expect(Math.abs(value[0]! - LOG2)).toBeLessThan(1e-12);
    expect(Math.abs(value[1]! + LOG2)).toBeLessThan(1e-12);
  });

  it("finds log 2 for the doubling and the tent map, although every double falls onto 0 within 60 steps", () => {
    const doubling = map({
      f: oneDimensional(
        (x) => (2 * x) % 1,
        () => 2,
      ),
      initial: [0.3],
    });
    const tent = map({
      f: oneDimensional(
        (x) => (x < 0.5 ? 2 * x : 2 - 2 * x),
        (x) => (x < 0.5 ? 2 : -2),
      ),
      initial: [0.3],
    });
    for (const system of [doubling, tent]) {
      expect(Math.abs(lyapunov(system, { steps: 1000 }).value[0]! - LOG2)).toBeLessThan(1e-12);
      system.step(60);
      expect(system.state[0]).toBe(0);
    }
  });
});

describe("the logistic map", () => {
  it.each([
    [4, LOG2],
    [3.9, 0.496],
    [3.7, 0.3549],
    [3.57, 0.011],
    [3.5, -0.8725],
    [3.2, -0.9163],
  ])("r = %f: %f within three standard errors", (r, exact) => {
    const { value, error } = lyapunov(map({ f: logistic(r), initial: [0.3] }), {
      steps: 200_000,
      transient: 2000,
    });
    expect(error[0]!).toBeLessThan(3e-3);
    expect(Math.abs(value[0]! - exact)).toBeLessThan(3 * error[0]! + 6e-5);
  });

  it("r = 2: minus infinity at the superstable fixed point, with an explanation", () => {
    const found = lyapunov(map({ f: logistic(2), initial: [0.5] }), { steps: 100 });
    expect(found.value[0]).toBe(-Infinity);
    expect(found.explanation).toMatch(/derivative is singular/);
  });
});

describe("standard errors", () => {
  it("are calibrated on a map whose growth is an independent draw at every step", () => {
    // The skew tent map with peak at a: slopes 1/a with probability a, -1/(1 - a) otherwise.
    const a = 0.3;
    const exact = -(0.3 * -1.2039728043259361 + 0.7 * -0.35667494393873245);
    const skew = oneDimensional(
      (x) => (x < a ? x / a : (1 - x) / (1 - a)),
      (x) => (x < a ? 1 / a : -1 / (1 - a)),
    );
    const runs = 60;
    let chi = 0;
    for (let i = 0; i < runs; i++) {
      const { value, error } = lyapunov(map({ f: skew, initial: [(i + 0.5) / 61] }), { steps: 4000 });
      const z = (value[0]! - exact) / error[0]!;
      chi += z * z;
    }
    // Student's t with at least 19 degrees of freedom has variance below 19/17; chi has standard deviation sqrt(2 runs) or a little more.
    expect(chi).toBeGreaterThan(runs - 3.5 * Math.sqrt(2 * runs));
    expect(chi).toBeLessThan((19 / 17) * runs + 3.5 * 1.3 * Math.sqrt(2 * runs));
  });

  it("warn when batches are shorter than the correlation time", () => {
    // A growth rate that changes once in 1000 steps.
    const along = lyapunovAlong(1, 1, { batches: 20 });
    for (let i = 0; i < 4000; i++) along.push(Float64Array.of(i % 2000 < 1000 ? 2 : 0.5), 1);
    const found = along.estimate();
    expect(found.correlation).toBeGreaterThan(0.8);
    expect(found.explanation).toMatch(/correlated/);
  });
});

describe("lyapunovAlong", () => {
  it("gives the mean growth per unit of time at any moment", () => {
    const along = lyapunovAlong(1, 2, { batches: 4 });
    along.push(Float64Array.of(2, 0), 2);
    expect(along.estimate().status).toBe("step-limit");
    expect(along.estimate().value[0]).toBeNaN();
    along.push(Float64Array.of(0, 8), 2);
    expect(along.estimate().value[0]).toBeCloseTo(LOG2, 14);
    for (let i = 0; i < 100; i++) along.push(Float64Array.of(4, 0), 2);
    const found = along.estimate();
    expect(found.value[0]).toBeCloseTo(LOG2, 14);
    expect(found.batches).toBeGreaterThanOrEqual(4);
    expect(found.batches).toBeLessThan(8);
    expect(found.cost.steps).toBe(204);
  });
});

describe("failures", () => {
  it("a diverging orbit gives status diverged, NaN, and where", () => {
    const found = lyapunov(map({ f: henon, initial: [10, 0] }), { k: 2, steps: 1000 });
    expect(found.status).toBe("diverged");
    expect(found.value.every(Number.isNaN)).toBe(true);
    expect(found.sum.value).toBeNaN();
    expect(found.explanation).toMatch(/diverged after time 8, component 0/);
    expect(kaplanYorke(found, 2).value).toBeNaN();
  });

  it("a tangent that overflows within one interval gives status diverged, not a number", () => {
    const found = lyapunov(map({ f: linear(1e10), initial: [0] }), { steps: 1000, interval: 50 });
    expect([found.status, found.value[0]]).toEqual(["diverged", NaN]);
    expect(found.explanation).toMatch(/orthonormalise more often/);
    expect(lyapunov(map({ f: linear(1e10), initial: [0] }), { steps: 1000 }).value[0]).toBeCloseTo(23.02585092994046, 12);
  });

  it("misuse names what is allowed", () => {
    const s = map({ f: henon, initial: [0, 0] });
    expect(() => lyapunov(s, { k: 3 })).toThrow(/from 1 to dim = 2/);
    expect(() => lyapunov(s, { interval: 0 })).toThrow(/integers from 1/);
    expect(() => lyapunov(s, { steps: 5 })).toThrow(/20 batches/);
  });
});

describe("kaplanYorke and entropyBound", () => {
  const spectrum = (...value: number[]) => ({
    value: Float64Array.from(value),
    error: Float64Array.from(value, () => 0.01),
    status: "ok" as const,
    cost: {},
  });

  it("gives 2.0621 for the Lorenz exponents, with the error propagated", () => {
    const d = kaplanYorke(spectrum(0.9055, 0, -14.5721), 3);
    expect(d.value).toBeCloseTo(2 + 0.9055 / 14.5721, 14);
    expect(d.error).toBeCloseTo((0.01 + 0.01) / 14.5721 + (0.9055 * 0.01) / 14.5721 ** 2, 14);
  });

  it("gives 0 for a stable fixed point, the dimension when volume does not shrink, NaN when exponents are missing", () => {
    expect(kaplanYorke(spectrum(-1, -2), 2).value).toBe(0);
    expect(kaplanYorke(spectrum(0.5, -0.5), 2).value).toBe(2);
    const cut = kaplanYorke(spectrum(0.5, -0.1), 3);
    expect([cut.status, cut.value]).toEqual(["not-converged", NaN]);
  });

  it("adds the positive exponents", () => {
    expect(entropyBound(spectrum(0.5, 0.25, 0, -3), 4).value).toBe(0.75);
    expect(entropyBound(spectrum(0.5, 0.25), 4).status).toBe("not-converged");
  });
});

it("counts growth from unit vectors, also without a transient", () => {
  const halving = map({ f: (x) => mul(0.5, x), initial: [1, 2] });
  const { value } = lyapunov(halving, { k: 2, steps: 40, transient: 0 });
  for (const v of value) expect(v).toBeCloseTo(-0.6931471805599453, 14);
});

// Growths of an autoregression with a memory of 50 pushes, in batches of 16 to 32: the errors of independent batches are less than half of what they should be.
it("widens errors where batches are correlated, and says so: 3 errors hold the mean in 9 of 10 runs at least", () => {
  let held = 0;
  let said = 0;
  for (let seed = 0; seed < 200; seed++) {
    const along = lyapunovAlong(1, 1);
    const noise = random(seed);
    let growth = noise.normal() / Math.sqrt(1 - 0.98 ** 2);
    for (let t = 0; t < 500; t++) {
      growth = 0.98 * growth + noise.normal();
      along.push(Float64Array.of(Math.exp(growth)), 1);
    }
    const { value, error, explanation } = along.estimate();
    if (Math.abs(value[0]!) < 3 * error[0]!) held++;
    if (/correlated .*times those of independent ones/.test(explanation ?? "")) said++;
  }
  expect(held).toBeGreaterThanOrEqual(180);
  expect(said).toBeGreaterThan(20);
});
