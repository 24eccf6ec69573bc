import { add, at, mul, neg, sin, stack, sub, tanh, type Tensor } from "#engine";
import type { VectorField } from "../flow/solver.js";
import type { NamedFlow } from "./flows.js";

/** A flow with what a picture of it needs to know. */
export interface PicturedFlow extends NamedFlow {
  readonly picture: {
    /** Where to look: a range of each component. */
    readonly box: readonly (readonly [number, number])[];
    /** A time in which trajectories get somewhere. */
    readonly duration: number;
    /** Each parameter in words, and values between which something happens. */
    readonly parameters: Readonly<Record<string, readonly [meaning: string, from: number, to: number]>>;
  };
}

/** x' = f(x, y), y' = g(x, y). */
const plane =
  (f: (x: Tensor, y: Tensor) => Tensor, g: (x: Tensor, y: Tensor) => Tensor): VectorField =>
  (state) => {
    const [x, y] = [at(state, 0), at(state, 1)];
    return stack([f(x, y), g(x, y)]);
  };

/** One line an entry: flows that a phase plane can show. */
export const planarFlows: readonly PicturedFlow[] = [
  {
    name: "two-neurons",
    description: "two neurons that drive themselves by s and each other by c: x' = -x + s tanh x + c tanh y, and so y",
    field: ({ s, c }) => {
      const drive = (own: Tensor, other: Tensor): Tensor => add(neg(own), add(mul(s!, tanh(own)), mul(c!, tanh(other))));
      return plane(drive, (x, y) => drive(y, x));
    },
    parameters: { s: 2, c: -0.6 },
    components: ["x", "y"],
    initial: [0.7, -0.3],
    dt: 0.1,
    source: "Hopfield 1984",
    picture: {
      box: [
        [-3, 3],
        [-3, 3],
      ],
      duration: 15,
      parameters: { s: ["strength of each neuron's own loop", -1, 4], c: ["strength of the coupling", -3, 3] },
    },
  },
  {
    name: "excitation-inhibition",
    description: "a neuron that excites another, which inhibits it: x' = -x + tanh(s x - c y), y' = -y + tanh(c x + s y)",
    field: ({ s, c }) =>
      plane(
        (x, y) => sub(tanh(sub(mul(s!, x), mul(c!, y))), x),
        (x, y) => sub(tanh(add(mul(c!, x), mul(s!, y))), y),
      ),
    parameters: { s: 1.5, c: 1.5 },
    components: ["x", "y"],
    initial: [0.1, 0],
    dt: 0.1,
    source: "Wilson, Cowan 1972, with tanh for their response",
    picture: {
      box: [
        [-1.3, 1.3],
        [-1.3, 1.3],
      ],
      duration: 30,
      parameters: { s: ["strength of each neuron's own loop", 0, 3], c: ["strength of excitation and inhibition", 0, 4] },
    },
  },
  {
    name: "van-der-pol",
    description: "van der Pol's oscillator x'' = mu (1 - x^2) x' - x, which relaxes ever faster as mu grows",
    field: ({ mu }) =>
      plane(
        (_, v) => v,
        (x, v) => sub(mul(mu!, mul(sub(1, mul(x, x)), v)), x),
      ),
    parameters: { mu: 1 },
    components: ["x", "v"],
    initial: [0.5, 0],
    dt: 0.1,
    source: "van der Pol 1926, On relaxation oscillations",
    picture: {
      box: [
        [-4, 4],
        [-5, 5],
      ],
      duration: 30,
      parameters: { mu: ["strength of the damping", -1, 5] },
    },
  },
  {
    name: "fitzhugh-nagumo",
    description: "a nerve that fires when the current is right: v' = v - v^3 / 3 - w + current, w' = 0.08 (v + 0.7 - 0.8 w)",
    field: ({ current }) =>
      plane(
        (v, w) => add(sub(sub(v, mul(1 / 3, mul(v, mul(v, v)))), w), current!),
        (v, w) => mul(0.08, sub(add(v, 0.7), mul(0.8, w))),
      ),
    parameters: { current: 0.5 },
    components: ["v", "w"],
    initial: [0, 0],
    dt: 0.5,
    source: "FitzHugh 1961, Impulses and physiological states in theoretical models of nerve membrane",
    picture: {
      box: [
        [-2.5, 2.5],
        [-1, 2.5],
      ],
      duration: 150,
      parameters: { current: ["injected current", 0, 1.6] },
    },
  },
  {
    name: "pendulum",
    description: "a pendulum with friction: x' = v, v' = -sin x - friction v; separatrices leave its upper rest",
    field: ({ friction }) =>
      plane(
        (_, v) => v,
        (x, v) => sub(neg(sin(x)), mul(friction!, v)),
      ),
    parameters: { friction: 0.15 },
    components: ["angle", "speed"],
    initial: [1, 0],
    dt: 0.1,
    source: "Strogatz 1994, Nonlinear dynamics and chaos, section 6.7",
    picture: {
      box: [
        [-7, 7],
        [-3.5, 3.5],
      ],
      duration: 40,
      parameters: { friction: ["friction", 0, 1] },
    },
  },
  {
    name: "lotka-volterra",
    description: "prey and predators, whose numbers go round for ever: x' = x (1 - y), y' = c y (x - 1)",
    field: ({ c }) =>
      plane(
        (x, y) => mul(x, sub(1, y)),
        (x, y) => mul(c!, mul(y, sub(x, 1))),
      ),
    parameters: { c: 1 },
    components: ["prey", "predators"],
    initial: [2, 1],
    dt: 0.1,
    source: "Lotka 1925; Volterra 1926",
    picture: {
      box: [
        [0, 4],
        [0, 4],
      ],
      duration: 20,
      parameters: { c: ["pace of the predators", 0.2, 3] },
    },
  },
];
