import {
  add,
  at,
  compile,
  concat,
  constant,
  cos,
  jacobian,
  matmul,
  mul,
  reshape,
  scalarMath,
  sin,
  slice,
  stack,
  sub,
  tanh,
  type Tensor,
} from "#engine";
import { determinant } from "../core/dense-general.js";
import { fillNormal, random } from "../core/random.js";
import { integrate } from "../flow/integrate.js";
import type { VectorField } from "../flow/solver.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { exact, type Claim } from "./claim.js";

const [damping, to] = [0.4, 2];
const options = { solver: rk4, steps: 1000, to };

/** The determinant of the derivative of the map from a plane's point to where it is at the end. */
function volume(field: VectorField, x: readonly number[]): number {
  const program = compile((y) => [jacobian(integrate(field, options))(y!)], [{ shape: [2] }]);
  program.inputs[0]!.set(x);
  program.run();
  return determinant(Float64Array.from(program.outputs[0]!), 2);
}

const pendulum: VectorField = (h) => stack([at(h, 1), sub(mul(-damping, at(h, 1)), sin(at(h, 0)))]);
/** Its divergence is cos t - t, wherever it is. */
const driven: VectorField = (h, t) => {
  const [x, y] = [at(h, 0), at(h, 1)];
  return stack([add(mul(cos(t), x), mul(0.5, sin(mul(2, y)))), sub(cos(x), mul(t, y))]);
};

/** V tanh(W h) of five units, and its divergence. */
function network(): [VectorField, (h: Tensor) => Tensor] {
  const draw = (shape: number[], stream: number): Tensor => constant(fillNormal(new Float64Array(10), random(3, stream)), shape);
  const [w, v] = [draw([5, 2], 0), draw([2, 5], 1)];
  const field = (h: Tensor): Tensor => matmul(v, tanh(matmul(w, h)));
  return [
    field,
    (h) => {
      const slopes = jacobian(field)(h);
      return add(at(at(slopes, 0), 0), at(at(slopes, 1), 1));
    },
  ];
}

export const liouville: Claim = {
  name: "liouville",
  item: "A4",
  description:
    "a flow changes volumes by exp of the integral of the divergence along the way: its derivative's determinant is positive",
  sources: ["Hartman 1964"],
  compare() {
    const [field, divergence] = network();
    const start = [0.4, -0.3];
    const widened = integrate((z, t) => {
      const h = slice(z, [0], [2]);
      return concat([field(h, t), reshape(divergence(h), [1])]);
    }, options);
    const program = compile((z) => [widened(z!)], [{ shape: [3] }]);
    program.inputs[0]!.set(start);
    program.run();
    const along = scalarMath.exp(program.outputs[0]![2]!);
    // RK4 with steps of 0.002: about 1e-11.
    return [
      exact("damped pendulum, T = 2: exp(-0.4 T)", scalarMath.exp(-damping * to), volume(pendulum, [2, 1]), 1e-10),
      exact(
        "a field of divergence cos t - t: exp(sin T - T^2 / 2)",
        scalarMath.exp(scalarMath.sin(to) - (to * to) / 2),
        volume(driven, [1, -0.5]),
        1e-10,
      ),
      exact("a network's field: the integral added up on the way", along, volume(field, start), 1e-9 * along),
    ];
  },
};
