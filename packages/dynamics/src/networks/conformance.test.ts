import { compile } from "#engine";
import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../core/random.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { square } from "../training/losses.js";
import { training } from "../training/training.js";
import { architectures } from "./index.js";

const SAMPLES = 5;

/** All widths equal: every family has such networks. */
describe.each(architectures.map((a) => [a.name, a] as const))("the architecture %s", (_name, { make, options = [] }) => {
  const network = make({ widths: [3, 3, 3] });
  const theta = network.initial(4);
  const program = compile(
    (p, x) => [network.apply(p!, x!), ...network.layers(p!, x!)],
    [{ shape: [network.size] }, { shape: [SAMPLES, network.inputs] }],
    { state: 0 },
  );
  const inputs = fillNormal(new Float64Array(SAMPLES * 3), random(1));
  const run = (x: Float64Array): Float64Array[] => {
    program.inputs[0]!.set(theta);
    program.inputs[1]!.set(x);
    program.run();
    return program.outputs.map((o) => Float64Array.from(o));
  };

  it("ends its layers with its output, which is as wide as promised", () => {
    const [output, ...states] = run(inputs);
    expect(states.length).toBe(network.layerMaps.length);
    expect(output!.length).toBe(SAMPLES * network.outputs);
    // A flow computes the time of a step in two ways, in its loop and as a constant.
    states.at(-1)!.forEach((y, i) => expect(Math.abs(y - output![i]!)).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(y))));
    states.forEach((s, l) => expect(s.length).toBe(SAMPLES * network.layerMaps[l]!.outputs));
    network.layerMaps.slice(1).forEach((layer, l) => expect(layer.inputs).toBe(network.layerMaps[l]!.outputs));
  });

  it("treats every sample alike and by itself", () => {
    const [output] = run(inputs);
    const turned = Float64Array.from(inputs, (_, i) => inputs[(i + 3) % inputs.length]!);
    const [other] = run(turned);
    output!.forEach((_, i) => expect(other![i]!).toBeCloseTo(output![(i + network.outputs) % output!.length]!, 14));
  });

  it("has a layout that covers theta once, and layers that say which parts of it they read", () => {
    const covered = new Uint8Array(network.size);
    for (const { offset, shape } of network.layout) {
      const size = shape.reduce((a, b) => a * b, 1);
      for (let i = offset; i < offset + size; i++) covered[i]!++;
    }
    expect(covered.every((n) => n === 1)).toBe(true);
    expect(new Set(network.layout.map((p) => p.name)).size).toBe(network.layout.length);
    const before = run(inputs).slice(1);
    network.layerMaps.forEach((layer, l) => {
      if (layer.parameters.length === 0) return;
      const { offset } = layer.parameters[0]!;
      const kept = theta[offset]!;
      theta[offset]! += 0.5;
      const after = run(inputs).slice(1);
      theta[offset] = kept;
      expect(after[l]!.some((v, i) => v !== before[l]![i])).toBe(true);
    });
  });

  it("draws the same parameters from the same seed, and others from another", () => {
    expect(network.initial(4)).toEqual(theta);
    expect(network.initial(5)).not.toEqual(theta);
    expect(theta.every(Number.isFinite)).toBe(true);
  });

  it("learns", () => {
    const data = { samples: SAMPLES, inputs, targets: fillNormal(new Float64Array(SAMPLES * network.outputs), random(2)) };
    const fit = training({ architecture: network, data, loss: square, optimizer: gradientDescent({ stepSize: 0.02 }), seed: 3 });
    const before = fit.evaluate(data).loss;
    expect(fit.step(50)).toBe("ok");
    expect(fit.evaluate(data).loss).toBeLessThan(before);
  });

  it("takes each of its options, and describes them in one line", () => {
    for (const { name, kind, among, description, default: standard } of options) {
      expect(description).not.toMatch(/\n/);
      // Tokens are cut from the inputs, of which there are 3.
      const value = { whole: name === "tokens" ? 3 : 4, positive: 0.5, switch: true, name: among?.find((n) => n !== standard) }[
        kind
      ];
      const made = make({ widths: [3, 3, 3], [name]: value } as never);
      expect([made.inputs, made.outputs]).toEqual([3, 3]);
    }
  });
});
