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
import { fillNormal, random } from "../core/random.js";
import type { Status } from "../core/status.js";
import { asClasses, checkPoints, scaleOf, type Classifier, type Points } from "./classifier.js";
import { exitProgram, type Exits } from "./exit-distances.js";

export interface WorstDirectionsOptions extends Points {
  readonly classify: Classifier;
  /** Improvements of the direction. Default 10. */
  readonly rounds?: number;
  /** Other directions from which the search is begun again: towards samples of other classes, then at random. Default 8. */
  readonly rays?: number;
  /** Of the random ones. Default 0. */
  readonly seed?: number;
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
 * right angle, as the shortest one must. That is one such place; so the search is begun again from the exits of other rays: half of them towards the nearest
 * samples that are named otherwise, the others at random.
 * *Arguments*: see `WorstDirectionsOptions`.
 * *Returns*: a WorstDirections. Status "not-converged" where no ray left the class.
 * *Error*: an upper bound, always, up to rounding; exact for linear classifiers (half-spaces, K classes) after the first round; for others
 * a nearer part of the boundary on a side that no ray saw may be missed, above all in many dimensions: raise `rays`.
 * *Cost*: rounds x (2 ray searches and a gradient for each class), then 3 ray searches for each of the rays and rounds more, compiled, all samples side by side.
 * *Source*: Moosavi-Dezfooli, Fawzi, Frossard 2016, DeepFool, algorithm 2, for the first round; Hasofer, Lind 1974 for the iteration about x;
 * exact derivatives.
 * *Example*: `const half = (x) => sum(mul(x, constant([3, 4], [1, 2])), 1, true); // the distance of (1, 1) is 7 / 5
 * const { distances, directions } = worstDirections({ classify: half, samples: 1, dim: 2, inputs: [1, 1] }); [distances[0], directions] // [1.400000000, [-0.600000, -0.800000]]`
 */
export function worstDirections(options: WorstDirectionsOptions): WorstDirections {
  const { classify, samples, dim, inputs, rounds = 10, rays = 8, seed = 0, threads } = options;
  checkPoints("worstDirections", options);
  if (!Number.isInteger(rays) || rays < 0) throw new RangeError(`worstDirections: ${rays} rays given; allowed: integers from 0`);
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
  const best = search(x, home);
  let [passes, gradients] = [1, 0];
  /** Follows rays and keeps what is shorter than before; tells whether anything was, by more than rounding. */
  const follow = (kept: Search, rays: Float64Array): boolean => {
    passes++;
    return shorten(kept, x, rays, exits(x, rays));
  };
  /** The shortest way to the boundary as it looks from the exits. */
  const fresh = (kept: Search): Float64Array => {
    towards.inputs[1]!.set(kept.points);
    towards.run();
    gradients++;
    return towards.outputs[0]!.slice();
  };
  for (let [round, better] = [0, true]; better && round < rounds; round++) {
    const ray = fresh(best);
    const first = follow(best, ray);
    better = follow(best, halfway(ray, best.directions, dim)) || first;
  }
  for (const ray of otherRays({ x, home, dim, rays, seed })) {
    const again = search(x, home);
    for (let [round, better] = [0, follow(again, ray)]; better && round < AGAIN; round++) better = follow(again, fresh(again));
    shorten(best, x, again.directions, again);
  }
  // What was nearest now has its turn once more, with halves.
  for (let [round, better] = [0, rays > 0]; better && round < rounds; round++)
    better = follow(best, halfway(fresh(best), best.directions, dim));
  const { distances, directions, to } = best;
  return {
    distances,
    directions,
    from: home,
    to,
    status: Array.from(distances, (d) => (Number.isFinite(d) ? "ok" : "not-converged")),
    cost: { passes, gradients },
  };
}

/** Rounds that a search from another ray has. */
const AGAIN = 2;

/** The nearest exits that were found, so far. */
interface Search {
  readonly distances: Float64Array;
  readonly directions: Float64Array;
  readonly to: Int32Array;
  /** Where they are; the samples where there is none. */
  readonly points: Float64Array;
}

const search = (x: Float64Array, home: Int32Array): Search => ({
  distances: new Float64Array(home.length).fill(NaN),
  directions: new Float64Array(x.length).fill(NaN),
  to: home.slice(),
  points: x.slice(),
});

/** Keeps what is shorter than before; tells whether anything was, by more than rounding. */
function shorten(kept: Search, x: Float64Array, rays: Float64Array, found: Pick<Exits, "distances" | "to">): boolean {
  const dim = x.length / found.distances.length;
  let better = false;
  found.distances.forEach((d, s) => {
    const before = kept.distances[s]!;
    if (!(d < (Number.isNaN(before) ? Infinity : before))) return;
    better ||= !(d > (1 - 1e-9) * before);
    kept.distances[s] = d;
    kept.to[s] = found.to[s]!;
    for (let i = s * dim; i < (s + 1) * dim; i++) {
      kept.directions[i] = rays[i]!;
      kept.points[i] = x[i]! + d * rays[i]!;
    }
  });
  return better;
}

/** Unit vectors to begin again with: towards the nearest samples of other classes, as far as there are any, then random ones. */
function* otherRays({
  x,
  home,
  dim,
  rays,
  seed,
}: {
  readonly x: Float64Array;
  readonly home: Int32Array;
  readonly dim: number;
  readonly rays: number;
  readonly seed: number;
}): Generator<Float64Array> {
  const draw = random(seed, 7005);
  const square = (a: number, b: number): number => {
    let sum = 0;
    for (let c = 0; c < dim; c++) sum += (x[a * dim + c]! - x[b * dim + c]!) * (x[a * dim + c]! - x[b * dim + c]!);
    return sum;
  };
  const others = Array.from(home, (k, s) =>
    Array.from(home.keys())
      .filter((o) => home[o] !== k)
      .map((o) => ({ o, far: square(s, o) }))
      .sort((a, b) => a.far - b.far || a.o - b.o)
      .slice(0, Math.ceil(rays / 2)),
  );
  for (let r = 0; r < rays; r++) {
    const ray = fillNormal(new Float64Array(x.length), draw);
    others.forEach((near, s) => {
      const part = ray.subarray(s * dim, (s + 1) * dim);
      const other = near[r];
      if (other) part.forEach((_, c) => (part[c] = x[other.o * dim + c]! - x[s * dim + c]!));
      const length = Math.sqrt(part.reduce((sum, v) => sum + v * v, 0));
      part.forEach((v, c) => (part[c] = v / length));
    });
    yield ray;
  }
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
