import { add, at, mul, neg, stack, sub, type Tensor } from "#engine";
import type { PicturedFlow } from "./planar-flows.js";

const parts = (s: Tensor): [Tensor, Tensor, Tensor] => [at(s, 0), at(s, 1), at(s, 2)];

/** One line an entry: flows of three components, to be seen projected on two of them. */
export const spatialFlows: readonly PicturedFlow[] = [
  {
    name: "lorenz",
    description: "Lorenz's convection model, chaotic at rho = 28",
    field:
      ({ sigma, rho, beta }) =>
      (s) => {
        const [x, y, z] = parts(s);
        return stack([mul(sigma!, sub(y, x)), sub(mul(x, sub(rho!, z)), y), sub(mul(x, y), mul(beta!, z))]);
      },
    parameters: { sigma: 10, rho: 28, beta: 8 / 3 },
    components: ["x", "y", "z"],
    initial: [1, 1, 20],
    dt: 0.05,
    source: "Lorenz 1963, Deterministic nonperiodic flow",
    picture: {
      box: [
        [-25, 25],
        [-30, 30],
        [0, 55],
      ],
      duration: 20,
      parameters: {
        sigma: ["ratio of viscosity to conduction of heat", 1, 20],
        rho: ["heating, relative to that at which convection begins", 0, 180],
        beta: ["shape of the rolls", 0.5, 6],
      },
    },
  },
  {
    name: "roessler",
    description: "Roessler's band, chaotic at a = b = 0.2, c = 5.7",
    field:
      ({ a, b, c }) =>
      (s) => {
        const [x, y, z] = parts(s);
        return stack([neg(add(y, z)), add(x, mul(a!, y)), add(b!, mul(z, sub(x, c!)))]);
      },
    parameters: { a: 0.2, b: 0.2, c: 5.7 },
    components: ["x", "y", "z"],
    initial: [1, 1, 0],
    dt: 0.1,
    source: "Roessler 1976, An equation for continuous chaos",
    picture: {
      box: [
        [-14, 16],
        [-14, 12],
        [0, 30],
      ],
      duration: 75,
      parameters: {
        a: ["growth of the spiral", 0, 0.35],
        b: ["inflow from below", 0.05, 1],
        c: ["height at which the band folds", 1, 9],
      },
    },
  },
];
