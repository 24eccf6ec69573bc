import { compile, constant, jvp, scalarMath, vmap, type Tensor } from "#engine";
import type { Estimate } from "../core/estimate.js";
import type { System } from "../core/system.js";
import { singularValues, transposed as transposeOf } from "../core/singular-values.js";

export interface FiniteTimeExponentsOptions {
  /** Starts, one after the other: count x dim numbers. */
  readonly starts: ArrayLike<number>;
  /** Of a system: how many steps it goes. Of a function: by how many layers (or what time) the logarithm is divided, default 1. */
  readonly steps?: number;
  /** Number of exponents at each start, largest first. Default 1. */
  readonly k?: number;
}

/** Exponents at many starts: `value` is count x k. Errors are rounding, stated as 0. */
export interface FiniteTimeExponents extends Estimate<Float64Array> {
  readonly count: number;
  readonly k: number;
}

/** A function R^dim -> R^m as an engine program. */
export interface Mapping {
  readonly f: (x: Tensor) => Tensor;
  readonly dim: number;
}

/** Numbers in the Jacobians that one program works on together. */
const TOGETHER = 2 ** 18;

/**
 * Finite-time Lyapunov exponents: how much small differences at a start are stretched by the end.
 *
 * *Definition*: lambda_i(x) = log sigma_i(DPhi(x)) / T with the singular values sigma_1 >= sigma_2 >= ... of the derivative of the map Phi from start to
 * end; T is the number of steps of a map, the time of a flow, the number of layers of a network. lambda_1 is the growth of the direction that grows most.
 * *Arguments*: `subject`: a System with tangents, or a function `{ f, dim }` from vectors [dim] to vectors; see `FiniteTimeExponentsOptions`.
 * *Returns*: count x k exponents; -Infinity where the derivative has no such direction, NaN where the state or its derivative leaves the finite
 * numbers, which the status "diverged" tells.
 * *Error*: derivatives are exact; singular values are good to rounding relative to the largest, so exponents that lie 36 / T or more below the first
 * are not resolved.
 * *Cost*: dim tangents for each start, compiled in batches, and a singular value decomposition of each Jacobian.
 * *Source*: Ott 2002, Chaos in dynamical systems, section 4.4; for networks Storm, Linander, Bec, Gustavsson, Mehlig 2024, Finite-time Lyapunov exponents of
 * deep neural networks.
 * *Example*: `finiteTimeExponents({ f: (x) => mul(x, constant([3, 2])), dim: 2 }, { starts: [0, 0, 1, 1], k: 2 }).value // [1.0986, 0.6931, 1.0986, 0.6931]`
 */
export function finiteTimeExponents(subject: System | Mapping, options: FiniteTimeExponentsOptions): FiniteTimeExponents {
  const { starts, ...settings } = options;
  return finiteTimeExponentsAt(subject, { ...settings, together: countOf(starts, subject.dim) })(starts);
}

export interface FiniteTimeExponentsAtOptions extends Omit<FiniteTimeExponentsOptions, "starts"> {
  /** Starts that one program works on, fewer where their Jacobians are large. */
  readonly together: number;
}

/**
 * The same for one list of starts after another, for pictures that sharpen.
 *
 * *Definition*: that of `finiteTimeExponents`.
 * *Arguments*: `subject`; see `FiniteTimeExponentsAtOptions`.
 * *Returns*: a function of starts, whose answers are those of `finiteTimeExponents`.
 * *Error*: as there. *Cost*: the program is compiled once, here; a list costs what its length rounded up to a multiple of `together` does.
 * *Source*: as there.
 * *Example*: `const at = finiteTimeExponentsAt({ f: (x) => mul(x, constant([3, 2])), dim: 2 }, { together: 4 });
 * [at([0, 0]).value[0], at([5, 6, 7, 8]).value[1]] // [1.0986, 1.0986]`
 */
export function finiteTimeExponentsAt(
  subject: System | Mapping,
  { k = 1, steps = 1, together }: FiniteTimeExponentsAtOptions,
): (starts: ArrayLike<number>) => FiniteTimeExponents {
  const { dim } = subject;
  if (!Number.isInteger(k) || k < 1 || k > dim)
    throw new RangeError(`finiteTimeExponents: k = ${k} given; allowed: integers from 1 to the dimension ${dim}`);
  if (!(steps > 0) || ("tangent" in subject && !Number.isInteger(steps)))
    throw new RangeError(
      `finiteTimeExponents: ${steps} steps given; allowed: integers from 1, or numbers above 0 for a function`,
    );
  if (!Number.isInteger(together) || together < 1)
    throw new RangeError(`finiteTimeExponentsAt: together = ${together} given; allowed: integers from 1`);
  const jacobians = "tangent" in subject ? bySystem(subject, steps, together) : byProgram(subject, together);
  return (starts) => exponents(jacobians, starts, { dim, k, steps, time: "tangent" in subject ? undefined : steps });
}

