// Attraction basins (Lin, Feng, Zhang, Zhao 2025): the noise at which a class changes with probability 1/2. Closed forms: for the interval (-a, a)
// and its centre sigma = a / Phi^-1(3/4); for the largest of K outputs that a sample leads by the margin m, P = E[Phi(z + m / sigma)^(K-1)].
import { describe, expect, it } from "vitest";
import { add, constant, log, matmul, mul, sub, sum, tanh, type Tensor } from "#engine";
import {
  exitDistances,
  fallingProbability,
  mlp,
  nearestDistances,
  normalDistribution,
  normalQuantile,
  principalDirections,
  radiusDistribution,
  random,
  sampleBasins,
  weightBasin,
  worstDirections,
} from "#dynamics";

/** P(the sample's own output stays the largest of K), by the midpoint rule on z: spectrally accurate, since the integrand falls like exp(-z^2/2). */
function kept(ratio: number, K: number): number {
  let p = 0;
  for (let i = 0; i < 1800; i++) {
    const z = -9 + 0.01 * (i + 0.5);
    p += normalDistribution(z + ratio) ** (K - 1) * Math.exp(-0.5 * z * z) * 0.01;
  }
  return p / Math.sqrt(2 * Math.PI);
}

/** sigma / m at which P falls to the threshold. */
function vertex(K: number, threshold = 0.5): number {
  let [low, high] = [1e-3, 1e3];
  for (let i = 0; i < 80; i++) {
    const middle = Math.sqrt(low * high);
    if (kept(1 / middle, K) > threshold) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

const identity = (x: Tensor): Tensor => mul(x, 1);

describe("the closed forms of the noise radius", () => {
  it("are those of the literature's numbers", () => {
    expect(1 / normalQuantile(0.75)).toBeCloseTo(1.4826022, 7);
    expect([3, 4, 10].map((K) => vertex(K).toFixed(6))).toEqual(["1.796881", "1.195065", "0.678046"]);
    expect(kept(1e-3, 2)).toBeGreaterThan(0.5);
  });

  it.each([
    [0.7, 0.5],
    [3, 0.5],
    [1, 0.8],
  ])("the interval (-%f, %f'th threshold): sigma = a / Phi^-1((1 + t) / 2)", (a, threshold) => {
    const inside = (x: Tensor): Tensor => sub(a * a, mul(x, x));
    const exact = a / normalQuantile(0.5 * (1 + threshold));
    const found = sampleBasins({
      classify: inside,
      samples: 1,
      dim: 1,
      inputs: [0],
      draws: 10_000,
      threshold,
      largest: 100,
      tolerance: 1e-4,
    });
    // 10^4 draws: 2 %.
    expect(Math.abs(found.radii[0]! / exact - 1)).toBeLessThan(0.02);
    expect(Math.abs(found.radii[0]! - exact)).toBeLessThan(4 * found.errors[0]!);
    // The density of the exit amplitude at its median gives the error: sqrt(t (1 - t) / n) / |dP / dsigma|.
    const slope =
      (2 * normalQuantile(0.5 * (1 + threshold)) * Math.exp(-0.5 * (a / exact) ** 2)) / Math.sqrt(2 * Math.PI) / exact;
    const predicted = Math.sqrt((threshold * (1 - threshold)) / 10_000) / slope;
    expect(found.errors[0]! / predicted).toBeGreaterThan(0.8);
    expect(found.errors[0]! / predicted).toBeLessThan(1.25);
  });

  it.each([3, 4, 5, 7, 10])("a vertex of %i classes, margins 1 and 2.5", (K) => {
    for (const m of [1, 2.5]) {
      const inputs = Float64Array.from({ length: K }, (_, k) => (k === 1 ? m : 0));
      const found = sampleBasins({ classify: identity, samples: 1, dim: K, inputs, draws: 10_000, seed: K });
      const exact = m * vertex(K);
      // The fewer classes, the flatter P is at its radius: for K = 3 the 2 % are 1.1 standard errors.
      expect(Math.abs(found.radii[0]! / exact - 1)).toBeLessThan(Math.max(0.02, (4 * found.errors[0]!) / exact));
      expect(Math.abs(found.radii[0]! - exact)).toBeLessThan(4 * found.errors[0]!);
      expect(found.labels[0]).toBe(1);
    }
  });

  it("two classes have no radius at 1/2: a status, for every seed, and a number at 0.6", () => {
    for (let seed = 0; seed < 10; seed++) {
      const found = sampleBasins({ classify: identity, samples: 2, dim: 2, inputs: [1, 0, 0, 3], draws: 1000, seed });
      expect(found.status).toEqual(["not-converged", "not-converged"]);
      expect(Array.from(found.radii)).toEqual([NaN, NaN]);
      expect(Array.from(found.high)).toEqual([Infinity, Infinity]);
      expect(found.explanation).toContain("1/2 for two classes");
    }
    // P = Phi(m / (sqrt 2 sigma)) = 0.6.
    const { radii, errors } = sampleBasins({
      classify: identity,
      samples: 1,
      dim: 2,
      inputs: [1, 0],
      draws: 10_000,
      threshold: 0.6,
    });
    expect(Math.abs(radii[0]! - 1 / (Math.SQRT2 * normalQuantile(0.6)))).toBeLessThan(4 * errors[0]!);
  });

  it("intervals hold the closed form as often as they say, over 200 samples", () => {
    const K = 4;
    const inputs = Float64Array.from({ length: 200 * K }, (_, i) => (i % K === 0 ? 1 : 0));
    const { low, high, radii } = sampleBasins({ classify: identity, samples: 200, dim: K, inputs, draws: 300 });
    const exact = vertex(K);
    const held = Array.from(low).filter((l, i) => l <= exact && exact <= high[i]!).length;
    // 95 % of 200, four standard deviations of 1.5 %.
    expect(held).toBeGreaterThan(178);
    // The displacements of different samples are their own.
    expect(new Set(radii).size).toBeGreaterThan(150);
    // With the fewest draws that are allowed, at every threshold: between whole numbers of draws the level cannot be met exactly.
    for (const threshold of [0.5, 0.8, 0.95, 0.99]) {
      const radius = 1 / normalQuantile(0.5 * (1 + threshold));
      const points = { samples: 200, dim: 1, inputs: new Float64Array(200) };
      const few = sampleBasins({ classify: (x) => sub(1, mul(x, x)), ...points, draws: 100, threshold });
      expect(few.status.every((s) => s === "ok")).toBe(true);
      expect(Array.from(few.low).filter((l, i) => l <= radius && radius <= few.high[i]!).length).toBeGreaterThan(174);
    }
  });

  it("samples that are not of their label have radius 0; scales go with the inputs", () => {
    const inside = (x: Tensor): Tensor => sub(1, mul(x, x));
    const found = sampleBasins({ classify: inside, samples: 2, dim: 1, inputs: [0, 2], labels: [1, 1], draws: 200 });
    expect(found.radii[1]).toBe(0);
    const tiny = (x: Tensor): Tensor => sub(1, mul(1e16, mul(x, x)));
    const small = sampleBasins({ classify: tiny, samples: 1, dim: 1, inputs: [0], draws: 4000 });
    expect(Math.abs(small.radii[0]! / 1.4826022e-8 - 1)).toBeLessThan(0.1);
    expect(() => sampleBasins({ classify: inside, samples: 1, dim: 1, inputs: [0], draws: 50 })).toThrow("from 100");
  });
});

describe("a probability that falls", () => {
  it("is found where it crosses, and nowhere if it only touches", () => {
    const options = { smallest: 1e-3, largest: 1e3 };
    const at = (share: (s: number) => number, error = 1e-3) => fallingProbability((s) => ({ share: share(s), error }), options);
    expect(at((s) => 1 / (1 + s * s)).value).toBeCloseTo(1, 2);
    const touching = at((s) => 0.5 + 0.4 / (1 + s));
    expect([touching.status, touching.value]).toEqual(["not-converged", NaN]);
    // One that starts below the threshold has the amplitude 0.
    expect(at(() => 0.1).value).toBe(0);
    // The first crossing counts, not a later one.
    expect(at((s) => (s < 2 || (s > 8 && s < 20) ? 0.9 : 0.1)).value).toBeCloseTo(2, 2);
  });
});

describe("the worst direction", () => {
  const stream = random(8);

  it("of a linear classifier of K classes is the distance to the nearest hyperplane, to 1e-9", () => {
    for (const [dim, K] of [
      [2, 2],
      [5, 3],
      [20, 10],
    ] as const) {
      const w = Float64Array.from({ length: dim * K }, () => stream.normal());
      const b = Float64Array.from({ length: K }, () => stream.normal());
      const samples = 30;
      const inputs = Float64Array.from({ length: dim * samples }, () => stream.normal());
      const classify = (x: Tensor): Tensor => add(matmul(x, constant(w, [dim, K])), constant(b, [K]));
      const found = worstDirections({ classify, samples, dim, inputs });
      for (let s = 0; s < samples; s++) {
        const f = Array.from(b, (v, k) => {
          let sum = v;
          for (let i = 0; i < dim; i++) sum += inputs[s * dim + i]! * w[i * K + k]!;
          return sum;
        });
        const c = f.indexOf(Math.max(...f));
        const exact = Math.min(
          ...f.flatMap((v, k) => {
            if (k === c) return [];
            let square = 0;
            for (let i = 0; i < dim; i++) square += (w[i * K + c]! - w[i * K + k]!) ** 2;
            return [(f[c]! - v) / Math.sqrt(square)];
          }),
        );
        expect(found.distances[s]! / exact).toBeCloseTo(1, 9);
        expect(found.from[s]).toBe(c);
        expect(found.to[s]).not.toBe(c);
      }
    }
  });

  it("of an ellipsoid is the distance to it, from points where Newton's method knows it", () => {
    // Class 1 inside x^2/4 + y^2 = 1. From (t, 0) with |t| < 3/2 the nearest point is off the axis: distance sqrt(1 - t^2 / 3).
    const classify = (x: Tensor): Tensor => sub(1, sum(mul(mul(x, x), constant([0.25, 1], [1, 2])), 1, true));
    const ts = [0.3, 0.7, 1.2];
    const inputs = ts.flatMap((t) => [t, 1e-3]);
    const { distances, status } = worstDirections({ classify, samples: 3, dim: 2, inputs, rounds: 60 });
    expect(status).toEqual(["ok", "ok", "ok"]);
    // The points lie 1e-3 off the axis, which takes that much off the distance, at most.
    ts.forEach((t, i) => {
      const exact = Math.sqrt(1 - (t * t) / 3);
      expect(distances[i]).toBeLessThan(exact + 1e-6);
      expect(distances[i]).toBeGreaterThan(exact - 1e-3);
    });
  });

  it("of a network is an upper bound that no other direction undercuts by much, with exits in another class", () => {
    const net = mlp({ widths: [6, 20, 20, 4], init: { gain: 2 } });
    const theta = constant(net.initial(5), [net.size]);
    const classify = (x: Tensor): Tensor => net.apply(theta, x);
    const samples = 20;
    const inputs = Float64Array.from({ length: 6 * samples }, () => stream.normal());
    const points = { classify, samples, dim: 6, inputs };
    const worst = worstDirections(points);
    expect(worst.status.every((s) => s === "ok")).toBe(true);
    // 200 random directions, and the axes.
    const directions = Array.from({ length: 200 }, () => {
      const v = Array.from({ length: 6 }, () => stream.normal());
      const length = Math.hypot(...v);
      return v.map((a) => a / length);
    }).flat();
    const { forward, backward } = exitDistances(points, directions);
    for (let s = 0; s < samples; s++) {
      const others = Array.from({ length: 200 }, (_, r) => [forward[r * samples + s]!, backward[r * samples + s]!]).flat();
      const least = Math.min(...others.filter(Number.isFinite));
      expect(worst.distances[s]).toBeLessThanOrEqual(1.02 * least);
    }
    const moved = inputs.map((x, i) => x + (1 + 1e-9) * worst.distances[Math.floor(i / 6)]! * worst.directions[i]!);
    const after = worstDirections({ ...points, inputs: moved, rounds: 1 }).from;
    after.forEach((k, s) => expect(k).not.toBe(worst.from[s]));
  });

  it("of a class that is everything does not exist", () => {
    const { status, distances } = worstDirections({
      classify: (x) => add(mul(0, sum(x, 1, true)), 1),
      samples: 1,
      dim: 2,
      inputs: [1, 2],
    });
    expect([status[0], distances[0]]).toEqual(["not-converged", NaN]);
  });
});

describe("the worst direction among many pieces of boundary", () => {
  // Three classes by a random network of two inputs: the distance by looking in 120 directions at steps of 1/25.
  const found = [1, 4].map((seed) => {
    const stream = random(seed);
    const [w, b, v] = [16, 8, 24].map((n) => Float64Array.from({ length: n }, () => stream.normal())) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const classify = (x: Tensor): Tensor =>
      matmul(tanh(add(matmul(x, constant(w, [2, 8])), constant(b, [1, 8]))), constant(v, [8, 3]));
    const classOf = (x: number, y: number): number => {
      const h = Array.from(b, (bias, j) => Math.tanh(x * w[j]! + y * w[8 + j]! + bias));
      const outputs = [0, 1, 2].map((k) => h.reduce((s, a, j) => s + a * v[3 * j + k]!, 0));
      return outputs.indexOf(Math.max(...outputs));
    };
    const inputs = Float64Array.from({ length: 40 }, () => stream.normal());
    const least = Array.from({ length: 20 }, (_, s) => {
      const [x, y] = [inputs[2 * s]!, inputs[2 * s + 1]!];
      let best = Infinity;
      for (let a = 0; a < 120; a++)
        for (let d = 0.04; d < Math.min(best, 8); d += 0.04)
          if (classOf(x + d * Math.cos((a * Math.PI) / 60), y + d * Math.sin((a * Math.PI) / 60)) !== classOf(x, y)) best = d;
      return best;
    });
    const away = (rays?: number) =>
      worstDirections({ classify, samples: 20, dim: 2, inputs, ...(rays === undefined ? {} : { rays }) }).distances;
    return { least, one: away(0), many: away() };
  });
  const count = (which: "one" | "many", wrong: (d: number, least: number) => boolean): number =>
    found.reduce((n, f) => n + f.least.filter((least, s) => Number.isFinite(least) && wrong(f[which][s]!, least)).length, 0);

  it("is found wherever there is one, and nearly the nearest for most; along the gradient alone it often is not", () => {
    expect(count("one", (d) => Number.isNaN(d))).toBeGreaterThan(5);
    expect(count("many", (d) => Number.isNaN(d))).toBe(0);
    const far = (d: number, least: number): boolean => !(d <= 1.1 * least);
    expect(count("many", far)).toBeLessThan(0.5 * count("one", far));
    // And never nearer than what is there, to the spacing of the search.
    expect(count("many", (d, least) => d < 0.99 * least - 0.04)).toBe(0);
  });

  it("of a class that is flat at the sample is found by the other rays", () => {
    const inside = (x: Tensor): Tensor => sub(1, mul(x, x));
    expect(worstDirections({ classify: inside, samples: 1, dim: 1, inputs: [0] }).distances[0]).toBeCloseTo(1, 12);
    expect(() => worstDirections({ classify: inside, samples: 1, dim: 1, inputs: [0], rays: -1 })).toThrow(/-1 rays/);
  });
});

describe("a class that noise has not reached", () => {
  it("asks for larger amplitudes, and one that noise has settled for a higher threshold", () => {
    // The interval (-1e8, 1e8) about 0, where the inputs tell no scale.
    const wide = (x: Tensor): Tensor => sub(1, mul(mul(1e-8, x), mul(1e-8, x)));
    const one = { classify: wide, samples: 1, dim: 1, inputs: [0], draws: 400 };
    expect(sampleBasins(one).explanation).toMatch(/1\.00 ± .* hardly been felt: look at larger amplitudes \(largest\)/);
    const found = sampleBasins({ ...one, largest: 1e10 });
    expect(Math.abs(found.radii[0]! / 1e8 - 1 / normalQuantile(0.75))).toBeLessThan(4e-8 * found.errors[0]!);
    const two = sampleBasins({ ...one, classify: (x) => add(mul(0, x), mul(1, x)), inputs: [1] });
    expect(two.explanation).toMatch(/tends to the share that the class has of all directions.*take a higher threshold/);
  });
});

describe("what has no class", () => {
  const inside = (x: Tensor): Tensor => sub(1, mul(x, x));
  const one = { classify: inside, samples: 1, dim: 1, inputs: [0] };

  it("is refused as a label, and told where outputs are no numbers", () => {
    for (const label of [0.7, -1, 2, NaN])
      expect(() => sampleBasins({ ...one, labels: [label] })).toThrow(
        /label .* given|the label .*; allowed: integers from 0 to 1/,
      );
    const broken = sampleBasins({ ...one, classify: (x) => log(sub(x, 1)) });
    expect([broken.status, broken.radii[0], broken.explanation]).toEqual([
      ["diverged"],
      NaN,
      expect.stringMatching(/sample 0 has an output that is no finite number/),
    ]);
    expect(() => sampleBasins({ ...one, level: 2 })).toThrow(/level 2 given/);
    expect(() => exitDistances(one, [2])).toThrow(/direction 0 has the length 2/);
    expect(() => exitDistances(one, [NaN])).toThrow(/direction 0 has the length NaN/);
  });
});

describe("principal directions and exits along them", () => {
  it("are the axes of a normal cloud, and noise along one has the interval's closed form", () => {
    const stream = random(21);
    const samples = 4000;
    const inputs = Float64Array.from({ length: 3 * samples }, (_, i) => [3, 1, 0.2][i % 3]! * stream.normal());
    const { directions, deviations } = principalDirections({ samples, dim: 3, inputs }, 3);
    // Entries off the axis are of order s_small / s_large / sqrt(samples); deviations right to 1 / sqrt(2 samples) = 1.1 %.
    [0, 4, 8].forEach((i) => expect(directions[i]).toBeCloseTo(1, 2));
    [3, 1, 0.2].forEach((s, i) => expect(deviations[i]! / s).toBeCloseTo(1, 1));
    const ball = (x: Tensor): Tensor => sub(4, sum(mul(x, x), 1, true));
    const { forward, backward } = exitDistances({ classify: ball, samples: 1, dim: 3, inputs: [0, 0, 0] }, directions);
    for (const d of [...forward, ...backward]) expect(d).toBeCloseTo(2, 12);
  });

  it("the nearest of other points is that of a search in full", () => {
    const stream = random(22);
    const draw = (n: number) => Float64Array.from({ length: 3 * n }, () => stream.normal());
    const [a, b] = [draw(20), draw(30)];
    const found = nearestDistances({ samples: 20, dim: 3, inputs: a }, { samples: 30, dim: 3, inputs: b });
    for (let i = 0; i < 20; i++) {
      const all = Array.from({ length: 30 }, (_, j) => Math.hypot(...[0, 1, 2].map((k) => a[3 * i + k]! - b[3 * j + k]!)));
      expect(found[i]).toBeCloseTo(Math.min(...all), 14);
    }
    expect(nearestDistances({ samples: 20, dim: 3, inputs: a }, { samples: 20, dim: 3, inputs: a }).every((d) => d === 0)).toBe(
      true,
    );
  });
});

describe("radii by class", () => {
  it("have an interval of the median that holds it as often as it says", () => {
    let held = 0;
    for (let k = 0; k < 1000; k++) {
      const s = random(30, k);
      const [found] = radiusDistribution(
        Array.from({ length: 25 }, () => s.uniform()),
        Array.from({ length: 25 }, () => 0),
      );
      if (found!.interval[0] <= 0.5 && 0.5 <= found!.interval[1]) held++;
    }
    // At least 95 %, 4 standard deviations of 0.7 % below at most; for n = 25 the ranks 8 and 18 hold it with 95.7 %.
    expect(held).toBeGreaterThan(922);
    expect(held).toBeLessThan(985);
  });
});

describe("the weight-space basin", () => {
  // f = (w1 + w2) x and sample x = 1 with w = (1, 3): mean 2, standard deviation 1. The noisy sum is N(4, 2 sigma^2), so the class is kept with
  // probability Phi(4 / (sqrt 2 sigma)): never below 1/2, and below t at sigma = 4 / (sqrt 2 Phi^-1(t)).
  const layout = [{ name: "W", shape: [2, 1], offset: 0 }];
  const apply = (theta: Tensor, x: Tensor): Tensor => matmul(x, matmul(constant([1, 1], [1, 2]), reshaped(theta)));
  const reshaped = (theta: Tensor): Tensor =>
    matmul(constant([1, 0, 0, 1], [2, 2]), sum(mul(constant([1, 0, 0, 1], [2, 2]), theta), 1, true));
  const points = { samples: 1, dim: 1, inputs: [1] };

  it("of one output has the closed form at 0.7, and none at 1/2", () => {
    const exact = 4 / (Math.SQRT2 * normalQuantile(0.7));
    const found = weightBasin({ apply, theta: [1, 3], layout, ...points, threshold: 0.7, draws: 10_000 });
    expect(found.scales[0]).toBe(1);
    expect(Math.abs(found.value - exact)).toBeLessThan(4 * found.error);
    // sqrt(0.21 / 10^4) / (phi(q) q) = 2.5 % at q = Phi^-1(0.7): P is flat there.
    expect(found.error / exact).toBeCloseTo(0.025, 2);
    // The sample's own radius is the same, to the same draws and the curve's interpolation.
    expect(Math.abs(found.radii[0]! / found.value - 1)).toBeLessThan(0.02);
    expect(weightBasin({ apply, theta: [1, 3], layout, ...points, draws: 400 }).status).toBe("not-converged");
  });

  it("has intervals that hold the closed form as often as they say, from 20 draws on, and asks for more where they tell nothing", () => {
    // Noise sigma on the weights (1, 3), of deviation 1: sample x keeps its sign with probability Phi(|x . w| / (sigma |x|)).
    const net = mlp({ widths: [2, 1], bias: false });
    const shared = [1, 1, 1, -0.5, -1, 0.8, 2, 0.3, -0.4, -1.5, 0.2, 1];
    const seeds = Array.from({ length: 100 }, (_, seed) => seed);
    for (const [inputs, threshold, draws, least] of [
      [[1, 1], 0.9, 40, 0.89],
      [shared, 0.9, 20, 0.86],
    ] as const) {
      const samples = inputs.length / 2;
      const share = (sigma: number): number => {
        let sum = 0;
        for (let i = 0; i < inputs.length; i += 2) {
          const [x, y] = [inputs[i]!, inputs[i + 1]!];
          sum += normalDistribution(Math.abs(x + 3 * y) / (sigma * Math.hypot(x, y))) / samples;
        }
        return sum;
      };
      let [low, high] = [1e-3, 1e3];
      for (let i = 0; i < 60; i++) {
        const middle = Math.sqrt(low * high);
        if (share(middle) > threshold) low = middle;
        else high = middle;
      }
      const all = seeds.map((seed) =>
        weightBasin({ ...net, theta: [1, 3], samples, dim: 2, inputs, threshold, draws, seed, tolerance: 0.01 }),
      );
      const ok = all.filter((b) => b.status === "ok");
      expect(ok.length).toBeGreaterThan(70);
      // 95 %, less three standard deviations of 2.2 %. Tests with the scatter at each amplitude and normal quantiles held it with 0.83 to 0.94.
      const held = ok.filter(({ interval: [from, to] }) => from <= low && low <= to).length;
      expect(held / ok.length).toBeGreaterThan(least);
    }
    // At 0.7 one sample takes 189 draws: with 20 no seed is lucky, and the least number is told.
    for (const seed of seeds.slice(0, 20)) {
      const few = weightBasin({ apply, theta: [1, 3], layout, ...points, threshold: 0.7, draws: 20, seed });
      expect([few.status, few.value]).toEqual(["not-converged", NaN]);
    }
    const told = weightBasin({ apply, theta: [1, 3], layout, ...points, threshold: 0.7, draws: 150 });
    expect(told.explanation).toMatch(/^(too few draws: .* take 1\.\d times as many draws|up to the amplitude)/);
  });

  it("does not depend on the scale of the weights, nor on its mean alone", () => {
    const at = (theta: number[]) => weightBasin({ apply, theta, layout, ...points, threshold: 0.7, draws: 500 }).value;
    // Twice the weights is twice the deviation and twice the output.
    expect(at([2, 6])).toBeCloseTo(at([1, 3]), 10);
    // Mean 4, deviation 1: twice the output at the same noise.
    expect(at([3, 5]) / at([1, 3])).toBeCloseTo(2, 2);
  });

  it("does not move biases, and refuses weights that have no spread", () => {
    const net = mlp({ widths: [2, 3, 1], init: { biasDeviation: 1 } });
    const found = weightBasin({ ...net, theta: net.initial(0), samples: 1, dim: 2, inputs: [1, 2], draws: 20, threshold: 0.9 });
    expect(Array.from(found.scales).map((s) => s > 0)).toEqual([true, false, true, false]);
    expect(() => weightBasin({ apply, theta: [1, 1], layout, ...points })).toThrow("no scale");
  });
});
