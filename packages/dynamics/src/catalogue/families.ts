import { add, at, concat, constant, div, grad, mul, reshape, scalarMath, sub, sum, tanh, type Tensor } from "#engine";
import type { Box } from "../analysis/low-discrepancy.js";
import type { Family } from "../analysis/periodic-orbit.js";
import type { Entry } from "./index.js";

/** A family of maps with a name: one parameter, and a start from which its orbits are followed. */
export interface NamedFamily extends Entry {
  readonly f: Family;
  /** What the parameter is, in a word. */
  readonly parameter: string;
  /** Names of the state's components. */
  readonly components: readonly string[];
  readonly initial: readonly number[];
  /** Where its fixed points are looked for: lower and upper bound of each component. */
  readonly box: Box;
  /** Parameters between which something happens. */
  readonly range: readonly [number, number];
  readonly source: string;
  /** Where the states form an invariant set of a larger map: what is 0 on the set, and the factor by which one step multiplies it beside the set. */
  readonly across?: { readonly what: string; readonly factor: Family };
}

const part = (x: Tensor, i: number): Tensor => reshape(at(x, i), [1]);

const [COSINE, SINE] = [scalarMath.cos(1), scalarMath.sin(1)];

const NEURON_INPUTS = constant([0.5, 2]);

/** Half the mean square of what a tanh(b x) misses of tanh(x) at two inputs. */
const neuronLoss = (weights: Tensor): Tensor => {
  const missed = sub(mul(at(weights, 0), tanh(mul(at(weights, 1), NEURON_INPUTS))), tanh(NEURON_INPUTS));
  return mul(0.25, sum(mul(missed, missed)));
};

/** One line an entry: families of maps that a study can name. */
export const families: readonly NamedFamily[] = [
  {
    name: "balanced-network",
    description: "gradient descent on the smallest network with equal weights: w' = (1 + eta) w - eta w^3, minimum w = 1",
    f: (w, eta) => sub(mul(add(1, eta), w), mul(eta, mul(w, mul(w, w)))),
    parameter: "step size",
    components: ["w"],
    initial: [0.3],
    box: [[-2, 2]],
    range: [0.9, 2],
    source: "Chen, Balasubramanian, Ghosal, Agarwalla 2023",
    // a' - b' = (a - b) (1 + eta (a b - 1)) for L = (a b - 1)^2 / 2.
    across: {
      what: "imbalance a − b of the two weights",
      factor: (w, eta) => reshape(add(1, mul(eta, sub(mul(w, w), 1))), []),
    },
  },
  {
    name: "smallest-network",
    description: "gradient descent on L = (a b - 1)^2 / 2, two weights in a chain: minima a b = 1, sharpness a^2 + b^2",
    f: (x, eta) => {
      const [a, b] = [part(x, 0), part(x, 1)];
      const slope = mul(eta, sub(mul(a, b), 1));
      return concat([sub(a, mul(slope, b)), sub(b, mul(slope, a))]);
    },
    parameter: "step size",
    components: ["a", "b"],
    initial: [0.5, 0.3],
    box: [
      [-2, 2],
      [-2, 2],
    ],
    range: [0.5, 2],
    source: "Zhu, Wang, Wang, Zhou, Ge 2023",
  },
  {
    name: "cubic",
    description: "x' = r x - x^3, to which the balanced network is conjugate with r = 1 + eta",
    f: (x, r) => sub(mul(r, x), mul(x, mul(x, x))),
    parameter: "r",
    components: ["x"],
    initial: [0.3],
    box: [[-2, 2]],
    range: [1.9, 3],
    source: "May 1976",
    across: {
      what: "imbalance of the two weights of which x is the common value",
      factor: (x, r) => reshape(add(sub(2, r), mul(x, x)), []),
    },
  },
  {
    name: "logistic",
    description: "x' = r x (1 - x)",
    f: (x, r) => mul(mul(r, x), sub(1, x)),
    parameter: "r",
    components: ["x"],
    initial: [0.3],
    box: [[-0.5, 1]],
    range: [2.8, 4],
    source: "May 1976",
  },
  {
    name: "biased-neuron",
    description: "a neuron that excites itself, x' = tanh(g x + 0.1): two more states appear in a fold",
    f: (x, g) => tanh(add(mul(g, x), 0.1)),
    parameter: "gain",
    components: ["x"],
    initial: [-0.5],
    box: [[-1.2, 1.2]],
    range: [0.6, 2.4],
    source: "Hopfield 1984",
  },
  {
    name: "turning-neurons",
    description: "two neurons, x' = tanh(g R x) with R a turn by 1 radian: silent up to g = 1, then turning on a closed curve",
    f: (x, g) => {
      const [a, b] = [part(x, 0), part(x, 1)];
      return tanh(mul(g, concat([sub(mul(COSINE, a), mul(SINE, b)), add(mul(SINE, a), mul(COSINE, b))])));
    },
    parameter: "gain",
    components: ["x", "y"],
    initial: [0.5, 0.1],
    box: [
      [-1.2, 1.2],
      [-1.2, 1.2],
    ],
    range: [0.7, 1.8],
    source: "Kuznetsov 2004, section 4.7",
  },
  {
    name: "henon",
    description: "x' = 1 - a x^2 + y, y' = 0.3 x, with a strange attractor at a = 1.4",
    f: (s, a) => {
      const [x, y] = [part(s, 0), part(s, 1)];
      return concat([add(sub(1, mul(a, mul(x, x))), y), mul(0.3, x)]);
    },
    parameter: "a",
    components: ["x", "y"],
    initial: [0.1, 0.1],
    box: [
      [-2, 2],
      [-2, 2],
    ],
    range: [0.2, 1.4],
    source: "Henon 1976",
  },
  {
    name: "newton-cubic",
    description:
      "Newton's iteration for z^3 = 1 with its step times a factor, 1 for Newton's own: z' = z - r (z^3 - 1) / (3 z^2)",
    f: (s, r) => {
      const [x, y] = [part(s, 0), part(s, 1)];
      const size = add(mul(x, x), mul(y, y));
      const scale = mul(3, mul(size, size));
      // 1 / z^2 is the square of the conjugate over |z|^4.
      const real = div(sub(mul(x, x), mul(y, y)), scale);
      const imaginary = div(mul(-2, mul(x, y)), scale);
      return concat([sub(x, mul(r, sub(div(x, 3), real))), sub(y, mul(r, sub(div(y, 3), imaginary)))]);
    },
    parameter: "factor",
    components: ["re", "im"],
    initial: [1, 0.5],
    box: [
      [-2, 2],
      [-2, 2],
    ],
    range: [0.8, 1.9],
    source: "Cayley 1879",
  },
  {
    name: "tanh-neuron",
    description: "gradient descent on a network a tanh(b x) that learns tanh(x) at x = 1/2 and 2: minima (1, 1) and (-1, -1)",
    f: (x, eta) => sub(x, mul(eta, grad(neuronLoss)(x))),
    parameter: "step size",
    components: ["a", "b"],
    initial: [0.5, 0.3],
    box: [
      [-4, 4],
      [-4, 4],
    ],
    range: [0.5, 4],
    source: "Auer, Herbster, Warmuth 1996",
  },
];
