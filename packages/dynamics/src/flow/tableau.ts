import { add, div, max, mul, sqrt, sub, sum, type Tensor } from "#engine";
import type { Solver, SolverStep, VectorField } from "./solver.js";

/**
 * The coefficients of an explicit Runge-Kutta method.
 *
 * *Definition*: k_i = f(x + h sum_j a_ij k_j, t + c_i h), x' = x + h sum b_i k_i; the embedded solution has the weights b - e. `dense` row i holds the
 * coefficients of theta, theta^2, ... in b_i(theta), with which x + h sum b_i(theta) k_i follows the solution inside the step; without it the cubic
 * through both ends with their slopes does.
 */
export interface Tableau {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly order: number;
  readonly errorOrder?: number;
  readonly denseOrder?: number;
  readonly realStability: number;
  readonly c: readonly number[];
  /** Row i: the weights of the stages before it. */
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
  /** b minus the weights of the embedded solution. */
  readonly e?: readonly number[];
  readonly dense?: readonly (readonly number[])[];
}

/** x + h sum w_i k_i; terms with weight 0 are left out. */
export function along(x: Tensor, h: Tensor, weights: readonly number[], slopes: readonly Tensor[]): Tensor {
  const rise = combination(weights, slopes);
  return rise ? add(x, mul(h, rise)) : x;
}

function combination(weights: readonly number[], slopes: readonly Tensor[]): Tensor | undefined {
  let total: Tensor | undefined;
  weights.forEach((w, i) => {
    if (w === 0) return;
    const term = w === 1 ? slopes[i]! : mul(w, slopes[i]!);
    total = total ? add(total, term) : term;
  });
  return total;
}

/** The cubic with the values and slopes of both ends, as `SolverStep.dense`. */
export function hermite(x: Tensor, next: Tensor, h: Tensor, slope: Tensor, nextSlope: Tensor): Tensor[] {
  const rise = sub(next, x);
  const [first, last] = [mul(h, slope), mul(h, nextSlope)];
  return [first, sub(mul(3, rise), add(mul(2, first), last)), sub(add(first, last), mul(2, rise))];
}

/** |e A^(q - 1) 1|, the first coefficient of the estimate for x' = x that is not 0. */
function errorConstant({ a, e, errorOrder }: Tableau): number {
  const along = (weights: readonly number[], v: readonly number[]): number => weights.reduce((s, w, j) => s + w * v[j]!, 0);
  let v = a.map(() => 1);
  for (let power = 1; power < errorOrder!; power++) v = a.map((row) => along(row, v));
  return Math.abs(along(e!, v));
}

/**
 * An explicit Runge-Kutta method as a solver.
 *
 * *Example*: `explicit({ name: "ralston", description: "Ralston 2", source: "Ralston 1962", order: 2, realStability: 2,
 *   c: [0, 2 / 3], a: [[], [2 / 3]], b: [1 / 4, 3 / 4] }).evaluations // 2`
 */
export function explicit(tableau: Tableau): Solver {
  const { c, a, b, e, dense } = tableau;
  const stages = c.length;
  // First same as last: the last stage is the slope at the new state.
  const closes = c[stages - 1] === 1 && b.every((w, i) => w === (a[stages - 1]![i] ?? 0));
  return {
    name: tableau.name,
    description: tableau.description,
    source: tableau.source,
    order: tableau.order,
    ...(tableau.errorOrder === undefined ? {} : { errorOrder: tableau.errorOrder, errorConstant: errorConstant(tableau) }),
    denseOrder: tableau.denseOrder ?? Math.min(3, tableau.order),
    evaluations: closes ? stages - 1 : stages,
    realStability: tableau.realStability,
    step(field: VectorField, x, t, h, slope): SolverStep {
      const points = [x];
      const slopes = [slope];
      for (let i = 1; i < stages; i++) {
        points.push(along(x, h, a[i]!, slopes));
        slopes.push(field(points[i]!, c[i] === 0 ? t : add(t, mul(c[i]!, h))));
      }
      const next = closes ? points[stages - 1]! : along(x, h, b, slopes);
      const error = e && combination(e, slopes);
      return {
        next,
        ...(error ? { error: mul(h, error) } : {}),
        ...(closes ? { slope: slopes[stages - 1]! } : {}),
        ...(closes && c[stages - 2] === 1
          ? { stiffness: quotient(slopes[stages - 1]!, slopes[stages - 2]!, next, points[stages - 2]!) }
          : {}),
        dense: () =>
          dense
            ? dense[0]!.map((_, j) =>
                mul(
                  h,
                  combination(
                    dense.map((row) => row[j]!),
                    slopes,
                  )!,
                ),
              )
            : hermite(x, next, h, slope, closes ? slopes[stages - 1]! : field(next, add(t, h))),
      };
    },
  };
}

/** |p - q| / |x - y|: 0 where both vanish. */
function quotient(p: Tensor, q: Tensor, x: Tensor, y: Tensor): Tensor {
  const norm = (v: Tensor): Tensor => sqrt(sum(mul(v, v)));
  return div(norm(sub(p, q)), max(norm(sub(x, y)), Number.MIN_VALUE * 2 ** 52));
}
