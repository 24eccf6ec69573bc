import {
  add,
  argmax,
  broadcastTo,
  cast,
  compile,
  constant,
  div,
  eq,
  expandDims,
  gt,
  mul,
  neg,
  select,
  sqrt,
  sub,
  sum,
  transpose,
  vjp,
  vmap,
  type CompileOptions,
  type Tensor,
} from "#engine";
import type { Status } from "../core/status.js";
import { asClasses, checkPoints, scaleOf, type Classifier, type Points } from "./classifier.js";
import { exitProgram, type Exits } from "./exit-distances.js";

export interface WorstDirectionsOptions extends Points {
  readonly classify: Classifier;
  /** Improvements of the direction. Default 10. */
  readonly rounds?: number;
  /** Where rays give up. Default 100 times the length of a typical input. */
  readonly largest?: number;
  readonly threads?: CompileOptions["threads"];
}

/** The shortest way out of its class that was found for each sample. */
export interface WorstDirections {
  /** Euclidean lengths: upper bounds of the distance to the boundary. NaN unless ok. */
  readonly distances: Float64Array;
  /** samples x dim: unit vectors; NaN unless ok. */
  readonly directions: Float64Array;
  /** The class at the sample and the one beyond its exit. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly status: readonly Status[];
  /** Forward passes and gradients of all outputs, of all samples each. */
  readonly cost: { readonly passes: number; readonly gradients: number };
}

/**
 * The smallest displacement that takes each sample out of its class: an upper bound with an example.
 *
 * *Definition*: the distance to the nearest x' with class(x') != class(x). Starting at x, each round linearises the differences of the class's
 * output and every other at the last exit, takes the direction to the nearest of these hyperplanes from x, follows that ray (and the one
 * halfway to the best direction so far) until the class changes, and keeps the shortest exit. Where it rests, the ray meets the boundary at a
 * right angle, as the shortest one must.
 * *Arguments*: see `WorstDirectionsOptions`.
 * *Returns*: a WorstDirections. Status "not-converged" where no ray left the class.
 * *Error*: an upper bound, always, up to rounding; exact for linear classifiers (half-spaces, K classes) after the first round; for others
 * a nearer part of the boundary on another side may be missed.
 * *Cost*: rounds x (2 ray searches and a gradient for each class), compiled, all samples side by side.
 * *Source*: Moosavi-Dezfooli, Fawzi, Frossard 2016, DeepFool, algorithm 2, for the first round; Hasofer, Lind 1974 for the iteration about x;
 * exact derivatives.
 * *Example*: `const half = (x) => sum(mul(x, constant([3, 4], [1, 2])), 1, true); // the distance of (1, 1) is 7 / 5
 * const { distances, directions } = worstDirections({ classify: half, samples: 1, dim: 2, inputs: [1, 1] }); [distances[0], directions] // [1.400000000, [-0.600000, -0.800000]]`
 */
export function worstDirections(options: WorstDirectionsOptions): WorstDirections {
  const { classify, samples, dim, inputs, rounds = 10, threads } = options;
  checkPoints("worstDirections", options);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`worstDirections: ${rounds} rounds given; allowed: integers from 1`);
  const largest = options.largest ?? 100 * scaleOf(inputs) * Math.sqrt(dim);
  const settings = threads === undefined ? {} : { threads };
  const exits = exitProgram(classify, samples, dim, { largest, ...settings });
  const towards = compile(
    (x, p, home) => nearestHyperplane(classify, x, p, home),
    [{ shape: [samples, dim] }, { shape: [samples, dim] }, { shape: [samples] }],
    settings,
  );
  const x = Float64Array.from(inputs);
  // A ray of length 0 goes nowhere and names the classes.
  const home = exits(x, new Float64Array(samples * dim)).from;
  towards.inputs[0]!.set(x);
  towards.inputs[2]!.set(home);
  const distances = new Float64Array(samples).fill(NaN);
  const directions = new Float64Array(samples * dim).fill(NaN);
  const to = home.slice();
  const points = x.slice();
  let passes = 1;

  /** Follows rays and keeps what is shorter than before; tells whether anything was, by more than rounding. */
  const follow = (rays: Float64Array): boolean => {
    const found: Exits = exits(x, rays);
    passes++;
    let better = false;
    for (let s = 0; s < samples; s++) {
      const d = found.distances[s]!;
      if (!(d < (Number.isNaN(distances[s]!) ? Infinity : distances[s]!))) continue;
      better ||= !(d > (1 - 1e-9) * distances[s]!);
      distances[s] = d;
      to[s] = found.to[s]!;
      for (let i = s * dim; i < (s + 1) * dim; i++) {
        directions[i] = rays[i]!;
        points[i] = x[i]! + d * rays[i]!;
      }
    }
    return better;
  };
  let round = 0;
  for (let better = true; better && round < rounds; round++) {
    towards.inputs[1]!.set(points);
    towards.run();
    const fresh = towards.outputs[0]!.slice();
    const first = follow(fresh);
    better = follow(halfway(fresh, directions, dim)) || first;
  }
  return {
    distances,
    directions,
    from: home,
    to,
    status: Array.from(distances, (d) => (Number.isFinite(d) ? "ok" : "not-converged")),
    cost: { passes, gradients: round },
  };
}

/** Unit vectors from x to the nearest of the hyperplanes to which the boundaries with the other classes linearise at p; 0 where none is. */
function nearestHyperplane(classify: Classifier, x: Tensor, p: Tensor, home: Tensor): Tensor {
  const [samples] = p.shape as [number, number];
  const { outputs, pull } = vjp((q) => asClasses(classify(q)), [p]);
  const classes = outputs[0]!.shape[1]!;
  const eye = new Float64Array(classes * classes);
  for (let k = 0; k < classes; k++) eye[k * classes + k] = 1;
  // [classes, samples, dim]: the gradient of each output at each point.
  const gradients = vmap((e) => pull([broadcastTo(e, [samples, classes])])[0]!)(constant(eye, [classes, classes]));
  const values = transpose(outputs[0]!);
  const numbers = constant(
    Array.from({ length: classes }, (_, k) => k),
    [classes, 1],
  );
  const own = eq(numbers, expandDims(home, 0));
  const normals = sub(sum(mul(expandDims(own, 2), gradients), 0, true), gradients);
  const margins = sub(sum(mul(own, values), 0, true), values);
  const lengths = sqrt(sum(mul(normals, normals), 2));
  const atSample = add(margins, sum(mul(normals, expandDims(sub(x, p), 0)), 2));
  // Only a hyperplane that has x on the class's own side is a way out.
  const usable = mul(sub(1, own), mul(gt(lengths, 0), gt(atSample, 0)));
  const distances = select(usable, div(atSample, select(usable, lengths, 1)), Infinity);
  const chosen = mul(eq(numbers, expandDims(cast(argmax(neg(distances), 0), "f64"), 0)), usable);
  const normal = sum(mul(expandDims(chosen, 2), normals), 0);
  const length = sqrt(sum(mul(normal, normal), 1, true));
  return neg(div(normal, select(gt(length, 0), length, 1)));
}

/** Unit vectors between two of each sample; the first where there is no second. */
function halfway(first: Float64Array, second: Float64Array, dim: number): Float64Array {
  const middle = first.map((v, i) => v + (Number.isNaN(second[i]!) ? v : second[i]!));
  for (let from = 0; from < middle.length; from += dim) {
    const part = middle.subarray(from, from + dim);
    const length = Math.sqrt(part.reduce((s, v) => s + v * v, 0));
    if (length > 0) part.forEach((v, i) => (part[i] = v / length));
  }
  return middle;
}
