import { at, mul, pow, sin, sqrt, stack, sub, sum, type Tensor } from "#engine";
import type { Entry } from "./index.js";

/** A function with a name, for networks to represent. */
export interface Target extends Entry {
  readonly inputs: number;
  readonly outputs: number;
  /** Every input lies between these. */
  readonly domain: readonly [number, number];
  /** From a tensor of shape [inputs] to one of shape [outputs]. */
  readonly psi: (x: Tensor) => Tensor;
}

const scalar = { inputs: 1, outputs: 1, domain: [-1, 1] } as const;

/** One line an entry: functions that a study can name. */
export const targets: readonly Target[] = [
  { name: "negation", description: "-x: turns the line round", ...scalar, psi: (x) => mul(-1, x) },
  { name: "parabola", description: "x^2: falls, then rises", ...scalar, psi: (x) => mul(x, x) },
  { name: "cubic", description: "x^3 - x: rises, falls and rises", ...scalar, psi: (x) => sub(mul(x, mul(x, x)), x) },
  { name: "wave", description: "sin 6x: two waves", ...scalar, psi: (x) => sin(mul(6, x)) },
  {
    name: "reflection",
    description: "(x1, -x2): turns the orientation of the plane",
    inputs: 2,
    outputs: 2,
    domain: [-1, 1],
    psi: (x) => stack([at(x, 0), mul(-1, at(x, 1))]),
  },
  {
    name: "three-of-two",
    description: "(sin(3 x1) x2, x1^2 - x2^2, |x|^3), three functions of two inputs",
    inputs: 2,
    outputs: 3,
    domain: [-1, 1],
    psi: (x) => {
      const [a, b] = [at(x, 0), at(x, 1)];
      return stack([mul(sin(mul(3, a)), b), sub(mul(a, a), mul(b, b)), pow(sqrt(sum(mul(x, x))), 3)]);
    },
  },
];
