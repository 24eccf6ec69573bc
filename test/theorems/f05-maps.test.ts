import { add, at, concat, constant, floor, mul, select, lt, slice, stack, sub, type Tensor } from "#engine";
import { entropyBound, fixed, flow, kaplanYorke, lyapunov, map, periodDoubling, rk4 } from "separatrix";
import { describe, expect, test } from "vitest";

const wrap = (x: Tensor): Tensor => sub(x, floor(x));

test("F5: the Henon map: exponents, their sum log 0.3 at every step, and the dimension", () => {
  const henon = map({
    f: (s) => stack([sub(add(1, at(s, 1)), mul(1.4, mul(at(s, 0), at(s, 0)))), mul(0.3, at(s, 0))]),
    initial: [0.1, 0.1],
  });
  const spectrum = lyapunov(henon, { k: 2, steps: 1_000_000 });
  expect(Math.abs(spectrum.value[0]! - 0.4193)).toBeLessThan(3 * spectrum.error[0]! + 1e-4);
  expect(Math.abs(spectrum.value[1]! + 1.6233)).toBeLessThan(3 * spectrum.error[1]! + 1e-4);
  expect(Math.abs(spectrum.sum.value - Math.log(0.3))).toBeLessThan(1e-12);
  // F16: 1 + 0.4193 / 1.6233.
  expect(Math.abs(kaplanYorke(spectrum, 2).value - 1.2583)).toBeLessThan(2e-3);
  expect(Math.abs(entropyBound(spectrum, 2).value - spectrum.value[0]!)).toBeLessThan(1e-12);
});

describe("F6: the logistic map", () => {
  const logistic = (x: Tensor, r: Tensor | number): Tensor => mul(r, mul(x, sub(1, x)));
  test.each([
    [4, Math.log(2)],
    [3.9, 0.496],
    [3.7, 0.3549],
    [3.57, 0.011],
    [3.5, -0.8725],
    [3.2, -0.9163],
  ])("exponent at r = %f", (r, exact) => {
    const { value, error } = lyapunov(map({ f: (x) => logistic(x, r), initial: [0.3] }), { steps: 400_000, transient: 20_000 });
    // The listed values have four digits; at the onset of chaos, r = 3.57, batches are correlated and the scatter is 1e-3.
    expect(Math.abs(value[0]! - exact)).toBeLessThan(Math.max(3 * error[0]!, r === 3.57 ? 1.5e-3 : 1e-4));
  });

  test("period doublings, and Feigenbaum's ratio", () => {
    const found: number[] = [];
    const brackets: [number, number, number][] = [
      [1, 2.9, 3.1],
      [2, 3.4, 3.5],
      [4, 3.53, 3.55],
      [8, 3.56, 3.566],
      [16, 3.568, 3.569],
    ];
    for (const [period, from, to] of brackets) {
      const settled = map({ f: (x) => logistic(x, from), initial: [0.3] });
      settled.step(20_000);
      const flip = periodDoubling({ f: logistic, between: [from, to], guess: settled.state, period });
      expect(flip.status).toBe("ok");
      found.push(flip.value);
    }
    const known = [3, 3.44948974278, 3.54409035955, 3.5644072661, 3.56875941954];
    known.forEach((r, i) => expect(Math.abs(found[i]! - r)).toBeLessThan(1e-9));
    const ratio = (i: number): number => (found[i + 1]! - found[i]!) / (found[i + 2]! - found[i + 1]!);
    [4.7514, 4.6563, 4.6682].forEach((q, i) => expect(Math.abs(ratio(i) - q)).toBeLessThan(2e-4));
  });
});

describe("F7: maps and flows whose exponents are known", () => {
  test("the tent map: log 2, on an orbit that rounding does not end", () => {
    // Slopes of 2 shift one bit out a step; 1.999999 keeps the orbit alive, with the exponent log 1.999999.
    const tent = map({ f: (x) => select(lt(x, 0.5), mul(1.999999, x), mul(1.999999, sub(1, x))), initial: [0.3] });
    expect(Math.abs(lyapunov(tent, { steps: 20_000 }).value[0]! - Math.log(1.999999))).toBeLessThan(1e-12);
  });

  test("the cat map: +-log((3 + sqrt 5) / 2)", () => {
    const cat = map({
      f: (s) => {
        const [x, y] = [slice(s, [0], [1]), slice(s, [1], [2])];
        return concat([wrap(add(x, y)), wrap(add(x, mul(2, y)))]);
      },
      initial: [0.1234, 0.71],
    });
    const exact = Math.log((3 + Math.sqrt(5)) / 2);
    const { value } = lyapunov(cat, { k: 2, steps: 5000, transient: 100 });
    expect(Math.abs(value[0]! - exact)).toBeLessThan(1e-12);
    expect(Math.abs(value[1]! + exact)).toBeLessThan(1e-12);
  });

  test("the baker's map that folds two thirds: exponents by the share of its halves", () => {
    // x -> 3x/2 for x < 2/3 and 3x - 2 above; y contracts by 1/2. The natural measure is uniform in x: lambda = 2/3 log 3/2 + 1/3 log 3.
    const baker = map({
      f: (s) => {
        const [x, y] = [slice(s, [0], [1]), slice(s, [1], [2])];
        const left = lt(x, 2 / 3);
        return concat([select(left, mul(1.5, x), sub(mul(3, x), 2)), add(mul(0.5, y), select(left, 0, 0.5))]);
      },
      initial: [0.1234, 0.71],
    });
    const { value, error } = lyapunov(baker, { k: 2, steps: 200_000 });
    expect(Math.abs(value[0]! - ((2 / 3) * Math.log(1.5) + Math.log(3) / 3))).toBeLessThan(4 * error[0]!);
    expect(Math.abs(value[1]! + Math.log(2))).toBeLessThan(1e-12);
  });

  test("F14: diag(1.1, 0.8) gives log 1.1 first, although the frame could have started along 0.8", () => {
    const { value } = lyapunov(map({ f: (s) => mul(constant([1.1, 0.8]), s), initial: [0, 0] }), {
      k: 1,
      steps: 2000,
    });
    expect(Math.abs(value[0]! - Math.log(1.1))).toBeLessThan(1e-3);
  });

  test("the linear flow diag(0.1, -0.4)", () => {
    const s = flow({
      field: (x) => stack([mul(0.1, at(x, 0)), mul(-0.4, at(x, 1))]),
      initial: [0, 0],
      solver: rk4,
      controller: fixed(0.1),
    });
    const { value } = lyapunov(s, { k: 2, steps: 4000 });
    expect(Math.abs(value[0]! - 0.1)).toBeLessThan(1e-6);
    expect(Math.abs(value[1]! + 0.4)).toBeLessThan(1e-6);
  });
});
