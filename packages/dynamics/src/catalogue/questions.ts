import type { Entry } from "./index.js";

/** One line an entry: the questions that can be asked of a system, with the function that answers. */
export const questions: readonly Entry[] = [
  {
    name: "lyapunov",
    description: "characteristic Lyapunov exponents with standard errors, of any system with tangents",
  },
  {
    name: "orbit-diagram",
    description: "long-term orbits, periods and exponents of a family of maps over a range of its parameter",
  },
  {
    name: "transverse-exponents",
    description: "whether orbits beside an invariant set of a family of maps come to it or leave it, over its parameter",
  },
  { name: "fixed-points", description: "equilibria of a flow or fixed points of a map in a box, with eigenvalues and type" },
  {
    name: "closed-orbit",
    description: "states at rest, periodic orbits and limit cycles of maps, flows and delay equations, with multipliers",
  },
  {
    name: "critical-points",
    description: "critical points of a scalar function in a box: Morse index, corank, curves of degenerate ones",
  },
  {
    name: "prove-zeros",
    description: "a proof by interval arithmetic that a box holds no zero (or critical point), or exactly those listed",
  },
  {
    name: "boundary-degree",
    description: "the signed number of zeros of a field in a box, from its boundary alone: a check of completeness",
  },
  {
    name: "continuation",
    description: "a branch of equilibria or periodic points followed over a parameter, with folds, branch points, Hopf, flips",
  },
  {
    name: "bifurcation-diagram",
    description: "all branches reached from a box by switching at branch points and flips, with every bifurcation",
  },
  { name: "periodic-orbit", description: "periodic orbits of a map, stable or not, with their multipliers" },
  { name: "period-doubling", description: "the parameter at which a periodic orbit doubles its period" },
  {
    name: "flip",
    description: "whether gradient descent goes on beside a minimum, in a 2-cycle, once its step size passes 2 / lambda",
  },
  { name: "kaplan-yorke", description: "Kaplan-Yorke dimension from a Lyapunov spectrum" },
  {
    name: "entropy-bound",
    description: "sum of the positive exponents: an upper bound on the Kolmogorov-Sinai entropy",
  },
  {
    name: "eigenpairs",
    description: "leading or smallest eigenpairs of a symmetric operator, each with its residual as error bar",
  },
  {
    name: "spectral-density",
    description: "the density of the eigenvalues of a symmetric operator from its products, with trace and shares",
  },
  {
    name: "leading-eigenvalues",
    description: "the largest eigenvalue of each of many symmetric operators, side by side",
  },
  {
    name: "reachable-minima",
    description: "where an optimizer ends from many starts, and how sharp each end is against its threshold",
  },
  { name: "sharpness", description: "leading Hessian eigenvalues along a training run" },
  {
    name: "riding-sharpness",
    description: "the sharpness along a training run at the cost of one product a measurement, with its residual",
  },
  {
    name: "edge-of-stability",
    description: "whether a training run is stable, at the edge or beyond its stability threshold, and since when",
  },
  {
    name: "gram-stability",
    description: "exponent and threshold of gradient descent at an interpolating minimum, from its Gram matrix",
  },
  {
    name: "characteristic-exponent",
    description: "Lyapunov exponent of SGD at an interpolating minimum, with an interval and a certificate of its sign",
  },
  {
    name: "mean-square-stability",
    description: "exact step size up to which SGD is stable in mean square at an interpolating minimum",
  },
  {
    name: "wu-ma-e",
    description: "sufficient condition for mean-square stability of SGD, sharpness and non-uniformity",
  },
  {
    name: "stochastic-threshold",
    description: "step size at which the characteristic exponent of SGD passes zero, with an interval",
  },
  {
    name: "stability-sign",
    description: "the sign of SGD's exponent by the cheapest certain way: eigenvalues, mean square or random products",
  },
  {
    name: "stability-of-minimum",
    description: "whether SGD and gradient descent can end at a minimum, with the four thresholds of the step size",
  },
  {
    name: "stability-diagram",
    description: "the characteristic exponent of SGD over step size and batch size",
  },
  {
    name: "shallow-relu-norm",
    description: "how much a two-layer ReLU network bends at the data, and the bound that its sharpness puts on it",
  },
  {
    name: "central-flow",
    description: "where gradient descent or RMSProp goes on average at the edge of stability, and its mean loss",
  },
  {
    name: "gradient-growth",
    description: "how backpropagated gradients grow from layer to layer of a network",
  },
  {
    name: "embeddable",
    description: "whether a function can be a flow's map with so many units, with points that exclude it",
  },
  {
    name: "monotone-obstruction",
    description: "the least error with which any scalar neural ODE can follow a function on an interval",
  },
  {
    name: "adjoint-ledger",
    description: "memory, evaluations and error of every way to the gradient of a flow's end, and which to take",
  },
  {
    name: "finite-time-exponents",
    description: "how much a system stretches small differences in a finite time, at every start of a grid",
  },
  {
    name: "mean-field",
    description: "phase, lengths, correlations and depth scales of a wide random network",
  },
  { name: "critical-line", description: "the weight variance at the edge of chaos, for a bias variance" },
  {
    name: "signal-propagation",
    description: "lengths, correlations and gradients layer by layer in randomly drawn networks",
  },
  { name: "layer-exponents", description: "leading Lyapunov exponents of the layers of a network of any widths" },
  {
    name: "kendall",
    description: "rank correlation tau-b of two quantities, with the shares of pairs in order, made equal and reversed",
  },
  { name: "order-preservation", description: "which units of a layer keep the order of the samples and which change it" },
  { name: "rank-distribution", description: "how far the units of a layer have sorted the samples by class" },
  { name: "linear-maps", description: "a network with its activations above a layer left out, with the error of that" },
  { name: "weight-organisation", description: "norms, effective ranks and alignment of the weight vectors of each layer" },
  { name: "sample-basins", description: "the noise at which each sample changes its class, with an interval" },
  { name: "exit-distances", description: "how far samples can move along given directions before their class changes" },
  { name: "worst-directions", description: "the shortest way out of its class that is found for each sample" },
  { name: "weight-basin", description: "the noise on a network's weights at which its samples change their classes" },
  { name: "nearest-distances", description: "the distance of each point to the nearest of others" },
  { name: "attractors", description: "the attractors of a map or a flow, found from random starts without a guess" },
  { name: "basins", description: "which start ends at which attractor, and the share of each basin with an interval" },
  {
    name: "basin-entropy",
    description: "how uncertain the outcome is inside small boxes of starts, and whether that shows a fractal",
  },
  {
    name: "uncertainty-exponent",
    description: "how fast outcomes become certain as starts are known better; boundary dimension",
  },
  {
    name: "edge-state",
    description: "the saddle on the boundary between two basins, by tracking it, and its unstable exponent",
  },
  {
    name: "minimal-perturbation",
    description: "the smallest displacement found that takes a state out of its basin",
  },
  {
    name: "characteristic-roots",
    description: "the rightmost roots of a scalar linear delay equation, and the delay at which it begins to oscillate",
  },
  {
    name: "resolution",
    description: "how many steps in a delay a tolerance asks for",
  },
  {
    name: "transition",
    description: "the time at which a quantity goes from one plateau to another, in log time, with an interval",
  },
  {
    name: "learning-phase",
    description: "whether early or late layers of a deep network rank samples by class more steeply",
  },
  {
    name: "sum-structure",
    description: "whether labels of pairs are a sum in disguise, and how many samples decide it",
  },
];
