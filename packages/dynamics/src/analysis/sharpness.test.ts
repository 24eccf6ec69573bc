import { constant, mul, sum } from "#engine";
import { describe, expect, it } from "vitest";
import { denseSymmetric } from "./dense-symmetric.js";
import { toDense } from "../core/linear-operator.js";
import { fillNormal, random } from "../core/random.js";
import { mlp } from "../networks/mlp.js";
import { descent } from "../training/descent.js";
import { square } from "../training/losses.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { sharpness } from "./sharpness.js";
import { training } from "../training/training.js";

const optimizer = gradientDescent({ stepSize: 0.1 });

describe("sharpness", () => {
  it("costs one product a vector where the Hessian does not change", () => {
    const curvature = constant(Array.from({ length: 30 }, (_, i) => 5 / (i + 1)));
    const run = descent({
      objective: (x) => mul(0.5, sum(mul(curvature, mul(x, x)))),
      initial: new Float64Array(30).fill(1),
      optimizer,
    });
    const track = sharpness(run, { k: 2, tolerance: 1e-9 });
    const first = track.measure();
    expect(first.pairs.value[0]).toBeCloseTo(5, 9);
    expect(first.pairs.value[1]).toBeCloseTo(2.5, 9);
    const cold = track.products;
    for (let i = 0; i < 3; i++) {
      run.step(10);
      track.measure();
    }
    expect(track.products - cold).toBe(6);
    expect(track.steps).toBe(30);
    expect(track.points.map((p) => p.time)).toEqual([0, 10, 20, 30]);
  });

  it("follows the dense Hessian of a network in training within its error bars", () => {
    const data = {
      samples: 12,
      inputs: fillNormal(new Float64Array(24), random(6)),
      targets: fillNormal(new Float64Array(12), random(7)),
    };
    const run = training({
      architecture: mlp({ widths: [2, 5, 1] }),
      data,
      loss: square,
      optimizer: gradientDescent({ stepSize: 0.3 }),
    });
    const track = sharpness(run);
    for (let i = 0; i < 8; i++) {
      const { pairs } = track.measure();
      const exact = denseSymmetric(toDense(run.hessian()), run.dim).values.at(-1)!;
      expect(Math.abs(pairs.value[0]! - exact)).toBeLessThanOrEqual(pairs.error[0]!);
      expect(Math.abs(pairs.value[0]! - exact)).toBeLessThan(0.01 * exact);
      run.step(10);
    }
  });

  // A diagonal that changes: its eigenvectors do not mix at all, so that residuals stay 0 when another entry becomes the largest.
  it.each([
    [1, [5, 2, 1, -4]],
    [2, [5, 4, 1, -4]],
  ])("hears of a direction that overtakes and that no residual shows, %i followed", (k, start) => {
    let time = 0;
    const diagonal = (): number[] => start.map((d, i) => (i === 2 ? d + 0.3 * time : d));
    const changing = {
      get time() {
        return time;
      },
      hessian: () => ({
        dim: 4,
        symmetric: true,
        apply(block: Float64Array, out: Float64Array, m: number) {
          for (let i = 0; i < 4 * m; i++) out[i] = diagonal()[i % 4]! * block[i]!;
        },
      }),
    };
    const track = sharpness(changing, { k });
    // It passes the last of those followed before step 14.
    for (; time < 40; time++) track.measure();
    const exact = (at: number): number => start.map((d, i) => (i === 2 ? d + 0.3 * at : d)).toSorted((a, b) => b - a)[0]!;
    const wrong = track.points.filter((p) => Math.abs(p.pairs.value[0]! / exact(p.time) - 1) > 0.02).map((p) => p.time);
    // Eight measurements pass from one look to the next, and two looks until the scout stands.
    expect(wrong.length).toBeLessThanOrEqual(16);
    expect(track.points.at(-1)!.pairs.value[0]).toBeCloseTo(exact(39), 3);
  });

  it("reports diverged, not a number, when the run has diverged", () => {
    const run = descent({ objective: (x) => sum(mul(mul(x, x), mul(x, x))), initial: [10], optimizer });
    expect(run.step(50)).toBe("diverged");
    const { pairs } = sharpness(run).measure();
    expect(pairs.status).toBe("diverged");
    expect(pairs.value[0]).toBeNaN();
  });
});
