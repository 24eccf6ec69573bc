// SGD as a random dynamical system (Tuci et al. 2026; Arnold 1998): the cocycle phi(n, omega, w) takes w through n steps with the batches omega.
// Where the largest Lyapunov exponent lambda is negative, starts that meet the same batches run together, |difference| ~ e^(lambda n), and starts from
// ever further back in time meet at the random point that is the pullback attractor. The sharpness of the random system is
// lambda_k = E sup over the attractor of log sigma_k(D phi(1)); for gradient descent at a minimum lambda_1 = log |I - eta H|.
// The dimension of the random attractor is taken by the formula of Kaplan and Yorke from the exponents, as the Lyapunov dimension of a random system (Ledrappier,
// Young 1988, Dimension formula for random transformations). The source's own formula for its "sharpness dimension" is not known to us; what follows for any that puts the
// sharpnesses in the place of exponents is derived here.
// Pullback: with a(omega) the point at time 0, |phi(n, theta_-n omega, w) - a(omega)| = |D phi(n) (w - a(theta_-n omega))| to first order, so that (1/n) log of it tends to
// lambda, as forwards: the growths of the last n steps are stationary, only their order of coming in is reversed.
// Majorisation: the product of the m largest singular values of a product of matrices is at most that of their products (Horn 1950). So the sums of the m largest
// exponents are at most those of the sharpnesses, with equality for all of them together, E log |det|; and since the dimension is the place where partial sums,
// joined by straight lines, pass 0, the dimension by sharpnesses is never below that by exponents.
import { add, constant, mean, mul, square, sub, sum, take, tanh, type Tensor } from "#engine";
import {
  denseSymmetric,
  descent,
  gradientDescent,
  gram,
  heavyBall,
  kaplanYorke,
  lyapunov,
  matrixProducts,
  productSpectrum,
  sgdProducts,
  stochasticDescent,
  type System,
} from "#dynamics";
import { describe, expect, it } from "vitest";

/** Natural logarithms of the singular values of one step's derivative, largest first. */
function logSingularValues(system: System): number[] {
  const { dim } = system;
  const riding = system.tangent(dim);
  riding.tangents.fill(0);
  for (let i = 0; i < dim; i++) riding.tangents[i * dim + i] = 1;
  riding.step();
  const gram = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++)
    for (let j = 0; j < dim; j++)
      for (let c = 0; c < dim; c++) gram[i * dim + j]! += riding.tangents[i * dim + c]! * riding.tangents[j * dim + c]!;
  return [...denseSymmetric(gram, dim).values].reverse().map((v) => 0.5 * Math.log(v));
}

const distance = (a: Float64Array, b: Float64Array): number => Math.hypot(...a.map((x, i) => x - b[i]!));

