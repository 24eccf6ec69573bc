// Bifurcations do not wait between the points of a branch. Where a start, a step or an end of the range lies exactly on one, the test function is 0 to
// the last bit there; where the field is slow, its eigenvalues are small. Closed forms throughout.
import { add, at, constant, matmul, mul, neg, reshape, stack, sub, type Tensor } from "#engine";
import { bifurcationDiagram, continuation, periodDoubling, periodicOrbit, type Family } from "#dynamics";
import { describe, expect, it } from "vitest";

/** x' = rate ((mu + i omega) x - |x|^2 x) as two numbers: a cycle of radius sqrt(mu), frequency rate omega. */
const hopf =
  (omega: number, rate = 1): Family =>
  (z, mu) => {
    const [x, y] = [at(z, 0), at(z, 1)];
    const growth = sub(mu, add(mul(x, x), mul(y, y)));
    return mul(rate, stack([sub(mul(growth, x), mul(omega, y)), add(mul(omega, x), mul(growth, y))]));
  };
/** x' = mu - x^2. */
const fold: Family = (x, mu) => sub(mu, mul(x, x));
/** x -> -mu x + x^3: flips at mu = 1, with c = 1. */
const flip: Family = (x, mu) => add(mul(neg(mu), x), mul(x, mul(x, x)));
const eighths = { step: 1 / 8, largestStep: 1 / 8 };

describe("a bifurcation exactly at a point of the branch", () => {
  const still = { kind: "flow", start: [0, 0], range: [-1, 1] } as const;

  it("is found when a step lands on it, when the walk starts on it, and once", () => {
    // Steps of 1/8 from 1/2 meet 0 exactly.
    for (const more of [{ parameter: 0.5, ...eighths }, { parameter: 0 }, { parameter: -0.5, ...eighths }]) {
      const { bifurcations } = continuation({ f: hopf(2), ...still, ...more });
      expect(bifurcations.map((b) => b.kind)).toEqual(["hopf"]);
      expect(Math.abs(bifurcations[0]!.parameter)).toBeLessThan(1e-14);
      expect(bifurcations[0]!.frequency).toBeCloseTo(2, 12);
    }
    for (const parameter of [0.5, 1]) {
      const { bifurcations } = continuation({ f: flip, kind: "map", start: [0], parameter, range: [0.25, 2], ...eighths });
      expect(bifurcations.map((b) => [b.kind, b.coefficient])).toEqual([["flip", expect.closeTo(1, 12)]]);
      expect(Math.abs(bifurcations[0]!.parameter - 1)).toBeLessThan(1e-14);
    }
  });

  it("is found at a fold that is the start, and the end of the range", () => {
    for (const range of [
      [-1, 1],
      [0, 1],
    ] as const) {
      const { bifurcations } = continuation({ f: fold, kind: "flow", start: [0], parameter: 0, range });
      expect(bifurcations.map((b) => b.kind)).toEqual(["fold"]);
      expect(Math.abs(bifurcations[0]!.parameter)).toBeLessThan(1e-14);
    }
    // A closed branch from its fold: x^2 + mu^2 = 1 turns at -1 and 1.
    const circle = continuation({
      f: (x, mu) => sub(1, add(mul(x, x), mul(mu, mu))),
      kind: "flow",
      start: [0],
      parameter: 1,
      range: [-2, 2],
    });
    expect(circle.bifurcations.map((b) => Math.round(b.parameter)).sort()).toEqual([-1, 1]);
  });

  it("is a note where the range ends on it, from either side and from itself", () => {
    for (const [range, parameter] of [
      [[-1, 0], -1],
      [[0, 1], 1],
      [[0, 1], 0],
    ] as const) {
      const { bifurcations, notes } = continuation({ f: hopf(1), kind: "flow", start: [0, 0], parameter, range });
      expect(bifurcations).toEqual([]);
      expect(notes).toEqual([expect.stringMatching(/parameter 0 where there may be a hopf: widen the range/)]);
    }
    // A centre has the sum 0 everywhere: there is nothing to be told.
    const centre = continuation({ f: (z) => stack([at(z, 1), neg(at(z, 0))]), ...still, parameter: 0 });
    expect([centre.bifurcations, centre.notes]).toEqual([[], []]);
  });
});

