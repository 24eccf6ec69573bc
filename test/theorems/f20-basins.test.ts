/** Basins of attraction against closed forms, symmetries and published numbers. */
import { add, at, constant, cos, gt, le, lt, mul, select, sin, square, stack, sub, type Tensor } from "#engine";
import {
  adaptive,
  attractors,
  basinEntropy,
  basinFractions,
  basins,
  flow,
  gridStarts,
  map,
  randomStarts,
  TO_INFINITY,
  uncertaintyExponent,
} from "#dynamics";
import { describe, expect, it } from "vitest";
import { flows } from "../../packages/dynamics/src/catalogue/flows.js";
import { families } from "../../packages/dynamics/src/catalogue/families.js";

const named = (name: string) => families.find((f) => f.name === name)!;
const parts = (s: Tensor) => [at(s, 0), at(s, 1)] as [Tensor, Tensor];

describe("Henon's map on [-2, 2]^2", () => {
  const system = map({
    f: (s) => {
      const [x, y] = parts(s);
      return stack([add(sub(1, mul(1.4, square(x))), y), mul(0.3, x)]);
    },
    initial: [0.1, 0.1],
  });
  const box = [
    [-2, 2],
    [-2, 2],
  ] as const;
  const found = attractors({ system, box });

  it("has one attractor, a chaotic one, whichever orbit it is seen from", () => {
    expect(found.attractors.map((a) => a.extent)).toEqual(["set"]);
    expect(found.attractors[0]!.hits + found.escaped).toBe(found.starts);
    // The extent of the attractor in x: the classical picture spans -1.2848 to 1.2730.
    expect(found.attractors[0]!.low[0]).toBeCloseTo(-1.28, 1);
    expect(found.attractors[0]!.high[0]).toBeCloseTo(1.27, 1);
  });

  it("keeps 0.425 of the starts (Attractors.jl), at either resolution and for random starts", () => {
    const image = (n: number) =>
      basins(found, { starts: gridStarts({ base: [0, 0], axes: [0, 1], ranges: box, columns: n, rows: n }) });
    const [coarse, fine] = [image(60), image(120)];
    const random = basins(found, { starts: randomStarts(box, 5000, 1) });
    for (const { fractions, status } of [coarse, fine, random]) {
      expect(status).toBe("ok");
      expect(fractions.map((f) => f.label)).toEqual([0, TO_INFINITY]);
    }
    // Published from 1000 random starts (standard error 0.016); the tolerance 0.01 is that of the published test.
    expect(Math.abs(fine.fractions[0]!.value - 0.425)).toBeLessThan(0.01);
    // Cells on the boundary: about 1 in 30 at 60 x 60, half of which are off either way.
    expect(Math.abs(fine.fractions[0]!.value - coarse.fractions[0]!.value)).toBeLessThan(0.005);
    const [low, high] = random.fractions[0]!.interval;
    expect(low).toBeLessThan(fine.fractions[0]!.value);
    expect(high).toBeGreaterThan(fine.fractions[0]!.value);
  });
});