describe("one parameter, quadratics (h_i / 2) (w - c_i)^2 with different minima", () => {
  const h = [0.2, 3, 1];
  const c = [-1, 2, 0.5];
  const make = (initial: number, eta: number) =>
    stochasticDescent({
      objective: (w, i) => mul(0.5, mean(mul(take(constant(h), i), square(sub(w, take(constant(c), i)))))),
      samples: 3,
      batchSize: 1,
      initial: [initial],
      optimizer: gradientDescent({ stepSize: eta }),
      seed: 11,
    });

  it.each([0.3, 0.6])("two starts run together at exactly the exponent's rate, eta = %f", (eta) => {
    const [a, b] = [make(5, eta), make(-3, eta)];
    const n = 20;
    const exponent = lyapunov(a, { steps: n, transient: 1, batches: 2 }).value[0]!;
    expect(exponent).toBeLessThan(0);
    const difference = (): number => Math.abs(a.state[0]! - b.state[0]!);
    a.step();
    b.step();
    const before = difference();
    a.step(n);
    b.step(n);
    // The step is affine: the difference is the product of the same factors as the tangent. The points stay of size 5 and have errors of 1e-15,
    // which count relative to the difference.
    expect(Math.abs(Math.log(difference() / before) - n * exponent)).toBeLessThan(1e-14 / difference());
    expect(difference()).toBeGreaterThan(1e-11);
    // In the long run the rate is the mean of log |1 - eta h|.
    const long = lyapunov(make(5, eta), { steps: 40_000 });
    const exact = h.reduce((s, x) => s + Math.log(Math.abs(1 - eta * x)), 0) / 3;
    expect(Math.abs(long.value[0]! - exact)).toBeLessThan(4 * long.error[0]!);
  });

  it("but they do not come to rest: the point they share goes on moving", () => {
    const a = make(5, 0.3);
    a.step(1000);
    const seen = new Set<number>();
    for (let i = 0; i < 50; i++) {
      a.step();
      seen.add(a.state[0]!);
    }
    expect(seen.size).toBe(50);
  });

  it("pullback: starts from step T - n meet at one point at step T as n grows, whatever the start", () => {
    const run = make(0, 0.6);
    const at = (start: number, n: number): number => {
      run.reset([start], 500 - n);
      run.step(n);
      return run.state[0]!;
    };
    const exact = h.reduce((s, x) => s + Math.log(Math.abs(1 - 0.6 * x)), 0) / 3;
    expect(exact).toBeLessThan(-0.4);
    const point = at(0, 500);
    for (const start of [-100, 3, 40]) expect(Math.abs(at(start, 200) - point)).toBeLessThan(1e-12);
    // The distance to it falls at the rate of the exponent: two standard deviations of the sum of 40 logarithms of factors.
    const rate = Math.log(Math.abs(at(100, 40) - point) / 100) / 40;
    expect(Math.abs(rate - exact)).toBeLessThan(0.35);
  });
});

describe("a small network with weight decay, whose minimum is isolated", () => {
  const x = [-1, -0.4, 0.2, 0.9];
  const y = [-0.7, -0.5, 0.3, 0.6];
  const slope = (w: Tensor): Tensor => take(w, constant([0], [1], "i32"));
  const outer = (w: Tensor): Tensor => take(w, constant([1], [1], "i32"));
  const make = (initial: readonly number[], optimizer = gradientDescent({ stepSize: 0.5 })) =>
    stochasticDescent({
      objective: (w, i) =>
        add(
          mul(0.5, mean(square(sub(mul(outer(w), tanh(mul(slope(w), take(constant(x), i)))), take(constant(y), i))))),
          mul(0.02, sum(square(w))),
        ),
      samples: 4,
      batchSize: 2,
      initial,
      optimizer,
      seed: 2,
    });

  it.each([
    ["SGD", gradientDescent({ stepSize: 0.5 })],
    ["SGD with momentum", heavyBall({ stepSize: 0.5, momentum: 0.5 })],
  ])("%s: starts in one basin run together at the exponent's rate", (_, optimizer) => {
    const a = make([1, 1], optimizer);
    const b = make([2, 0.4], optimizer);
    const { value, error } = lyapunov(a, { steps: 20_000 });
    expect(value[0]! + 10 * error[0]!).toBeLessThan(0);
    a.step(50);
    b.step(50);
    const before = distance(a.state, b.state);
    // Until the difference has come down to rounding.
    const n = Math.floor(-15 / value[0]!);
    a.step(n);
    b.step(n);
    const rate = Math.log(distance(a.state, b.state) / before) / n;
    // Fluctuations of a mean over n steps: those of the error over 20,000, four times.
    expect(Math.abs(rate - value[0]!)).toBeLessThan(4 * error[0]! * Math.sqrt(20_000 / n));
    // In one program with the same noise, the same: a batch of starts becomes one point.
    const starts = make([1, 1], optimizer).batch(16);
    for (let i = 0; i < 16; i++) starts.state[(i * starts.dim) / 16] = 0.5 + 0.1 * i;
    starts.step(60 + Math.floor(-40 / value[0]!));
    const dim = starts.dim / 16;
    for (let i = 1; i < 16; i++)
      expect(distance(starts.state.slice(0, dim), starts.state.slice(i * dim, (i + 1) * dim))).toBeLessThan(1e-13);
  });

  it("pullback: starts from step T - n approach the point at step T at the exponent's rate, in the mean over 60 such T", () => {
    const run = make([1, 1]);
    const { value, error } = lyapunov(make([1, 1]), { steps: 20_000 });
    const lengths = [4, 10].map((x) => Math.floor(-x / value[0]!));
    const far = Math.floor(-40 / value[0]!);
    const at = (start: readonly number[], from: number, n: number): Float64Array => {
      run.reset([...start], from);
      run.step(n);
      return run.state.slice();
    };
    const rates = Array.from({ length: 60 }, (_, j) => {
      const end = far + 3 * lengths[1]! * (j + 1);
      const point = at([1, 1], end - far, far);
      // It does not matter which start of the basin the point is reached from.
      expect(distance(at([2, 0.4], end - far, far), point)).toBeLessThan(1e-12);
      const [near, further] = lengths.map((n) => Math.log(distance(at([2, 0.4], end - n, n), point)));
      return (further! - near!) / (lengths[1]! - lengths[0]!);
    });
    const mean = rates.reduce((sum, r) => sum + r, 0) / rates.length;
    const square = rates.reduce((sum, r) => sum + (r - mean) ** 2, 0);
    const own = Math.sqrt(square / (rates.length * (rates.length - 1)));
    expect(Math.abs(mean - value[0]!)).toBeLessThan(4 * Math.hypot(own, error[0]!));
    // The bars tell the exponent from 0 and from its half.
    expect(own).toBeLessThan(0.1 * Math.abs(value[0]!));
  });

  it("with noise of their own they do not", () => {
    const starts = make([1, 1]).batch(2, { noise: "own" });
    starts.step(500);
    expect(distance(starts.state.slice(0, 2), starts.state.slice(2))).toBeGreaterThan(1e-3);
  });
});

