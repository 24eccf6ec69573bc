// Linear substitution maps (Lin, Feng, Zhang, Zhao 2025): the activations above a layer replaced by the identity. Exact where there are none.
import { describe, expect, it } from "vitest";
import { compile, constant } from "#engine";
import { gradientDescent, linearMaps, mlp, random, square, training } from "#dynamics";

const samples = 50;
const stream = random(2);
const inputs = Float64Array.from({ length: 5 * samples }, () => stream.normal());

describe("a network without activations", () => {
  const net = mlp({ widths: [5, 7, 4, 6, 3], activation: "identity", init: { biasDeviation: 0.7 } });
  const { maps, outputs } = linearMaps(net, { samples, inputs }).at(net.initial(3));

  it("is its own linear map from every layer: relative error below 1e-12", () => {
    expect(maps.map((m) => m.from)).toEqual([0, 1, 2, 3]);
    for (const { error, agreement } of maps) {
      expect(error.value).toBeLessThan(1e-12);
      expect(agreement).toBe(1);
    }
  });

  it("is x times the matrix plus the offset, biases included", () => {
    const { matrix, offset } = maps[0]!;
    for (let s = 0; s < samples; s++) {
      for (let k = 0; k < 3; k++) {
        let sum = offset[k]!;
        for (let i = 0; i < 5; i++) sum += inputs[5 * s + i]! * matrix[3 * i + k]!;
        expect(Math.abs(sum - outputs[3 * s + k]!)).toBeLessThan(1e-12);
      }
    }
  });
});

describe("a network with activations", () => {
  const net = mlp({ widths: [5, 8, 8, 2], activation: "tanh", init: { biasDeviation: 0.3 } });
  const theta = net.initial(4);
  const { maps, fields, outputs } = linearMaps(net, { samples, inputs }).at(theta);

  it("is itself from the last layer up, and its matrix is the product of the weights above", () => {
    expect(maps[2]!.error.value).toBe(0);
    theta.slice(120, 136).forEach((w, i) => expect(maps[2]!.matrix[i]).toBeCloseTo(w, 14));
    const [w2, w3] = [theta.slice(48, 112), maps[2]!.matrix];
    for (let i = 0; i < 8; i++) {
      for (let k = 0; k < 2; k++) {
        let sum = 0;
        for (let j = 0; j < 8; j++) sum += w2[8 * i + j]! * w3[2 * j + k]!;
        expect(maps[1]!.matrix[2 * i + k]).toBeCloseTo(sum, 13);
      }
    }
    expect(fields[2]).toEqual(outputs);
  });

  it("has the error |f - f_L| / |f|, computed anew from the states", () => {
    const program = compile(
      (t) => {
        const [h1] = net.layers(t, constant(inputs, [samples, 5]));
        return net.layerMaps[2]!.sums!(t, net.layerMaps[1]!.sums!(t, h1!));
      },
      [{ shape: [net.size] }],
    );
    program.inputs[0]!.set(theta);
    program.run();
    const other = program.outputs[0]!;
    const norm = (v: Float64Array): number => Math.sqrt(v.reduce((s, x) => s + x * x, 0));
    expect(maps[1]!.error.value).toBeCloseTo(norm(outputs.map((v, i) => v - other[i]!)) / norm(outputs), 13);
    expect(maps[1]!.error.value).toBeGreaterThan(0.01);
  });

  it("of small weights has an error of second order: a factor 4 for weights twice as large", () => {
    // tanh h = h - h^3 / 3: the relative defect is quadratic in the fields.
    const shallow = mlp({ widths: [5, 8, 2], init: { gain: [1, 1], biasDeviation: 0 } });
    const at = (s: number): number => {
      const t = shallow.initial(1).map((v, i) => (i < 48 ? s * v : v));
      return linearMaps(shallow, { samples, inputs }).at(t).maps[0]!.error.value;
    };
    expect(at(0.002) / at(0.001)).toBeCloseTo(4, 3);
  });

  it("has the standard error over samples that 150 redrawn data sets show", () => {
    const shallow = mlp({ widths: [5, 8, 2] });
    const t = shallow.initial(1);
    const found = Array.from({ length: 150 }, (_, k) => {
      const s = random(9, k);
      const x = Float64Array.from({ length: 5 * 100 }, () => s.normal());
      return linearMaps(shallow, { samples: 100, inputs: x }).at(t).maps[0]!.error;
    });
    const mean = found.reduce((a, e) => a + e.value, 0) / 150;
    const spread = Math.sqrt(found.reduce((a, e) => a + (e.value - mean) ** 2, 0) / 149);
    const claimed = found.reduce((a, e) => a + e.error, 0) / 150;
    // 6 % for the standard deviation of 150 values, three times, and what is of higher order in 1 / sqrt 100.
    expect(Math.abs(claimed / spread - 1)).toBeLessThan(0.22);
  });
});

describe("truncation of a trained network", () => {
  it("names the classes better the higher it starts, and as the network does from the last layer", () => {
    // Two rings: no affine map separates them.
    const draw = random(6);
    const count = 120;
    const rings = Array.from({ length: count }, (_, i) => {
      const angle = 2 * Math.PI * draw.uniform();
      const radius = i % 2 === 0 ? 0.6 : 1.6;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
    const data = {
      samples: count,
      inputs: rings.flat(),
      targets: rings.flatMap((_, i) => (i % 2 === 0 ? [1, 0] : [0, 1])),
    };
    const net = mlp({ widths: [2, 24, 24, 2] });
    const run = training({ architecture: net, data, loss: square, optimizer: gradientDescent({ stepSize: 0.3 }) });
    run.step(3000);
    const labels = rings.map((_, i) => i % 2);
    const { maps } = linearMaps(net, { samples: count, inputs: data.inputs, labels }).at(run.parameters);
    expect(maps[2]!.accuracy.value).toBe(run.evaluate(data).accuracy);
    expect(maps[2]!.accuracy.value).toBe(1);
    expect(maps[0]!.accuracy.value).toBeLessThan(0.75);
    expect(maps[1]!.accuracy.value).toBeGreaterThan(maps[0]!.accuracy.value);
  });
});

describe("faults", () => {
  it("are told", () => {
    const net = mlp({ widths: [1, 2, 1] });
    const zero = linearMaps(net, { samples: 2, inputs: [1, 2] }).at(new Float64Array(net.size)).maps[0]!;
    expect(zero.error).toMatchObject({ status: "not-converged", value: NaN });
    expect(zero.error.explanation).toContain("0 on every sample");
    expect(() => linearMaps(net, { samples: 2, inputs: [1] })).toThrow("needs 2 x 1");
    const other = {
      ...net,
      layerMaps: net.layerMaps.map((layer) => ({ ...layer, sums: undefined }) as never),
    };
    expect(() => linearMaps(other, { samples: 1, inputs: [1] })).toThrow("no local field");
  });
});
