// h' = w h: dh_T/dw = T w^(T-1) h_0 vanishes for |w| < 1, explodes for |w| > 1; clipping bounds the step and keeps its direction.
import { compile, constant, grad, mul, sub, sum, type Tensor } from "#engine";
import { clipped, gradientDescent, recurrent, training } from "#dynamics";
import { describe, expect, it } from "vitest";

const net = (steps: number) => recurrent({ widths: new Array<number>(steps + 1).fill(1), activation: "identity", bias: false });

function slope(w: number, steps: number, h0: number): number {
  const network = net(steps);
  const p = compile(
    (theta) => grad((t: Tensor) => sum(network.apply(t, constant([h0], [1, 1]))))(theta!) as Tensor,
    [{ shape: [1] }],
  );
  p.inputs[0]![0] = w;
  p.run();
  return p.outputs[0]![0]!;
}

describe("the derivative through time", () => {
  it.each([
    [0.5, 60],
    [-0.9, 100],
    [1, 100],
    [1.1, 100],
    [-1.5, 80],
  ])("w = %f, T = %i: T w^(T-1) h_0", (w, steps) => {
    const exact = steps * w ** (steps - 1) * 0.3;
    expect(Math.abs(slope(w, steps, 0.3) / exact - 1)).toBeLessThan(1e-13);
  });

  it("vanishes below 1 and explodes above: by 16 orders of magnitude in 100 steps either way", () => {
    expect(Math.abs(slope(0.65, 100, 1))).toBeLessThan(1e-16);
    expect(Math.abs(slope(1.5, 100, 1))).toBeGreaterThan(1e16);
  });
});

describe("clipping", () => {
  const steps = 20;
  const network = net(steps);
  const data = { samples: 1, inputs: [1], targets: [0.5] };
  const loss = (h: Tensor, t: Tensor): Tensor => mul(0.5, sum(mul(sub(h, t), sub(h, t))));
  const run = (optimizer: Parameters<typeof clipped>[0]) =>
    training({ architecture: network, data, loss, optimizer, initial: [1.5] });

  it("bounds the step by eta limit, along the gradient; unclipped descent leaves the finite numbers", () => {
    const plain = run(gradientDescent({ stepSize: 0.01 }));
    expect(plain.step(50)).toBe("diverged");
    const cut = run(clipped(gradientDescent({ stepSize: 0.01 }), 1));
    cut.step();
    // dL/dw = (w^20 - 1/2) 20 w^19 > 1: the step is exactly eta.
    expect(cut.parameters[0]).toBeCloseTo(1.5 - 0.01, 14);
    expect(cut.step(500)).toBe("ok");
    // w^20 = 1/2.
    expect(Math.abs(cut.parameters[0]! - 0.5 ** (1 / steps))).toBeLessThan(0.011);
  });

  it("leaves short gradients alone, bit for bit", () => {
    const [a, b] = [gradientDescent({ stepSize: 0.001 }), clipped(gradientDescent({ stepSize: 0.001 }), 1e6)].map((o) =>
      training({ architecture: network, data, loss, optimizer: o, initial: [0.97] }),
    );
    a!.step(100);
    b!.step(100);
    expect([...b!.parameters]).toEqual([...a!.parameters]);
  });

  it("refuses a limit that is none", () => {
    expect(() => clipped(gradientDescent({ stepSize: 1 }), 0)).toThrow(/limit 0 given; allowed: numbers above 0/);
  });
});
