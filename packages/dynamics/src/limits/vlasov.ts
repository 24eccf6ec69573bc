import { add, concat, constant, mul, neg, reshape, slice, sub, type Tensor } from "#engine";
import { scalarMath } from "#engine";
import type { Field } from "./coupled-units.js";
import type { CouplingMatrix } from "./coupling-matrix.js";

export interface VlasovOptions {
  /** How fibres act on each other: (1/n) A_ef is the weight of fibre f in the field at fibre e. `allToAll(n)` for equal weights. */
  readonly graph: CouplingMatrix;
  readonly coupling: number;
  /** Frequency of each fibre. Default: all 0. */
  readonly frequencies?: ArrayLike<number>;
  /** Half-width of a Lorentzian spread of frequencies about that of each fibre, integrated exactly. Default 0. */
  readonly width?: number;
  /** D >= 0: noise of variance 2 D t on each phase. Default 0. */
  readonly noise?: number;
  /** Fourier modes 1 .. modes are kept. Default 32. */
  readonly modes?: number;
}

/**
 * The Vlasov (with noise: Fokker-Planck) equation of Kuramoto oscillators, by Fourier modes in the phase.
 *
 * *Definition*: fibre e holds the density rho_e(theta) of all oscillators with one frequency at one place of the graph's limit. Its moments
 * c_k = int rho e^(ik theta) obey
 * c_k' = (i k omega - k Delta - k^2 D) c_k + (k / 2) (H c_(k-1) - conj(H) c_(k+1)), H_e = K sum_f (1/n) A_ef c_1(f), c_0 = 1,
 * cut at c_(modes + 1) = 0. Integrating frequencies over a Lorentzian of half-width Delta is exact: the moments continue analytically to omega + i Delta.
 * *Arguments*: see `VlasovOptions`. The state is fibres x modes x [re, im], flat.
 * *Returns*: a field for `flow`.
 * *Error*: mass is exact, c_0 being no variable. The cut costs about |c_modes|: geometrically small for smooth densities, and with noise; locked
 * oscillators without noise and spread become point masses, whose moments do not decay: watch the last mode.
 * *Cost*: some 20 operations for each mode and fibre, and one pass over the graph.
 * *Source*: Strogatz, Mirollo 1991 (the equation); Ott, Antonsen 2008 (the Lorentzian); Kuehn, Xu 2022 (fibres).
 * *Example*: `evaluate(vlasovField({ graph: allToAll(1), coupling: 4, width: 1, modes: 1 }), { data: [0.1, 0] })[0] // [0.1000, 0.0000]`
 */
