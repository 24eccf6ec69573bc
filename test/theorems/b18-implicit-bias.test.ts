// Which of many solutions descent picks.
//
// 1. Linear regression from 0. Every gradient lies in the row space of X, so theta stays there, and the only solution there is X^+ y.
// 2. Diagonal net w = u^2 - v^2 from u = v = alpha (Woodworth et al. 2020, Kernel and rich regimes). Under gradient flow u' = -2 u s, v' = 2 v s
//    with s = X^T r / N, so w_j = 2 alpha^2 sinh(x_j), x in the row space of X: the solution with the least sum of q(w_j / alpha^2),
//    q(z) = 2 - sqrt(4 + z^2) + z asinh(z / 2): sum |w_j| as alpha -> 0, sum w_j^2 as alpha -> infinity. For small alpha x_j is about log(1 / alpha^2)
//    times the dual certificate c_j, so |w_j| off the support falls like alpha^(2 (1 - |c_j|)).
// 3. Logistic loss on separable data (Soudry et al. 2018, theorems 3 and 4): w(t) = w^ log t + w~ + o(1), where w^ is the max-margin vector
//    (min |w| with margins 1) = sum a_i z_i over support vectors, and w~ solves eta / N exp(-z_i . w~) = a_i when they span the space. In s = log t
//    the deviation relaxes as -sum a_i z_i z_i^T: with rates 1 along w^ and, here, 1.63 across, so at t the rest is of order 1 / t.
// 4. On ab = 1 larger steps end at flatter minima. One step multiplies a^2 - b^2 by 1 - (eta (ab - 1))^2, so if that stays in [-1, 1] the end is no
//    sharper than the end of gradient flow from the same start, sqrt((a^2 - b^2)^2 + 4).
import { at, constant, exp, log1p, matmul, mean, mul, neg, reshape, slice, sub, sum, type Tensor } from "#engine";
import { descent, descents, gradientDescent, random, reachableMinima } from "#dynamics";
import { describe, expect, it } from "vitest";
import { inner, leastAbsolute, leastNorm, line, solve } from "./linear-algebra.ts";

const draw = (rows: number, columns: number, seed: number) => {
  const r = random(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => r.normal()));
};
const product = (x: readonly (readonly number[])[], w: Tensor): Tensor => {
  const [n, d] = [x.length, x[0]!.length];
  return reshape(matmul(constant(x.flat(), [n, d]), reshape(w, [d, 1])), [n]);
};
const squareLoss = (x: readonly (readonly number[])[], y: readonly number[], w: Tensor): Tensor => {
  const r = sub(product(x, w), constant(y, [y.length]));
  return mul(0.5 / y.length, sum(mul(r, r)));
};
const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));

describe("linear regression with 8 samples in 20 dimensions", () => {
  const [x, y] = [draw(8, 20, 1), draw(1, 8, 2)[0]!];
  const run = (initial: ArrayLike<number>, stepSize: number, steps: number) => {
    const system = descent({
      objective: (w) => squareLoss(x, y, w),
      initial,
      optimizer: gradientDescent({ stepSize }),
    });
    expect(system.step(steps)).toBe("ok");
    return system.parameters;
  };

  it.each([0.02, 0.3])("ends from 0 at the solution of least norm, to 1e-8, step size %f", (eta) => {
    expect(largest(run(new Float64Array(20), eta, Math.ceil(2000 / eta)), leastNorm(x, y))).toBeLessThan(1e-8);
  });

  it("and from elsewhere at the solution nearest to the start", () => {
    const start = draw(1, 20, 3)[0]!;
    const nearest = leastNorm(
      x,
      y.map((v, i) => v - inner(x[i]!, start)),
    ).map((v, j) => v + start[j]!);
    expect(largest(run(start, 0.3, 10_000), nearest)).toBeLessThan(1e-8);
  });
});

