import { add, constant, matmul, mul, reshape, sub, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { lyapunov } from "../analysis/lyapunov.js";
import { random, threefry } from "./random.js";
import { randomMap } from "./random-map.js";

/** x' = A x + noise: linear, so that everything about it is known. */
const A = [0.5, 0.2, -0.1, 0.8];
const affine = (seed?: number, initial = [1, -1]) =>
  randomMap({
    f: (x, noise) => [
      add(reshape(matmul(constant(A, [2, 2]), reshape(x, [2, 1])), [2]), noise.normal([2])),
      noise.uniform([3]),
      noise.integers(6, [4]),
    ],
    initial,
    observables: ["uniform", "dice"],
    ...(seed === undefined ? {} : { seed }),
  });

describe("randomMap", () => {
  it("draws numbers that are functions of (seed, copy, draw, step, lane) alone", () => {
    const system = affine(12345678901234);
    system.step(3);
    const [s0, s1] = [12345678901234 >>> 0, Math.floor(12345678901234 / 2 ** 32)];
    const key = threefry(s0, s1, 0, 0);
    const draw = threefry(...key, 0, 1);
    for (let lane = 0; lane < 3; lane++) {
      const [a, b] = threefry(...draw, lane, 2);
      expect(system.observables.uniform![lane]).toBe(((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53);
    }
  });

  it("is the same however its steps are grouped, and can be joined at any step", () => {
    const one = affine(3);
    const many = affine(3);
    for (let i = 0; i < 150; i++) one.step();
    many.step(70);
    const joined = affine(3);
    joined.reset(many.state.slice(), 70);
    many.step(80);
    joined.step(80);
    expect([...many.state]).toEqual([...one.state]);
    expect([...joined.state]).toEqual([...one.state]);
    one.reset();
    one.step(150);
    expect([...one.state]).toEqual([...many.state]);
    expect([one.kind, one.tangent(1).kind, one.batch(2).kind]).toEqual(["random", "random", "random"]);
  });

  it("has other noise for another seed, in the next step, and in another draw", () => {
    const [a, b] = [affine(0), affine(1)];
    a.step();
    b.step();
    const first = [...a.observables.uniform!];
    expect(first).not.toEqual([...b.observables.uniform!]);
    a.step();
    expect(first).not.toEqual([...a.observables.uniform!]);
    expect(new Set([...first, ...a.observables.uniform!]).size).toBe(6);
  });

  it("carries tangents of the noise that its state meets", () => {
    // x' = u x with u uniform: the tangent is the product of the same numbers.
    const system = randomMap({ f: (x, noise) => mul(noise.uniform([1]), x), initial: [1], seed: 5 });
    system.step(10);
    const riding = system.tangent(1);
    riding.tangents[0] = system.state[0]!;
    riding.step(30);
    system.step(30);
    expect(riding.tangents[0]! / system.state[0]!).toBeCloseTo(1, 14);
    expect(riding.state[0]).toBe(system.state[0]);
  });

  it("in a batch with shared noise keeps equal starts equal, and other starts the difference of the linear part", () => {
    const system = affine(9);
    system.step(5);
    const batch = system.batch(3);
    expect(batch.time).toBe(5);
    batch.state.set([4, 4], 2);
    const start = [4 - system.state[0]!, 4 - system.state[1]!];
    batch.step(2);
    system.step(2);
    const s = batch.state;
    expect([...s.subarray(0, 2)]).toEqual([...system.state]);
    expect([...s.subarray(4)]).toEqual([...system.state]);
    const [p, q] = start as [number, number];
    const once = [0.5 * p + 0.2 * q, -0.1 * p + 0.8 * q] as const;
    expect(s[2]! - s[0]!).toBeCloseTo(0.5 * once[0] + 0.2 * once[1], 13);
    expect(s[3]! - s[1]!).toBeCloseTo(-0.1 * once[0] + 0.8 * once[1], 13);
  });

  it("in a batch with own noise has independent copies, of which the first is the system itself", () => {
    const system = affine(9);
    system.step(4);
    const batch = system.batch(200, { noise: "own" });
    system.step(1);
    batch.step(1);
    // The bits of batched normals are those of single ones; products are summed in the same order.
    expect([...batch.state.subarray(0, 2)]).toEqual([...system.state]);
    expect([...batch.observables.uniform!.subarray(0, 3)]).toEqual([...system.observables.uniform!]);
    const xs = Array.from({ length: 200 }, (_, i) => batch.state[2 * i]!);
    expect(new Set(xs).size).toBe(200);
    const mean = xs.reduce((a, b) => a + b, 0) / 200;
    const variance = xs.reduce((a, b) => a + (b - mean) ** 2, 0) / 199;
    // Four standard errors of the variance of 200 normals.
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 199));
    expect([...new Set(batch.observables.dice!)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(batch.tangent(1).dim).toBe(400);
  });

  it("answers questions as maps do: the exponent of x' = (1 - eta xi) x is the mean of log |1 - eta xi|", () => {
    // xi is -0.5 or 2 with eta = 0.9 (the saddle that noise destabilises): log(1.45 * 0.8) / 2.
    const system = randomMap({
      f: (x, noise) => mul(sub(1, mul(0.9, sub(mul(2.5, noise.integers(2, [1])), 0.5))), x),
      initial: [0],
      seed: 1,
    });
    const { value, error } = lyapunov(system, { steps: 20_000 });
    const exact = 0.5 * Math.log(1.45 * 0.8);
    expect(Math.abs(value[0]! - exact)).toBeLessThan(4 * error[0]!);
    expect(error[0]).toBeLessThan(0.003);
  });

  it("refuses misuse with what is allowed", () => {
    const f = (x: Tensor) => x;
    for (const seed of [-1, 0.5, 2 ** 53, NaN])
      expect(() => randomMap({ f, initial: [1], seed })).toThrow(/seed .* given; allowed: integers from 0/);
    const system = randomMap({ f, initial: [1] });
    expect(() => system.batch(0, { noise: "own" })).toThrow(/integers from 1/);
    expect(() => system.batch(2, { noise: "mine" as "own" })).toThrow(/allowed: "shared" and "own"/);
    expect(random(0).uniform()).toBeLessThan(1);
  });
});
