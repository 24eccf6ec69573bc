import { describe, expect, it } from "vitest";
import { answer, run } from "../../../../test/support/studies.js";

const training = (architecture: string, more = ""): string => `
seed: 2
system:
  kind: training
  architecture: { ${architecture} }
  data: { source: inline, inputs: [[0, 1], [1, 0], [1, 1], [-1, 0.5]], targets: [[1], [0], [0], [1]] }
  optimizer: { learningRate: 0.1 }
  steps: 20
questions: [{ type: adjoint-ledger${more} }]
`;

describe("the ledger of gradients in studies", () => {
  it("holds every way against the exact gradient of the discrete solution: rounding, or of the order of the steps", async () => {
    const r = await run(
      training("type: augmented-neural-ode, widths: [2, 6, 1], state: 3, lift: affine, steps: 12, horizon: 1.5"),
    );
    const { data, shape } = r.arrays["gradient_methods"]!;
    expect(shape).toEqual([5, 5]);
    const names = String(r.manifest.facts["gradientMethods"]).split(",");
    const off = (name: string): number => data[5 * names.indexOf(name) + 3]!;
    for (const name of ["discrete", "checkpointed", "forward"]) expect(off(name)).toBeLessThan(1e-13);
    for (const name of ["adjoint", "stored-adjoint"]) {
      expect(off(name)).toBeGreaterThan(1e-10);
      expect(off(name)).toBeLessThan(1e-3);
    }
    expect(r.manifest.verdict[0]).toMatch(
      /^For the gradient of the loss of 4 samples by the 45 parameters of the field take DISCRETE/,
    );
    expect(Object.keys(r.clock.pieces!)).toContain("gradient by adjoint");
  });

  it("has the errors of order 4 that rk4 has: halving the steps' length divides both by about 16", async () => {
    const errors = await Promise.all(
      [16, 32].map(
        async (steps) =>
          answer(await run(training(`type: neural-ode, widths: [2, 6, 1], steps: ${steps}`)), "gradient_of_steps").value,
      ),
    );
    expect(Math.abs(Math.log2(errors[0]! / errors[1]!) - 4)).toBeLessThan(0.3);
  });

  it("takes what fits a small memory, and says so", async () => {
    const r = await run(training("type: neural-ode, widths: [2, 8, 1], steps: 400, solver: euler", ", megabytes: 0.01"));
    expect(r.manifest.verdict[0]).toMatch(/fits 10000 bytes|bytes of the 10000 allowed/);
  });

  it("of a named flow, by its parameters and start; a stiff one makes the continuous adjoint fail, which is said and not passed over", async () => {
    const r = await run(
      "system: { kind: flow, field: van-der-pol, parameters: { mu: 5 }, time: 20, rtol: 1e-6, atol: 1e-6 }\nquestions: [{ type: adjoint-ledger }]\n",
    );
    expect(answer(r, "gradient_error_adjoint").status).toBe("not-converged");
    expect(answer(r, "gradient_error_adjoint").value).toBeNaN();
    expect(r.manifest.verdict.join(" ")).toContain("adjoint FAILED: solved backward");
    expect(answer(r, "gradient_error_discrete").value).toBeLessThan(1e-3);
    expect(r.manifest.facts["gradientRecommended"]).toBe("discrete");
  });

  it("refuses a network that is no flow", async () => {
    await expect(run(training("widths: [2, 3, 1]"))).rejects.toThrow("has no flow whose gradient");
  });
});
