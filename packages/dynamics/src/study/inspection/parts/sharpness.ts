import { compile, constant } from "#engine";
import { eigenpairs, type Eigenpairs } from "../../../analysis/eigenpairs.js";
import { boundary } from "../../../core/bisection.js";
import { preconditioned } from "../../../core/linear-operator.js";
import { optimizers } from "../../../training/optimizers/index.js";
import type { Optimizer, OptimizerEntry } from "../../../training/optimizers/optimizer.js";
import { show, withError } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import type { Bench, Level, Part } from "../part.js";

const SETTINGS = { full: { k: 5, tolerance: 1e-6, maxProducts: 300 }, quick: { k: 1, tolerance: 1e-3, maxProducts: 60 } };
/** Steps after which the corrections for a start at 0 are 1. */
const LATE = 1e9;
/** Lanczos usually needs about this share of its budget. */
const USUAL = 0.35;

/** Leading curvature, and the step sizes that it allows. */
export const sharpness: Part = {
  name: "sharpness",
  description: "largest and smallest Hessian eigenvalues, and the largest stable step size of each optimizer",
  refusal: () => undefined,
  seconds: ({ architecture }, { product, compile }, level) =>
    3 * compile + 3 * USUAL * SETTINGS[level].maxProducts * (product + 1e-8 * 30 * architecture.size),
  async ask(bench, level, breathe) {
    const { architecture, hessian, seed } = bench;
    const { k, ...limits } = SETTINGS[level];
    const pairs = eigenpairs(hessian, { k: Math.min(k, architecture.size), ...limits, seed });
    await breathe(1 / 3);
    const lowest = eigenpairs(hessian, { k: 1, which: "smallest", ...limits, seed });
    await breathe(2 / 3);
    const steps = stepSizes(bench, pairs, level);
    const top = pairs.value[0]!;
    const gd = steps.find((s) => s.name === "largest_step_gradient-descent");
    const low = lowest.value[0]!;
    return {
      answers: [
        ...Array.from(pairs.value, (value, i) =>
          answer(
            pairs,
            i,
            i === 0 ? "sharpness" : `eigenvalue_${i + 1}`,
            value,
            i === 0 ? "sharpness, the largest Hessian eigenvalue" : `Hessian eigenvalue ${i + 1}`,
          ),
        ),
        answer(lowest, 0, "smallest_eigenvalue", low, "smallest Hessian eigenvalue"),
        ...steps,
      ],
      sentences: [
        pairs.status === "diverged"
          ? `The sharpness is unknown: ${pairs.explanation}.`
          : `The sharpness is ${show(top, 6)}; the smallest Hessian eigenvalue is ${lowest.error[0]! < 1e-3 * Math.abs(low) ? show(low) : withError(low, lowest.error[0]!)}.${
              low < -1e-3 * Math.abs(top)
                ? " The model does not stand at a minimum: there are directions in which the loss curves down."
                : ""
            }`,
        ...(gd && Number.isFinite(gd.value)
          ? [
              `Gradient descent is stable here up to the learning rate ${show(gd.value)}; ${steps
                .filter((s) => s !== gd)
                .map((s) => `${s.name.replace("largest_step_", "")} up to ${show(s.value)}`)
                .join(", ")} (other numbers at their defaults).`,
            ]
          : []),
      ],
      arrays: { hessian_eigenvectors: { shape: [pairs.value.length, architecture.size], data: pairs.vectors } },
    };
  },
};

function answer(pairs: Eigenpairs, i: number, name: string, value: number, label: string): Answer {
  const { error, status, method, sources, cost, explanation } = pairs;
  // A residual can be smaller than what rounding leaves open.
  const rounding = 2 ** -50 * pairs.value.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return {
    name,
    label,
    value,
    error: Math.max(error[i]!, rounding),
    unit: "loss",
    status,
    method,
    sources,
    cost,
    ...(explanation ? { explanation } : {}),
  };
}

/** The largest stable step size of every optimizer, at the sharpness that it sees. */
function stepSizes(bench: Bench, pairs: Eigenpairs, level: Level): Answer[] {
  const { architecture, hessian, seed } = bench;
  const { k: _, ...limits } = SETTINGS[level];
  const known: { readonly scale: Float64Array; readonly pairs: Eigenpairs }[] = [];
  return optimizers.map((entry): Answer => {
    const scale = scaleOf(entry.make({ stepSize: 1e-3 }), bench, architecture.size);
    let seen = pairs;
    if (scale) {
      const again = known.find((p) => p.scale.every((x, i) => x === scale[i]));
      seen = again?.pairs ?? eigenpairs(preconditioned(hessian, scale), { k: 1, ...limits, seed });
      if (!again) known.push({ scale, pairs: seen });
    }
    const [lambda, residual] = [seen.value[0]!, seen.error[0]!];
    const value = largestStep(entry, lambda);
    const ok = lambda > 0 && seen.status !== "diverged";
    return {
      name: `largest_step_${entry.name}`,
      label: `largest stable learning rate of ${entry.name}`,
      value: ok ? value : NaN,
      // d eta / eta = -d lambda / lambda, since thresholds fall as 1 / eta.
      error: ok ? (value * residual) / lambda : NaN,
      unit: "learning rate",
      status: ok ? seen.status : "not-converged",
      method: scale
        ? `its threshold at the largest eigenvalue ${show(lambda)} of P^-1/2 H P^-1/2, P being what it divides by once its means have settled at the gradient of the whole data set`
        : `its threshold at the sharpness`,
      sources: scale
        ? ["Cohen, Ghorbani, Krishnan, Agarwal, Medapati, Badura, Suo, Cardoze, Nado, Dahl, Gilmer 2022"]
        : ["Cohen, Kaur, Li, Kolter, Talwalkar 2021"],
      cost: seen.cost,
      ...(ok
        ? {}
        : { explanation: seen.explanation ?? "no curvature is positive: no step size is too large for lack of stability" }),
    };
  });
}

/** The step size whose threshold is lambda: thresholds fall with it. */
function largestStep(entry: OptimizerEntry, lambda: number): number {
  const stable = (eta: number): boolean => {
    try {
      return entry.make({ stepSize: eta }).threshold > lambda;
    } catch {
      return false;
    }
  };
  return lambda > 0 ? boundary(stable, Number.MIN_VALUE * 2 ** 60, 1e12) : NaN;
}

/** What the optimizer divides by when its running means no longer change; undefined: nothing. */
function scaleOf(optimizer: Optimizer, { gradient, theta }: Bench, size: number): Float64Array | undefined {
  const { preconditioner, memories } = optimizer;
  if (!preconditioner) return undefined;
  const program = compile(
    (t, g) => {
      // Rules with a mean of squares keep it last, behind a mean of gradients if they have one.
      const square = constant(
        gradient.map((x) => x * x),
        [size],
      );
      return preconditioner(t!, g!, memories > 1 ? [g!, square] : [square], constant([LATE], []));
    },
    [{ shape: [size] }, { shape: [size] }],
  );
  program.inputs[0]!.set(theta);
  program.inputs[1]!.set(gradient);
  program.run();
  return Float64Array.from(program.outputs[0]!);
}
