import { describe, expect, test } from "vitest";
import { add, constant, evaluate, type Tensor } from "#engine";
import { random } from "../core/random.js";
import { architectures } from "./index.js";
import { attentionNetwork } from "./attention.js";
import { linearMaps } from "./linear-map.js";
import { mlp } from "./mlp.js";
import { orderViews } from "./order-views.js";
import { recurrent } from "./recurrent.js";
import { resnet } from "./resnet.js";
import { siteLinearMaps, type SiteField } from "./site-linear-maps.js";
import { siteOrderViews } from "./site-order-views.js";
import { siteRuns } from "./site-runs.js";
import { sitesOf } from "./sites.js";

const normal = (n: number, seed: number): Float64Array => {
  const stream = random(seed);
  return Float64Array.from({ length: n }, () => stream.normal());
};
const SAMPLES = 12;
const data = (inputs: number) => ({ samples: SAMPLES, inputs: normal(SAMPLES * inputs, 5) });

describe("a network with local fields is seen as by its layers: to the bit, and pairs and weights to rounding", () => {
  test.each([
    ["perceptron", mlp({ widths: [4, 6, 5, 3], init: { biasDeviation: 0.5 } })],
    ["perceptron with ReLU", mlp({ widths: [4, 6, 6, 1], activation: "relu", init: { biasDeviation: 0.5 } })],
    ["recurrent network", recurrent({ widths: [4, 4, 4, 4] })],
    ["batch-normalised network in evaluation mode", mlp({ widths: [4, 6, 5, 3], normalisation: "batch" }).running!.evaluation],
  ])("%s", (name, net) => {
    const theta = net.initial(3);
    const given = data(4);
    // A recurrent network ends in an activation, which layers do not count.
    const last = name.startsWith("recurrent") ? 1 : 0;
    const own = siteOrderViews(net, given, { pairs: 7, seed: 2 }).at(theta);
    const known = orderViews(net, given, { pairs: 7, seed: 2 }).at(theta);
    // Weights of pairs are read off layers by taking their biases away again.
    const exact = (views: typeof own) => views.filter((v) => v.kind !== "pair" && v.layer <= layers);
    const layers = net.layerMaps.length - 1;
    expect(exact(own)).toEqual(exact(known));
    for (const pair of known.filter((v) => v.kind === "pair")) {
      const other = own.find((v) => v.kind === "pair" && v.layer === pair.layer)!;
      for (const side of ["before", "after"] as const)
        pair[side].forEach((v, i) => expect(Math.abs(v - other[side][i]!)).toBeLessThan(1e-13));
    }
    if (last > 0) return;
    const maps = linearMaps(net, given).at(theta);
    const found = siteLinearMaps(net, given);
    expect(found.maps(theta).map(({ from, error, agreement }) => ({ from, error, agreement }))).toEqual(
      maps.maps.map(({ from, error, agreement }) => ({ from, error, agreement })),
    );
    const { sites, outputs } = found.fields(theta);
    expect(outputs).toEqual(maps.outputs);
    sites.forEach(({ fields, weights }, l) => {
      expect(fields).toEqual(maps.fields[l]);
      // The matrices are multiplied from the other side.
      weights.forEach((w, i) => expect(Math.abs(w - maps.maps[l + 1]!.matrix[i]!)).toBeLessThan(1e-13));
    });
  });
});