describe("the sharpness of the random system", () => {
  const A = [3, 1, 0, 1, 2, 0.5, 0, 0.5, 1];
  const spectrum = [...denseSymmetric(Float64Array.from(A), 3).values];
  const quadratic = (w: Tensor): Tensor => mul(0.5, sum(mul(constant(A, [3, 3]), mul(column(w), w))));
  const column = (w: Tensor): Tensor => sum(mul(constant([1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3]), w), 1, true);

  it.each([0.1, 0.5, 0.6])(
    "of gradient descent at a minimum is log |1 - eta lambda|, sorted: lambda_1 = log |I - eta H|, eta = %f",
    (eta) => {
      const run = descent({
        objective: quadratic,
        initial: [0, 0, 0],
        optimizer: gradientDescent({ stepSize: eta }),
      });
      const expected = spectrum.map((l) => Math.log(Math.abs(1 - eta * l))).sort((a, b) => b - a);
      logSingularValues(run).forEach((s, k) => expect(s).toBeCloseTo(expected[k]!, 11));
      // lambda_1 >= 0 exactly at and beyond the edge of stability.
      expect(expected[0]! >= 0).toBe(eta * Math.max(...spectrum) >= 2);
      const { value } = lyapunov(run, { k: 3, steps: 200, transient: 2000 });
      value.forEach((v, k) => expect(v).toBeCloseTo(expected[k]!, 9));
    },
  );

  it("of SGD is at least the Lyapunov exponent, and here larger: single steps leave the other direction as it is", () => {
    // Two unit gradients at 60 degrees, eta = 1 (projections): lambda = log |cos 60| / 2, but every step has sigma_1 = 1.
    const g = [1, 0, 0.5, Math.sqrt(0.75)];
    const run = stochasticDescent({
      objective: (w, i) => mul(0.5, mean(square(sum(mul(take(constant(g, [2, 2]), i), w), 1)))),
      samples: 2,
      batchSize: 1,
      initial: [0, 0],
      optimizer: gradientDescent({ stepSize: 1 }),
      seed: 3,
    });
    const { value, error } = lyapunov(run, { steps: 20_000 });
    expect(Math.abs(value[0]! - 0.5 * Math.log(0.5))).toBeLessThan(4 * error[0]! + 1e-12);
    for (let t = 0; t < 20; t++) {
      run.step();
      expect(logSingularValues(run)[0]).toBeCloseTo(0, 12);
    }
  });
});

