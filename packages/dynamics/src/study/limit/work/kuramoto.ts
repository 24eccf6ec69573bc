import { scalarMath, type Threads } from "#engine";
import { spread } from "../../../analysis/low-discrepancy.js";
import { angle } from "../../../core/angle.js";
import { lookup } from "../../../core/lookup.js";
import { random } from "../../../core/random.js";
import { adaptive } from "../../../flow/controllers.js";
import { flow } from "../../../flow/flow.js";
import { dopri8 } from "../../../flow/solvers/dopri8.js";
import { frequencyDensities } from "../../../limits/frequencies.js";
import { orderParameter } from "../../../limits/kuramoto.js";
import { empirical, type Atoms } from "../../../limits/measure.js";
import { ottAntonsen } from "../../../limits/ott-antonsen.js";
import { phaseDensity, poissonMoments, vlasovField } from "../../../limits/vlasov.js";
import { vlasovFibres } from "../../../limits/vlasov-fibres.js";
import { wasserstein1 } from "../../../limits/wasserstein.js";
import { growing } from "../../population/graphs.js";
import { drawn, oscillators, type Oscillators } from "../../population/oscillators.js";
import { show } from "../../words.js";
import type { GrowContext, Beside, Growing, Measure } from "../growing.js";
import type { Spec } from "../populations/kuramoto.js";

/** Places at which a density stands for itself. */
const CELLS = 2048;
/** Largest last Fourier mode at which a density counts as resolved. */
const LAST_MODE = 0.01;
/** Above the streams of phases and frequencies elsewhere. */
const PHASES = 1_600_000;

/** The angle below which the share u of a Poisson kernel of order r lies: of the density with c_k = r^k. */
function poissonQuantile(u: number, r: number): number {
  const half = Math.PI * (u - 0.5);
  return 2 * angle((1 - r) * scalarMath.sin(half), (1 + r) * scalarMath.cos(half));
}

/** The limit at the moments looked at: Fourier moments of the whole population. */
interface Limit {
  readonly order: Float64Array;
  /** [re, im] of the first moment. */
  readonly first: readonly (readonly [number, number])[];
  readonly density: readonly Atoms[];
}

function limitOf(spec: Spec): Limit {
  const { graph: chosen, frequencies, coupling, noise, modes, order, until, moments } = spec;
  const lorentzian = frequencies.density === "lorentzian" || frequencies.width === 0;
  const density = lorentzian ? undefined : lookup("density", frequencyDensities, frequencies.density).make(frequencies.width);
  const fibres = vlasovFibres(growing(chosen).limit, density ? { frequencies: density } : {});
  const count = fibres.weights.length;
  const field = vlasovField({ ...fibres, coupling, noise, modes, width: lorentzian ? frequencies.width : 0 });
  const system = flow({
    field,
    initial: poissonMoments(count, modes, order),
    dt: until / moments,
    solver: dopri8,
    controller: adaptive({ rtol: 1e-9, atol: 1e-11 }),
  });
  const first: [number, number][] = [];
  const densities: Atoms[] = [];
  const look = (): void => {
    const whole = new Float64Array(2 * modes);
    for (let f = 0; f < count; f++)
      for (let k = 0; k < 2 * modes; k++) whole[k]! += fibres.weights[f]! * system.state[2 * modes * f + k]!;
    first.push([whole[0]!, whole[1]!]);
    const last = Math.sqrt(whole[2 * modes - 2]! * whole[2 * modes - 2]! + whole[2 * modes - 1]! * whole[2 * modes - 1]!);
    if (!(last < LAST_MODE))
      throw new RangeError(
        `the density at time ${show(system.time)} is sharper than ${modes} Fourier modes can show (the last one is ${show(last, 2)}); raise modes, or end earlier`,
      );
    // What the cut at the last mode makes negative is no density.
    const weight = phaseDensity(whole, CELLS).map((v) => Math.max(0, v));
    const mass = weight.reduce((a, b) => a + b, 0);
    densities.push({ at: weight.map((_, j) => j / CELLS), weight: weight.map((v) => v / mass) });
  };
  look();
  for (let m = 0; m < moments; m++) {
    if (system.step() !== "ok")
      throw new RangeError(`the Vlasov equation ends at time ${system.time}: ${system.explanation ?? "it diverges"}`);
    look();
  }
  return { order: Float64Array.from(first, ([x, y]) => Math.sqrt(x * x + y * y)), first, density: densities };
}