describe("every architecture", () => {
  test.each(architectures.filter((a) => a.name !== "neural-delay-equation").map((a) => [a.name, a] as const))(
    "%s: with all activations in place it is itself, and without them nothing but named steps bends",
    (name, { make }) => {
      const net = make({ widths: [3, 3, 3], ...(name === "diagonal" ? {} : { activation: "tanh" }) });
      const theta = net.initial(1);
      const given = data(3);
      const found = sitesOf(net, "here");
      expect(found.sites.length > 0).toBe(name !== "diagonal");
      const named = name === "attention" ? ["layer normalisation", "softmax attention"] : [];
      expect(found.bends(0)).toEqual(named);
      if (found.sites.length === 0) return;
      const runs = siteRuns(net, found, { ...given, units: found.sites.map(() => [0]) });
      const whole = runs.run(
        theta,
        found.sites.map(() => "activation"),
      );
      const [y] = evaluate((p: Tensor) => net.apply(p, constant(given.inputs, [SAMPLES, 3])), { data: theta });
      // A flow computes the time of a step in two ways, in its loop and as a constant.
      whole.outputs.forEach((v, i) => expect(Math.abs(v - y![i]!)).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(v))));
      expect(whole.states.every((s, i) => s.every((v, p) => Math.abs(v) <= Math.min(1, Math.abs(whole.fields[i]![p]!))))).toBe(
        true,
      );
    },
  );
  test("activations that reach no output are no sites: the last stage of a pair that only estimates the error", () => {
    const net = architectures
      .find((a) => a.name === "neural-ode")!
      .make({ widths: [2, 3, 1], solver: "tsit5", steps: 2 } as never);
    const { sites, calls } = sitesOf(net, "here");
    expect(sites.length).toBeLessThan(calls);
    sites.forEach(({ next }, s) => expect(next ?? Infinity).toBeGreaterThan(s));
    expect(sites.at(-1)!.next).toBe(undefined);
  });
  test("a delay equation says that its activations are out of reach", () => {
    const net = architectures.find((a) => a.name === "neural-delay-equation")!.make({ widths: [2, 3, 1] });
    expect(() => sitesOf(net, "here")).toThrow(/inside the loops of the solver/);
  });
});

describe("residual networks", () => {
  const net = resnet({ widths: [3, 8, 2], depth: 3, activation: "relu" });
  test("without weights in the branches the linear maps are exact, and no order is changed", () => {
    const theta = net.initial(0);
    for (const { name, offset, shape } of net.layout)
      if (name.includes("W2")) theta.fill(0, offset, offset + shape.reduce((a, b) => a * b, 1));
    const maps = siteLinearMaps(net, data(3)).maps(theta);
    expect(maps.map((m) => m.error.value)).toEqual([0, 0, 0, 0]);
    for (const v of siteOrderViews(net, data(3), { pairs: 0 }).at(theta))
      if (v.kind !== "unit") expect(v.before).toEqual(v.after);
  });
  test("without activations in them they are affine: the maps are exact to rounding", () => {
    const linear = resnet({ widths: [3, 8, 2], depth: 3, activation: "identity" });
    const maps = siteLinearMaps(linear, data(3)).maps(linear.initial(0));
    expect(maps.every((m) => m.error.value < 1e-12 && m.bends.length === 0)).toBe(true);
  });
  test("the weights of a site are the derivative of the rest, and the map from it is affine with them", () => {
    const theta = net.initial(0);
    const { sites } = siteLinearMaps(net, data(3)).fields(theta);
    // f_L from site s up is affine in what s gives: moving it by d moves the outputs by W d. Checked from field to outputs of the network without activations from s on.
    const found = sitesOf(net, "here");
    const all = found.sites.map((s) => Array.from({ length: s.units }, (_, i) => i));
    const runs = siteRuns(net, found, { ...data(3), units: all });
    for (const { site, weights } of sites) {
      const kept = runs.run(
        theta,
        found.sites.map((_, s) => (s <= site ? "activation" : "identity")),
      );
      const left = runs.run(
        theta,
        found.sites.map((_, s) => (s < site ? "activation" : "identity")),
      );
      for (let p = 0; p < SAMPLES; p++)
        for (let k = 0; k < 2; k++) {
          let moved = left.outputs[2 * p + k]!;
          for (let u = 0; u < 8; u++)
            moved += (kept.states[site]![8 * p + u]! - kept.fields[site]![8 * p + u]!) * weights[2 * u + k]!;
          expect(moved).toBeCloseTo(kept.outputs[2 * p + k]!, 12);
        }
    }
  });
});

