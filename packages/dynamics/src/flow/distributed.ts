import { add, mul, type Tensor } from "#engine";

export interface DistributedOptions {
  /** The weight of the past s ago, for from <= s <= to. */
  readonly kernel: (s: number) => number;
  /** Default 0: the present counts too. */
  readonly from?: number;
  readonly to: number;
  /** Intervals of the quadrature, a multiple of 4. Default 16. */
  readonly panels?: number;
}

/** A delay spread over an interval. */
export interface Distributed {
  /** The delays, ascending, the present not among them. */
  readonly lags: readonly number[];
  /** The weights of the lags. */
  readonly weights: readonly number[];
  /** The weight of the present. */
  readonly now: number;
  /** The integral, from the present value and the past ones in the order of the lags. */
  integral(x: Tensor, past: readonly Tensor[]): Tensor;
}

/**
 * A distributed delay: the integral of kernel(s) x(t - s) over s, as weighted lags.
 *
 * *Definition*: Boole's rule on equal panels, so that the lags are whole multiples of one step (if `from` is one) and breaking points fall on mesh points.
 * *Arguments*: see `DistributedOptions`. `integral` takes what stands under the integral, at the present and at the lags: values of x or of any function of them.
 * *Error*: O((length of a panel)^6) where kernel and past are smooth; O(length^2) for as long as a kink of the past, that at the start for instance, lies in the interval.
 * *Cost*: a lag for each panel, and steps no longer than one of them.
 * *Source*: Davis, Rabinowitz 1984, Methods of numerical integration, section 2.5 (Boole's rule).
 * *Example*: `distributed({ kernel: () => 1, to: 1, panels: 4 }).weights // [0.3555555556, 0.1333333333, 0.3555555556, 0.0777777778]`
 */
export function distributed(options: DistributedOptions): Distributed {
  const { kernel, from = 0, to, panels = 16 } = options;
  if (!(from >= 0 && to > from && to < Infinity))
    throw new RangeError(`distributed: from ${from} to ${to} given; allowed: 0 <= from < to, finite`);
  if (!Number.isInteger(panels) || panels < 4 || panels % 4 !== 0)
    throw new RangeError(`distributed: ${panels} panels given; allowed: positive multiples of 4`);
  const h = (to - from) / panels;
  const all = Array.from({ length: panels + 1 }, (_, i) => {
    const inner = [14, 32, 12, 32][i % 4]!;
    const lag = from + (i * (to - from)) / panels;
    return { lag, weight: ((2 * h) / 45) * (i === 0 || i === panels ? 7 : inner) * kernel(lag) };
  });
  const wrong = all.find(({ weight }) => !Number.isFinite(weight));
  if (wrong) throw new RangeError(`distributed: the kernel gives ${kernel(wrong.lag)} at ${wrong.lag}; it must be finite`);
  const now = all[0]!.lag === 0 ? all.shift()!.weight : 0;
  return {
    lags: all.map(({ lag }) => lag),
    weights: all.map(({ weight }) => weight),
    now,
    integral(x, past) {
      if (past.length !== all.length)
        throw new RangeError(`distributed: ${past.length} past values given, there are ${all.length} lags`);
      let sum = mul(now, x);
      all.forEach(({ weight }, i) => (sum = add(sum, mul(weight, past[i]!))));
      return sum;
    },
  };
}
