import { add, compile, constant, expandDims, mul, ne, scan, select, sub, type CompileOptions, type Program } from "#engine";
import { checkPoints, decide, scaleOf, type Classifier, type Points } from "./classifier.js";

export interface ExitOptions {
  /** How far to go. Default 100 times the length of a typical input. */
  readonly largest?: number;
  /** From one distance to the next on the way out; what lies between two is not seen. Default 1.1. */
  readonly ratio?: number;
  readonly threads?: CompileOptions["threads"];
}

/** Where rays from the samples leave their class. */
export interface Exits {
  /** NaN where the class is kept all the way. Beyond each distance lies a point of another class, within rounding. */
  readonly distances: Float64Array;
  /** The class at the sample and beyond the exit. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Below this share of `largest` nothing is looked at before bisection. */
const SMALLEST = 1e-6;
const BISECTIONS = 60;

/**
 * A compiled program that follows one ray from each sample until its class changes.
 *
 * *Definition*: distance = the first change of class(x + s u) on a geometric grid of s up to `largest`, then bisected: the end of the bracket
 * that lies in the other class.
 * *Arguments*: `classify`; how many `samples` of which `dim`; `largest` (a distance along rays of length 1) and `ratio` as in `ExitOptions`.
 * *Returns*: a function of points and directions, samples x dim each; directions have the length 1.
 * *Error*: the exit is certain (the class there was computed) and its place right to 1e-13 of it; an earlier exit between two distances of the
 * grid can be missed, so it is an upper bound of the first one.
 * *Cost*: log(1e6) / log(ratio) + 60 forward passes of all samples: 205 at the default ratio.
 * *Example*: `const exits = exitProgram((x) => sub(1, mul(x, x)), 2, 1, { largest: 10 });
 * exits([0, 0.5], [1, -1]).distances // [1.000000000, 1.500000000]`
 */
export function exitProgram(
  classify: Classifier,
  samples: number,
  dim: number,
  { largest, ratio = 1.1, threads }: ExitOptions & { readonly largest: number },
): (points: ArrayLike<number>, directions: ArrayLike<number>) => Exits {
  if (!(largest > 0 && largest < Infinity)) throw new RangeError(`exits: largest ${largest} given; allowed: numbers above 0`);
  if (!(ratio > 1)) throw new RangeError(`exits: ratio ${ratio} given; allowed: above 1`);
  const grid: number[] = [];
  for (let s = SMALLEST * largest; s < largest; s *= ratio) grid.push(s);
  grid.push(largest);
  const program: Program = compile(
    (x, u) => {
      const classAt = (s: Parameters<typeof expandDims>[0]) => decide(classify(add(x, mul(expandDims(s, 1), u))));
      const zero = constant(new Float64Array(samples), [samples]);
      const home = classAt(zero);
      const beyond = constant(new Float64Array(samples).fill(Infinity), [samples]);
      const [carry] = scan(
        ([low, high], [s]) => {
          const away = ne(classAt(add(zero, s!)), home);
          // The first distance found away stays.
          const open = sub(1, away);
          const found = ne(high!, beyond);
          return [
            [select(found, low!, select(open, add(zero, s!), low!)), select(found, high!, select(open, beyond, add(zero, s!)))],
            [],
          ];
        },
        [zero, beyond],
        [constant(grid, [grid.length])],
      );
      const [bracket] = scan(
        ([low, high]) => {
          const middle = mul(0.5, add(low!, high!));
          const away = ne(classAt(middle), home);
          return [[select(away, low!, middle), select(away, middle, high!)], []];
        },
        [carry[0]!, select(ne(carry[1]!, beyond), carry[1]!, add(zero, largest))],
        [],
        { length: BISECTIONS },
      );
      const end = select(ne(carry[1]!, beyond), bracket[1]!, beyond);
      return [end, home, classAt(select(ne(carry[1]!, beyond), bracket[1]!, zero))];
    },
    [{ shape: [samples, dim] }, { shape: [samples, dim] }],
    threads === undefined ? {} : { threads },
  );
  return (points, directions) => {
    program.inputs[0]!.set(points);
    program.inputs[1]!.set(directions);
    program.run();
    const [end, home, other] = program.outputs;
    return {
      distances: Float64Array.from(end!, (d) => (d === Infinity ? NaN : d)),
      from: Int32Array.from(home!),
      to: Int32Array.from(other!),
    };
  };
}

/**
 * How far each sample can move along given directions, both ways, before its class changes.
 *
 * *Definition*: the first change of class(x + s u) in s > 0 and in s < 0; see `exitProgram`.
 * *Arguments*: the points, `classify`, and `directions`: k x dim, of length 1 each, such as `principalDirections`; see `ExitOptions`.
 * *Returns*: `forward` and `backward`: k x samples distances, NaN where the class is kept up to `largest`.
 * *Error*: as of `exitProgram`.
 * *Cost*: 2 k ray searches of about 205 forward passes, compiled, all samples side by side.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, section on attraction basins (basins in the directions of principal components).
 * *Example*: `const disc = (x) => sub(4, sum(mul(x, x), 1, true)); // class 1 inside radius 2
 * const { forward, backward } = exitDistances({ classify: disc, samples: 1, dim: 2, inputs: [1, 0] }, [1, 0, 0, 1]);
 * [forward, backward] // [[1.0000000, 1.7320508], [3.0000000, 1.7320508]]`
 */
export function exitDistances(
  { classify, ...points }: Points & { readonly classify: Classifier },
  directions: ArrayLike<number>,
  options: ExitOptions = {},
): { readonly forward: Float64Array; readonly backward: Float64Array } {
  const { samples, dim, inputs } = points;
  checkPoints("exitDistances", points);
  const k = directions.length / dim;
  if (!Number.isInteger(k) || k < 1)
    throw new RangeError(`exitDistances: ${directions.length} numbers given as directions; allowed: a multiple of ${dim}`);
  for (let r = 0; r < k; r++) {
    let square = 0;
    for (let i = r * dim; i < (r + 1) * dim; i++) square += directions[i]! * directions[i]!;
    if (!(Math.abs(square - 1) < 1e-6))
      throw new RangeError(
        `exitDistances: direction ${r} has the length ${Math.sqrt(square)}; allowed: 1, so that distances are distances`,
      );
  }
  const largest = options.largest ?? 100 * scaleOf(inputs) * Math.sqrt(dim);
  const exits = exitProgram(classify, samples, dim, { ...options, largest });
  const rays = new Float64Array(samples * dim);
  const along = (sign: 1 | -1): Float64Array => {
    const distances = new Float64Array(k * samples);
    for (let r = 0; r < k; r++) {
      for (let i = 0; i < rays.length; i++) rays[i] = sign * directions[r * dim + (i % dim)]!;
      distances.set(exits(inputs, rays).distances, r * samples);
    }
    return distances;
  };
  return { forward: along(1), backward: along(-1) };
}
