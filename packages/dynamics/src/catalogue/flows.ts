import { add, at, cos, div, mul, sin, sqrt, square, stack, sub, type Operand, type Tensor } from "#engine";
import type { VectorField } from "../flow/solver.js";
import type { Entry } from "./index.js";
import { planarFlows, type PicturedFlow } from "./planar-flows.js";
import { spatialFlows } from "./spatial-flows.js";

/** A vector field with a name and parameters. */
export interface NamedFlow extends Entry {
  /** Parameters by name: numbers, or tensors to differentiate by. */
  readonly field: (parameters: Readonly<Record<string, Operand>>) => VectorField;
  /** Names and usual values. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly components: readonly string[];
  readonly initial: readonly number[];
  /** Time between two rows of a record. */
  readonly dt: number;
  readonly source: string;
}

const parts = (x: Tensor, n: number): Tensor[] => Array.from({ length: n }, (_, i) => at(x, i));

/** Three magnets at the corners of a triangle around the origin. */
const MAGNETS = [
  [1, 0],
  [-0.5, Math.sqrt(0.75)],
  [-0.5, -Math.sqrt(0.75)],
] as const;

/** One line an entry: vector fields that a study can name. */
export const flows: readonly NamedFlow[] = [
  ...spatialFlows,
  {
    name: "forced-pendulum",
    description: "a damped pendulum that is pushed periodically",
    field:
      ({ damping, force, frequency }) =>
      (s, t) => {
        const [angle, speed] = parts(s, 2) as [Tensor, Tensor];
        const push = mul(force!, cos(mul(frequency!, t)));
        return stack([speed, sub(push, add(mul(damping!, speed), sin(angle)))]);
      },
    parameters: { damping: 0.5, force: 1.2, frequency: 2 / 3 },
    components: ["angle", "speed"],
    initial: [0.2, 0],
    dt: 0.1,
    source: "Baker and Gollub 1996, Chaotic dynamics",
  },
  {
    name: "magnetic-pendulum",
    description: "a pendulum over three magnets, ending at one of them",
    field:
      ({ gamma, d, alpha, omega }) =>
      (s) => {
        const [x, y, vx, vy] = parts(s, 4) as [Tensor, Tensor, Tensor, Tensor];
        const pulls = MAGNETS.map(([mx, my]) => {
          const [dx, dy] = [sub(mx!, x), sub(my!, y)];
          const distance = add(add(square(dx), square(dy)), mul(d!, d!));
          const strength = div(gamma!, mul(distance, sqrt(distance)));
          return [mul(strength, dx), mul(strength, dy)] as const;
        });
        const along = (k: 0 | 1, at: Tensor, v: Tensor): Tensor =>
          sub(add(add(pulls[0]![k], pulls[1]![k]), pulls[2]![k]), add(mul(mul(omega!, omega!), at), mul(alpha!, v)));
        return stack([vx, vy, along(0, x, vx), along(1, y, vy)]);
      },
    parameters: { gamma: 1, d: 0.2, alpha: 0.2, omega: 0.8 },
    components: ["x", "y", "vx", "vy"],
    initial: [1.2, 0.4, 0, 0],
    dt: 0.05,
    source: "Motter, Gruiz, Karolyi, Tel 2013, Doubly transient chaos",
  },
  ...planarFlows,
];

/** Those that a picture can show: in the plane, or projected on two of their components. */
export const picturedFlows: readonly PicturedFlow[] = [...planarFlows, ...spatialFlows];
