import { scalarMath } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { degreeOf, placesOf } from "./graphon-degree.js";
import { graphon, type Graphon } from "./graphon.js";
import { kernelSpectrum } from "./kernel-spectrum.js";
import { share } from "./over-smoothing.js";

/**
 * How fast the layers of a graph neural network forget their features on a large graph, from the graph's limit.
 *
 * *Definition*: log of the largest |1 - s + s lambda| over the spectrum of f -> int W(x, y) f(y) / sqrt(d(x) d(y)) dy but one 1, with d(x) = int W(x, y) dy.
 * The spectrum has 0 as its limit point, so the rate is at least log(1 - s): what a graph of infinitely many nodes without structure forgets.
 * *Arguments*: `mixing` s in (0, 1], default 1.
 * *Returns*: the rate a layer, <= 0; -Infinity where one layer forgets everything.
 * *Error*: none but rounding for kernels that are rotation symmetric; the quadrature's for others.
 * *Source*: Oono, Suzuki 2020, theorem 1 (finite graphs); Keriven, Bietti, Vaiter 2020, Convergence and stability of graph convolutional networks on large random graphs.
 * *Example*: `graphonSmoothingRate(ringGraphon(0.25), 0.5).value // -0.2005`
 */
export function graphonSmoothingRate(kernel: Graphon, mixing = 1): Estimate {
  const s = share(mixing);
  const base = { unit: "1/layer", sources: ["Oono, Suzuki 2020", "Keriven, Bietti, Vaiter 2020"], cost: {} };
  const rate = (found: readonly number[], slack: number, method: string): Estimate => {
    const largest = Math.max(1 - s, ...found.map((v) => Math.abs(1 - s + s * v)));
    const exact = largest <= slack;
    return {
      ...base,
      value: exact ? -Infinity : scalarMath.log(Math.min(1, largest)),
      error: exact ? 0 : slack / largest,
      status: "ok",
      method,
    };
  };
  if (kernel.symbol) {
    const degree = kernel.symbol(0);
    if (!(degree > 0))
      throw new RangeError(`graphonSmoothingRate: ${kernel.name} has the degree ${degree}; give a kernel with edges`);
    const waves = Math.min(20_000, Math.ceil((kernel.symbolBound ?? 1) / (1e-4 * degree)) + 2);
    const found = Array.from({ length: waves }, (_, k) => kernel.symbol!(k + 1) / degree);
    return rate(found, 1e-15, "Fourier coefficients in closed form");
  }
  const degree = degreeOf(kernel);
  const scaled = graphon({
    value: (x, y) => kernel.value(x, y) / Math.sqrt(degree(x) * degree(y)),
    name: `${kernel.name}, normalised`,
    ...(kernel.breaks ? { breaks: kernel.breaks } : {}),
  });
  const spectrum = kernelSpectrum(scaled, { count: 2, cells: 32 });
  if (spectrum.status !== "ok")
    return {
      ...base,
      value: NaN,
      error: NaN,
      status: spectrum.status,
      method: spectrum.method,
      explanation: spectrum.explanation!,
    };
  // Descending from the top, which is 1, then ascending from the bottom.
  const [, second, lowest] = spectrum.value as unknown as [number, number, number];
  return rate([second, lowest], spectrum.error[0]! + 1e-14, spectrum.method);
}

/**
 * What the layers of a graph neural network make of features on a large graph, from the graph's limit.
 *
 * *Definition*: f_0(x) = cos(2 pi k x), f_(l + 1)(x) = (1 - s) f_l(x) + s int W(x, y) f_l(y) dy / d(x).
 * *Arguments*: `wave` k, an integer from 0; `layers` from 0; `places` at which the result is wanted.
 * *Returns*: f_layers at the places.
 * *Error*: rounding for rotation-symmetric kernels; exact but for quadrature otherwise.
 * *Source*: Keriven, Bietti, Vaiter 2020, section 2 (continuous networks).
 * *Example*: `graphonFeatures(ringGraphon(0.25), { wave: 1, layers: 2, places: [0] }) // [0.40528473]`
 */
export function graphonFeatures(
  kernel: Graphon,
  {
    wave,
    layers,
    places,
    mixing = 1,
  }: { readonly wave: number; readonly layers: number; readonly places: ArrayLike<number>; readonly mixing?: number },
): Float64Array {
  const s = share(mixing);
  for (const [name, value] of Object.entries({ wave, layers }))
    if (!Number.isInteger(value) || value < 0)
      throw new RangeError(`graphonFeatures: ${name} ${value} given; allowed: integers from 0`);
  const start = (x: number): number => scalarMath.cos(2 * Math.PI * ((wave * x) % 1));
  if (kernel.symbol) {
    const factor = 1 - s + (s * kernel.symbol(wave)) / kernel.symbol(0);
    let gain = 1;
    for (let l = 0; l < layers; l++) gain *= factor;
    return Float64Array.from(places, (x) => gain * start(x));
  }
  const rule = placesOf(kernel);
  const degree = degreeOf(kernel);
  const nodes = Float64Array.from([...rule.points, ...Array.from(places)]);
  // The mean over a block of a wave is not its value in the middle: features start on fine nodes, whatever the kernel.
  const [n, q] = [nodes.length, rule.points.length];
  const weight = new Float64Array(n * q);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < q; j++)
      weight[i * q + j] = (kernel.value(nodes[i]!, rule.points[j]!) * rule.weights[j]!) / degree(nodes[i]!);
  let f = Float64Array.from(nodes, start);
  for (let l = 0; l < layers; l++)
    f = f.map((v, i) => {
      let mixed = 0;
      for (let j = 0; j < q; j++) mixed += weight[i * q + j]! * f[j]!;
      return (1 - s) * v + s * mixed;
    });
  return f.slice(q);
}
