// Liouville's formula: det D Phi_T(x) = exp(integral over [0, T] of the divergence of the field along the solution) > 0. The determinant comes from the
// derivative of the discrete flow, the integral from one more unit that adds up the trace of the field's Jacobian.
import { add, compile, concat, constant, jacobian, matmul, mul, reshape, slice, sum, tanh, type Tensor } from "#engine";
import { fillNormal, integrate, random, rk4, type VectorField } from "#dynamics";
import { describe, expect, it } from "vitest";

const determinant = (m: ArrayLike<number>, d: number): number => {
  if (d === 1) return m[0]!;
  let total = 0;
  for (let j = 0; j < d; j++) {
    const minor: number[] = [];
    for (let r = 1; r < d; r++) for (let c = 0; c < d; c++) if (c !== j) minor.push(m[r * d + c]!);
    total += (j % 2 ? -1 : 1) * m[j]! * determinant(minor, d - 1);
  }
  return total;
};

/** V tanh(W (h, t) + b): the time-dependent field of a random network. */
function network(d: number, seed: number): VectorField {
  const hidden = 8;
  const draw = (shape: number[], scale: number, stream: number): Tensor => {
    const values = fillNormal(new Float64Array(shape.reduce((a, b) => a * b, 1)), random(seed, stream));
    return constant(
      values.map((v) => scale * v),
      shape,
    );
  };
  const [w, b, v] = [draw([hidden, d + 1], 1, 0), draw([hidden], 1, 1), draw([d, hidden], 0.7, 2)];
  return (h, t) => matmul(v, tanh(add(matmul(w, concat([h, reshape(t, [1])])), b)));
}

/** Sum of the diagonal. */
const trace = (m: Tensor, d: number): Tensor =>
  sum(
    mul(
      m,
      constant(
        Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0)),
        [d, d],
      ),
    ),
  );

/** det D Phi and exp(integral of the divergence) by RK4 with h = 1e-3. */
function both(field: VectorField, d: number, x: ArrayLike<number>, to = 1): [number, number] {
  const widened: VectorField = (z, t) => {
    const h = slice(z, [0], [d]);
    return concat([field(h, t), reshape(trace(jacobian((y) => field(y, t))(h), d), [1])]);
  };
  const steps = Math.round(to * 1000);
  const program = compile(
    (y) => [
      jacobian(integrate(field, { solver: rk4, steps, to }))(y!),
      slice(integrate(widened, { solver: rk4, steps, to })(concat([y!, constant([0])])), [d], [d + 1]),
    ],
    [{ shape: [d] }],
  );
  program.inputs[0]!.set(x);
  program.run();
  return [determinant(program.outputs[0]!, d), Math.exp(program.outputs[1]![0]!)];
}

describe.each([1, 2, 3, 4])("time-dependent networks of %i units", (d) => {
  it("have det D Phi = exp(integral of the divergence) > 0 to 1e-8", () => {
    for (let seed = 0; seed < 3; seed++) {
      const x = fillNormal(new Float64Array(d), random(seed, 9));
      const [det, volume] = both(network(d, seed), d, x);
      expect(det).toBeGreaterThan(0);
      // RK4's error with steps of 1e-3 is about 1e-12; 1e-8 is what the formula is held to.
      expect(Math.abs(det / volume - 1)).toBeLessThan(1e-8);
      // The formula says something: the volume changes.
      expect(Math.abs(volume - 1)).toBeGreaterThan(1e-3);
    }
  });
});

it("a linear field has det = exp(T trace)", () => {
  const a = constant([0.3, -2, 1, -0.9], [2, 2]);
  const [det, volume] = both((h) => matmul(a, h), 2, [1, 2], 2);
  expect(Math.abs(det / Math.exp(2 * -0.6) - 1)).toBeLessThan(1e-10);
  expect(Math.abs(volume / Math.exp(2 * -0.6) - 1)).toBeLessThan(1e-10);
});

it("a wrong divergence is noticed", () => {
  const field = network(2, 1);
  const [det] = both(field, 2, [0.3, -0.2]);
  const [, other] = both((h, t) => mul(1.0001, field(h, t)), 2, [0.3, -0.2]);
  expect(Math.abs(det / other - 1)).toBeGreaterThan(1e-6);
});
