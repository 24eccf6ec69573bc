import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

/** Which solution training picks: weight by weight, over the scale of the start, and on the way. */
export function implicitBiasCharts({ manifest, series, arrays }: Pick<RunRecord, "manifest" | "series" | "arrays">): Chart[] {
  const column = (name: string): Float64Array | undefined => series.find((s) => s.name === name)?.values;
  const step = column("step")!;
  const charts: Chart[] = [];
  const size = arrays["bias_scale_size"]?.data;
  const fact = (name: string): number => Number(manifest.facts[name]);
  if (size) {
    const [least, most] = [fact("leastAbsolute"), fact("leastNormAbsolute")];
    const scales = arrays["bias_curve_scale"]!.data;
    const level = (name: string, value: number): Curve => ({ name, x: [scales[0]!, scales.at(-1)!], y: [value, value] });
    charts.push({
      title: "The scale of the start decides between two kinds of solution",
      description: `Sum of the absolute weights at the end of training over the scale of the start: measured from ${show(size[0]!, 5)} to ${show(size.at(-1)!, 5)}, between ${show(least, 5)} and ${show(most, 5)}.`,
      caption:
        "All these solutions meet all equations. Small starts end near the one with the least sum of absolute weights, large starts near the one of least norm.",
      x: "scale of the initial parameters",
      y: "Σ|w|",
      logX: true,
      curves: [
        { name: "theory", x: scales, y: arrays["bias_curve_size"]!.data },
        level("solution of least norm", most),
        level("least Σ|w|", least),
        { name: "training", x: arrays["bias_scale"]!.data, y: size, dots: true },
      ],
    });
  }
  const weights = arrays["bias_weights"];
  if (weights && weights.data.length <= 200) {
    const of = (name: string, label: string): Curve[] =>
      arrays[name] ? [{ name: label, x: Array.from(weights.data.keys(), (j) => j + 1), y: arrays[name].data, dots: true }] : [];
    const unit = (curves: Curve[]): Curve[] =>
      // Of a direction the length means nothing.
      manifest.facts["greatestMargin"] === undefined
        ? curves
        : curves.map((c) => {
            const y = Array.from(c.y);
            const length = Math.sqrt(y.reduce((s, v) => s + v * v, 0));
            return { ...c, y: y.map((v) => v / length) };
          });
    charts.push({
      title: manifest.facts["greatestMargin"] === undefined ? "Weights" : "Weights, at length 1",
      description: `The ${weights.data.length} weights at the end of training beside those that theory predicts.`,
      caption: "One dot a weight. Where the lines cover each other training ended where theory says.",
      x: "weight",
      y: "value",
      ...(weights.data.length <= 20 ? { discrete: true } : {}),
      curves: unit([
        ...of("bias_weights", "training"),
        ...of("bias_predicted", "predicted"),
        ...of("bias_least_norm", "least norm"),
        ...of("bias_least_absolute", "least Σ|w|"),
      ]),
    });
  }
  const over = (name: string, label: string): Curve[] => {
    const y = column(name);
    const from = Array.from(step.keys()).filter((i) => step[i]! > 0);
    return y ? [{ name: label, x: from.map((i) => step[i]!), y: from.map((i) => y[i]!) }] : [];
  };
  if (column("bias_distance"))
    charts.push({
      title: "Distance from the predicted solution",
      description:
        "Distance of the weights from the predicted solution over the steps, relative to its norm, on logarithmic axes.",
      caption: "Where it comes to a halt is how far the prediction is off: for diagonal networks, of the order of the step size.",
      x: "step",
      y: "relative distance",
      log: true,
      logX: true,
      curves: over("bias_distance", "training"),
    });
  if (column("bias_margin"))
    charts.push(
      {
        title: "Margin over time",
        description: "Margin of the weights over the steps, on a logarithmic axis for the steps.",
        caption: "The margin creeps up to the greatest one like 1 / log t: the classes are told apart long before.",
        x: "step",
        y: "margin",
        logX: true,
        curves: over("bias_margin", "training"),
        level: { name: "greatest margin", value: fact("greatestMargin") },
      },
      {
        title: "Norm of the weights",
        description: "Norm of the weights over the steps, on a logarithmic axis for the steps.",
        caption: "A straight line here is growth like log t. Theory's slope is 1 over the greatest margin.",
        x: "step",
        y: "norm",
        logX: true,
        curves: over("bias_norm", "training"),
      },
    );
  return charts;
}