describe("sharpnesses and exponents of SGD", () => {
  /** Means of the logarithms of the singular values of single steps along a run. */
  const sharpnesses = (system: System, steps: number): number[] => {
    const { dim } = system;
    const riding = system.tangent(dim);
    const sums = new Array<number>(dim).fill(0);
    for (let t = 0; t < steps; t++) {
      riding.tangents.fill(0);
      for (let i = 0; i < dim; i++) riding.tangents[i * dim + i] = 1;
      riding.step();
      const gram = Float64Array.from({ length: dim * dim }, (_, e) => {
        const [i, j] = [Math.floor(e / dim), e % dim];
        let sum = 0;
        for (let c = 0; c < dim; c++) sum += riding.tangents[c * dim + i]! * riding.tangents[c * dim + j]!;
        return sum;
      });
      [...denseSymmetric(gram, dim).values].reverse().forEach((v, k) => (sums[k]! += (0.5 * Math.log(v)) / steps));
    }
    return sums;
  };

  const place = (exponents: readonly number[]): number =>
    kaplanYorke(
      { value: Float64Array.from(exponents), error: new Float64Array(exponents.length), status: "ok", cost: {} },
      exponents.length,
    ).value;

  // One weight chaotic (4 x (1 - x)), two that contract towards points that the batch moves, all turned against each other by a shear.
  const make = () =>
    stochasticDescent({
      objective: (w, i) => {
        const at = (k: number): Tensor => take(w, constant([k], [1], "i32"));
        const [x, y, z] = [at(0), at(1), at(2)];
        const cubic = sub(mul(4 / 3, mul(x, square(x))), mul(1.5, square(x)));
        const h = take(constant([0.8, 0.7, 1.35]), i);
        const coupled = mul(0.15, mul(mul(sub(x, 0.5), sub(y, take(constant([0.2, -0.4, 0.9]), i))), z));
        return mean(add(add(cubic, mul(0.5, mul(h, square(sub(y, z))))), add(mul(0.3, square(z)), coupled)));
      },
      samples: 3,
      batchSize: 1,
      initial: [0.3, 0, 0.1],
      optimizer: gradientDescent({ stepSize: 0.8 }),
      seed: 4,
    });

  it("sums of the largest exponents are at most those of the sharpnesses, all together equal; the dimension by sharpnesses is the larger", () => {
    const steps = 6000;
    const exponents = lyapunov(make(), { k: 3, steps, transient: 0 });
    expect(exponents.status).toBe("ok");
    const sharp = sharpnesses(make(), steps);
    const partial = (values: ArrayLike<number>, m: number): number =>
      Array.from(values)
        .slice(0, m)
        .reduce((a, b) => a + b, 0);
    for (const m of [1, 2]) expect(partial(exponents.value, m)).toBeLessThan(partial(sharp, m) - 0.01);
    // The same steps of the same run: the logarithms of the determinants to rounding.
    expect(Math.abs(exponents.sum.value - partial(sharp, 3))).toBeLessThan(1e-9);
    const [byExponents, bySharpnesses] = [kaplanYorke(exponents, 3).value, place(sharp)];
    expect(bySharpnesses).toBeGreaterThan(byExponents + 0.01);
    // Below the dimension of the space exactly where volumes shrink.
    expect(bySharpnesses < 3).toBe(partial(sharp, 3) < 0);
  });

  it("at an interpolating minimum a step of one sample has the singular values |1 - eta |g|^2| and 1, so that sharpnesses are means of their logarithms", () => {
    const g = gram([
      [1.5, 0.9],
      [0.9, 2.5],
    ]);
    for (const eta of [0.6, 0.9, 1.5]) {
      const factors = [1.5, 2.5].map((s) => Math.log(Math.abs(1 - eta * s)));
      const sharp = [Math.max, Math.min].map((pick) => factors.reduce((sum, f) => sum + pick(f, 0) / 2, 0));
      const { value, error, sum } = productSpectrum(sgdProducts(g, { stepSize: eta }), { steps: 40_000 });
      expect(value[0]!).toBeLessThan(sharp[0]! + 4 * error[0]!);
      expect(Math.abs(sum.value - sharp[0]! - sharp[1]!)).toBeLessThan(4 * sum.error);
      expect(place([...value])).toBeLessThanOrEqual(place(sharp));
    }
  });
});

