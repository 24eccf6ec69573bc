import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

/** Charts of late generalisation: nothing unless the study asked for it. */
export function grokkingCharts({ manifest, series }: Pick<RunRecord, "manifest" | "series">): Chart[] {
  const column = (name: string): Float64Array | undefined => series.find((s) => s.name === name)?.values;
  const step = column("step")!;
  const [train, test, norm, reach] = ["accuracy", "test_accuracy", "weight_norm", "basin_reach"].map(column);
  if (!train || !test || !norm || !reach) return [];
  const evaluated = column("evaluation_accuracy");
  // A logarithmic axis has no step 0.
  const later = Array.from(step.keys()).filter((i) => step[i]! > 0);
  const curve = (name: string, y: Float64Array): Curve => ({ name, x: later.map((i) => step[i]!), y: later.map((i) => y[i]!) });
  const upright = (name: string, at: number): Curve => ({ name, x: [at, at], y: [0, 1] });
  const answer = (name: string): number => manifest.answers.find((a) => a.name === name)?.value ?? NaN;
  const [low, middle, high] = [manifest.facts["transitionLow"], answer("transition"), manifest.facts["transitionHigh"]];
  const known = Number.isFinite(middle) && typeof low === "number" && typeof high === "number";
  const distance = answer("neighbour_distance");
  return [
    {
      title: "When it fits, and when it generalises",
      description: `Training and test accuracy over the logarithm of the steps${known ? `; test accuracy is half-way up at step ${show(middle)}, between ${show(low)} and ${show(high)}` : ""}.`,
      caption: `Share of samples whose class is right, over the steps on a logarithmic axis.${known ? " Upright lines: where a logistic curve through the test accuracy is half-way up, and the ends of the interval of that step." : ""}`,
      x: "step",
      y: "accuracy (%)",
      percent: true,
      logX: true,
      curves: [
        curve("training", train),
        curve("test", test),
        ...(evaluated ? [curve("training, by running statistics", evaluated)] : []),
        ...(known
          ? [
              upright("transition", middle),
              {
                name: "its interval",
                x: [low, low, low, high, high],
                y: [0, 1, NaN, 0, 1],
                broken: true,
              },
            ]
          : []),
      ],
    },
    {
      title: "Norm of the parameters",
      description: `Euclidean norm of all parameters over the logarithm of the steps, from ${show(norm[0]!)}.`,
      caption: "Euclidean norm of all parameters; the axis of steps is logarithmic.",
      x: "step",
      y: "norm",
      logX: true,
      curves: [curve("norm", norm)],
    },
    {
      title: "How far the basins of training samples reach",
      description: `Median noise per input that a training sample bears, over the logarithm of the steps; the nearest test samples lie at ${show(distance, 3)}.`,
      caption:
        "Median over some training samples of the noise on every input at which the class is kept with probability 1/2. Dotted: median distance of test samples to the nearest training sample, divided by the root of the number of inputs so that both are amplitudes of one input.",
      x: "step",
      y: "noise per input",
      logX: true,
      curves: [curve("radius", reach)],
      level: { name: `nearest neighbours at ${show(distance, 3)}`, value: distance },
    },
  ];
}