export function vlasovField(options: VlasovOptions): Field {
  const { graph, coupling, width = 0, noise = 0, modes = 32, frequencies } = options;
  const n = graph.nodes;
  if (!Number.isFinite(coupling)) throw new RangeError(`vlasovField: coupling ${coupling} given; allowed: finite numbers`);
  for (const [name, value] of Object.entries({ width, noise }))
    if (!(value >= 0) || !Number.isFinite(value)) throw new RangeError(`vlasovField: ${name} ${value} given; allowed: from 0`);
  if (!Number.isInteger(modes) || modes < 1) throw new RangeError(`vlasovField: modes ${modes} given; allowed: integers from 1`);
  if (frequencies && frequencies.length !== n)
    throw new RangeError(`vlasovField: ${frequencies.length} frequencies given for ${n} fibres; give one each`);
  const k = Float64Array.from({ length: modes }, (_, i) => i + 1);
  const decay = k.map((v) => -v * width - v * v * noise);
  const turning = Float64Array.from({ length: n * modes }, (_, e) => (frequencies?.[Math.floor(e / modes)] ?? 0) * k[e % modes]!);
  return (flat) => {
    const all = reshape(flat, [n, modes, 2]);
    const component = (i: number): Tensor => reshape(slice(all, [0, 0, i], [n, modes, i + 1]), [n, modes]);
    const [re, im] = [component(0), component(1)];
    const first = (x: Tensor): Tensor => slice(x, [0, 0], [n, 1]);
    const mixed = mul(coupling, graph.mix(concat([first(re), first(im)], 1)));
    const [hr, hi] = [first(mixed), slice(mixed, [0, 1], [n, 2])];
    const filled = (v: number): Tensor => constant(new Float64Array(n).fill(v), [n, 1]);
    const before = (x: Tensor, zeroth: number): Tensor =>
      modes === 1 ? filled(zeroth) : concat([filled(zeroth), slice(x, [0, 0], [n, modes - 1])], 1);
    const after = (x: Tensor): Tensor => (modes === 1 ? filled(0) : concat([slice(x, [0, 1], [n, modes]), filled(0)], 1));
    const [a, b, c, d] = [before(re, 1), before(im, 0), after(re), after(im)];
    const half = constant(
      k.map((v) => 0.5 * v),
      [1, modes],
    );
    const [fade, turn] = [constant(decay, [1, modes]), constant(turning, [n, modes])];
    const forcedRe = sub(sub(mul(hr, a), mul(hi, b)), add(mul(hr, c), mul(hi, d)));
    const forcedIm = sub(add(mul(hr, b), mul(hi, a)), sub(mul(hr, d), mul(hi, c)));
    const dre = add(add(mul(fade, re), neg(mul(turn, im))), mul(half, forcedRe));
    const dim = add(add(mul(fade, im), mul(turn, re)), mul(half, forcedIm));
    const pair = [dre, dim].map((x) => reshape(x, [n, modes, 1]));
    return reshape(concat(pair, 2), [n * modes * 2]);
  };
}

/**
 * The moments of a smooth start: every fibre has the wrapped density with c_k = r^k e^(ik psi), a Poisson kernel.
 *
 * *Arguments*: `order` r in [0, 1): 0 is the uniform density; `angle` psi, default 0.
 * *Example*: `poissonMoments(1, 2, 0.5) // [0.5, 0, 0.25, 0]`
 */
export function poissonMoments(fibres: number, modes: number, order: number, angle = 0): Float64Array {
  if (!(order >= 0 && order < 1)) throw new RangeError(`poissonMoments: order ${order} given; allowed: from 0 to below 1`);
  const one: number[] = [];
  for (let k = 1, r = order; k <= modes; k++, r *= order)
    one.push(r * scalarMath.cos(k * angle), angle === 0 ? 0 : r * scalarMath.sin(k * angle));
  return Float64Array.from({ length: fibres * one.length }, (_, e) => one[e % one.length]!);
}

/**
 * The density of one fibre from its moments: rho(theta) = (1 + 2 Re sum_k c_k e^(-ik theta)) / (2 pi).
 *
 * *Arguments*: `moments`: modes x [re, im]; `count`: values at theta = 2 pi j / count.
 * *Error*: exact for the moments kept; it dips below 0 where the cut is felt. The mean over theta is 1 / (2 pi) to rounding for count > modes.
 * *Example*: `phaseDensity([0.5, 0], 2) // [0.318310, 0.0000]`
 */
export function phaseDensity(moments: ArrayLike<number>, count: number): Float64Array {
  const modes = moments.length / 2;
  const [cosines, sines] = [scalarMath.cos, scalarMath.sin].map((f) =>
    Float64Array.from({ length: count }, (_, j) => f((2 * Math.PI * j) / count)),
  ) as [Float64Array, Float64Array];
  return Float64Array.from({ length: count }, (_, j) => {
    let s = 1;
    for (let k = 1; k <= modes; k++) {
      const angle = (j * k) % count;
      s += 2 * (moments[2 * k - 2]! * cosines[angle]! + moments[2 * k - 1]! * sines[angle]!);
    }
    return s / (2 * Math.PI);
  });
}