function countOf(starts: ArrayLike<number>, dim: number): number {
  const count = starts.length / dim;
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(
      `finiteTimeExponents: ${starts.length} numbers given as starts; allowed: multiples of the dimension ${dim}`,
    );
  return count;
}

function exponents(
  jacobians: Jacobians,
  starts: ArrayLike<number>,
  { dim, k, steps, time: given }: { dim: number; k: number; steps: number; time: number | undefined },
): FiniteTimeExponents {
  const count = countOf(starts, dim);
  const value = new Float64Array(count * k);
  for (let done = 0; done < count; done += jacobians.together) {
    const many = Math.min(jacobians.together, count - done);
    const block = new Float64Array(jacobians.together * dim);
    for (let i = 0; i < block.length; i++) block[i] = starts[(done + Math.min(many - 1, Math.floor(i / dim))) * dim + (i % dim)]!;
    const { of, rows, time } = jacobians.at(block);
    const matrix = new Float64Array(dim * rows);
    for (let p = 0; p < many; p++) {
      of(p, matrix);
      const sigma = matrix.every(Number.isFinite) ? stretches(matrix, dim, rows) : undefined;
      for (let i = 0; i < k; i++) value[(done + p) * k + i] = (sigma ? scalarMath.log(sigma[i] ?? 0) : NaN) / (given ?? time);
    }
  }
  const lost = value.findIndex(Number.isNaN);
  return {
    value,
    error: new Float64Array(count * k),
    count,
    k,
    unit: "nat/time",
    status: lost < 0 ? "ok" : "diverged",
    method: "singular values of the exact derivative from start to end",
    sources: ["Ott 2002, section 4.4", "Storm, Linander, Bec, Gustavsson, Mehlig 2024"],
    cost: { steps: count * steps },
    ...(lost < 0
      ? {}
      : {
          explanation: `at start ${Math.floor(lost / k)} the state or its derivative is not finite; take fewer steps, or leave it out`,
        }),
  };
}

/** The singular values of a dim x rows matrix, from whichever way up has fewer columns: the decomposition fills up wide ones to squares. */
const stretches = (matrix: Float64Array, dim: number, rows: number): Float64Array =>
  rows > dim ? singularValues(transposeOf(matrix, dim, rows), rows, dim).values : singularValues(matrix, dim, rows).values;

interface Jacobians {
  readonly together: number;
  /** At a block of `together` starts: `of(p, out)` writes the transposed Jacobian at start p, dim x rows; `time` is what passed. */
  at(block: Float64Array): { of(p: number, out: Float64Array): void; readonly rows: number; readonly time: number };
}

function byProgram({ f, dim }: Mapping, count: number): Jacobians {
  const eye = identity(dim);
  const transposed = (x: Tensor): Tensor =>
    vmap((v: Tensor) => jvp(f, [x], [v]).tangents[0]!)(constant(eye, [dim, dim])) as Tensor;
  const one = compile(transposed, [{ shape: [dim] }]);
  const rows = one.outputs[0]!.length / dim;
  const together = Math.max(1, Math.min(count, Math.floor(TOGETHER / (dim * rows))));
  const program = together === 1 ? one : compile(vmap(transposed), [{ shape: [together, dim] }]);
  return {
    together,
    at(block) {
      program.inputs[0]!.set(block);
      program.run();
      const all = program.outputs[0]!;
      return { of: (p, out) => out.set(all.subarray(p * dim * rows, (p + 1) * dim * rows)), rows, time: 1 };
    },
  };
}

/** Copies do not act on each other, so one tangent of them all holds a tangent of each: dim of them are all Jacobians. */
function bySystem(system: System, steps: number, count: number): Jacobians {
  const { dim } = system;
  const together = Math.max(1, Math.min(count, Math.floor(TOGETHER / (dim * dim))));
  const riding = system.batch(together).tangent(dim);
  const wide = together * dim;
  return {
    together,
    at(block) {
      riding.reset(block, system.time);
      riding.tangents.fill(0);
      for (let j = 0; j < dim; j++) for (let p = 0; p < together; p++) riding.tangents[j * wide + p * dim + j] = 1;
      riding.step(steps);
      return {
        of(p, out) {
          for (let j = 0; j < dim; j++) out.set(riding.tangents.subarray(j * wide + p * dim, j * wide + (p + 1) * dim), j * dim);
        },
        rows: dim,
        time: riding.time - system.time,
      };
    },
  };
}

const identity = (n: number): Float64Array => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
