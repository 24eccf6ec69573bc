import { gradientDescent, mlp, square, training, type Dataset } from "#dynamics";

/** Twenty points of the Chebyshev polynomial T_5 on [-1, 1] (the data of Cohen et al. 2021, appendix). */
export function chebyshevData(): Dataset {
  const inputs = Array.from({ length: 20 }, (_, i) => -1 + (2 * i) / 19);
  return { samples: 20, inputs, targets: inputs.map((x) => x * (5 + x * x * (-20 + 16 * x * x))) };
}

/** A tanh network 1-100-1 with 300 parameters on those points, in training by full-batch gradient descent. */
export function chebyshevRun(stepSize: number, seed = 0) {
  const architecture = mlp({
    widths: [1, 100, 1],
    activation: "tanh",
    bias: [true, false],
    init: { weights: "xavier-normal", gain: [1.9, 1] },
  });
  return training({
    architecture,
    data: chebyshevData(),
    loss: square,
    optimizer: gradientDescent({ stepSize }),
    seed,
  });
}