/** Makes oscillators; those that chance has no part in are compiled once for each size. */
function maker(
  { graph: chosen, noise, until, moments, h: longest }: Spec,
  threads: Threads,
): (n: number, seed: number) => Oscillators {
  const stretch = until / moments;
  const h = stretch / Math.ceil(stretch / longest);
  const graph = growing(chosen);
  const known = new Map<number, Oscillators>();
  return (n, seed) => {
    const found = known.get(n) ?? oscillators(graph.make(n, seed), new Float64Array(n), { h, noise, seed, threads });
    if (noise === 0 && graph.certain) known.set(n, found);
    return found;
  };
}

/** Oscillators, each population followed through the moments. */
function follow(spec: Spec, n: number, seed: number, make: (n: number, seed: number) => Oscillators): Float64Array[] {
  const { frequencies, coupling, order, start, until, moments } = spec;
  const stretch = until / moments;
  const density =
    frequencies.width > 0 ? lookup("density", frequencyDensities, frequencies.density).make(frequencies.width) : undefined;
  const placed =
    start === "placed"
      ? spread(
          [
            [0, 1],
            [0, 1],
          ],
          n,
          seed,
        )
      : undefined;
  const stream = random(seed, PHASES);
  const quantiles = placed
    ? density
      ? // Midpoints of n equal shares of phases; frequencies dealt to them by a sequence that fills both evenly.
        ranks(placed.filter((_, i) => i % 2 === 0))
      : Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n)
    : Float64Array.from({ length: n }, () => stream.uniform());
  const omega = !density
    ? new Float64Array(n)
    : placed
      ? ranks(placed.filter((_, i) => i % 2 === 1)).map((u) => density.quantile!(u))
      : drawn(density, n, seed);
  const population = make(n, seed);
  population.tune(omega);
  population.set(
    quantiles.map((u) => poissonQuantile(u, order)),
    coupling,
  );
  const all = [population.phases()];
  for (let m = 0; m < moments; m++) {
    population.run(stretch);
    all.push(population.phases());
  }
  return all;
}

/** Numbers as the midpoints of n equal shares, in their order. */
function ranks(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  Array.from(values.keys())
    .sort((a, b) => values[a]! - values[b]!)
    .forEach((i, rank) => (out[i] = (rank + 0.5) / values.length));
  return out;
}

const turns = (phases: Float64Array): Atoms => empirical(phases.map((v) => v / (2 * Math.PI)));

function measuresOf({ start, until, noise }: Spec): Measure[] {
  const chance = start === "drawn" || noise > 0;
  const base = {
    average: "root-mean-square" as const,
    ...(chance
      ? { predicted: -0.5, relation: "equal" as const }
      : // Logarithms of n look like a smaller exponent.
        { predicted: -1, relation: "at-most" as const, slack: 0.2 }),
    reason: chance ? "units are independent in the limit" : "even placement, up to logarithms",
    sources: chance ? ["Sznitman 1991", "Fournier, Guillin 2015"] : ["Neunzert 1984"],
  };
  const when = `largest up to time ${show(until)}`;
  return [
    { ...base, name: "order", label: `distance of the complex order parameter from the limit's (${when})` },
    {
      ...base,
      name: "wasserstein",
      label: `Wasserstein-1 distance of the phases from the limit's density, in radians (${when})`,
    },
  ];
}

