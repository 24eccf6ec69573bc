import { compile, grad, scalarMath, sum, type Tensor } from "#engine";
import { noisedLogDensity, noisedScore } from "../derived/generative/mixture.js";
import { variancePreserving } from "../derived/generative/noise-schedule.js";
import { exact, type Claim } from "./claim.js";

export const twoPointScore: Claim = {
  name: "two-point-score",
  item: "D7",
  description:
    "the score of two noised points is (-x + theta tanh(theta x / (1 - theta^2))) / (1 - theta^2), and the gradient of the logarithm of their density",
  sources: ["Raya, Ambrogioni 2023"],
  compare() {
    const [low, high] = [0.5, 9];
    const schedule = variancePreserving({ low, high });
    const points = { centres: [[-1], [1]] };
    const program = compile(
      (x, t) => [
        noisedScore(points, schedule)(x!, t!),
        grad((y: Tensor) => sum(noisedLogDensity(points, schedule)(y, t!)))(x!) as Tensor,
      ],
      [{ shape: [1] }, { shape: [] }],
    );
    return [
      [0.12, 1.3],
      [0.5, -0.4],
    ].flatMap(([t, x]) => {
      program.inputs[0]![0] = x!;
      program.inputs[1]![0] = t!;
      program.run();
      const theta = scalarMath.exp(-0.5 * (low * t! + 0.5 * (high - low) * t! * t!));
      const v = 1 - theta * theta;
      const predicted = (-x! + theta * scalarMath.tanh((theta * x!) / v)) / v;
      return [
        exact(`score at x = ${x}, t = ${t}`, predicted, program.outputs[0]![0]!, 1e-12),
        exact(`gradient of the log-density at x = ${x}, t = ${t}`, predicted, program.outputs[1]![0]!, 1e-12),
      ];
    });
  },
};
