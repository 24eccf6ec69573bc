import { delay, delayed, pureDelay, rk4, tsit5, type Solver } from "#dynamics";
import { abs, add, compile, constant, mul, reshape, type Tensor } from "#engine";
import { expect, test } from "vitest";

const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
/** x' = -x(t - 1) with the past 1: sum of (-1)^k (t - k + 1)^k / k!. */
const fromOne = (t: number): number => {
  let sum = 0;
  for (let k = Math.floor(t) + 1; k >= 0; k--) sum += ((-1) ** k * (t - k + 1) ** k) / factorial(k);
  return sum;
};
/** With the past 0 and x(0) = 1: sum of (-1)^k (t - k)^k / k!. */
const fromJump = (t: number): number => {
  let sum = 0;
  for (let k = Math.floor(t); k >= 0; k--) sum += ((-1) ** k * (t - k) ** k) / factorial(k);
  return sum;
};
const field = (_x: unknown, [y]: readonly Tensor[]) => mul(-1, y!);

test("x' = -x(t - 1) to 1e-10, from the past 1 and from a jump at 0, as a system and in a program", () => {
  const known = { 1: 0, 2: -0.5, 3: -1 / 6, 5: 0.15833333333, 10: 0.0202411265 };
  const s = delay({ field, lags: [1], history: [1] });
  const jump = delay({ field, lags: [1], history: [0], initial: [1] });
  for (let t = 1; t <= 12; t++) {
    s.step();
    jump.step();
    expect(Math.abs(s.present[0]! - fromOne(t))).toBeLessThan(1e-10);
    expect(Math.abs(jump.present[0]! - fromJump(t))).toBeLessThan(1e-10);
    if (t in known) expect(Math.abs(s.present[0]! - known[t as 1])).toBeLessThan(2e-10);
  }
  const times = [0.25, 1.5, 2.5, 5, 7.77, 10];
  const inside = (history: number) =>
    compile(
      () => [delayed({ field, lags: [1], history: () => constant([history]), initial: constant([1]), until: 10 }).at(times)],
      [],
    );
  for (const [history, exact] of [
    [1, fromOne],
    [0, fromJump],
  ] as const) {
    const program = inside(history);
    program.run();
    times.forEach((t, i) => expect(Math.abs(program.outputs[0]![i]! - exact(t))).toBeLessThan(1e-10));
  }
  expect([1.5, 2.5, 5, 10].map((t) => fromJump(t).toFixed(10))).toEqual([
    "0.5000000000",
    "-0.3750000000",
    "0.2083333333",
    "0.0529734347",
  ]);
  for (const t of times) expect(Math.abs(pureDelay(-1, 1, t) - fromOne(t))).toBeLessThan(1e-10);
});

test("rk4 with aligned steps, one a lag, is exact on the pieces of degree up to 4, and not on the next", () => {
  const s = delay({ field, lags: [1], history: [1], steps: 1, solver: rk4 });
  const errors = Array.from({ length: 5 }, () => {
    s.step();
    return Math.abs(s.present[0]! - fromOne(s.time));
  });
  for (const e of errors.slice(0, 4)) expect(e).toBeLessThan(2e-15);
  expect(errors[4]).toBeGreaterThan(1e-4);
});

test("a kink of the past off the mesh costs the order: 2 is left; on the mesh the order stays", () => {
  // x' = -x(t - 1), the past |t + c|: whose slope jumps at -c.
  const error = (c: number, steps: number, solver: Solver): number => {
    const program = compile(
      () => [delayed({ field, lags: [1], history: (t) => reshape(abs(add(t, c)), [1]), until: 1, steps, solver }).present],
      [],
    );
    program.run();
    // x(1) = c - integral of |s + c| from -1 to 0.
    return Math.abs(program.outputs[0]![0]! - (c - (c * c + (1 - c) * (1 - c)) / 2));
  };
  for (const solver of [rk4, tsit5]) {
    // 0.4 lies at two or three fifths of a step, however often the steps are quartered.
    const off = [4, 16, 64].map((n) => error(0.4, n, solver));
    expect(Math.log(off[0]! / off[1]!) / Math.log(4)).toBeCloseTo(2, 6);
    expect(Math.log(off[1]! / off[2]!) / Math.log(4)).toBeCloseTo(2, 6);
    for (const n of [4, 16]) expect(error(0.5, n, solver)).toBeLessThan(1e-14);
  }
});
