// Edges that take time (Schuster, Wagner 1989; Earl, Strogatz 2003) and edges that learn (Berner et al. 2023).
import { add, at, constant, cos, evaluate, exp, mul, neg, reshape, sin, sub, tanh, type Tensor } from "#engine";
import {
  adaptive,
  adaptiveUnits,
  adjacency,
  allToAll,
  alongEdges,
  circulant,
  coupledUnits,
  delay,
  delayedUnits,
  digraph,
  diffusive,
  dopri8,
  erdosRenyi,
  fillNormal,
  flow,
  fullMatrix,
  nearestOnRing,
  random,
  ringLattice,
  sending,
  sinusoidal,
  type EdgeClass,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const numbers = (n: number, seed: number): Float64Array => fillNormal(new Float64Array(n), random(seed));
const off = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((m, v, i) => Math.max(m, Math.abs(v - b[i]!)), a.length === b.length ? 0 : Infinity);

describe("delays on edges", () => {
  const [n, k, K, tau] = [9, 2, 3, 0.7];
  const degree = (2 * k) / n;
  /** Rings turn together at Omega = omega - K degree sin(Omega tau): found by iteration, which contracts for K degree tau < 1. */
  const together = (omega: number): number => {
    let speed = omega;
    for (let i = 0; i < 2000; i++) speed = omega - K * degree * Math.sin(speed * tau);
    return speed;
  };
  const ring = (omega: number, lean: Float64Array) => {
    const { field, lags } = delayedUnits({
      edges: [{ graph: nearestOnRing(n, k), interaction: sinusoidal(K), lag: tau }],
      own: (_, w) => w,
      parameters: new Float64Array(n).fill(omega),
    });
    const speed = together(omega);
    const history = (t: Tensor): Tensor => add(mul(speed, t), constant(lean, [n]));
    return { speed, system: delay({ field, lags, history, steps: 20, solver: dopri8 }) };
  };

  it.each([0.3, 1.1, 3])("omega = %f: the common turn of a ring has the speed that theory says", (omega) => {
    const { speed, system } = ring(omega, new Float64Array(n));
    expect(Math.abs(speed - omega)).toBeGreaterThan(0.05);
    system.step(10);
    // omega t, the exact solution, is followed to the solver's order.
    system.present.forEach((u) => expect(Math.abs(u - speed * system.time)).toBeLessThan(1e-8));
  });

  it.each([
    [0.3, true],
    [4.5, false],
  ])("omega = %f: in phase is stable %s, as the sign of cos(Omega tau) says", (omega, stable) => {
    const { speed, system } = ring(
      omega,
      numbers(n, 1).map((v) => 1e-4 * v),
    );
    expect(Math.cos(speed * tau) > 0).toBe(stable);
    const spread = (): number => Math.max(...system.present) - Math.min(...system.present);
    const before = spread();
    system.step(20);
    if (stable) expect(spread()).toBeLessThan(0.2 * before);
    else expect(spread()).toBeGreaterThan(3 * before);
  });

  it("classes with three delays, one of them 0, are the equation written out by hand, whatever holds the graph", () => {
    const m = 5;
    const [a, b, c] = [2, 3, 4].map((seed) => numbers(m * m, seed)) as [Float64Array, Float64Array, Float64Array];
    const weights = numbers(m, 5);
    const turned = Float64Array.from({ length: m * m }, (_, e) => weights[((e % m) - Math.floor(e / m) + m) % m]!);
    const pairwise = (to: Tensor, from: Tensor): Tensor => mul(tanh(to), from);
    const classes: EdgeClass[] = [
      { graph: fullMatrix(a), interaction: sending(tanh), lag: 0.5 },
      { graph: fullMatrix(b), interaction: diffusive, lag: 0 },
      { graph: fullMatrix(c), interaction: { name: "any", pairwise }, lag: 0.2 },
      { graph: circulant(weights), interaction: { name: "any", pairwise }, lag: 0.5 },
      { graph: allToAll(m), interaction: { name: "any", pairwise }, lag: 0.5 },
    ];
    const { field, lags } = delayedUnits({ edges: classes, own: (u) => mul(-2, u) });
    expect(lags).toEqual([0.2, 0.5]);
    const [x, early, late] = [6, 7, 8].map((seed) => numbers(m, seed)) as [Float64Array, Float64Array, Float64Array];
    const [found] = evaluate((u, p, q) => field(u, [p, q]), { data: x }, { data: early }, { data: late });
    const expected = Float64Array.from({ length: m }, (_, i) => {
      let s = -2 * x[i]!;
      for (let j = 0; j < m; j++) {
        const e = i * m + j;
        const any = Math.tanh(x[i]!);
        s += (a[e]! * Math.tanh(late[j]!) + b[e]! * (x[j]! - x[i]!) + c[e]! * any * early[j]!) / m;
        s += ((turned[e]! + 1) * any * late[j]!) / m;
      }
      return s;
    });
    expect(off(found!, expected)).toBeLessThan(1e-14);
  });

  it("names what cannot be", () => {
    const one = { graph: allToAll(3), interaction: diffusive };
    expect(() => delayedUnits({ edges: [] })).toThrow("no class of edges");
    expect(() => delayedUnits({ edges: [{ ...one, lag: 0 }] })).toThrow("every lag is 0");
    expect(() =>
      delayedUnits({
        edges: [
          { ...one, lag: 1 },
          { ...one, lag: NaN },
        ],
      }),
    ).toThrow("edges[1] has the lag NaN");
    expect(() =>
      delayedUnits({
        edges: [
          { ...one, lag: 1 },
          { ...one, graph: allToAll(2), lag: 1 },
        ],
      }),
    ).toThrow("edges[1] has 2 nodes");
  });
});

describe("adaptive weights", () => {
  const precise = { solver: dopri8, controller: adaptive({ rtol: 1e-11, atol: 1e-13 }) };

  it("without a say of the units: a(t) = c + (a(0) - c) e^(-eps t), and units sum what it gives", () => {
    const graph = erdosRenyi(6, 0.6, 1);
    const [c, eps, time] = [0.4, 0.7, 2];
    const made = adaptiveUnits({ graph, pairwise: (to) => add(mul(0, to), 1), rule: (to) => add(mul(0, to), c), rate: eps });
    const system = flow({ field: made.field, initial: made.initial(new Float64Array(6)), dt: time, ...precise });
    system.step();
    const kept = Math.exp(-eps * time);
    system.state.subarray(6).forEach((a) => expect(Math.abs(a - (c + (1 - c) * kept))).toBeLessThan(1e-10));
    const integral = c * time + ((1 - c) * (1 - kept)) / eps;
    for (let i = 0; i < 6; i++) {
      const degree = graph.offsets[i + 1]! - graph.offsets[i]!;
      expect(Math.abs(system.state[i]! - (degree * integral) / 6)).toBeLessThan(1e-10);
    }
  });

  it("with weights at rest is the network without adaptation", () => {
    const graph = erdosRenyi(8, 0.5, 2);
    const weighted = { ...graph, weights: numbers(graph.columns.length, 3) };
    const pairwise = (to: Tensor, from: Tensor): Tensor => mul(exp(mul(0.1, to)), sin(sub(from, to)));
    const u = numbers(16, 4);
    const settings = { components: 2, own: (x: Tensor, p: Tensor) => mul(at(p, 0), neg(x)), parameters: numbers(8, 5) };
    const made = adaptiveUnits({ graph: weighted, pairwise, rule: (to) => mul(0, at(to, 0)), rate: 0, ...settings });
    const [found] = evaluate(made.field, { data: made.initial(u) });
    const plain = coupledUnits({ graph: alongEdges(weighted), interaction: { name: "any", pairwise }, ...settings });
    expect(off(found!.subarray(0, 16), evaluate(plain, { data: u })[0]!)).toBeLessThan(1e-14);
    expect(found!.subarray(16).every((v) => v === 0)).toBe(true);
  });

  it("each weight follows the rule of its own edge", () => {
    const graph = erdosRenyi(7, 0.5, 6);
    const u = numbers(7, 7);
    const eps = 0.3;
    const made = adaptiveUnits({
      graph,
      pairwise: (to, from) => sub(from, to),
      rule: (to, from) => sub(mul(2, reshape(from, [])), reshape(to, [])),
      rate: eps,
    });
    const [found] = evaluate(made.field, { data: made.initial(u) });
    const a = adjacency(graph);
    let e = 7;
    for (let i = 0; i < 7; i++)
      for (let j = 0; j < 7; j++)
        if (a[i * 7 + j] !== 0) expect(Math.abs(found![e++]! - eps * (2 * u[j]! - u[i]! - 1))).toBeLessThan(1e-15);
    expect(e).toBe(found!.length);
  });

  it.each([0.3, 0.8])(
    "two oscillators that learn cos(difference) lock at half the arc sine of 2 delta / K, delta = %f",
    (delta) => {
      const K = 2;
      const made = adaptiveUnits({
        graph: erdosRenyi(2, 1, 0),
        pairwise: (to, from) => mul(K, sin(sub(from, to))),
        rule: (to, from) => cos(sub(from, to)),
        rate: 0.5,
        own: (_, w) => w,
        parameters: [0, delta],
      });
      const system = flow({ field: made.field, initial: made.initial([0, 0.1]), dt: 60, ...precise });
      system.step();
      // phi' = delta - K a sin phi with a = cos phi at rest.
      expect(Math.abs(system.state[1]! - system.state[0]! - 0.5 * Math.asin((2 * delta) / K))).toBeLessThan(1e-9);
    },
  );

  it.each([
    [0.3, 2, -1],
    [2.5, 0.7, 4],
  ])(
    "two units, eps = %f: weights that fade let them meet only as far as exp(-a(0) (1 - e^(-eps t)) / eps), their sum at rest",
    (rate, first, second) => {
      const graph = digraph(2, { to: [0, 1], from: [1, 0], weight: [1.4, 1.4] });
      const made = adaptiveUnits({ graph, pairwise: (to, from) => sub(from, to), rule: (to) => mul(0, to), rate });
      const system = flow({ field: made.field, initial: made.initial([first, second]), dt: 1.5, ...precise });
      expect(system.step()).toBe("ok");
      // d' = -(2 / n) a d with n = 2, a = a(0) e^(-eps t).
      const fade = Math.exp(-rate * 1.5);
      const [u, v, a, b] = system.state as unknown as [number, number, number, number];
      expect(Math.abs((u - v) / (first - second) - Math.exp((-1.4 / rate) * (1 - fade)))).toBeLessThan(1e-10);
      expect(Math.abs(u + v - first - second)).toBeLessThan(1e-13);
      expect(Math.abs(a - 1.4 * fade)).toBeLessThan(1e-11);
      expect(b).toBe(a);
    },
  );

  it("an even rule keeps weights symmetric and an odd pull then keeps the mean phase, however fast both are", () => {
    const graph = ringLattice(6, 2);
    const made = adaptiveUnits({
      graph,
      pairwise: (to, from) => sin(sub(from, to)),
      rule: (to, from) => cos(sub(from, to)),
      rate: 3,
    });
    const start = [0.1, 2, -1, 0.7, 2.9, -0.4];
    const system = flow({ field: made.field, initial: made.initial(start), dt: 4, ...precise });
    system.step();
    const sum = (x: ArrayLike<number>): number => Array.from({ length: 6 }, (_, i) => x[i]!).reduce((s, v) => s + v, 0);
    expect(Math.abs(sum(system.state) - sum(start))).toBeLessThan(1e-12);
    const weight = new Map<string, number>();
    for (let i = 0; i < 6; i++)
      for (let e = graph.offsets[i]!; e < graph.offsets[i + 1]!; e++)
        weight.set(`${i},${graph.columns[e]}`, system.state[6 + e]!);
    for (const [key, w] of weight) {
      const [i, j] = key.split(",");
      expect(Math.abs(w - weight.get(`${j},${i}`)!)).toBeLessThan(1e-13);
    }
  });

  it("names what cannot be", () => {
    const base = { graph: erdosRenyi(3, 1, 0), pairwise: (to: Tensor) => to, rule: (to: Tensor) => to, rate: 1 };
    expect(() => adaptiveUnits({ ...base, rate: -1 })).toThrow("rate -1 given");
    expect(() => adaptiveUnits({ ...base, graph: erdosRenyi(3, 0, 0) })).toThrow("the graph has no edge");
    expect(() => adaptiveUnits(base).initial([1])).toThrow("1 numbers given for 3 units of 1");
  });
});
