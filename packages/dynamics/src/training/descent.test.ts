import { constant, matmul, mul, reshape, sin, sub, sum, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { toDense } from "../core/linear-operator.js";
import { descent } from "./descent.js";
import { gradientDescent } from "./optimizers/gradient-descent.js";

const A = [3, 1, 0, 1, 2, 0.5, 0, 0.5, 1];
const quadratic = (x: Tensor): Tensor => mul(0.5, sum(mul(x, reshape(matmul(constant(A, [3, 3]), reshape(x, [3, 1])), [3]))));
const optimizer = gradientDescent({ stepSize: 0.1 });

describe("descent", () => {
  it("takes theta - eta A theta on a quadratic, and reports the loss it started from", () => {
    const run = descent({ objective: quadratic, initial: [1, -1, 2], optimizer });
    expect(run.step()).toBe("ok");
    // A (1, -1, 2) = (2, 0, 1.5).
    [0.8, -1, 1.85].forEach((x, i) => expect(run.parameters[i]).toBeCloseTo(x, 15));
    expect(run.observables.loss![0]).toBeCloseTo(0.5 * (2 + 3), 15);
    run.reset();
    expect([...run.parameters]).toEqual([1, -1, 2]);
    expect(run.time).toBe(0);
  });

  it("has further observables by name", () => {
    const run = descent({
      objective: (x) => [quadratic(x), sum(x)],
      observables: ["total"],
      initial: [1, 2, 3],
      optimizer,
    });
    run.step();
    expect(run.observables.total![0]).toBe(6);
  });

  it("has tangents that obey v' = (I - eta H) v", () => {
    const riding = descent({ objective: quadratic, initial: [1, -1, 2], optimizer }).tangent(3);
    riding.tangents.set([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    riding.step();
    for (let i = 0; i < 9; i++) expect(riding.tangents[i]).toBeCloseTo((i % 4 === 0 ? 1 : 0) - 0.1 * A[i]!, 15);
  });

  it("ends with diverged above the threshold, with the last finite step", () => {
    const run = descent({
      objective: quadratic,
      initial: [1, -1, 2],
      optimizer: gradientDescent({ stepSize: 10 }),
    });
    expect(run.step(1000)).toBe("diverged");
    expect(run.time).toBeGreaterThan(100);
    expect(run.time).toBeLessThan(300);
  });
});

describe("hessian", () => {
  it("is the matrix of a quadratic, in blocks of any size", () => {
    const run = descent({ objective: quadratic, initial: [1, -1, 2], optimizer });
    for (const blockSize of [1, 2, 3]) {
      const h = run.hessian(undefined, blockSize);
      expect(h.symmetric).toBe(true);
      toDense(h).forEach((x, i) => expect(x).toBeCloseTo(A[i]!, 14));
    }
  });

  it("is taken at theta: the present parameters, frozen when it is made, or those given", () => {
    // L = sum sin x_i: the Hessian is diag(-sin x_i).
    const run = descent({ objective: (x) => sum(sin(x)), initial: [0.3, 1.1], optimizer });
    const there = run.hessian();
    const before = toDense(there);
    run.step(5);
    expect([...toDense(there)]).toEqual([...before]);
    expect(toDense(run.hessian([2, 3]))[0]).toBeCloseTo(-Math.sin(2), 14);
    expect(toDense(run.hessian([2, 3]))[3]).toBeCloseTo(-Math.sin(3), 14);
    expect(before[0]).toBeCloseTo(-Math.sin(0.3), 14);
  });

  it("refuses misuse with what is allowed", () => {
    const run = descent({ objective: (x) => sum(sub(x, 1)), initial: [0], optimizer });
    expect(() => run.hessian([1, 2])).toThrow(/theta of 2 numbers given, the loss has 1/);
    expect(() => run.hessian(undefined, 0)).toThrow(/integers from 1/);
  });
});
