// Rank probability distributions (Lin, Feng, Zhang, Zhao 2025): flat for random weights; for a small class whose projections are normal and
// moved by delta against a normal background, p(u) = phi(q - delta) / phi(q) with q = Phi^-1(u), and the mean rank is Phi(delta / sqrt 2).
import { describe, expect, it } from "vitest";
import { compile, constant } from "#engine";
import { mlp, normalDistribution, random, rankDistribution, shiftedRanks } from "#dynamics";
import { digits } from "./digits.js";

describe("a class moved by delta in a normal background", () => {
  it.each([0.3, 0.8, 1.5])("delta = %f: mean rank, slope and density are the closed forms", (delta) => {
    const stream = random(7);
    const [members, samples, units] = [40, 4000, 30];
    const labels = Array.from({ length: samples }, (_, i) => (i < members ? 1 : 0));
    const fields = Float64Array.from(
      { length: samples * units },
      (_, i) => stream.normal() + (Math.floor(i / units) < members ? delta : 0),
    );
    // The background class has no sign, so that only the small class is looked at.
    const weights = Array.from({ length: units }, () => [0, 1]).flat();
    const found = rankDistribution({ samples, units, fields, classes: 2, labels, weights, bins: 10 });
    const { meanRank, slope, density } = shiftedRanks(delta);
    // The class itself is 1 % of all ranks: against itself its mean rank is 1/2.
    const mixed = 0.99 * meanRank + 0.01 * 0.5;
    expect(Math.abs(found.meanRank.value - mixed)).toBeLessThan(4 * found.meanRank.error);
    // 40 x 30 ranks of standard deviation below 0.29, and the same again for the units.
    expect(found.meanRank.error).toBeLessThan(0.02);
    expect(Math.abs(found.value - slope)).toBeLessThan(4 * found.error + 12 * 0.01 * (meanRank - 0.5));
    // Each bin holds members x units p / bins counts, Poisson-like; 1 % of them are the class among itself.
    for (const [b, p] of found.density.entries()) {
      const exact = average(density, b / 10, (b + 1) / 10);
      expect(Math.abs(p - exact)).toBeLessThan(4.5 * Math.sqrt((exact * 10) / (members * units)) + 0.01 * exact + 0.01);
    }
  });

  it("delta = 0.8 gives 0.714196; the density integrates to 1 and to the mean rank", () => {
    const { meanRank, density, slope } = shiftedRanks(0.8);
    expect(meanRank).toBeCloseTo(0.714196, 6);
    expect(slope).toBeCloseTo(12 * (meanRank - 0.5), 14);
    // The density grows like exp(delta q) at the ends, so the substitution u = Phi(q) makes the integrands smooth.
    const integral = (f: (u: number) => number): number => {
      let sum = 0;
      for (let i = 0; i < 1600; i++) {
        const q = -8 + (i + 0.5) * 0.01;
        sum += f(normalDistribution(q)) * Math.exp(-0.5 * q * q) * 0.01;
      }
      return sum / Math.sqrt(2 * Math.PI);
    };
    expect(integral((u) => (u > 0 && u < 1 ? density(u) : 0))).toBeCloseTo(1, 6);
    expect(integral((u) => (u > 0 && u < 1 ? u * density(u) : 0))).toBeCloseTo(meanRank, 6);
  });
});

/** Mean of a density over [a, b]; the substitution keeps away from its integrable ends. */
function average(density: (u: number) => number, a: number, b: number): number {
  const n = 100;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += density(a + ((b - a) * (i + 0.5)) / n);
  return sum / n;
}

/** Slopes of a random layer of 100 units with random signs for ten classes. */
const randomSlope = (inputs: Float64Array, samples: number, labels: readonly number[], seed: number) => {
  const net = mlp({ widths: [64, 100, 10], bias: false });
  const program = compile((theta) => net.layerMaps[0]!.sums!(theta, constant(inputs, [samples, 64])), [{ shape: [net.size] }]);
  const theta = net.initial(seed);
  program.inputs[0]!.set(theta);
  program.run();
  return rankDistribution({
    samples,
    units: 100,
    fields: program.outputs[0]!,
    classes: 10,
    labels,
    weights: theta.slice(6400),
  });
};

