import { add, at, mul, neg, sin, stack, sub, tanh, type Tensor } from "#engine";
import type { VectorField } from "../flow/solver.js";
import type { Entry } from "./index.js";

/** A vector field in the plane with a name and a few parameters. */
export interface PlanarField extends Entry {
  /** The field for these values of its parameters, in their order. */
  field(values: readonly number[]): VectorField;
  readonly parameters: readonly {
    readonly name: string;
    readonly description: string;
    readonly value: number;
    /** Values between which something happens. */
    readonly range: readonly [number, number];
  }[];
  /** Names of the state's two components, and where to look. */
  readonly components: readonly [string, string];
  readonly box: readonly [readonly [number, number], readonly [number, number]];
  /** A time in which trajectories get somewhere. */
  readonly duration: number;
  readonly source: string;
}

/** x' = f(x, y), y' = g(x, y). */
const plane =
  (f: (x: Tensor, y: Tensor) => Tensor, g: (x: Tensor, y: Tensor) => Tensor): VectorField =>
  (state) => {
    const [x, y] = [at(state, 0), at(state, 1)];
    return stack([f(x, y), g(x, y)]);
  };

/** One line an entry: vector fields that a phase plane can show. */
export const planarFields: readonly PlanarField[] = [
  {
    name: "two-neurons",
    description: "two neurons that drive themselves by s and each other by c: x' = -x + s tanh x + c tanh y, and so y",
    field: ([s, c]) => {
      const drive = (own: Tensor, other: Tensor): Tensor => add(neg(own), add(mul(s!, tanh(own)), mul(c!, tanh(other))));
      return plane(drive, (x, y) => drive(y, x));
    },
    parameters: [
      { name: "s", description: "strength of each neuron's own loop", value: 2, range: [-1, 4] },
      { name: "c", description: "strength of the coupling", value: -0.6, range: [-3, 3] },
    ],
    components: ["x", "y"],
    box: [
      [-3, 3],
      [-3, 3],
    ],
    duration: 15,
    source: "Hopfield 1984",
  },
  {
    name: "ring-of-two",
    description: "a neuron that excites another, which inhibits it: x' = -x + tanh(s x - c y), y' = -y + tanh(c x + s y)",
    field: ([s, c]) =>
      plane(
        (x, y) => sub(tanh(sub(mul(s!, x), mul(c!, y))), x),
        (x, y) => sub(tanh(add(mul(c!, x), mul(s!, y))), y),
      ),
    parameters: [
      { name: "s", description: "strength of each neuron's own loop", value: 1.5, range: [0, 3] },
      { name: "c", description: "strength of excitation and inhibition", value: 1.5, range: [0, 4] },
    ],
    components: ["x", "y"],
    box: [
      [-1.3, 1.3],
      [-1.3, 1.3],
    ],
    duration: 30,
    source: "Wilson, Cowan 1972, in the variables of a tanh network",
  },
  {
    name: "van-der-pol",
    description: "x' = y, y' = mu (1 - x^2) y - x: one cycle that draws in everything but the rest at 0",
    field: ([mu]) =>
      plane(
        (_, y) => y,
        (x, y) => sub(mul(mu!, mul(sub(1, mul(x, x)), y)), x),
      ),
    parameters: [{ name: "mu", description: "strength of the damping", value: 1, range: [-1, 5] }],
    components: ["x", "y"],
    box: [
      [-4, 4],
      [-5, 5],
    ],
    duration: 30,
    source: "van der Pol 1926",
  },
  {
    name: "fitzhugh-nagumo",
    description: "v' = v - v^3 / 3 - w + I, w' = 0.08 (v + 0.7 - 0.8 w): a nerve that fires when the current is right",
    field: ([current]) =>
      plane(
        (v, w) => add(sub(sub(v, mul(1 / 3, mul(v, mul(v, v)))), w), current!),
        (v, w) => mul(0.08, sub(add(v, 0.7), mul(0.8, w))),
      ),
    parameters: [{ name: "I", description: "injected current", value: 0.5, range: [0, 1.6] }],
    components: ["v", "w"],
    box: [
      [-2.5, 2.5],
      [-1, 2.5],
    ],
    duration: 150,
    source: "FitzHugh 1961",
  },
  {
    name: "pendulum",
    description: "x' = y, y' = -sin x - d y: a pendulum with friction; separatrices leave its upper rest",
    field: ([d]) =>
      plane(
        (_, y) => y,
        (x, y) => sub(neg(sin(x)), mul(d!, y)),
      ),
    parameters: [{ name: "d", description: "friction", value: 0.15, range: [0, 1] }],
    components: ["angle", "velocity"],
    box: [
      [-7, 7],
      [-3.5, 3.5],
    ],
    duration: 40,
    source: "Strogatz 1994, section 6.7",
  },
  {
    name: "lotka-volterra",
    description: "x' = x (1 - y), y' = c y (x - 1): prey and predators, whose numbers go round for ever",
    field: ([c]) =>
      plane(
        (x, y) => mul(x, sub(1, y)),
        (x, y) => mul(c!, mul(y, sub(x, 1))),
      ),
    parameters: [{ name: "c", description: "pace of the predators", value: 1, range: [0.2, 3] }],
    components: ["prey", "predators"],
    box: [
      [0, 4],
      [0, 4],
    ],
    duration: 20,
    source: "Lotka 1925; Volterra 1926",
  },
];