describe("Newton's iteration for z^3 = 1", () => {
  const system = map({ f: (z) => named("newton-cubic").f(z, constant(1)), initial: [1, 0.5] });
  const box = [
    [-1, 1],
    [-1, 1],
  ] as const;
  const found = attractors({ system, box, transient: 100, record: 4 });

  it("ends at the three roots", () => {
    expect(found.attractors.map((a) => a.extent)).toEqual(["point", "point", "point"]);
    const roots = found.attractors.map((a) => Array.from(a.state));
    [
      [-0.5, -Math.sqrt(0.75)],
      [-0.5, Math.sqrt(0.75)],
      [1, 0],
    ].forEach((root, k) => root.forEach((v, c) => expect(roots[k]![c]).toBeCloseTo(v, 12)));
  });

  it("divides a disc into equal thirds, turn by turn", () => {
    // z -> omega z carries the basins over into each other; so do the labels of turned starts.
    const n = 900;
    const [c, s] = [-0.5, Math.sqrt(0.75)];
    const disc = randomStarts(box, 2 * n, 3);
    const inside: number[] = [];
    for (let i = 0; i < 2 * n; i++)
      if (disc[2 * i]! ** 2 + disc[2 * i + 1]! ** 2 < 1) inside.push(disc[2 * i]!, disc[2 * i + 1]!);
    const turned = inside.map((v, i) => (i % 2 === 0 ? c * v - s * inside[i + 1]! : s * inside[i - 1]! + c * v));
    const [straight, around] = [inside, turned].map((starts) => basins(found, { starts }).labels);
    // 1 -> omega -> omega^2 -> 1: the labels 2 -> 1 -> 0 -> 2.
    const after = [2, 0, 1];
    const agree = straight!.filter((label, i) => after[label] === around![i]).length;
    // Rounding of the turn decides starts within 1e-16 of the boundary, which none is.
    expect(agree).toBe(straight!.length);
    for (const f of basinFractions(straight!, 3).slice(0, 3)) {
      expect(f.interval[0]).toBeLessThan(1 / 3);
      expect(f.interval[1]).toBeGreaterThan(1 / 3);
    }
  });

  it("has the boundary of dimension 1.42, and entropy above log 2", () => {
    // Published: 1.42 by box counting, so alpha = 0.58.
    const alpha = uncertaintyExponent(found, { box, scales: [6, 7, 8, 9, 10].map((k) => 1 / (1 << k)), pairs: 4000, seed: 1 });
    expect(alpha.status).toBe("ok");
    expect(alpha.error).toBeLessThan(0.04);
    expect(Math.abs(alpha.value - 0.58)).toBeLessThan(3 * alpha.error);
    const columns = 300;
    const image = basins(found, { starts: gridStarts({ base: [0, 0], axes: [0, 1], ranges: box, columns, rows: columns }) });
    const entropy = basinEntropy({ labels: image.labels, columns, rows: columns });
    // Where two basins meet the third is near, so boxes of three colours are many; not by enough for two standard errors here.
    expect(entropy.boundary.value).toBeGreaterThan(Math.log(2));
  });
});

describe("the magnetic pendulum, started at rest", () => {
  const pendulum = flows.find((f) => f.name === "magnetic-pendulum")!;
  const system = flow({
    field: pendulum.field(pendulum.parameters),
    initial: pendulum.initial,
    dt: 1,
    controller: adaptive({ rtol: 1e-7 }),
  });
  const box = [
    [-2, 2],
    [-2, 2],
    [0, 0],
    [0, 0],
  ] as const;
  const found = attractors({ system, box, starts: 60, transient: 120, record: 4 });
  const labels = (starts: ArrayLike<number>) => basins(found, { starts });

  it("ends beside one of the three magnets", () => {
    // The spring draws the points of rest a little inwards, alike for all three.
    expect(found.attractors.map((a) => a.extent)).toEqual(["point", "point", "point"]);
    const radii = found.attractors.map((a) => Math.sqrt(a.state[0]! ** 2 + a.state[1]! ** 2));
    for (const r of radii) expect(Math.abs(r - radii[0]!)).toBeLessThan(1e-4);
    expect(radii[0]).toBeGreaterThan(0.98);
    expect(radii[0]).toBeLessThan(1);
  });

  it("turns its basins into each other", () => {
    const [c, s] = [-0.5, Math.sqrt(0.75)];
    const starts = randomStarts(box, 200, 2);
    const turned = starts.map((v, i) =>
      i % 4 === 0 ? c * v - s * starts[i + 1]! : i % 4 === 1 ? s * starts[i - 1]! + c * v : 0,
    );
    const [straight, around] = [labels(starts).labels, labels(turned).labels];
    const agree = straight.filter((label, i) => [2, 0, 1][label] === around[i]).length;
    // The boundary is fractal: a few starts lie within the solver's error of it.
    expect(agree).toBeGreaterThan(0.98 * 200);
  });

  it("gives each magnet a third of [-2, 2]^2, from which the published shares differ by chance", () => {
    const n = 48;
    const image = labels(gridStarts({ base: [0, 0, 0, 0], axes: [0, 1], ranges: [box[0], box[1]], columns: n, rows: n }).slice());
    expect(image.status).toBe("ok");
    const shares = image.fractions.slice(0, 3).map((f) => f.value);
    // The square is its own mirror image, so the two magnets at x = -1/2 have equal shares, whatever the square: 0.377, 0.314, 0.309, which
    // the tests of Attractors.jl list for them and for (1, 0), are the shares in one sample of 1000 random starts, each with a standard error of 0.015.
    expect(Math.abs(shares[0]! - shares[1]!)).toBeLessThan(0.005);
    // 60 x 60 starts by steps of 0.01 of the classical Runge-Kutta method, written apart from this: a third each, to 0.001.
    for (const share of shares) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.015);
    [0.314, 0.377, 0.309].forEach((published, k) => expect(Math.abs(published - shares[k]!)).toBeLessThan(3 * 0.015));
  });
});