describe("errors over samples", () => {
  // Two classes that units tell apart for certain: with the share q in the first one the slope is 12 q (1 - q). It moves with the share alone, whose
  // standard deviation is sqrt(q (1 - q) / P), at the rate 12 (1 - 2 q); what one sample adds to the ranks of all others is half of that.
  it("count what a sample does to the ranks of others: labels drawn anew", () => {
    const [samples, q, runs] = [200, 0.3, 200];
    const slopes: number[] = [];
    let error = 0;
    for (let run = 0; run < runs; run++) {
      const stream = random(run, 9);
      const labels = Array.from({ length: samples }, () => (stream.uniform() < q ? 0 : 1));
      const fields = Float64Array.from(labels, (k) => (k === 0 ? 10 : 0) + stream.normal());
      const found = rankDistribution({ samples, units: 1, fields, classes: 2, labels, weights: [1, -1] });
      const share = labels.filter((k) => k === 0).length / samples;
      expect(found.value).toBeCloseTo(12 * share * (1 - share), 10);
      slopes.push(found.value);
      error += found.error / runs;
    }
    const exact = 12 * (1 - 2 * q) * Math.sqrt((q * (1 - q)) / samples);
    const mean = slopes.reduce((s, v) => s + v, 0) / runs;
    const spread = Math.sqrt(slopes.reduce((s, v) => s + (v - mean) * (v - mean), 0) / (runs - 1));
    // The spread of 200 is right to 5 %; the linear law to (1 / P) / (share's deviation), 2 %.
    expect(Math.abs(spread / exact - 1)).toBeLessThan(0.2);
    expect(Math.abs(error / exact - 1)).toBeLessThan(0.05);
  });

  it("are 0 where samples change places and the slope cannot change: one class", () => {
    const fields = [3, 1, 4, 1.5, 9, 2.6];
    const found = rankDistribution({ samples: 6, units: 1, fields, classes: 1, labels: new Array(6).fill(0), weights: [1] });
    expect([found.value, found.errors.samples]).toEqual([expect.closeTo(0, 14), expect.closeTo(0, 14)]);
  });
});

describe("the density", () => {
  it("of all samples is 1 everywhere, for every number of samples and parts, ties included", () => {
    for (const [samples, bins] of [
      [7, 20],
      [10, 20],
      [30, 7],
      [3, 1],
      [100, 33],
    ] as const) {
      const stream = random(samples);
      for (const fields of [
        Float64Array.from({ length: samples }, () => stream.normal()),
        Float64Array.from({ length: samples }, () => Math.floor(3 * stream.uniform())),
        new Float64Array(samples),
      ])
        for (const weight of [1, -1]) {
          const labels = new Array<number>(samples).fill(0);
          const { density } = rankDistribution({ samples, units: 1, fields, classes: 1, labels, weights: [weight], bins });
          for (const p of density) expect(p).toBeCloseTo(1, 12);
        }
    }
  });
});

describe("random weights", () => {
  const samples = 600;
  const { inputs, labels } = digits(samples);

  it("on samples without structure have the slope 0 within 3 / sqrt P, whatever the seed", () => {
    for (let seed = 0; seed < 12; seed++) {
      const stream = random(seed, 5);
      const noise = Float64Array.from({ length: 64 * samples }, () => stream.normal());
      expect(Math.abs(randomSlope(noise, samples, labels, seed).value)).toBeLessThan(3 / Math.sqrt(samples));
    }
  });

  it("on the digits have the slope 0 within its error, and the errors are right", () => {
    // 3 / sqrt P is no bound here: samples of a class are alike, so a unit sorts them all to one side, by chance; what averages this out is the
    // number of units, not that of samples. Over seeds the slope is 0.13 at most at P = 600, where 3 / sqrt P = 0.122.
    const scores = Array.from({ length: 12 }, (_, seed) => {
      const { value, error } = randomSlope(inputs, samples, labels, seed);
      return value / error;
    });
    for (const z of scores) expect(Math.abs(z)).toBeLessThan(4);
    // A mean of 12 squares of variance 1 exceeds 2.4 once in 200; errors that are somewhat too large make it smaller than 1.
    const square = scores.reduce((s, z) => s + z * z, 0) / 12;
    expect(square).toBeLessThan(2.4);
    expect(square).toBeGreaterThan(0.1);
  });

  it("signs that follow the class are found at once: a planted direction has its slope", () => {
    // Field 1 for the class and 0 for the others: the class of n samples has the ranks P - n/2, so u = 1 - n / (2 P).
    const fields = Float64Array.from(labels, (k) => (k === 3 ? 1 : 0));
    const weights = Array.from({ length: 10 }, (_, k) => (k === 3 ? 2 : 0));
    const n = labels.filter((k) => k === 3).length;
    const found = rankDistribution({ samples, units: 1, fields, classes: 10, labels, weights });
    expect(found.value).toBeCloseTo(12 * (0.5 - n / (2 * samples)), 12);
    expect(
      rankDistribution({ samples, units: 1, fields, classes: 10, labels, weights: weights.map((w) => -w) }).value,
    ).toBeCloseTo(-found.value, 12);
  });
});