describe.each([35, 21])("the diagonal net u^2 - v^2, 4 samples in 8 dimensions, example %i", (seed) => {
  const x = draw(4, 8, seed);
  const r = random(seed, 1);
  const y = Array.from({ length: 4 }, () => r.normal());
  const sparse = leastAbsolute(x, y);
  const train = (alpha: number, stepSize: number, time: number): number[] => {
    const system = descent({
      objective: (t) => {
        const [u, v] = [slice(t, [0], [8]), slice(t, [8], [16])];
        return squareLoss(x, y, sub(mul(u, u), mul(v, v)));
      },
      initial: new Float64Array(16).fill(alpha),
      optimizer: gradientDescent({ stepSize }),
    });
    expect(system.step(Math.ceil(time / stepSize))).toBe("ok");
    expect(system.observables.loss![0]).toBeLessThan(1e-18);
    return Array.from({ length: 8 }, (_, j) => system.parameters[j]! ** 2 - system.parameters[8 + j]! ** 2);
  };

  it("has one sparsest answer: the certificate is below 1 off the support", () => {
    sparse.certificate.forEach((c, j) => {
      if (sparse.support.includes(j)) expect(Math.abs(Math.abs(c) - 1)).toBeLessThan(1e-12);
      else expect(Math.abs(c)).toBeLessThan(0.6);
    });
    x.forEach((row, i) => expect(Math.abs(inner(row, sparse.w) - y[i]!)).toBeLessThan(1e-12));
    expect(largest(sparse.w, leastNorm(x, y))).toBeGreaterThan(0.2);
  });

  it("ends at the solution of least sum |w_j| from alpha = 1e-7, of least sum w_j^2 from alpha = 100", () => {
    expect(largest(train(1e-7, 0.02, 800), sparse.w)).toBeLessThan(1e-6);
    expect(largest(train(100, 4e-6, 0.02), leastNorm(x, y))).toBeLessThan(1e-3);
  });

  it("approaches it off the support like alpha^(2 (1 - |c_j|))", () => {
    // Descent differs from gradient flow to first order in its step size, so two step sizes give the flow's exponents.
    const exponents = (eta: number): number[] => {
      const [a, b] = [train(1e-5, eta, 500), train(1e-6, eta, 500)];
      return a.map((w, j) => Math.log10(Math.abs(w / b[j]!)));
    };
    const [coarse, fine] = [exponents(0.01), exponents(0.005)];
    let counted = 0;
    sparse.certificate.forEach((c, j) => {
      // Where |c_j| is small, sinh is not yet an exponential at these alpha.
      if (sparse.support.includes(j) || Math.abs(c) < 0.2) return;
      counted++;
      expect(Math.abs(2 * fine[j]! - coarse[j]! - 2 * (1 - Math.abs(c)))).toBeLessThan(1e-3);
    });
    expect(counted).toBe(3);
  });

  it("in between it is where asinh(w_j / (2 alpha^2)) lies in the row space of X, up to the step size", () => {
    const alpha = 0.3;
    const outside = (eta: number): number => {
      const q = train(alpha, eta, 200).map((w) => Math.asinh(w / (2 * alpha * alpha)));
      const inside = leastNorm(
        x,
        x.map((row) => inner(row, q)),
      );
      return largest(q, inside);
    };
    const [coarse, fine] = [outside(0.01), outside(0.005)];
    expect(fine).toBeLessThan(0.01);
    expect(Math.abs(coarse / fine - 2)).toBeLessThan(0.1);
  });
});

