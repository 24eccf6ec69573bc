// Products with the Hessian and its leading eigenpairs, against the dense Hessian of a 300-parameter network.
import { compile, constant, grad, jacobian, type Tensor } from "#engine";
import { denseSymmetric, eigenpairs, fillNormal, random, square } from "#dynamics";
import { describe, expect, it } from "vitest";
import { chebyshevData, chebyshevRun } from "./chebyshev.js";

const run = chebyshevRun(0.4);
const n = run.dim;

/** D(grad L) at theta, all columns at once: a route that shares no code with the products but the derivative rules. */
function denseHessian(theta: Float64Array): Float64Array {
  const { samples, inputs, targets } = chebyshevData();
  const loss = (t: Tensor): Tensor =>
    square(run.architecture.apply(t, constant(inputs, [samples, 1])), constant(targets, [samples, 1]));
  const program = compile(jacobian(grad(loss)), [{ shape: [n] }]);
  program.inputs[0]!.set(theta);
  program.run();
  return Float64Array.from(program.outputs[0]!);
}

describe.each([0, 200])("the Hessian of a 1-100-1 tanh network after %i steps", (steps) => {
  run.reset();
  run.step(steps);
  const theta = run.parameters.slice();
  const H = denseHessian(theta);
  const exact = denseSymmetric(H, n);

  it("is symmetric to 1e-12, and has 300 rows", () => {
    expect(n).toBe(300);
    let worst = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) worst = Math.max(worst, Math.abs(H[i * n + j]! - H[j * n + i]!));
    expect(worst).toBeLessThan(1e-12);
  });

  it("has products that agree with the dense matrix to 1e-10, one at a time and in blocks", () => {
    const v = fillNormal(new Float64Array(5 * n), random(2));
    for (const blockSize of [1, 5]) {
      const out = new Float64Array(5 * n);
      run.hessian(theta, blockSize).apply(v, out, 5);
      let worst = 0;
      for (let r = 0; r < 5; r++) {
        for (let i = 0; i < n; i++) {
          let s = 0;
          for (let j = 0; j < n; j++) s += H[i * n + j]! * v[r * n + j]!;
          worst = Math.max(worst, Math.abs(s - out[r * n + i]!));
        }
      }
      expect(worst).toBeLessThan(1e-10);
    }
  });

  it("has leading eigenpairs that the eigensolver finds to 1e-10", () => {
    const k = 4;
    const found = eigenpairs(run.hessian(theta, k), { k, tolerance: 1e-12 });
    expect(found.status).toBe("ok");
    for (let i = 0; i < k; i++) {
      expect(Math.abs(found.value[i]! - exact.values[n - 1 - i]!)).toBeLessThan(1e-10);
      expect(found.error[i]!).toBeLessThan(1e-10);
      // The vectors agree up to sign, to the residual over the gap.
      let overlap = 0;
      for (let j = 0; j < n; j++) overlap += found.vectors[i * n + j]! * exact.vectors[(n - 1 - i) * n + j]!;
      expect(Math.abs(Math.abs(overlap) - 1)).toBeLessThan(1e-10);
    }
  });

  it("has a smallest eigenvalue that the eigensolver finds to 1e-10", () => {
    const found = eigenpairs(run.hessian(theta), { k: 1, which: "smallest", tolerance: 1e-11 });
    expect(found.status).toBe("ok");
    expect(Math.abs(found.value[0]! - exact.values[0]!)).toBeLessThan(1e-10);
  });
});
