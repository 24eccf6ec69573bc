import type { Estimate } from "../core/estimate.js";

/**
 * The Kaplan-Yorke dimension of an attractor.
 *
 * *Definition*: D = j + (lambda_1 + ... + lambda_j) / |lambda_{j+1}|, with the largest j whose sum is not negative; 0 if lambda_1 < 0.
 * *Arguments*: `spectrum`: exponents in descending order with standard errors; `dim` of the system.
 * *Returns*: the dimension; `dim` when all sums are not negative. Status "not-converged" with NaN when the exponents given end before
 * their sum turns negative.
 * *Error*: sum of |dD/dlambda_i| times the standard errors: a bound on one standard error, whatever their correlation.
 * *Source*: Kaplan, Yorke 1979, Chaotic behavior of multidimensional difference equations.
 * *Example*: `kaplanYorke(lyapunov(henon, { k: 2 }), 2).value // 1.26`
 */
export function kaplanYorke(
  spectrum: Pick<Estimate<Float64Array>, "value" | "error" | "status" | "cost">,
  dim: number,
): Estimate {
  const { value: exponents, error: errors, status, cost } = spectrum;
  const answer = {
    unit: "",
    method: "Kaplan-Yorke formula; the error is a bound on one standard error",
    sources: ["Kaplan, Yorke 1979"],
    cost,
  };
  const at = exponents.findIndex((x) => !(x >= -Infinity));
  if (status !== "ok" || at >= 0)
    return { ...answer, value: NaN, error: NaN, status, explanation: `exponent ${at + 1} is not known` };
  let sum = 0;
  let j = 0;
  while (j < exponents.length && sum + exponents[j]! >= 0) sum += exponents[j++]!;
  if (j === 0) return { ...answer, value: 0, error: 0, status: "ok" };
  if (j === exponents.length) {
    if (j === dim) return { ...answer, value: dim, error: 0, status: "ok" };
    return {
      ...answer,
      value: NaN,
      error: NaN,
      status: "not-converged",
      explanation: `the sum of ${j} exponents is still not negative; compute more (up to ${dim})`,
    };
  }
  const next = -exponents[j]!;
  let error = (sum / (next * next)) * errors[j]!;
  for (let i = 0; i < j; i++) error += errors[i]! / next;
  return { ...answer, value: j + sum / next, error: next === Infinity ? 0 : error, status: "ok" };
}

/**
 * The sum of the positive Lyapunov exponents: an upper bound on the Kolmogorov-Sinai entropy (equal to it for a smooth measure).
 *
 * *Arguments*: as for `kaplanYorke`.
 * *Returns*: the bound, in nats per unit of time. Status "not-converged" with the sum so far when the last exponent given is still positive
 * and `dim` says that there are more.
 * *Error*: the sum of the standard errors of the positive exponents: a bound on one standard error.
 * *Source*: Ruelle 1978, An inequality for the entropy of differentiable maps; Pesin 1977.
 * *Example*: `const { value, unit } = entropyBound(lyapunov(henon, { k: 2 }), 2); [value, unit] // [0.42, "nat/time"]`
 */
export function entropyBound(
  spectrum: Pick<Estimate<Float64Array>, "value" | "error" | "status" | "cost">,
  dim: number,
): Estimate {
  const { value: exponents, error: errors, status, cost } = spectrum;
  let value = 0;
  let error = 0;
  exponents.forEach((x, i) => {
    if (!(x <= 0)) {
      value += x;
      error += errors[i]!;
    }
  });
  const cut = status === "ok" && exponents.length < dim && exponents[exponents.length - 1]! > 0;
  return {
    value,
    error,
    unit: "nat/time",
    status: cut ? "not-converged" : status,
    method: "sum of the positive Lyapunov exponents; the error is a bound on one standard error",
    sources: ["Ruelle 1978", "Pesin 1977"],
    cost,
    ...(cut ? { explanation: `all ${exponents.length} exponents are positive; compute more (up to ${dim})` } : {}),
  };
}