function besideOf(spec: Spec, limit: Limit, sizes: readonly number[], trace: (n: number) => Float64Array[]): Beside {
  const { until, moments, frequencies, coupling, order, noise } = spec;
  const times = Array.from({ length: moments + 1 }, (_, m) => (until * m) / moments);
  const most = Math.max(...sizes);
  const [small, large] = [trace(Math.min(...sizes)), trace(most)];
  const r = (phases: Float64Array[]): number[] => phases.map((p) => orderParameter(p).r);
  const degree = growing(spec.graph).limit.symbol?.(0);
  const closed = frequencies.density === "lorentzian" && degree !== undefined && noise === 0;
  const exact = closed ? ottAntonsen({ width: frequencies.width, coupling: coupling * degree, initial: order }) : undefined;
  const last = limit.density.at(-1)!;
  const bins = 24;
  const counts = new Float64Array(bins);
  for (const p of large.at(-1)!) {
    const turn = p / (2 * Math.PI) + 0.5;
    counts[Math.min(bins - 1, Math.floor((turn - Math.floor(turn)) * bins))]! += bins / (2 * Math.PI * most);
  }
  const centers = Array.from(counts, (_, b) => (2 * Math.PI * (b + 0.5)) / bins - Math.PI);
  const fine = Array.from({ length: 241 }, (_, i) => -Math.PI + (2 * Math.PI * i) / 240);
  const density = fine.map(
    (x) => (Number(last.weight[(Math.round((x / (2 * Math.PI)) * CELLS) + CELLS) % CELLS]) * CELLS) / (2 * Math.PI),
  );
  const end = limit.order.at(-1)!;
  return {
    answers: [
      {
        name: "limit_order",
        label: `order parameter of the limit at time ${show(until)}`,
        value: end,
        error: exact ? Math.abs(end - exact.at(until)) : NaN,
        unit: "1",
        status: "ok",
        method: exact ? "Fourier modes; error: distance from the closed form" : "Fourier modes",
        sources: ["Strogatz, Mirollo 1991", ...(exact ? ["Ott, Antonsen 2008"] : [])],
        cost: {},
      },
    ],
    sentences: exact
      ? [
          `The Vlasov equation ends at r = ${show(end, 8)}; the closed form for Lorentzian frequencies has ${show(exact.at(until), 8)}.`,
        ]
      : [`The Vlasov equation ends at r = ${show(end, 6)}.`],
    pictures: [
      {
        name: "order_in_time",
        title: "Order parameter over time",
        description: `Order parameter from time 0 to ${show(until)}: the limit, and one population of ${Math.min(...sizes)} and one of ${most}.`,
        caption: "Each population starts from phases and frequencies of its own; the larger one stays closer to the limit.",
        x: "time",
        y: "order parameter r",
        curves: [
          { name: "limit (Vlasov equation)", x: times, y: limit.order },
          { name: `${most} oscillators`, x: times, y: r(large), dots: true },
          { name: `${Math.min(...sizes)} oscillators`, x: times, y: r(small), dots: true },
        ],
      },
      {
        name: "density",
        title: `Density of phases at time ${show(until)}`,
        description: `Density of the limit and a histogram of ${most} oscillators in ${bins} bins.`,
        caption: "The area under either curve is 1.",
        x: "phase",
        y: "density",
        curves: [
          { name: "limit (Vlasov equation)", x: fine, y: density },
          { name: `${most} oscillators, in ${bins} bins`, x: centers, y: counts, dots: true },
        ],
      },
    ],
  };
}

/** Oscillators and the Vlasov equation. */
export function grow(spec: Spec, { threads, seed }: GrowContext): Growing {
  const { graph: chosen, frequencies, coupling, noise } = spec;
  const limit = limitOf(spec);
  const make = maker(spec, threads);
  const spreadOut =
    frequencies.width > 0 ? `${frequencies.density} frequencies of width ${show(frequencies.width)}` : "equal frequencies";
  return {
    name: `Kuramoto oscillators (${growing(chosen).name}, ${spreadOut}, K = ${show(coupling)}${noise > 0 ? `, noise ${show(noise)}` : ""})`,
    limit: noise > 0 ? "the Fokker-Planck equation by Fourier modes" : "the Vlasov equation by Fourier modes",
    unit: "oscillator",
    measures: measuresOf(spec),
    sample(n, own) {
      let [apart, transport] = [0, 0];
      follow(spec, n, own, make).forEach((phases, m) => {
        const { r, psi } = orderParameter(phases);
        const [x, y] = limit.first[m]!;
        const [dx, dy] = [r * scalarMath.cos(psi) - x, r * scalarMath.sin(psi) - y];
        apart = Math.max(apart, Math.sqrt(dx * dx + dy * dy));
        transport = Math.max(transport, 2 * Math.PI * wasserstein1(turns(phases), limit.density[m]!, "circle"));
      });
      return [apart, transport];
    },
    beside: (sizes) => besideOf(spec, limit, sizes, (n) => follow(spec, n, seed, make)),
  };
}