describe("attention", () => {
  const net = attentionNetwork({ widths: [6, 5, 2], tokens: 3, state: 4, depth: 1, norm: false });
  test("whose value matrix is 0 does nothing: what remains is an affine map, though softmax is still named", () => {
    const theta = net.initial(0);
    const value = net.layout.find((p) => p.name === "1.attention.V")!;
    theta.fill(0, value.offset, value.offset + 16);
    const found = siteLinearMaps(net, data(6));
    expect(found.sites.bends(0)).toEqual(["softmax attention"]);
    // The perceptron on the tokens is then all that bends: without its activation the network is affine in the inputs.
    const given = data(6);
    const halves = Float64Array.from({ length: 3 * 6 }, (_, i) =>
      i < 6 ? given.inputs[i]! : i < 12 ? given.inputs[i]! : (given.inputs[i - 12]! + given.inputs[i - 6]!) / 2,
    );
    const runs = siteRuns(net, found.sites, { samples: 3, inputs: halves, units: [[0]] });
    const { outputs } = runs.run(theta, ["identity"]);
    for (let k = 0; k < 2; k++) expect((outputs[k]! + outputs[2 + k]!) / 2).toBeCloseTo(outputs[4 + k]!, 12);
  });
  test("its units are the features of every token, and their weights are averages where softmax lies above", () => {
    const deep = attentionNetwork({ widths: [6, 5, 2], tokens: 3, state: 4, depth: 2 });
    const { sites } = siteLinearMaps(deep, data(6), { slopes: 4 }).fields(deep.initial(0));
    expect(sites.map((s) => [s.units.length, s.slopeSamples])).toEqual([
      [15, 4],
      [15, 1],
    ]);
    // That of the first sample, against the difference that a small step at the site makes without its activation and those above.
    const [{ weights }] = siteLinearMaps(deep, { ...data(6), samples: 12 }, { slopes: 1 }).fields(deep.initial(0)).sites as [
      SiteField,
    ];
    const moved = (u: number, by: number): ArrayLike<number> => {
      let call = 0;
      return evaluate(
        (t: Tensor, x: Tensor) =>
          deep.apply(t, x, {
            activation(field) {
              const step = Float64Array.from({ length: 15 }, (_, i) => (i === u && call === 0 ? by : 0));
              call++;
              return add(field, constant(step, field.shape));
            },
          }),
        { data: deep.initial(0) },
        { data: data(6).inputs.slice(0, 6), shape: [1, 6] },
      )[0]!;
    };
    for (const u of [0, 7, 14]) {
      const [up, down] = [moved(u, 1e-5), moved(u, -1e-5)];
      for (let k = 0; k < 2; k++) expect((up[k]! - down[k]!) / 2e-5).toBeCloseTo(weights[2 * u + k]!, 6);
    }
    const views = siteOrderViews(deep, data(6), { pairs: 5 });
    expect(views.unpaired).toEqual([0]);
    expect(
      views
        .at(deep.initial(0))
        .filter((v) => v.kind === "pair")
        .map((v) => v.layer),
    ).toEqual([2]);
  });
});

test("where there are very many sites and units, some stand for all", () => {
  const net = resnet({ widths: [3, 20, 2], depth: 9 });
  const views = siteOrderViews(net, data(3), { sites: 3, units: 7, pairs: 2 });
  expect(views.choice.sites).toEqual([0, 4, 8]);
  expect(views.choice.said).toBe("3 of 9 activations, evenly spaced, with up to 7 units of each activation, drawn by the seed");
  const some = views.at(net.initial(0));
  const all = siteOrderViews(net, data(3), { pairs: 0 }).at(net.initial(0));
  for (const v of some.filter((o) => o.kind !== "pair")) {
    const full = all.find((o) => o.kind === v.kind && o.layer === v.layer)!;
    const drawn = v.kind === "unit" ? views.choice.units[v.layer - 1]! : v.layer < 9 ? views.choice.units[v.layer]! : [0, 1];
    Array.from(drawn).forEach((u, i) => {
      for (let p = 0; p < SAMPLES; p++) expect(v.after[p * v.units + i]).toBe(full.after[p * full.units + u]);
    });
  }
});

test("misuse is refused by name", () => {
  const plain = mlp({ widths: [3, 2] });
  expect(() => siteOrderViews(plain, data(3))).toThrow(/mlp 3-2 tanh has no activation/);
  expect(() => siteLinearMaps(plain, data(3))).toThrow(/has no activation/);
  expect(() => siteOrderViews(mlp({ widths: [3, 4, 2] }), data(2))).toThrow(/24 inputs given/);
  expect(() => sitesOf(mlp({ widths: [3, 4, 2], normalisation: "batch" }), "here")).toThrow(/here: .* normalises by batches/);
});
