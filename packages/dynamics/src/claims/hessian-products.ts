import { at, compile, constant, grad, hvp, jacobian, mul, type Tensor } from "#engine";
import { denseSymmetric } from "../analysis/dense-symmetric.js";
import { eigenpairs } from "../analysis/eigenpairs.js";
import { mlp } from "../networks/mlp.js";
import { square } from "../training/losses.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { training } from "../training/training.js";
import { exact, type Claim } from "./claim.js";

export const hessianProducts: Claim = {
  name: "hessian-products",
  item: "B19",
  description: "products with the Hessian need no Hessian: eigenvalues found by them are those of the matrix written out",
  sources: ["Pearlmutter 1994"],
  compare() {
    const architecture = mlp({ widths: [2, 8, 2] });
    const data = {
      samples: 3,
      inputs: [0.4, -1, 1.3, 0.2, -0.6, 0.9],
      targets: [1, 0, -0.5, 0.3, 0.2, 0.8],
    };
    const run = training({ architecture, data, loss: square, optimizer: gradientDescent({ stepSize: 0.1 }) });
    run.step(10);
    const loss = (theta: Tensor): Tensor =>
      square(architecture.apply(theta, constant(data.inputs, [3, 2])), constant(data.targets, [3, 2]));
    const dense = compile(jacobian(grad(loss)), [{ shape: [architecture.size] }]);
    dense.inputs[0]!.set(run.parameters);
    dense.run();
    const { values } = denseSymmetric(Float64Array.from(dense.outputs[0]!), architecture.size);
    const top = eigenpairs(run.hessian(), { k: 2, tolerance: 1e-12 });
    const low = eigenpairs(run.hessian(), { k: 1, which: "smallest", tolerance: 1e-11 });
    // v . H v of w_1 w_2 w_3 is 2 (v_1 v_2 w_3 + v_1 v_3 w_2 + v_2 v_3 w_1).
    const [w, v] = [
      [0.7, -1.3, 2],
      [1.1, 0.4, -0.9],
    ] as const;
    const product = compile(
      (x: Tensor) => hvp((y: Tensor) => mul(at(y, 0), mul(at(y, 1), at(y, 2))))(x, constant(v)),
      [{ shape: [3] }],
    );
    product.inputs[0]!.set(w);
    product.run();
    return [
      exact("largest eigenvalue for a 2-8-2 network", values.at(-1)!, top.value[0]!, top.error[0]! + 1e-12),
      exact("second", values.at(-2)!, top.value[1]!, top.error[1]! + 1e-12),
      exact("smallest", values[0]!, low.value[0]!, low.error[0]! + 1e-10),
      exact(
        "v . H v of w_1 w_2 w_3",
        2 * (v[0] * v[1] * w[2] + v[0] * v[2] * w[1] + v[1] * v[2] * w[0]),
        v.reduce((s, x, i) => s + x * product.outputs[0]![i]!, 0),
        1e-13,
      ),
    ];
  },
};
