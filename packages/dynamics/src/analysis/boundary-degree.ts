import { compile, reshape, type Tensor } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { checkBox, type Box } from "./low-discrepancy.js";

export interface BoundaryDegreeOptions {
  /** x of shape [dim] to a tensor of shape [dim], dim 1 or 2. */
  readonly f: (x: Tensor) => Tensor;
  readonly box: Box;
  /** Pieces of each side to begin with. Default 64. */
  readonly pieces?: number;
}

/** Most bisections of a piece: a turn that is still not resolved comes with a zero on the boundary, or within 1e-9 of it. */
const DEPTH = 30;

/**
 * The number of zeros of a field in a box, each counted with the sign of its Jacobian determinant, from the field on the boundary alone.
 *
 * *Definition*: the degree of f: in one dimension half the change of its sign from end to end, in two the turns that f makes while x runs once
 * around the box against the clock. Where all zeros are regular it is the sum of sign det Df over them; for f = grad g in two dimensions that
 * is the number of minima and maxima less the number of saddles.
 * *Arguments*: see `BoundaryDegreeOptions`.
 * *Returns*: a whole number. Status "not-converged" with NaN when f vanishes on the boundary (or too close to it to tell), or is not finite there.
 * *Error*: 0 where every turn of f shorter than a piece is below half a turn: pieces are halved until f turns by less than 1 radian along each.
 * *Cost*: 4 `pieces` evaluations of f in two dimensions, more near zeros.
 * *Source*: Milnor 1965, Topology from the differentiable viewpoint, sections 5 and 6; Morse 1925 for gradients.
 * *Example*: `boundaryDegree({ f: (x) => mul(x, sub(1, mul(x, x))), box: [[-2, 2]] }).value // -1`
 */
export function boundaryDegree(options: BoundaryDegreeOptions): Estimate {
  const { f, box, pieces = 64 } = options;
  checkBox("boundaryDegree", box);
  const dim = box.length;
  if (dim > 2) throw new RangeError(`boundaryDegree: ${dim} coordinates given; allowed: 1 or 2`);
  if (!Number.isInteger(pieces) || pieces < 1)
    throw new RangeError(`boundaryDegree: ${pieces} pieces given; allowed: integers from 1`);
  const program = compile((x) => reshape(f(x), [dim]), [{ shape: [dim] }], { state: 0 });
  let evaluations = 0;
  const at = (...x: number[]): Field => {
    program.inputs[0]!.set(x);
    program.run();
    evaluations++;
    return [program.outputs[0]![0]!, program.outputs[0]![1] ?? 0];
  };
  const answer = (value: number, explanation?: string): Estimate => ({
    value,
    error: explanation === undefined ? 0 : NaN,
    unit: "1",
    status: explanation === undefined ? "ok" : "not-converged",
    method:
      dim === 1
        ? "signs at both ends"
        : "turns of the field along the boundary, in pieces along which it turns by less than 1 radian",
    sources: ["Milnor 1965"],
    cost: { steps: evaluations },
    ...(explanation === undefined ? {} : { explanation }),
  });
  const [[left, right], [low, high] = [0, 0]] = box as [readonly [number, number], (readonly [number, number])?];
  if (dim === 1) {
    const [a, b] = [at(left)[0], at(right)[0]];
    const zero = a === 0 || b === 0 || !Number.isFinite(a) || !Number.isFinite(b);
    return zero
      ? answer(NaN, `the field is ${a} at ${left} and ${b} at ${right}; choose a box on whose boundary it is finite and not 0`)
      : answer((Math.sign(b) - Math.sign(a)) / 2);
  }

  const corners = [
    [left, low],
    [right, low],
    [right, high],
    [left, high],
    [left, low],
  ] as const;
  // Quarter turns are counted exactly: each piece turns by less than 1 radian, so it crosses at most one axis.
  let quarters = 0;
  let trouble: string | undefined;
  const follow = (p: readonly number[], q: readonly number[], from: Field, to: Field, depth: number): void => {
    if (trouble !== undefined) return;
    if (![...from, ...to].every(Number.isFinite) || (from[0] === 0 && from[1] === 0)) {
      trouble = `the field is 0 or not finite at (${p.join(", ")})`;
      return;
    }
    const cross = from[0] * to[1] - from[1] * to[0];
    const along = from[0] * to[0] + from[1] * to[1];
    // |tan| of the angle between them below 1.5: less than 1 radian.
    if (along > 0 && Math.abs(cross) < 1.5 * along) {
      quarters += turned(quadrant(from), quadrant(to));
      return;
    }
    if (depth === 0) {
      trouble = `the field turns by more than 1 radian within 1e-9 of a side at (${p.join(", ")}): it vanishes on the boundary or next to it`;
      return;
    }
    const middle = [0.5 * (p[0]! + q[0]!), 0.5 * (p[1]! + q[1]!)];
    const here = at(...middle);
    follow(p, middle, from, here, depth - 1);
    follow(middle, q, here, to, depth - 1);
  };
  let [p, from]: [readonly number[], Field] = [corners[0], at(...corners[0])];
  for (let side = 0; side < 4; side++) {
    const [a, b] = [corners[side]!, corners[side + 1]!];
    for (let i = 1; i <= pieces; i++) {
      const q = i === pieces ? b : [a[0] + ((b[0] - a[0]) * i) / pieces, a[1] + ((b[1] - a[1]) * i) / pieces];
      const to = at(...q);
      follow(p, q, from, to, DEPTH);
      [p, from] = [q, to];
    }
  }
  return trouble === undefined ? answer(quarters / 4) : answer(NaN, `${trouble}; choose another box`);
}

type Field = readonly [number, number];

/** Quadrants against the clock, each with the half-axis it begins with. */
function quadrant([x, y]: Field): number {
  if (x > 0 && y >= 0) return 0;
  if (x <= 0 && y > 0) return 1;
  return x < 0 && y <= 0 ? 2 : 3;
}

/** Quarter turns from one quadrant to a neighbour (or itself). */
function turned(from: number, to: number): number {
  const d = (to - from + 4) % 4;
  return d === 3 ? -1 : d;
}
