import { optimizers, show, type RunRecord } from "#dynamics";
import { catapultCharts } from "./catapult-charts.js";
import type { Chart, Curve } from "./chart.js";
import { frameworkCharts } from "./framework-charts.js";
import { implicitBiasCharts } from "./implicit-bias-charts.js";
import { grokkingCharts } from "./grokking-charts.js";
import { pathCharts } from "./path-charts.js";
import { selfStabilisationCharts } from "./self-stabilisation-charts.js";
import { synchronisationChart } from "./synchronisation-chart.js";
import { variationChart } from "./variation-chart.js";

/** The charts of a training run: one for each thing that it measured. */
export function trainingCharts(run: Pick<RunRecord, "manifest" | "series" | "arrays">): Chart[] {
  const { manifest, series, arrays } = run;
  const step = series.find((s) => s.name === "step")!.values;
  const column = (name: string): Float64Array | undefined => series.find((s) => s.name === name)?.values;
  const curve = (name: string, label: string, more: Partial<Curve> = {}): Curve[] => {
    const y = column(name);
    return y && y.some(Number.isFinite) ? [{ name: label, x: step, y, ...more }] : [];
  };
  const range = (curves: readonly Curve[]): string => {
    const values = Array.from(curves[0]?.y ?? []).filter(Number.isFinite);
    return values.length > 0 ? `from ${show(values[0]!)} to ${show(values.at(-1)!)}` : "";
  };
  const found: Chart[] = [];
  const add = (chart: Chart): void => {
    if (chart.curves.length > 0) found.push(chart);
  };

  const eigenvalues = series
    .map((s) => s.name)
    .filter((name) => name === "sharpness" || /^eigenvalue_\d+$/.test(name))
    .flatMap((name) => curve(name, name === "sharpness" ? "λ₁, the sharpness" : `λ${subscript(name.slice(11))}`));
  // Through the preconditioner, where there is one.
  const central = curve("central_flow_sharpness", "λ₁ at the central flow");
  const threshold = manifest.facts["threshold"];
  const { type } = (manifest.study.system as { readonly optimizer: { readonly type: string } }).optimizer;
  const descends = type === "gradient-descent";
  const rule = optimizers.find((o) => o.name === type)?.description;
  const spelled = descends || !rule ? "" : ` ${type}: ${rule}.`;
  // Under a schedule the threshold is a curve of its own.
  const moving = curve("stability_threshold", `threshold ${descends ? "2/η" : `of ${type}`}`);
  const level =
    typeof threshold === "number" && moving.length === 0
      ? {
          level: {
            name: `threshold ${descends ? "2/η" : `of ${type}`} = ${show(threshold)}`,
            value: threshold,
          },
        }
      : {};
  // What the threshold bounds: the Hessian, or with a preconditioner what that makes of it.
  const effective = curve("effective_sharpness", "λ₁ of the preconditioned Hessian, the effective sharpness");
  const plain = curve("sharpness", "λ₁ of the Hessian itself, the sharpness");
  add({
    title: "Effective sharpness against the stability threshold",
    description: `Largest eigenvalue of the preconditioned Hessian over the steps; it goes ${range(effective)}${typeof threshold === "number" ? `, and the threshold is ${show(threshold)}` : ""}.`,
    caption: `Largest eigenvalue of the Hessian divided by the preconditioner of ${type}. On a quadratic loss, with the preconditioner held fixed, ${type} is stable while that is below the dotted line; the Hessian's own eigenvalue is not what the line bounds.${spelled}`,
    x: "step",
    y: "eigenvalue",
    // Where a preconditioner starts near 0 the first values dwarf all others.
    log: wide([...effective, ...plain]),
    curves: effective.length > 0 ? [...effective, ...plain, ...central, ...moving] : [],
    ...level,
  });
  const bounded = effective.length === 0;
  add({
    title: bounded ? "Sharpness against the stability threshold" : "Sharpness of the loss itself",
    description: `Leading Hessian eigenvalues over the steps; the largest goes ${range(eigenvalues)}${bounded && typeof threshold === "number" ? `, and the threshold is ${show(threshold)}` : ""}.`,
    caption: bounded
      ? `Largest eigenvalues of the Hessian of the training loss. On a quadratic loss ${descends ? "gradient descent" : type} is stable below the ${moving.length > 0 ? "threshold" : "dotted line"} and unstable above it.${spelled}`
      : "Largest eigenvalues of the Hessian of the training loss, without the preconditioner.",
    x: "step",
    y: "eigenvalue",
    curves: bounded && eigenvalues.length > 0 ? [...eigenvalues, ...central, ...moving] : eigenvalues,
    ...(bounded ? level : {}),
  });
  const batch = curve("batch_sharpness", "batch sharpness ± standard error", { band: column("batch_sharpness_error") ?? [] });
  const rate = (manifest.study.system as { readonly optimizer: { readonly learningRate: number } }).optimizer.learningRate;
  const plateau = (name: string, label: string): Curve[] => {
    const value = manifest.facts[name];
    return batch.length > 0 && typeof value === "number" ? [{ name: label, x: step, y: step.map(() => value / rate) }] : [];
  };
  add({
    title: "Batch sharpness",
    description: `Curvature along the gradients of batches over the steps; it goes ${range(batch)}.`,
    caption:
      "E[g·Hg] / E[|g|²] over batches, gradient g and Hessian H of the same batch. Theory expects it to settle near one of the levels, the lower for small batches and the upper for large ones.",
    x: "step",
    y: "curvature",
    curves: [
      ...batch,
      ...(descends ? [] : plateau("plateauSmall", "2(1 − β)/η")),
      ...plateau("plateauLarge", descends ? "2/η" : "2(1 + β)/η"),
    ],
  });
  const ways = [
    ...curve("two_step_loss", "the run, mean of two steps"),
    ...curve("central_flow_mean_loss", "mean loss predicted by its central flow"),
    ...curve("central_flow_loss", "at the central flow itself"),
    ...curve("gradient_flow_loss", "at the gradient flow"),
  ];
  add({
    title: "Loss beside the central flow",
    description: `Loss over the steps on a logarithmic axis for the run, its central flow and the gradient flow from the same start; the run's goes ${range(ways)}.`,
    caption:
      "Where the run oscillates its mean loss lies above that of its centre, by as much as the central flow predicts. The gradient flow has no edge of stability.",
    x: "step",
    y: "loss",
    log: true,
    curves: ways,
  });
  const apart = [
    ...curve("central_flow_distance", "run to its central flow"),
    ...curve("central_flow_amplitude", "size of the oscillation, as predicted"),
    ...curve("gradient_flow_distance", "run to the gradient flow"),
  ];
  add({
    title: "Distance of the run from the flows",
    description: `Distance in parameters over the steps on a logarithmic axis; that from the central flow goes ${range(apart)}.`,
    caption:
      "Euclidean distance of the parameters, at single steps of the run; the size of the oscillation is what the central flow predicts.",
    x: "step",
    y: "distance",
    log: true,
    curves: apart,
  });
  const losses = [...curve("loss", "training"), ...curve("test_loss", "test")];
  add({
    title: "Loss",
    description: `Loss over the steps on a logarithmic axis; the training loss goes ${range(losses)}.`,
    caption: `Loss on the training samples${losses.length > 1 ? " and on the samples held back" : ""}, logarithmic axis.`,
    x: "step",
    y: "loss",
    log: true,
    curves: losses,
  });
  const accuracies = [
    ...curve("accuracy", "training"),
    ...curve("test_accuracy", "test"),
    ...curve("evaluation_accuracy", "training, by running statistics"),
  ];
  add({
    title: "Accuracy",
    description: `Share of samples classified correctly over the steps; the training share goes ${range(accuracies)}.`,
    caption: "Share of samples whose class is right, in percent.",
    x: "step",
    y: "accuracy (%)",
    percent: true,
    curves: accuracies,
  });
  const exponents = series
    .map((s) => s.name)
    .filter((name) => /^lyapunov_\d+$/.test(name))
    .flatMap((name) =>
      curve(name, `${name === "lyapunov_1" ? "largest exponent" : `exponent ${name.slice(9)}`} ± standard error`, {
        band: column(`${name}_error`)!,
      }),
    );
  add({
    title: "Lyapunov exponent of the training run",
    description: `Running estimate of the Lyapunov exponent over the steps; it goes ${range(exponents)} per step.`,
    caption:
      "Average growth rate of a small difference between two training runs, from the end of the transient up to each step. Above 0 neighbouring runs part; below 0 they meet.",
    x: "step",
    y: "exponent (1/step)",
    curves: exponents,
    level: { name: "0", value: 0 },
  });
  const norms = (
    [
      ["gradient_norms_initial", "before training"],
      ["gradient_norms", "after training"],
    ] as const
  ).flatMap(([name, label]): Curve[] => {
    const values = arrays[name]?.data;
    return values?.some((v) => v > 0) ? [{ name: label, x: Array.from(values.keys()), y: values, dots: true }] : [];
  });
  add({
    title: "Gradient norm per layer",
    description: `Root mean square norm of the loss gradient at the input (0) and after each layer; after training ${Array.from(norms.at(-1)?.y ?? [], (v) => show(v, 3)).join(", ")}.`,
    caption:
      "Root mean square over the samples of the derivative of the loss by the state after each layer; 0 is the input. Backpropagation goes from right to left.",
    x: "layer",
    y: "gradient norm",
    log: true,
    discrete: true,
    curves: norms,
  });
  return [
    ...grokkingCharts(run),
    ...catapultCharts(run),
    ...selfStabilisationCharts(run),
    ...implicitBiasCharts(run),
    ...synchronisationChart(run),
    ...variationChart(run),
    ...found,
    ...pathCharts(run),
    ...frameworkCharts(run),
  ];
}

const subscript = (digits: string): string => digits.replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]!);

/** Whether curves of positive numbers span more than three powers of ten. */
function wide(curves: readonly Curve[]): boolean {
  let [least, most] = [Infinity, 0];
  for (const { y } of curves)
    for (const v of Array.from(y)) if (Number.isFinite(v)) [least, most] = [Math.min(least, v), Math.max(most, v)];
  return least > 0 && most > 1000 * least;
}
