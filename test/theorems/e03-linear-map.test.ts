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

describe("large and small numbers", () => {
  const widths = [4, 6, 3];
  const plain = mlp({ widths, activation: "relu", bias: false });
  const start = plain.initial(3);
  const data = { samples, inputs: inputs.slice(0, 4 * samples) };
  const reference = linearMaps(plain, data).at(start).maps[0]!;

  it("leave the relative error of a ReLU network alone: it is homogeneous in the weights", () => {
    for (const scale of [2 ** 500, 2 ** -500, 2 ** 505]) {
      const { error, agreement } = linearMaps(plain, data).at(start.map((v) => scale * v)).maps[0]!;
      expect(error.status).toBe("ok");
      expect(error.value).toBeCloseTo(reference.error.value, 12);
      expect(error.error).toBeCloseTo(reference.error.error, 12);
      expect(agreement).toBe(reference.agreement);
    }
  });

  it("of biases leave the matrix the product of the weights", () => {
    const biased = mlp({ widths, activation: "tanh" });
    for (const bias of [1e6, 1e17, -1e200]) {
      const theta = biased.initial(3);
      const isBias = biased.layout.filter((p) => p.shape.length === 1);
      for (const { offset, shape } of isBias) theta.fill(bias, offset, offset + shape[0]!);
      const { maps } = linearMaps(biased, data).at(theta);
      const none = theta.slice();
      for (const { offset, shape } of isBias) none.fill(0, offset, offset + shape[0]!);
      expect(maps[0]!.matrix).toEqual(linearMaps(biased, data).at(none).maps[0]!.matrix);
    }
  });

  it("that are none name no class: no share, no agreement, no error", () => {
    const theta = start.map((v) => 1e200 * v);
    const { error, agreement, accuracy } = linearMaps(plain, { ...data, labels: new Float64Array(samples) }).at(theta).maps[0]!;
    expect([error.status, error.value, error.error]).toEqual(["diverged", NaN, NaN]);
    expect([accuracy.status, accuracy.value, agreement]).toEqual(["diverged", NaN, NaN]);
    expect(error.explanation).toContain("network is not finite");
    expect(accuracy.explanation).toContain("not finite");
  });
});

describe("what is not known", () => {
  it("is not claimed: an accuracy of 1 or 0 has an error, one sample has none, equal outputs bound nothing", () => {
    const net = mlp({ widths: [1, 2, 2], activation: "relu", bias: false });
    const theta = [1, 1, 1, -1, 1, -1];
    const all = { samples: 40, inputs: Float64Array.from({ length: 40 }, (_, i) => 1 + i), labels: new Float64Array(40) };
    const [map, itself] = linearMaps(net, all).at(theta).maps;
    // All fields are positive, so that ReLU was never seen at work; from the last layer up there is nothing to see.
    expect([map!.error.value, map!.error.error, map!.error.interval]).toEqual([0, NaN, [0, Infinity]]);
    expect(map!.error.explanation).toContain("on others");
    expect([itself!.error.value, itself!.error.error, itself!.error.interval]).toEqual([0, 0, [0, 0]]);
    // 0.025^(1/40) = 0.9119; 0.0881 / 1.96.
    expect([map!.accuracy.value, map!.accuracy.interval[1]]).toEqual([1, 1]);
    expect(map!.accuracy.interval[0]).toBeCloseTo(0.025 ** (1 / 40), 10);
    expect(map!.accuracy.error).toBeCloseTo((1 - 0.025 ** (1 / 40)) / 1.959963985, 9);
    const none = linearMaps(net, { ...all, labels: new Float64Array(40).fill(1) }).at(theta).maps[0]!.accuracy;
    expect(none.value).toBe(0);
    expect(none.error).toBeCloseTo(map!.accuracy.error, 14);
    const alone = linearMaps(mlp({ widths: [1, 2, 1] }), { samples: 1, inputs: [2] }).at([1, 2, 0, 0, 1, 1, 0]).maps[0]!;
    expect([alone.error.status, alone.error.error]).toEqual(["ok", NaN]);
    expect(alone.error.explanation).toContain("one sample");
  });

  it("one output names class 1 where it is above 0, and two classes only", () => {
    const net = mlp({ widths: [1, 1], bias: false });
    const two = { samples: 4, inputs: [-2, -1, 1, 2], labels: [0, 1, 1, 1] };
    const { accuracy, agreement } = linearMaps(net, two).at([3]).maps[0]!;
    expect([accuracy.value, agreement]).toEqual([0.75, 1]);
    expect(() => linearMaps(net, { ...two, labels: [0, 1, 2, 1] })).toThrow(
      "sample 2 has the label 2; allowed: integers from 0 to 1",
    );
  });
});

describe("faults", () => {
  it("are told", () => {
    const net = mlp({ widths: [1, 2, 1] });
    const zero = linearMaps(net, { samples: 2, inputs: [1, 2] }).at(new Float64Array(net.size)).maps[0]!;
    expect(zero.error).toMatchObject({ status: "not-converged", value: NaN });
    expect(zero.error.explanation).toContain("0 on every sample");
    expect(() => linearMaps(net, { samples: 2, inputs: [1] })).toThrow("needs 2 x 1");
    expect(() => linearMaps(net, { samples: 2, inputs: [1, NaN] })).toThrow("sample 1 has the input NaN");
    const classed = mlp({ widths: [1, 2, 3] });
    for (const label of [-1, 3, 0.5, NaN])
      expect(() => linearMaps(classed, { samples: 2, inputs: [1, 2], labels: [0, label] })).toThrow(`label ${label}; allowed`);
    const other = {
      ...net,
      layerMaps: net.layerMaps.map((layer) => ({ ...layer, sums: undefined }) as never),
    };
    expect(() => linearMaps(other, { samples: 1, inputs: [1] })).toThrow("no local field");
  });
});
