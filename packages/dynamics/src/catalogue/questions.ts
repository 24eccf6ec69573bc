import type { Entry } from "./index.js";

/** One line an entry: the questions that can be asked of a system, with the function that answers. */
export const questions: readonly Entry[] = [
  {
    name: "lyapunov",
    description: "characteristic Lyapunov exponents with standard errors, of any system with tangents",
  },
  { name: "kaplan-yorke", description: "Kaplan-Yorke dimension from a Lyapunov spectrum" },
  {
    name: "entropy-bound",
    description: "sum of the positive exponents: an upper bound on the Kolmogorov-Sinai entropy",
  },
  {
    name: "eigenpairs",
    description:
      "leading or smallest eigenpairs of a symmetric operator, each with its residual as error bar",
  },
  { name: "sharpness", description: "leading Hessian eigenvalues along a training run" },
  {
    name: "edge-of-stability",
    description:
      "whether a training run is stable, at the edge or beyond its stability threshold, and since when",
  },
  {
    name: "central-flow",
    description:
      "where gradient descent or RMSProp goes on average at the edge of stability, and its mean loss",
  },
  {
    name: "gradient-growth",
    description: "how backpropagated gradients grow from layer to layer of a network",
  },
];
