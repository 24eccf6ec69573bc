import { hvp, jvp, vjp, type CompileOptions, type Tensor } from "#engine";
import type { LinearOperator } from "../core/linear-operator.js";
import type { Architecture } from "../networks/architecture.js";
import { constants, type Dataset, type LossFunction } from "./data.js";
import { curvatures } from "./hessian.js";

/**
 * The Gauss-Newton part of a network's Hessian as a family of operators, one for each point.
 *
 * *Definition*: G = J^T (d^2 loss / d prediction^2) J, with J the derivative of the predictions by theta: the Hessian of the loss of the linearised
 * network. For `square` it is J^T J / N, whose nonzero eigenvalues are those of the tangent kernel divided by N; the Hessian at an interpolating minimum.
 * *Arguments*: `architecture`, `data`, `loss` as in training. Of the family: see `hessians`.
 * *Error*: exact products. *Cost*: a forward product, a backward product and one of the loss a vector; J is never made.
 * *Source*: Schraudolph 2002, Fast curvature matrix-vector products for second-order gradient descent, section 3.
 * *Example*: `const theta = net.initial(0);
 * const lambda = eigenpairs(gaussNewton({ architecture: net, data, loss: square })(theta), { k: 1 }).value[0];
 * lambda * gramStability(outputJacobian(net, data).at(theta).gram(), { stepSize: 1 }).threshold.value // 2.000000`
 */
export function gaussNewton(
  { architecture, data, loss }: { architecture: Architecture; data: Dataset; loss: LossFunction },
  settings: Pick<CompileOptions, "threads"> = {},
): (theta: ArrayLike<number>, blockSize?: number) => LinearOperator {
  const { inputs, targets } = constants(architecture, data);
  const predict = (theta: Tensor): Tensor => architecture.apply(theta, inputs);
  const product = (theta: Tensor, v: Tensor): Tensor => {
    const { outputs, tangents } = jvp(predict, [theta], [v]);
    const bent = hvp((y) => loss(y, targets))(outputs[0]!, tangents[0]!);
    return vjp(predict, [theta]).pull([bent])[0]!;
  };
  return curvatures(product, architecture.size, settings);
}