describe("basins with a known boundary", () => {
  // x' = x - x^3, y' = -y: the boundary is the line x = 0.
  const system = flow({
    field: (s) => {
      const [x, y] = parts(s);
      return stack([sub(x, mul(x, square(x))), mul(-1, y)]);
    },
    initial: [1, 0],
    dt: 0.5,
    controller: adaptive({ rtol: 1e-6 }),
  });
  const box = [
    [-1, 3],
    [-1, 1],
  ] as const;
  const found = attractors({ system, box, transient: 60, record: 4 });

  it("counts a quarter and three quarters of the box exactly, at every resolution", () => {
    expect(found.attractors.map((a) => Math.round(a.state[0]!))).toEqual([-1, 1]);
    for (const columns of [8, 20]) {
      const image = basins(found, { starts: gridStarts({ base: [0, 0], axes: [0, 1], ranges: box, columns, rows: 6 }) });
      expect(image.fractions.slice(0, 2).map((f) => f.value)).toEqual([0.25, 0.75]);
    }
  });

  it("has uncertainty exponent 1 and boundary dimension 1", () => {
    const alpha = uncertaintyExponent(found, { box, scales: [0.2, 0.1, 0.05, 0.025], pairs: 1500 });
    expect(Math.abs(alpha.value - 1)).toBeLessThan(3 * alpha.error);
    // The binomial law of 300, 150, 75 and 37 uncertain pairs in 1500 alone gives 0.087.
    expect(alpha.error).toBeLessThan(0.1);
    // Half of the pairs lie along y and agree; the others differ where |x| < 4 epsilon: f = epsilon for a side of 4.
    const sigma = Math.sqrt((0.2 * 0.8) / 1500);
    expect(Math.abs(alpha.uncertain[0]! - 0.2)).toBeLessThan(4 * sigma);
  });
});

describe("few pairs", () => {
  // The boundary is the point 0, so f = epsilon (the box has the length 2, the pair the distance 2 epsilon times 2): 200 pairs give 12 uncertain ones at
  // 1/16 and 0.1 at 1/2048. Scales without one say that f is small there; leaving them out made the exponent 0.90 on average.
  it("have an unbiased exponent, whose error is that of repetitions", () => {
    const found = attractors({
      system: map({ f: (x) => mul(x, sub(1.5, mul(0.5, square(x)))), initial: [0.1] }),
      box: [[-1.5, 1.5]],
    });
    const runs = Array.from({ length: 60 }, (_, seed) => uncertaintyExponent(found, { box: [[-1, 1]], pairs: 200, seed }));
    expect(runs.every((r) => r.status === "ok")).toBe(true);
    const scores = runs.map((r) => (r.value - 1) / r.error);
    // 60 standard scores: a mean beyond 0.45 and a mean square beyond 1.6 or below 0.55 happen once in a thousand each.
    expect(Math.abs(scores.reduce((s, z) => s + z, 0) / 60)).toBeLessThan(0.45);
    const square2 = scores.reduce((s, z) => s + z * z, 0) / 60;
    expect(square2).toBeGreaterThan(0.55);
    expect(square2).toBeLessThan(1.6);
  });
});

