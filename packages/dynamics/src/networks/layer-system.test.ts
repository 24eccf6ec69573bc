import { evaluate } from "#engine";
import { describe, expect, it } from "vitest";
import { lyapunov } from "../analysis/lyapunov.js";
import { fillNormal, random } from "../core/random.js";
import { architectures } from "./index.js";
import { layerSystem } from "./layer-system.js";
import { mlp } from "./mlp.js";
import { neuralDelayEquation } from "./neural-delay-equation.js";

/** Every family, and settings of it in which layers differ by their number or by their place. */
const SETTINGS: Record<string, readonly object[]> = {
  resnet: [{ depth: 3 }, { shared: true, state: 5 }, { lift: "affine", state: 2 }],
  "dense-resnet": [
    { depth: 4, memory: 2 },
    { shared: true, depth: 3, lift: "affine" },
  ],
  "neural-ode": [{ steps: 3 }, { steps: 4, timeDependent: true }],
  "augmented-neural-ode": [{ steps: 3, timeDependent: true, state: 7 }],
  "neural-delay-equation": [
    {},
    { lags: 2, horizon: 1.7, timeDependent: true },
    { delay: 0.7, horizon: 2, state: 4, solver: "tsit5" },
  ],
  attention: [{ depth: 1 }, { depth: 3, norm: false }],
};

describe.each(architectures.flatMap((a) => (SETTINGS[a.name] ?? [{}]).map((s) => [a.name, JSON.stringify(s), a, s] as const)))(
  "the signal in the architecture %s %s",
  (_name, _options, { make }, options) => {
    const network = make({ widths: [3, 3, 3], ...options } as never);
    const theta = network.initial(2);
    const x = fillNormal(new Float64Array(3), random(3));
    const states = evaluate((p, y) => network.layers(p!, y!), { data: theta }, { data: x, shape: [1, 3] });

    it("passes the very states of its layers, from an input or from a state", () => {
      const system = layerSystem(network, theta, x);
      const first = states.findIndex((_, l) => network.layerMaps[l]!.outputs === system.dim && !network.layerMaps[l]!.end);
      expect(first).toBeGreaterThanOrEqual(0);
      // In attention networks a step is a block of two layers.
      const each = network.layerMaps.some((l) => l.law.startsWith("attention")) ? 2 : 1;
      const near = (a: ArrayLike<number>, b: ArrayLike<number>): void =>
        // The time of a step is computed in two ways, as a constant and from its number.
        Array.from(a).forEach((v, i) => expect(Math.abs(v - b[i]!)).toBeLessThanOrEqual(1e-14 * (1 + Math.abs(v))));
      const start = system.state.slice();
      for (let k = 0; k < system.depth; k++) {
        expect(system.step()).toBe("ok");
        near(system.state, states[first + (k + 1) * each - 1]!);
      }
      const again = layerSystem(network, theta, start);
      again.step(system.depth);
      near(again.state, system.state);
    });

    it("has exact tangents, and begins again behind its last layer", () => {
      const system = layerSystem(network, theta, x);
      const riding = system.tangent(1);
      const v = Float64Array.from(riding.tangents);
      riding.step(2 * system.depth);
      const push = (s: number): Float64Array => {
        const moved = layerSystem(
          network,
          theta,
          system.state.map((y, i) => y + s * v[i]!),
        );
        moved.step(2 * system.depth);
        return moved.state.slice();
      };
      const h = 1e-5;
      const [up, down] = [push(h), push(-h)];
      const size = riding.tangents.reduce((m, t) => Math.max(m, Math.abs(t)), 1e-3);
      // Central differences are off by h^2 and 1e-16 / h; kinks of ReLU are avoided by the start.
      riding.tangents.forEach((t, i) => expect(Math.abs((up[i]! - down[i]!) / (2 * h) - t) / size).toBeLessThan(1e-6));
    });
  },
);

it("a neural delay equation run on is the equation over a longer time, and its exponents are those of the solution's pasts", () => {
  // h' = w h(t - 1), readout aside: a linear field of the past alone.
  const make = (horizon: number) =>
    neuralDelayEquation({ widths: [1, 1], horizon, steps: 8, solver: "tsit5", readout: "identity", bias: false });
  const [short, long] = [make(1), make(6)];
  const theta = Float64Array.of(0, -0.3);
  const s = layerSystem(short, theta, [1]);
  s.step(6);
  const [whole] = evaluate((p, y) => [long.apply(p!, y!)], { data: theta }, { data: [1], shape: [1, 1] });
  expect(Math.abs(s.state[0]! - whole![0]!)).toBeLessThan(1e-14);
  // exp(lambda) with lambda = W_0(-0.3) = -0.4894022271802149 by Lambert's W; the next root, W_-1, decays by -1.78 an interval.
  const found = lyapunov(layerSystem(short, theta, [1]), { k: 2, steps: 400, transient: 100 });
  expect(found.value[0]).toBeCloseTo(-0.4894022271802149, 6);
  expect(found.value[1]).toBeCloseTo(-1.78134, 3);
});

it("networks of different widths, and states that fit nowhere, are refused with what is needed", () => {
  const uneven = mlp({ widths: [3, 5, 3, 3] });
  expect(() => layerSystem(uneven, uneven.initial(0), [0, 0, 0])).toThrow("layers of different widths");
  const delayed = neuralDelayEquation({ widths: [1, 4, 1], steps: 2 });
  expect(() => layerSystem(delayed, delayed.initial(0), [1, 2])).toThrow("1, or a state of 9");
});