describe("the dimension of SGD from its exponents", () => {
  it.each([
    // Growths of three independent directions: each drawn step multiplies direction k by one of two factors.
    [
      [1.6, 0.9],
      [0.9, 0.8],
      [0.5, 0.7],
    ],
    [
      [1.3, 1.1],
      [1.2, 0.8],
      [0.3, 0.9],
    ],
  ])("of independent multiplicative directions is in closed form: %j, %j, %j", (...factors) => {
    const matrices = [0, 1].map((i) => {
      const m = new Float64Array(9);
      factors.forEach((f, k) => (m[4 * k] = f[i]!));
      return m;
    });
    const found = productSpectrum(matrixProducts(matrices), { steps: 40_000 });
    const exact = factors.map(([a, b]) => 0.5 * Math.log(a! * b!)).sort((x, y) => y - x);
    found.value.forEach((v, k) => expect(Math.abs(v - exact[k]!)).toBeLessThan(4 * found.error[k]! + 1e-12));
    let [sum, j] = [0, 0];
    while (j < 3 && sum + exact[j]! >= 0) sum += exact[j++]!;
    const dimension = kaplanYorke(found, 3);
    expect(dimension.status).toBe("ok");
    expect(Math.abs(dimension.value - (j + sum / Math.abs(exact[j]!)))).toBeLessThan(4 * dimension.error);
    expect(dimension.value).toBeLessThan(3);
  });

  it("of SGD with one chaotic and one contracting direction is 1 + log 2 / |E log |1 - h||", () => {
    // Along the first weight the loss (4 / 3) x^3 - (3 / 2) x^2 of every sample makes the step x - (4 x^2 - 3 x) = 4 x (1 - x), whose exponent is log 2; along
    // the second, quadratics with different minima and curvatures h contract, and keep moving.
    const [h, c] = [
      [0.8, 0.7, 1.35],
      [0.2, -0.4, 0.9],
    ];
    const run = stochasticDescent({
      objective: (w, i) => {
        const [x, y] = [take(w, constant([0], [1], "i32")), take(w, constant([1], [1], "i32"))];
        const cubic = sub(mul(4 / 3, mul(x, square(x))), mul(1.5, square(x)));
        return mean(add(cubic, mul(0.5, mul(take(constant(h), i), square(sub(y, take(constant(c), i)))))));
      },
      samples: 3,
      batchSize: 1,
      initial: [0.3, 0],
      optimizer: gradientDescent({ stepSize: 1 }),
      seed: 4,
    });
    const spectrum = lyapunov(run, { k: 2, steps: 40_000 });
    const contraction = h.reduce((s, x) => s + Math.log(Math.abs(1 - x)), 0) / 3;
    expect(contraction).toBeLessThan(-Math.log(2));
    expect(Math.abs(spectrum.value[0]! - Math.log(2))).toBeLessThan(4 * spectrum.error[0]!);
    expect(Math.abs(spectrum.value[1]! - contraction)).toBeLessThan(4 * spectrum.error[1]!);
    const dimension = kaplanYorke(spectrum, 2);
    expect(Math.abs(dimension.value - (1 + Math.log(2) / Math.abs(contraction)))).toBeLessThan(4 * dimension.error);
  });

  it("is 0 where all exponents are negative: the attractor is one moving point", () => {
    const run = descent({
      objective: (w) => mul(0.5, sum(square(w))),
      initial: [1, 1],
      optimizer: gradientDescent({ stepSize: 0.5 }),
    });
    expect(kaplanYorke(lyapunov(run, { k: 2, steps: 200 }), 2).value).toBe(0);
  });
});
