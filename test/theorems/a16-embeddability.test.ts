// What cannot be a flow's map. A time-T map keeps orientation (Liouville: det D Phi > 0) and, on the line, order (solutions do not cross). Both hold for
// time-dependent fields, too. With inputs + outputs units everything can be represented.
import { add, at, cos, evaluate, exp, mul, sin, stack, sub, tanh, type Tensor } from "#engine";
import { embed, embeddable, euler, integrate, rk4, type EmbeddableOptions } from "#dynamics";
import { describe, expect, it } from "vitest";

const one: EmbeddableOptions = { inputs: 1, outputs: 1, domain: [-1, 1] };
const plane: EmbeddableOptions = { inputs: 2, outputs: 2, domain: [-1, 1] };
const map =
  (f: (x: Tensor, y: Tensor) => [Tensor, Tensor]) =>
  (x: Tensor): Tensor =>
    stack(f(at(x, 0), at(x, 1)));

describe("on the line", () => {
  it.each([
    ["-x", (x: Tensor) => mul(-1, x)],
    ["exp(-x)", (x: Tensor) => exp(mul(-1, x))],
    ["x^2", (x: Tensor) => mul(x, x)],
    ["sin 4x", (x: Tensor) => sin(mul(4, x))],
  ])("%s is no flow's map: it falls somewhere, and two points show it", (_name, psi) => {
    const answer = embeddable(psi, one);
    expect(answer.verdict).toBe("no");
    const [a, b] = answer.witnesses;
    expect(a!.point[0]!).toBeLessThan(b!.point[0]!);
    const value = (x: number): number => evaluate(psi, { data: [x] })[0]![0]!;
    expect(value(a!.point[0]!)).toBeGreaterThanOrEqual(value(b!.point[0]!));
  });

  it("an affine readout lets -x pass and excludes x^2 still", () => {
    expect(embeddable((x) => mul(-1, x), { ...one, readout: "affine" }).verdict).toBe("not excluded");
    const square = embeddable((x) => mul(x, x), { ...one, readout: "affine" });
    expect(square.verdict).toBe("no");
    expect(square.witnesses.length).toBe(4);
    // Where x^2 rises nothing is wrong with it.
    expect(embeddable((x) => mul(x, x), { ...one, domain: [0.5, 1] }).verdict).toBe("not excluded");
  });

  it("what is a flow's map is not excluded", () => {
    const flow = integrate((x, t) => sub(tanh(mul(3, x)), mul(t, x)), { solver: rk4, steps: 20 });
    expect(embeddable(flow, one).verdict).toBe("not excluded");
    expect(embeddable((x) => add(mul(2, x), 1), one).verdict).toBe("not excluded");
  });
});

describe("solutions do not meet", () => {
  const squared = map((x, y) => [sub(mul(x, x), mul(y, y)), mul(2, mul(x, y))]);
  const wound = (turn: number) => map((x, y) => [mul(exp(x), cos(mul(turn, y))), mul(exp(x), sin(mul(turn, y)))]);

  it.each([
    ["z^2, whose determinant 4 |z|^2 is below 0 nowhere", squared, "identity"],
    ["z^2 before an affine readout", squared, "affine"],
    ["exp(x + 4 i y), which winds more than once round 0 over a height of 2", wound(4), "identity"],
  ] as const)("%s, is no flow's map: two points with one value show it", (_name, psi, readout) => {
    const answer = embeddable(psi, { ...plane, readout });
    expect(answer.verdict).toBe("no");
    const [a, b] = answer.witnesses;
    expect(Math.hypot(a!.point[0]! - b!.point[0]!, a!.point[1]! - b!.point[1]!)).toBeGreaterThan(0.02);
    b!.value.forEach((v, i) => expect(Math.abs(v - a!.value[i]!)).toBeLessThan(1e-12));
  });

  it.each([
    ["exp(x + 2 i y), which does not come round", wound(2)],
    ["a shear with folds in its picture", map((x, y) => [add(x, mul(5, sin(mul(7, y)))), y])],
    // All values are equal to rounding, and that says nothing.
    ["1 + x / 10^14", map((x, y) => [add(1, mul(1e-14, x)), add(1, mul(1e-14, y))])],
  ] as const)("%s is not excluded", (_name, psi) => {
    expect(embeddable(psi, plane).verdict).toBe("not excluded");
  });
});

