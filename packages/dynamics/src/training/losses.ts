import { abs, add, amax, div, exp, log, log1p, max, mul, neg, sub, sum, type Tensor } from "#engine";

/** A number from predictions and targets, both of shape [samples, outputs]. */
export interface Loss {
  readonly name: string;
  readonly description: string;
  apply(prediction: Tensor, target: Tensor): Tensor;
}

/**
 * Half the mean squared error.
 *
 * *Definition*: 1 / (2 N) times the sum over N samples and all outputs of (prediction - target)^2. The 1/2 makes the Hessian at a perfect fit
 * J^T J / N; the mean is over samples only, so outputs add up.
 * *Error*: throws unless both shapes are [samples, outputs]. The name is also that of the elementwise square in `separatrix/engine`.
 * *Example*: `evaluate(square, { data: [1, 2], shape: [2, 1] }, { data: [0, 0], shape: [2, 1] })[0] // [1.25]`
 */
export function square(prediction: Tensor, target: Tensor): Tensor {
  same("square", prediction, target);
  const residual = sub(prediction, target);
  return mul(0.5 / prediction.shape[0]!, sum(mul(residual, residual)));
}

/**
 * Cross-entropy of class probabilities after a softmax of the predictions.
 *
 * *Definition*: -1/N times the sum over samples and classes of target log softmax(prediction), in nats. Targets are probabilities: rows that
 * add up to 1, one-hot for labels.
 * *Error*: does not overflow: the largest prediction of each row is subtracted first.
 * *Example*: `evaluate(crossEntropy, { data: [0, 0], shape: [1, 2] }, { data: [1, 0], shape: [1, 2] })[0] // [0.6931471806]`
 */
export function crossEntropy(prediction: Tensor, target: Tensor): Tensor {
  same("crossEntropy", prediction, target);
  const shifted = sub(prediction, amax(prediction, 1, true));
  const logSoftmax = sub(shifted, log(sum(exp(shifted), 1, true)));
  return neg(div(sum(mul(target, logSoftmax)), prediction.shape[0]!));
}

/**
 * Cross-entropy of single outputs that are logits of yes or no.
 *
 * *Definition*: 1/N times the sum over samples and outputs of log(1 + exp(z)) - t z, for the logit z and the probability t of yes, in nats.
 * *Error*: does not overflow: log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|)).
 * *Example*: `evaluate(logistic, { data: [0], shape: [1, 1] }, { data: [1], shape: [1, 1] })[0] // [0.6931471806]`
 */
export function logistic(prediction: Tensor, target: Tensor): Tensor {
  same("logistic", prediction, target);
  const softplus = add(max(prediction, 0), log1p(exp(neg(abs(prediction)))));
  return div(sum(sub(softplus, mul(target, prediction))), prediction.shape[0]!);
}

/** One line an entry. */
export const losses: readonly Loss[] = [
  {
    name: "square",
    description: "1/(2N) sum over samples and outputs of (prediction - target)^2",
    apply: square,
  },
  {
    name: "cross-entropy",
    description: "-1/N sum over samples of target times log softmax(prediction)",
    apply: crossEntropy,
  },
  {
    name: "logistic",
    description: "1/N sum over samples and outputs of log(1 + exp(z)) - t z, for outputs that are logits of yes or no",
    apply: logistic,
  },
];

function same(what: string, prediction: Tensor, target: Tensor): void {
  const [p, t] = [prediction.shape, target.shape];
  if (p.length !== 2 || p.join() !== t.join()) {
    throw new RangeError(
      `${what}: predictions of shape [${p.join(", ")}] and targets of shape [${t.join(", ")}] given; both must be [samples, outputs]`,
    );
  }
}