describe("what is no attractor", () => {
  it("orbits that creep beside a point that attracts to third order are not a set", () => {
    // x' = x - x^3 falls like 1 / sqrt(2 n): after 600 looks all starts are within 0.03 of 0, at places apart.
    const slow = (transient: number) =>
      attractors({ system: map({ f: (x) => sub(x, mul(x, square(x))), initial: [0.1] }), box: [[-1, 1]], transient });
    const early = slow(500);
    expect([early.status, early.attractors[0]!.extent]).toEqual(["not-converged", "set"]);
    expect(early.explanation).toMatch(/orbits creep, at places apart/);
    const late = slow(20_000);
    expect([late.status, late.attractors.map((a) => a.extent)]).toEqual(["ok", ["point"]]);
    expect(() => attractors({ system: map({ f: (x) => x, initial: [0] }), box: [[1, 0]] })).toThrow(
      /side 0 of the box from 1 to 0/,
    );
  });
});

describe("a Cantor boundary", () => {
  // x -> 5 x mod 1 on the even fifths of [0, 1]; the second fifth is carried to -1, the fourth to 2, both fixed. What stays is a Cantor set of
  // dimension log 3 / log 5, and it parts the two basins: alpha = 1 - log 3 / log 5 = 0.3174.
  const system = map({
    f: (x) => {
      const fifth = (k: number): Tensor => sub(mul(5, x), k);
      const inner = select(
        lt(x, 0.2),
        fifth(0),
        select(lt(x, 0.4), -1, select(le(x, 0.6), fifth(2), select(lt(x, 0.8), 2, fifth(4)))),
      );
      return select(lt(x, 0), -1, select(gt(x, 1), 2, inner));
    },
    initial: [0.5],
  });

  it("has the exponent of its dimension", () => {
    const found = attractors({ system, box: [[0, 1]], transient: 60, record: 2 });
    expect(found.attractors.map((a) => a.state[0])).toEqual([-1, 2]);
    // At powers of 1 / 5 the shares of uncertain pairs of a set that is similar to itself have the ratio 3 / 5 to one another.
    const alpha = uncertaintyExponent(found, { box: [[0, 1]], scales: [2, 3, 4, 5, 6].map((k) => 1 / 5 ** k / 2), pairs: 8000 });
    const exact = 1 - Math.log(3) / Math.log(5);
    expect(alpha.error).toBeLessThan(0.015);
    expect(Math.abs(alpha.value - exact)).toBeLessThan(3 * alpha.error);
    expect(Math.abs(alpha.dimension - (1 - exact))).toBeLessThan(3 * alpha.error);
  });
});