describe("units", () => {
  it("of time do not matter: a Hopf point at a rate of 1e-9 and of 1e9", () => {
    for (const rate of [1e-9, 1e9]) {
      const { bifurcations } = continuation({ f: hopf(3, rate), kind: "flow", start: [0, 0], parameter: -0.3, range: [-1, 1] });
      expect(bifurcations.map((b) => b.kind)).toEqual(["hopf"]);
      expect(bifurcations[0]!.frequency / rate).toBeCloseTo(3, 10);
      expect(bifurcations[0]!.amplitude(0.01)).toBeCloseTo(0.1, 10);
    }
  });

  it("of states, and which way the axes point, do not matter: y = A x + c", () => {
    const [a, c] = [
      [1, 2, -0.5, 3],
      [0.3, -1.2],
    ];
    const inverse = [3 / 4, -2 / 4, 0.5 / 4, 1 / 4];
    const turned = (m: number[], x: Tensor): Tensor => reshape(matmul(constant(m, [2, 2]), reshape(x, [2, 1])), [2]);
    const f: Family = (y, mu) => turned(a, hopf(0.7)(turned(inverse, sub(y, constant(c))), mu));
    const [found] = continuation({ f, kind: "flow", start: c, parameter: -0.3, range: [-1, 1] }).bifurcations;
    expect([found!.kind, found!.frequency]).toEqual(["hopf", expect.closeTo(0.7, 12)]);
    // The circle of radius 1/10 becomes an ellipse; its longer half axis is the larger singular value of A: (13 + sqrt(157.5625)) / 2 squared, about.
    const [trace, det] = [1 + 4 + 0.25 + 9, 4 * 4];
    expect(found!.amplitude(0.01)).toBeCloseTo(0.1 * Math.sqrt(0.5 * (trace + Math.sqrt(trace * trace - 4 * det))), 10);
  });
});

describe("misuse", () => {
  const asked = { f: fold, kind: "flow", start: [0.5], parameter: 0.25, range: [-1, 1] } as const;

  it("is refused with what was given, and never runs on", () => {
    expect(() => continuation({ ...asked, step: Infinity, largestStep: Infinity })).toThrow(/positive and finite/);
    for (const steps of [0, 2.5, NaN])
      expect(() => continuation({ ...asked, steps })).toThrow(/steps given; allowed: integers from 1/);
    for (const bound of [0, -1, NaN]) expect(() => continuation({ ...asked, bound })).toThrow(/bound .* given; allowed: above 0/);
    expect(() => continuation({ ...asked, f: (x) => stack([at(x, 0), at(x, 0)]) })).toThrow(/shape \[2\], the start has 1/);
    const searched = { f: fold, kind: "flow", box: [[-2, 2]], range: [-1, 1] } as const;
    expect(() => bifurcationDiagram({ ...searched, range: [NaN, 1] })).toThrow(/range \[NaN, 1\] given/);
    for (const places of [[], [NaN], [100]])
      expect(() => bifurcationDiagram({ ...searched, at: places })).toThrow(/given as parameters to search at/);
    const orbit = { f: flip, parameter: 1.2, period: 2, guess: [0.4] };
    expect(() => periodicOrbit({ ...orbit, parameter: NaN })).toThrow(/parameter NaN/);
    expect(() => periodicOrbit({ ...orbit, tolerance: -1 })).toThrow(/tolerance -1/);
    expect(() => periodicOrbit({ ...orbit, maxIterations: 0 })).toThrow(/0 iterations/);
    expect(() => periodDoubling({ f: flip, period: 2, between: [1.1, 1.5], guess: [] })).toThrow(/guess is empty/);
    expect(() => periodDoubling({ f: flip, period: 2, between: [1.1, 1.5], guess: [0.4], tolerance: NaN })).toThrow(
      /tolerance NaN/,
    );
  });
});
