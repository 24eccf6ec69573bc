// Normal forms of local bifurcations and branches through them, with closed forms.
//
// - Saddle-node x' = mu - x^2: x = +-sqrt(mu). Pitchfork x' = mu x - x^3: 0 and +-sqrt(mu). Fold of x' = mu + x - x^3/3 where 1 - x^2 = 0:
//   mu = +-2/3. Cusp x' = b + a x - x^3: folds at 3 x^2 = a, b = -+2 (a/3)^(3/2), that is 27 b^2 = 4 a^3.
// - Hopf r' = mu r - r^3, angle' = 1: a cycle of radius sqrt(mu) and frequency 1. Brusselator X' = A - (B + 1) X + X^2 Y, Y' = B X - X^2 Y:
//   equilibrium (A, B/A) with trace B - 1 - A^2 and determinant A^2, so a Hopf point at B = 1 + A^2 with frequency A.
// - Neimark-Sacker, z' = e^(i t) z (1 + mu - |z|^2): an invariant circle of radius sqrt(mu). Delayed logistic map x'' = a x' (1 - x): the fixed
//   point 1 - 1/a has multipliers l^2 - l + a - 1 = 0, with product a - 1 = 1 at a = 2, where l = e^(+-i pi/3).
// - Flips of x' = r x - x^3 at r = 2 and sqrt 5 (see b09-bifurcation-ladder.test.ts).
import { add, at, constant, cos, div, grad, matmul, mul, neg, reshape, stack, sub, sum, tanh, type Tensor } from "#engine";
import {
  bifurcationDiagram,
  continuation,
  denseSymmetric,
  families,
  flip,
  lookup,
  periodDoubling,
  random,
  type Branch,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const cube = (x: Tensor): Tensor => mul(x, mul(x, x));
const kinds = (b: Branch): string[] => b.bifurcations.map((x) => x.kind);
const below = (x: number, most: number): void => expect(Math.abs(x)).toBeLessThan(most);

describe("folds", () => {
  it("the branch of mu - x^2 is x^2 = mu, and turns at 0", () => {
    const b = continuation({ f: (x, mu) => sub(mu, mul(x, x)), kind: "flow", start: [1.2], parameter: 1.44, range: [-1, 2] });
    expect(kinds(b)).toEqual(["fold"]);
    // The parameter is even in the arclength at a fold, so it is known to rounding; the state to the root of it.
    below(b.bifurcations[0]!.parameter, 1e-14);
    below(b.bifurcations[0]!.state[0]!, 1e-9);
    expect(b.bifurcations[0]!.coefficient).toBeCloseTo(-1, 12);
    for (const p of b.points) {
      below(p.parameter - p.state[0]! * p.state[0]!, 1e-13);
      expect(p.unstable).toBe(p.state[0]! < 0 ? 1 : 0);
    }
    expect(b.points[0]!.parameter).toBe(2);
    expect(b.points.at(-1)!.parameter).toBe(2);
  });

  it("mu + x - x^3/3 turns at mu = +-2/3", () => {
    const f = (x: Tensor, mu: Tensor): Tensor => sub(add(mu, x), div(cube(x), 3));
    const b = continuation({ f, kind: "flow", start: [-2], parameter: -1, range: [-1, 1] });
    expect(kinds(b)).toEqual(["fold", "fold"]);
    [2 / 3, -2 / 3].forEach((mu, i) => below(b.bifurcations[i]!.parameter - mu, 1e-13));
    [-1, 1].forEach((x, i) => below(b.bifurcations[i]!.state[0]! - x, 1e-8));
    // A fold is nondegenerate where the second derivative, -2 x, is not 0: +-1 with the half.
    [1, -1].forEach((a, i) => below(b.bifurcations[i]!.coefficient - a, 1e-8));
  });

  it.each([0.3, 1, 2.5])("b + a x - x^3 turns where 27 b^2 = 4 a^3, a = %f", (a) => {
    const f = (x: Tensor, b: Tensor): Tensor => sub(add(b, mul(a, x)), cube(x));
    const b = continuation({ f, kind: "flow", start: [-3], parameter: 3 * a - 27, range: [-30, 30] });
    expect(kinds(b)).toEqual(["fold", "fold"]);
    for (const fold of b.bifurcations) below(27 * fold.parameter * fold.parameter - 4 * a * a * a, 1e-12 * (1 + a * a * a));
  });
});

describe("branch points", () => {
  const pitchfork = (x: Tensor, mu: Tensor): Tensor => sub(mul(mu, x), cube(x));

  it("the pitchfork's arms are x^2 = mu, reached by switching at mu = 0", () => {
    const { branches, bifurcations, notes } = bifurcationDiagram({
      f: pitchfork,
      kind: "flow",
      box: [[-3, 3]],
      range: [-1, 2],
      at: [-1],
    });
    expect(notes).toEqual([]);
    expect(bifurcations.map((x) => x.kind)).toEqual(["branch point"]);
    below(bifurcations[0]!.parameter, 1e-14);
    expect(bifurcations[0]!.meaning).toMatch(/^pitchfork/);
    expect(branches.length).toBe(3);
    for (const arm of branches.slice(1)) {
      expect(arm.points.at(-1)!.parameter).toBe(2);
      for (const p of arm.points) below(p.state[0]! * p.state[0]! - p.parameter, 1e-13);
    }
    expect(
      branches
        .slice(1)
        .map((b) => Math.sign(b.points.at(-1)!.state[0]!))
        .sort(),
    ).toEqual([-1, 1]);
  });

  it("is found from an arm as well, and taken for no fold although the parameter turns there", () => {
    const b = continuation({ f: pitchfork, kind: "flow", start: [1.4], parameter: 1.96, range: [-1, 2] });
    expect(kinds(b)).toEqual(["branch point"]);
    below(b.bifurcations[0]!.parameter, 1e-14);
  });

  it("of a transcritical crossing mu x - x^2 leads from 0 to x = mu", () => {
    const f = (x: Tensor, mu: Tensor): Tensor => sub(mul(mu, x), mul(x, x));
    const { branches, bifurcations } = bifurcationDiagram({ f, kind: "flow", box: [[-3, 3]], range: [-1, 2], at: [-1] });
    expect(bifurcations.map((x) => x.meaning)).toEqual(["transcritical: two branches cross and exchange stability"]);
    const other = branches.find((b) => b.points.some((p) => Math.abs(p.state[0]!) > 0.1))!;
    for (const p of other.points) below(p.state[0]! - p.parameter, 1e-13);
  });
});

/** Radius of the cycle of a plane field about a point: the largest distance over the last fifth, by the classical Runge-Kutta method. */
function radius(field: (x: number, y: number) => [number, number], centre: [number, number], from: number, time: number): number {
  const h = 0.01;
  let [x, y] = [centre[0] + from, centre[1]];
  let most = 0;
  for (let t = 0; t < time; t += h) {
    const [a, b] = field(x, y);
    const [c, d] = field(x + 0.5 * h * a, y + 0.5 * h * b);
    const [e, g] = field(x + 0.5 * h * c, y + 0.5 * h * d);
    const [k, l] = field(x + h * e, y + h * g);
    x += (h / 6) * (a + 2 * c + 2 * e + k);
    y += (h / 6) * (b + 2 * d + 2 * g + l);
    if (t > 0.8 * time) most = Math.max(most, Math.hypot(x - centre[0], y - centre[1]));
  }
  return most;
}

describe("Hopf points", () => {
  /** The normal form in coordinates u with (x, y) = T u. */
  const rotated =
    (t: readonly number[], inverse: readonly number[]) =>
    (u: Tensor, mu: Tensor): Tensor => {
      const z = matmul(constant(t, [2, 2]), u);
      const [x, y] = [at(z, 0), at(z, 1)];
      const r = add(mul(x, x), mul(y, y));
      const v = stack([sub(sub(mul(mu, x), y), mul(r, x)), sub(add(x, mul(mu, y)), mul(r, y))]);
      return matmul(constant(inverse, [2, 2]), v);
    };

  it("of r' = mu r - r^3 lie at mu = 0 with frequency 1 and amplitude sqrt(mu)", () => {
    const b = continuation({
      f: rotated([1, 0, 0, 1], [1, 0, 0, 1]),
      kind: "flow",
      start: [0, 0],
      parameter: -1,
      range: [-1, 1.3],
    });
    expect(kinds(b)).toEqual(["hopf"]);
    const [hopf] = b.bifurcations;
    below(hopf!.parameter, 1e-14);
    below(hopf!.frequency - 1, 1e-14);
    expect(hopf!.meaning).toMatch(/^supercritical/);
    for (const mu of [0.01, 0.25, 1]) below(hopf!.amplitude(mu) - Math.sqrt(mu), 1e-14);
    expect(hopf!.amplitude(-0.1)).toBeNaN();
    expect(b.points.filter((p) => p.parameter > 1e-6).every((p) => p.unstable === 2)).toBe(true);
  });

  it("have an amplitude that does not depend on the coordinates: the sheared circle's longest semi-axis", () => {
    // (x, y) = T u with T = [[1, 2], [0, 1]]: u = T^-1 (x, y), whose largest singular value is 1 + sqrt 2.
    const b = continuation({
      f: rotated([1, 2, 0, 1], [1, -2, 0, 1]),
      kind: "flow",
      start: [0, 0],
      parameter: -1,
      range: [-1, 1.3],
    });
    below(b.bifurcations[0]!.amplitude(0.04) - 0.2 * (1 + Math.SQRT2), 1e-13);
  });

  it.each([1, 1.7])(
    "of the Brusselator with A = %f lie at B = 1 + A^2 with frequency A, and their cycles have the size foretold",
    (A) => {
      const f = (z: Tensor, B: Tensor): Tensor => {
        const [x, y] = [at(z, 0), at(z, 1)];
        const reaction = mul(mul(x, x), y);
        return stack([add(sub(A, mul(add(B, 1), x)), reaction), sub(mul(B, x), reaction)]);
      };
      const b = continuation({ f, kind: "flow", start: [A, 0.5 / A], parameter: 0.5, range: [0.5, 6] });
      expect(kinds(b)).toEqual(["hopf"]);
      const [hopf] = b.bifurcations;
      below(hopf!.parameter - (1 + A * A), 1e-12);
      below(hopf!.frequency - A, 1e-12);
      // To leading order in the distance d: what is left falls like d, so that a quarter of it leaves a quarter.
      const miss = [0.02, 0.005].map((d) => {
        const B = 1 + A * A + d;
        const field = (x: number, y: number): [number, number] => [A - (B + 1) * x + x * x * y, B * x - x * x * y];
        const foretold = hopf!.amplitude(B);
        return radius(field, [A, B / A], foretold, 60 / d) / foretold - 1;
      });
      below(miss[1]!, 0.05);
      expect(Math.abs(miss[1]! / miss[0]!)).toBeLessThan(0.6);
    },
  );

  it("are not seen at neutral saddles, where two real eigenvalues add up to 0", () => {
    const f = (z: Tensor, mu: Tensor): Tensor => stack([at(z, 0), mul(sub(mu, 1), at(z, 1))]);
    const b = continuation({ f, kind: "flow", start: [0, 0], parameter: -0.5, range: [-0.5, 0.4] });
    expect([kinds(b), b.notes]).toEqual([[], []]);
  });
});

describe("maps", () => {
  it("an invariant circle of radius sqrt(mu) is born in e^(i t) z (1 + mu - |z|^2)", () => {
    const [c, s] = [Math.cos(1.1), Math.sin(1.1)];
    const f = (z: Tensor, mu: Tensor): Tensor => {
      const [x, y] = [at(z, 0), at(z, 1)];
      const factor = sub(add(1, mu), add(mul(x, x), mul(y, y)));
      return stack([mul(factor, sub(mul(c, x), mul(s, y))), mul(factor, add(mul(s, x), mul(c, y)))]);
    };
    const b = continuation({ f, kind: "map", start: [0, 0], parameter: -0.5, range: [-0.5, 0.7] });
    expect(kinds(b)).toEqual(["neimark-sacker"]);
    const [ns] = b.bifurcations;
    below(ns!.parameter, 1e-14);
    below(ns!.frequency - 1.1, 1e-14);
    for (const mu of [0.01, 0.25]) below(ns!.amplitude(mu) - Math.sqrt(mu), 1e-14);
    expect(ns!.meaning).toMatch(/^supercritical/);
  });

  it("the delayed logistic map sheds a circle at a = 2 with angle pi / 3, of the size foretold", () => {
    const f = (z: Tensor, a: Tensor): Tensor => stack([at(z, 1), mul(a, mul(at(z, 1), sub(1, at(z, 0))))]);
    const b = continuation({ f, kind: "map", start: [0.3, 0.3], parameter: 1.5, range: [1.2, 2.2] });
    expect(kinds(b)).toEqual(["neimark-sacker"]);
    const [ns] = b.bifurcations;
    below(ns!.parameter - 2, 1e-13);
    below(ns!.frequency - Math.PI / 3, 1e-13);
    const miss = [0.004, 0.001].map((d) => {
      const a = 2 + d;
      let [x, y] = [1 - 1 / a + 0.01, 1 - 1 / a];
      let most = 0;
      for (let t = 0; t < 200 / d; t++) {
        [x, y] = [y, a * y * (1 - x)];
        if (t > 100 / d) most = Math.max(most, Math.hypot(x - 1 + 1 / a, y - 1 + 1 / a));
      }
      return most / ns!.amplitude(a) - 1;
    });
    // Along the circle the correction is of first order in the radius, so it halves when the distance is quartered.
    below(miss[1]!, 0.1);
    expect(Math.abs(miss[1]! / miss[0]!)).toBeLessThan(0.7);
  });

  const cubic = (x: Tensor, r: Tensor): Tensor => sub(mul(r, x), cube(x));

  it("the ladder of x' = r x - x^3: flips at 2, sqrt 5, ... by following each branch of doubled period", () => {
    const { bifurcations, branches, notes } = bifurcationDiagram({
      f: cubic,
      kind: "map",
      box: [[0.1, 2]],
      range: [1.5, 2.3022],
      at: [1.5],
      maxPeriod: 32,
    });
    expect(notes).toEqual([]);
    expect(branches.map((b) => b.period)).toEqual([1, 2, 4, 8, 16, 32]);
    expect(bifurcations.map((b) => b.kind)).toEqual(new Array(6).fill("flip"));
    const flips = bifurcations.map((b) => b.parameter);
    below(flips[0]! - 2, 1e-13);
    below(flips[1]! - Math.sqrt(5), 1e-13);
    // The third by another method: bisection on the multiplier at given parameters.
    const third = periodDoubling({ f: cubic, period: 4, between: [2.25, 2.295], guess: [1.366] });
    expect(third.status).toBe("ok");
    below(flips[2]! - third.value, 1e-11);
    const ratios = flips.slice(2).map((x, i) => (flips[i + 1]! - flips[i]!) / (x - flips[i + 1]!));
    ratios.forEach((q, i) => below(q - 4.669201609, 0.13 / 4.5 ** i));
    // On the 2-cycle x y = 1, x^2 + y^2 = r.
    for (const p of branches[1]!.points) {
      const [x, y] = branches[1]!.orbit(p) as unknown as [number, number];
      below(x * y - 1, 1e-11);
      below(x * x + y * y - p.parameter, 1e-11);
    }
    // Every flip is supercritical and every orbit is stable between its birth and its own flip.
    for (const b of bifurcations) expect(b.meaning).toMatch(/^supercritical/);
    branches.forEach((b, i) => {
      for (const p of b.points.slice(1))
        if (Math.abs(p.parameter - flips[i]!) > 1e-9) expect(p.unstable).toBe(p.parameter < flips[i]! ? 0 : 1);
    });
  });

  it("gradient descent on (w^2 - 1)^2 / 4 flips at eta = 1 and sqrt 5 - 1", () => {
    const loss = (w: Tensor): Tensor => sum(div(mul(sub(mul(w, w), 1), sub(mul(w, w), 1)), 4));
    const f = (w: Tensor, eta: Tensor): Tensor => sub(w, mul(eta, grad(loss)(w)));
    const { bifurcations } = bifurcationDiagram({ f, kind: "map", box: [[0.5, 2]], range: [0.5, 1.28], at: [0.5], maxPeriod: 4 });
    expect(bifurcations.map((b) => [b.kind, b.period])).toEqual([
      ["flip", 1],
      ["flip", 2],
    ]);
    [1, Math.sqrt(5) - 1].forEach((eta, i) => below(bifurcations[i]!.parameter - eta, 1e-13));
  });

  it("the coefficient of a flip of gradient descent is that of the loss", () => {
    // A loss of two variables with cross terms; its minimum at 0 has the Hessian diag(2, 5) turned by an angle.
    const loss = (w: Tensor): Tensor => {
      const [x, y] = [add(mul(0.8, at(w, 0)), mul(0.6, at(w, 1))), sub(mul(0.8, at(w, 1)), mul(0.6, at(w, 0)))];
      const quadratic = add(mul(x, x), mul(2.5, mul(y, y)));
      return add(quadratic, sub(mul(0.7, mul(x, mul(y, y))), sub(cos(y), add(1, mul(0.2, cube(y))))));
    };
    const scalar = (w: Tensor): Tensor => reshape(loss(w), []);
    const one = flip({ loss: scalar, at: [0, 0] });
    const f = (w: Tensor, eta: Tensor): Tensor => sub(w, mul(eta, grad(scalar)(w)));
    const b = continuation({ f, kind: "map", start: [0, 0], parameter: 0.2, range: [0.2, 0.5] });
    const found = b.bifurcations.find((x) => x.kind === "flip")!;
    below(found.parameter - one.stepSize, 1e-13);
    below(found.coefficient / one.value - 1, 1e-11);
    below(found.amplitude(1.02 * one.stepSize) / one.amplitude(1.02 * one.stepSize) - 1, 1e-11);
  });
});

describe("recurrent networks", () => {
  const layer =
    (w: readonly number[], n: number) =>
    (x: Tensor, g: Tensor): Tensor =>
      tanh(mul(g, matmul(constant(w, [n, n]), x)));

  it("x' = tanh(g W x) with symmetric W has a branch point or a flip of 0 at 1 / |g| for every eigenvalue", () => {
    const n = 4;
    const stream = random(5);
    const w = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) w[i * n + j] = w[j * n + i] = stream.normal();
    const { values } = denseSymmetric(w, n);
    const expected = [...values]
      .map((l) => [1 / Math.abs(l), l > 0 ? "branch point" : "flip"] as const)
      .filter(([g]) => g < 3)
      .sort((a, b) => a[0] - b[0]);
    const b = continuation({ f: layer([...w], n), kind: "map", start: new Float64Array(n), parameter: 0.05, range: [0.05, 3] });
    expect(kinds(b)).toEqual(expected.map(([, kind]) => kind));
    expected.forEach(([g], i) => below(b.bifurcations[i]!.parameter - g, 1e-12));
  });

  it("two neurons that excite and inhibit each other, x' = -x + tanh(g W x), begin to oscillate at g = 1 with frequency 2", () => {
    const w = [1, -2, 2, 1];
    const f = (x: Tensor, g: Tensor): Tensor => add(neg(x), layer(w, 2)(x, g));
    const b = continuation({ f, kind: "flow", start: [0, 0], parameter: 0.2, range: [0.2, 2] });
    expect(kinds(b)).toEqual(["hopf"]);
    below(b.bifurcations[0]!.parameter - 1, 1e-13);
    below(b.bifurcations[0]!.frequency - 2, 1e-13);
    expect(b.bifurcations[0]!.meaning).toMatch(/^supercritical/);
  });

  it("a biased neuron's other states appear where x = tanh(g x + b) touches: g (1 - x^2) = 1, b = atanh x - x / (1 - x^2)", () => {
    const family = lookup("family", families, "biased-neuron");
    const { bifurcations } = bifurcationDiagram({ f: family.f, kind: "map", box: family.box, range: family.range });
    expect(bifurcations.map((b) => b.kind)).toEqual(["fold"]);
    const { parameter: g, state } = bifurcations[0]!;
    const x = state[0]!;
    // The state at a fold is known to the root of rounding.
    below(g * (1 - x * x) - 1, 1e-7);
    below(Math.atanh(x) - x / (1 - x * x) - 0.1, 1e-7);
    // b as a function of x has slope -2 x^2 / (1 - x^2)^2, so x is the only root below 0.
    expect(x).toBeLessThan(0);
  });

  it("turning neurons shed a closed curve at gain 1, by 1 radian a step", () => {
    const family = lookup("family", families, "turning-neurons");
    const { bifurcations } = bifurcationDiagram({ f: family.f, kind: "map", box: family.box, range: family.range });
    expect(bifurcations.map((b) => b.kind)).toEqual(["neimark-sacker"]);
    below(bifurcations[0]!.parameter - 1, 1e-14);
    below(bifurcations[0]!.frequency - 1, 1e-14);
    expect(bifurcations[0]!.meaning).toMatch(/^supercritical/);
  });

  it("a Hopfield net's memories are born at folds or pitchforks: with one pattern x x^T / n the branch of the pattern is m = tanh(g m)", () => {
    const pattern = [1, -1, -1, 1, 1];
    const w = pattern.flatMap((a) => pattern.map((b) => (a * b) / 5));
    const f = (x: Tensor, g: Tensor): Tensor => add(neg(x), layer(w, 5)(x, g));
    const { branches, bifurcations } = bifurcationDiagram({
      f,
      kind: "flow",
      box: pattern.map(() => [-1, 1] as const),
      range: [0.5, 2],
      at: [0.5],
    });
    expect(bifurcations.map((b) => b.kind)).toEqual(["branch point"]);
    below(bifurcations[0]!.parameter - 1, 1e-12);
    const memory = branches.find((b) => b.points.at(-1)!.state[0]! > 0.5)!;
    for (const { state, parameter: g, unstable } of memory.points.slice(1)) {
      const m = state[0]!;
      pattern.forEach((s, i) => below(state[i]! - s * m, 1e-12));
      below(m - Math.tanh(g * m), 1e-12);
      expect(unstable).toBe(0);
    }
  });
});
