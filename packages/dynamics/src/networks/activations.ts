import { add, div, erf, exp, log1p, max, min, mul, neg, abs, relu, sigmoid, sin, sub, tanh, type Tensor } from "#engine";

/** A function applied to every unit of a layer. */
export interface Activation {
  readonly name: string;
  readonly description: string;
  /** Whether it is smooth with a positive derivative everywhere. Default false. */
  readonly strictlyMonotone?: boolean;
  apply(x: Tensor): Tensor;
  /** Where it or one of its derivatives jumps, ascending; none for an analytic function. Integrals over it are split there. */
  readonly kinks?: readonly number[];
}

/** One line an entry: what the CLI lists, `mlp` accepts and the conformance test runs over. */
export const activations: readonly Activation[] = [
  { name: "tanh", description: "hyperbolic tangent: smooth, odd, bounded by 1", strictlyMonotone: true, apply: tanh },
  { name: "relu", description: "max(x, 0), derivative 0 at 0", apply: relu, kinks: [0] },
  {
    name: "erf",
    description: "error function: smooth, odd, with closed-form Gaussian moments",
    strictlyMonotone: true,
    apply: erf,
  },
  { name: "identity", description: "x: a deep linear network", strictlyMonotone: true, apply: (x) => x },
  { name: "sigmoid", description: "1 / (1 + exp(-x))", strictlyMonotone: true, apply: sigmoid },
  {
    name: "softplus",
    description: "log(1 + exp(x)), the integral of the sigmoid",
    strictlyMonotone: true,
    apply: (x) => add(max(x, 0), log1p(exp(neg(abs(x))))),
  },
  {
    name: "gelu",
    description: "x times the normal distribution function of x",
    apply: (x) => mul(0.5, mul(x, add(1, erf(mul(x, Math.SQRT1_2))))),
  },
  { name: "silu", description: "x times its sigmoid", apply: (x) => mul(x, sigmoid(x)) },
  {
    name: "leaky-relu",
    description: "x where positive, x / 100 elsewhere",
    apply: (x) => add(max(x, 0), mul(0.01, min(x, 0))),
    kinks: [0],
  },
  { name: "sine", description: "sin x: periodic, not monotone", apply: sin },
  { name: "gaussian", description: "exp(-x^2): even, not monotone", apply: (x) => exp(neg(mul(x, x))) },
  { name: "quadratic", description: "x^2: even, not monotone, unbounded", apply: (x) => mul(x, x) },
  {
    name: "softsign",
    description: "x / (1 + |x|): odd, bounded, with slow tails",
    apply: (x) => div(x, add(1, abs(x))),
    kinks: [0],
  },
  { name: "hard-tanh", description: "x cut off at -1 and 1", apply: (x) => max(min(x, 1), -1), kinks: [-1, 1] },
  { name: "tanhshrink", description: "x - tanh x: flat at 0", apply: (x) => sub(x, tanh(x)) },
];