describe("in the plane", () => {
  it.each([
    ["a reflection", map((x, y) => [x, mul(-1, y)])],
    ["the exchange of two coordinates", map((x, y) => [y, x])],
    ["a fold", map((x, y) => [x, mul(y, y)])],
    // det = 1 - 3.5 exp(-20 |x - (0.6, 0.3)|^2) ...: negative in a disk of radius 0.25 only.
    [
      "a map that turns orientation in a small disk",
      map((x, y) => {
        const [a, b] = [sub(x, 0.6), sub(y, 0.3)];
        return [sub(x, mul(1.5, mul(a, exp(mul(-20, add(mul(a, a), mul(b, b))))))), y];
      }),
    ],
  ])("%s is no flow's map, and the point where orientation turns is shown", (_name, psi) => {
    const answer = embeddable(psi, plane);
    expect(answer.verdict).toBe("no");
    expect(answer.witnesses.length).toBe(1);
    const { point, determinant } = answer.witnesses[0]!;
    expect(determinant).toBeLessThan(0);
    // The same by central differences of psi.
    const h = 1e-5;
    const column = (j: number): number[] => {
      const to = (s: number): ArrayLike<number> => evaluate(psi, { data: point.map((p, i) => p + (i === j ? s : 0)) })[0]!;
      return Array.from(to(h), (v, i) => (v - to(-h)[i]!) / (2 * h));
    };
    const [[a, c], [b, d]] = [column(0), column(1)] as [[number, number], [number, number]];
    // Differences are right to about 1e-9.
    expect(Math.abs(a * d - b * c - determinant)).toBeLessThan(1e-7);
  });

  it("rotations, shears and flows are not excluded, and a singular linear map counts as no sign", () => {
    const [c, s] = [Math.cos(2), Math.sin(2)];
    expect(
      embeddable(
        map((x, y) => [sub(mul(c, x), mul(s, y)), add(mul(s, x), mul(c, y))]),
        plane,
      ).verdict,
    ).toBe("not excluded");
    expect(
      embeddable(
        map((x, y) => [add(x, sin(mul(5, y))), y]),
        plane,
      ).verdict,
    ).toBe("not excluded");
    const flow = integrate((x, t) => stack([sin(add(at(x, 1), t)), cos(mul(3, at(x, 0)))]), { solver: rk4, steps: 20 });
    expect(embeddable(flow, plane).verdict).toBe("not excluded");
    // Its determinant is 0 up to rounding, of either sign: no certain witness.
    expect(
      embeddable(
        map((x, y) => [add(mul(0.1, x), mul(0.3, y)), add(mul(0.7, x), mul(2.1, y))]),
        plane,
      ).verdict,
    ).toBe("not excluded");
  });

  it("with an affine readout a reflection passes, a fold does not", () => {
    expect(
      embeddable(
        map((x, y) => [x, mul(-1, y)]),
        { ...plane, readout: "affine" },
      ).verdict,
    ).toBe("not excluded");
    const fold = embeddable(
      map((x, y) => [x, mul(y, y)]),
      { ...plane, readout: "affine" },
    );
    expect(fold.verdict).toBe("no");
    expect(fold.witnesses.map((w) => Math.sign(w.determinant))).toEqual([-1, 1]);
  });
});

describe("with more units", () => {
  it.each([
    [2, "not excluded"],
    [3, "not excluded"],
    [4, "yes"],
    [7, "yes"],
  ])("%i of them, for a map of the plane that turns orientation: %s", (state, verdict) => {
    const psi = map((x, y) => [x, mul(-1, y)]);
    expect(embeddable(psi, { ...plane, state, readout: "affine" }).verdict).toBe(verdict);
    if (verdict === "yes")
      expect(
        evaluate(embed(psi, { inputs: 2, outputs: 2, state }).map({ solver: euler, steps: 1 }), { data: [3, 5] })[0],
      ).toEqual(Float64Array.of(3, -5));
  });

  it("says so for -x", () => {
    expect(embeddable((x) => mul(-1, x), { ...one, state: 2 })).toMatchObject({ verdict: "yes", witnesses: [] });
  });
});

it("refuses what it cannot look at", () => {
  expect(() => embeddable((x) => mul(1 / 0, x), one)).toThrow("not finite at (");
  expect(() => embeddable((x) => x, { ...plane, domain: [[0, 1]] })).toThrow("a domain of 1 intervals given; allowed: 2");
});