describe("logistic regression on separable data", () => {
  // Samples times their labels; the first two are the support vectors.
  const z = [
    [1, 1.5],
    [1.1, -1.2],
    [3, 1],
    [2.6, -1.2],
  ] as const;
  const eta = 0.5;
  const support = [z[0], z[1]] as const;
  const margin = solve(support, [1, 1]);
  const length = Math.sqrt(inner(margin, margin));
  const weights = solve(
    [0, 1].map((l) => support.map((s) => s[l as 0 | 1])),
    margin,
  );
  const offset = solve(
    support,
    weights.map((a) => -Math.log((a * z.length) / eta)),
  );
  const run = descent({
    objective: (w) => mean(log1p(exp(neg(product(z, w))))),
    initial: [0, 0],
    optimizer: gradientDescent({ stepSize: eta }),
  });
  const seen = Array.from({ length: 11 }, (_, i) => {
    const t = 2 ** (10 + i);
    run.step(t - run.time);
    return { t, w: [...run.parameters] };
  });

  it("has the max-margin vector of its two support vectors: margins 1, 1 and more, positive weights", () => {
    expect(Math.min(...weights)).toBeGreaterThan(0);
    for (const s of z.slice(2)) expect(inner(s, margin)).toBeGreaterThan(2);
  });

  it("grows like log t / margin: the fitted slope is |w^| to its error", () => {
    const { slope, error } = line(
      seen.map(({ t }) => Math.log(t)),
      seen.map(({ w }) => inner(w, margin) / length),
    );
    expect(error).toBeLessThan(1e-3);
    expect(Math.abs(slope / length - 1)).toBeLessThan(2e-3);
    expect(Math.abs(slope - length)).toBeLessThan(3 * error);
  });

  it("its direction tends to max margin like 1 / log t: 1 / angle is a straight line in log t", () => {
    const angle = (w: readonly number[]): number => Math.abs(Math.atan2(w[1]!, w[0]!) - Math.atan2(margin[1]!, margin[0]!));
    const fit = line(
      seen.map(({ t }) => Math.log(t)),
      seen.map(({ w }) => 1 / Math.tan(angle(w))),
    );
    // The angle is |w~ across| / (|w^| log t + w~ along): the slope of the line is |w^| / |w~ across|.
    const across = Math.abs(offset[0]! * margin[1]! - offset[1]! * margin[0]!) / length;
    expect(Math.abs(fit.slope / (length / across) - 1)).toBeLessThan(0.01);
    expect(fit.error).toBeLessThan(0.01 * fit.slope);
  });

  it("and w - w^ log t tends to the offset that the support vectors prescribe, like log t / t", () => {
    for (const { t, w } of seen) {
      const rest = w.map((v, l) => v - margin[l]! * Math.log(t) - offset[l]!);
      expect(Math.sqrt(inner(rest, rest))).toBeLessThan((10 * Math.log(t)) / t);
    }
  });
});

describe("gradient descent on (ab - 1)^2 / 2", () => {
  const objective = (w: Tensor): Tensor => {
    const r = sub(mul(at(w, 0), at(w, 1)), 1);
    return mul(0.5, mul(r, r));
  };
  const r = random(1);
  const starts = Float64Array.from({ length: 20_000 }, () => 4 * r.uniform() - 2);
  const ends = (eta: number) => {
    const runs = descents({
      objective,
      size: 2,
      starts,
      optimizer: gradientDescent({ stepSize: eta }),
      steps: 20_000,
    });
    return { statuses: runs.statuses, ...reachableMinima(runs) };
  };
  const flowEnd = (i: number): number => Math.sqrt((starts[2 * i]! ** 2 - starts[2 * i + 1]! ** 2) ** 2 + 4);

  it.each([0.1, 0.3, 0.5, 0.7])("ends no sharper than gradient flow from the same start, eta = %f", (eta) => {
    const { statuses, sharpness } = ends(eta);
    let counted = 0;
    statuses.forEach((status, i) => {
      const residual = starts[2 * i]! * starts[2 * i + 1]! - 1;
      if (status !== "ok" || !((eta * residual) ** 2 <= 2)) return;
      counted++;
      if (!(sharpness.value[i]! <= flowEnd(i) + 1e-9))
        expect.fail(`${starts.slice(2 * i, 2 * i + 2)} ends at ${sharpness.value[i]} above ${flowEnd(i)}`);
    });
    expect(counted).toBeGreaterThan(6000);
  });

  it("ends flatter on average the larger the step", () => {
    const means = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9].map((eta) => {
      const { statuses, sharpness } = ends(eta);
      const ok = Array.from(sharpness.value).filter((_, i) => statuses[i] === "ok");
      return ok.reduce((a, b) => a + b, 0) / ok.length;
    });
    means.slice(1).forEach((m, i) => expect(m).toBeLessThan(means[i]!));
    expect(means.at(-1)!).toBeLessThan(2.05);
  });
});