describe("a boundary that is the same at scales of ratio 3", () => {
  // x -> 3 x mod 1 on the outer thirds; of the middle third the left half goes to 1, the right half to -1: both basins meet on Cantor's set.
  const middle = (x: Tensor): Tensor => select(lt(x, 0.5), 1, -1);
  const system = map({
    f: (x) =>
      select(
        lt(x, 0),
        -1,
        select(
          gt(x, 1),
          1,
          select(lt(x, 1 / 3), mul(3, x), select(gt(x, 2 / 3), sub(mul(3, x), 2), mul(4, sub(middle(x), 0.5)))),
        ),
      ),
    initial: [0.5],
  });
  const exact = 1 - Math.log(2) / Math.log(3);

  it("swings about the line at scales of ratio 2, and the error knows", () => {
    const found = attractors({ system, box: [[0, 1]], transient: 60, record: 2 });
    expect(found.attractors.map((a) => a.state[0])).toEqual([-1, 1]);
    const scales = Array.from({ length: 17 }, (_, k) => 2 ** -(k + 4));
    const runs = [0, 1, 2, 3, 4, 5, 6, 7].map((seed) => uncertaintyExponent(found, { box: [[0, 1]], scales, pairs: 1000, seed }));
    // Of 17 scales 4 are left out: 11 degrees of freedom.
    expect(runs.reduce((s, r) => s + r.chiSquared / runs.length, 0)).toBeGreaterThan(20);
    for (const { value, error, status } of runs) {
      expect(status).toBe("ok");
      expect(Math.abs(value - exact)).toBeLessThan(3 * error);
      expect(error).toBeLessThan(0.08);
    }
    const off = runs.reduce((s, r) => s + ((r.value - exact) / r.error) ** 2, 0) / runs.length;
    // By the line of greatest likelihood over all scales and its widened error it was 3.
    expect(Math.sqrt(off)).toBeLessThan(1.5);
    expect(runs[0]!.explanation).toMatch(/at [45] of 17 scales pairs differ at least half as often .*: they were left out/);
    const coarse = uncertaintyExponent(found, { box: [[0, 1]], scales: [2 ** -3, 2 ** -4, 2 ** -5, 2 ** -9, 2 ** -10] });
    expect(coarse.explanation).toMatch(
      /at 3 of 5 scales pairs differ at least half as often as any two starts do .*: the exponent is that of finer ones; give smaller/,
    );
    expect(uncertaintyExponent(found, { box: [[0, 1]], scales: [2 ** -14, 2 ** -16, 2 ** -18] }).explanation).toBeUndefined();
  });
});

describe("Grebogi's map", () => {
  // theta' = theta + 1.32 sin 2 theta - 0.9 sin 4 theta - x sin theta, x' = -0.3 cos theta: fixed points at theta = 0 and pi attract.
  const system = map({
    f: (s) => {
      const [angle, x] = parts(s);
      const turned = sub(add(angle, mul(1.32, sin(mul(2, angle)))), add(mul(0.9, sin(mul(4, angle))), mul(x, sin(angle))));
      return stack([turned, mul(-0.3, cos(angle))]);
    },
    initial: [1, 0],
  });
  const box = [
    [0, 2 * Math.PI],
    [-0.5, 0.5],
  ] as const;
  const found = attractors({
    system,
    box,
    features: (s) => stack([cos(at(s, 0)), sin(at(s, 0)), at(s, 1)]),
    tolerance: 0.01,
    transient: 2000,
    record: 8,
  });

  it("has the published exponent, about 0.2, and the entropies of its picture", () => {
    expect(found.attractors.map((a) => [a.extent, Math.round(a.low[0]!)])).toEqual([
      ["point", -1],
      ["point", 1],
    ]);
    const alpha = uncertaintyExponent(found, { box, scales: [6, 8, 10, 12, 14].map((k) => 1 / (1 << k)), pairs: 2000 });
    // Grebogi, McDonald, Ott, Yorke 1983: 0.2.
    expect(alpha.error).toBeLessThan(0.02);
    expect(Math.abs(alpha.value - 0.2)).toBeLessThan(3 * alpha.error);
    // The published grid has starts on the ends of the sides.
    const n = 300;
    const outer = box.map(([low, high]) => [low - (high - low) / (2 * n - 2), high + (high - low) / (2 * n - 2)]);
    const ranges = outer as unknown as typeof box;
    const image = basins(found, { starts: gridStarts({ base: [0, 0], axes: [0, 1], ranges, columns: n, rows: n }) });
    const entropy = basinEntropy({ labels: image.labels, columns: n, rows: n, side: 6 });
    expect(entropy.value).toBeGreaterThan(0.4);
    expect(entropy.value).toBeLessThan(0.42);
    expect(entropy.boundary.value).toBeGreaterThan(0.6);
    expect(entropy.boundary.value).toBeLessThan(0.61);
  });
});
