import { add, at, lt, mul, select, sub, sum, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { random } from "../core/random.js";
import { descent } from "./descent.js";
import { descents } from "./descents.js";
import { gradientDescent } from "./optimizers/gradient-descent.js";
import { heavyBall } from "./optimizers/heavy-ball.js";
import type { Optimizer } from "./optimizers/optimizer.js";

const objective = (w: Tensor): Tensor => {
  const r = sub(mul(at(w, 0), at(w, 1)), 1);
  return mul(0.5, mul(r, r));
};
const optimizer = gradientDescent({ stepSize: 0.5 });
const r = random(5);
const starts = Float64Array.from({ length: 2 * 37 }, () => 6 * r.uniform() - 3);

describe("descents", () => {
  const all = descents({ objective, size: 2, starts, optimizer, interval: 16, steps: 4000 });

  it("takes each start where a run of its own goes, bit for bit", () => {
    for (let i = 0; i < 37; i++) {
      const run = descent({ objective, initial: starts.subarray(2 * i, 2 * i + 2), optimizer });
      const status = run.step(all.steps[i]!);
      if (all.statuses[i] === "diverged") expect(status).toBe("diverged");
      else expect([...run.parameters]).toEqual([...all.ends.subarray(2 * i, 2 * i + 2)]);
      if (all.statuses[i] === "ok") expect(all.gradients[i]!).toBeLessThanOrEqual(1e-10);
    }
    expect(new Set(all.statuses)).toEqual(new Set(["ok", "diverged"]));
  });

  it("gives the same for any number of lanes", () => {
    for (const lanes of [1, 5, 64]) {
      const again = descents({ objective, size: 2, starts, optimizer, interval: 16, steps: 4000, lanes });
      expect(again.statuses).toEqual(all.statuses);
      expect([...again.steps]).toEqual([...all.steps]);
      expect([...again.losses]).toEqual([...all.losses]);
      again.ends.forEach((x, i) => {
        if (all.statuses[i >> 1] === "ok") expect(x).toBe(all.ends[i]);
      });
    }
  });

  it("gives the same where few slow runs go on in a smaller program, with what they carry", () => {
    // Step size 0.05: minima of sharpness near 2 are approached at one rate, sharper ones at another; all are pushed on arrival.
    const memory = heavyBall({ stepSize: 0.05, momentum: 0.5 });
    const run = (lanes: number) =>
      descents({ objective, size: 2, starts, optimizer: memory, interval: 4, steps: 6000, kick: 1e-4, seed: 3, lanes });
    const [wide, narrow] = [run(37), run(1)];
    // At most four of 37 are at work at the end.
    const last = [...wide.steps].sort((a, b) => b - a);
    expect(last[0]!).toBeGreaterThan(last[4]!);
    expect(wide.statuses).toEqual(narrow.statuses);
    expect([...wide.steps]).toEqual([...narrow.steps]);
    wide.ends.forEach((x, i) => {
      if (wide.statuses[i >> 1] === "ok") expect(x).toBe(narrow.ends[i]);
    });
  });

  it("starts every run with its own memory and its own count of steps, also in a lane that another has used", () => {
    // The memory starts at 1 and is worth a push; the count of steps makes the first ten steps larger.
    const pushed: Optimizer = {
      ...gradientDescent({ stepSize: 0.05 }),
      memories: 1,
      initialMemory: [1],
      rule: (theta, gradient, [m], step) => {
        const next = sub(mul(0.9, m!), mul(select(lt(step, 10), 0.1, 0.05), gradient));
        return { theta: add(theta, next), memory: [next] };
      },
    };
    const quadratic = (w: Tensor): Tensor => mul(0.5, sum(mul(w, w)));
    const run = (lanes: number) => descents({ objective: quadratic, size: 1, starts: [1, -2, 3], optimizer: pushed, lanes });
    expect(run(1).statuses).toEqual(["ok", "ok", "ok"]);
    expect([...run(1).ends]).toEqual([...run(3).ends]);
  });

  it("says so when the budget ends first", () => {
    const short = descents({ objective, size: 2, starts: [2, 0.5, 1.2, 0.8], optimizer, steps: 3 });
    expect(short.steps[1]).toBe(3);
    expect(short.statuses[1]).toBe("step-limit");
  });

  it("has exact Hessians side by side, also when the last chunk is not full", () => {
    const three = descents({ objective, size: 2, starts: [1, 1, 2, 0.5, 1.8, 0.1], optimizer, lanes: 2 });
    const out = new Float64Array(6);
    three.hessians().apply(Float64Array.of(1, 0, 1, 0, 1, 0), out);
    for (let i = 0; i < 3; i++) {
      const [a, b] = three.ends.subarray(2 * i, 2 * i + 2);
      expect(out[2 * i]).toBeCloseTo(b! * b!, 13);
      expect(out[2 * i + 1]).toBeCloseTo(2 * a! * b! - 1, 13);
    }
  });

  it("refuses misuse with what is allowed", () => {
    const good = { objective, size: 2, starts: [1, 2], optimizer };
    expect(() => descents({ ...good, starts: [1, 2, 3] })).toThrow(/3 numbers given; allowed: rows of 2/);
    expect(() => descents({ ...good, starts: [1, NaN] })).toThrow(/NaN at index 1/);
    expect(() => descents({ ...good, steps: 0 })).toThrow(/steps 0 given; allowed: integers from 1/);
    expect(() => descents({ ...good, tolerance: -1 })).toThrow(/numbers from 0/);
  });
});
