import { add, concat, mul, slice, type Tensor } from "#engine";
import type { Solver, VectorField } from "../solver.js";
import { hermite } from "../tableau.js";

/** Positions and velocities: the two halves of the state. */
function halves(x: Tensor): [Tensor, Tensor] {
  const dim = x.shape[0]!;
  if (dim % 2 !== 0)
    throw new RangeError(`a symplectic solver needs a state (positions, velocities) of even length; this one has ${dim} numbers`);
  return [slice(x, [0], [dim / 2]), slice(x, [dim / 2], [dim])];
}

/** One half of the field: dq/dt or dv/dt. */
const half = (field: VectorField, which: 0 | 1, q: Tensor, v: Tensor, t: Tensor): Tensor =>
  halves(field(concat([q, v]), t))[which];

const both = (q: Tensor, v: Tensor): Tensor => concat([q, v]);

/**
 * Leapfrog (Stoermer-Verlet), for separable systems: dq/dt a function of v, dv/dt one of q; the state is (q, v).
 *
 * *Error*: order 2 and symplectic there: the energy stays within O(h^2) of its start for exponentially long times. For other fields a method of lower order.
 * *Source*: Hairer, Lubich, Wanner 2006, Geometric numerical integration, section I.1.4.
 * *Example*: `const s = flow({ field: (x) => stack([at(x, 1), mul(-1, at(x, 0))]), initial: [1, 0], solver: leapfrog, controller: fixed(0.1) });
 * s.step(10000); Math.abs(s.state[0] ** 2 + s.state[1] ** 2 - 1) < 0.003 // true`
 */
export const leapfrog: Solver = {
  name: "leapfrog",
  description: "leapfrog (Stoermer-Verlet): order 2 and symplectic on separable systems with the state (q, v); fixed steps",
  source: "Hairer, Lubich, Wanner 2006, Geometric numerical integration, section I.1.4",
  order: 2,
  denseOrder: 2,
  evaluations: 3,
  realStability: 0,
  separable: true,
  step(field, x, t, h, slope) {
    const [q, v] = halves(x);
    const middle = add(v, mul(mul(0.5, h), halves(slope)[1]));
    const end = add(t, h);
    const place = add(q, mul(h, half(field, 0, q, middle, add(t, mul(0.5, h)))));
    const speed = add(middle, mul(mul(0.5, h), half(field, 1, place, middle, end)));
    const next = both(place, speed);
    return { next, dense: () => hermite(x, next, h, slope, field(next, end)) };
  },
};

/**
 * Symplectic Euler, for separable systems with the state (q, v): v first, then q with the new v.
 *
 * *Source*: de Vogelaere 1956; Hairer, Lubich, Wanner 2006, section I.1.2.
 * *Example*: `symplecticEuler.order // 1`
 */
export const symplecticEuler: Solver = {
  name: "symplectic-euler",
  description: "symplectic Euler: order 1, bounded energy on separable systems with the state (q, v); fixed steps",
  source: "Hairer, Lubich, Wanner 2006, Geometric numerical integration, section I.1.2",
  order: 1,
  denseOrder: 1,
  evaluations: 2,
  realStability: 0,
  separable: true,
  step(field, x, t, h, slope) {
    const [q, v] = halves(x);
    const speed = add(v, mul(h, halves(slope)[1]));
    const place = add(q, mul(h, half(field, 0, q, speed, t)));
    const next = both(place, speed);
    return { next, dense: () => hermite(x, next, h, slope, field(next, add(t, h))) };
  },
};
