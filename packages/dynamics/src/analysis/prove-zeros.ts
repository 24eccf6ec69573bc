import { grad, jacobian, reshape, type Tensor } from "#engine";
import { solve } from "./dense-general.js";
import { add, down, mul, sub, up, type Interval } from "./interval/arithmetic.js";
import { intervalExtension, jumps, type Enclosure } from "./interval/enclose.js";
import { checkBox, type Box } from "./low-discrepancy.js";

export interface ProveZerosOptions {
  /** x of shape [dim] to a tensor of shape [dim]. */
  readonly f: (x: Tensor) => Tensor;
  readonly box: Box;
  /** Boxes whose sides are all below this are not divided further. Default 1e-6 times the longest side. */
  readonly smallest?: number;
  /** Most boxes looked at. Default 20000. */
  readonly boxes?: number;
}

/** A zero that was proved to be there. */
export interface ProvedZero {
  /** It lies between these, coordinate by coordinate. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** No other zero lies between these. */
  readonly alone: { readonly lower: Float64Array; readonly upper: Float64Array };
  /** Whether it is certain that it lies in the box, and not on the other side of a face that is as near as rounding. */
  readonly inside: boolean;
}

/** What could be proved about the zeros in a box. */
export interface ZeroProof {
  /** "none": there is no zero. "complete": the zeros listed are all there are, one each. "undecided": there may be more in the boxes left. */
  readonly verdict: "none" | "complete" | "undecided";
  readonly zeros: readonly ProvedZero[];
  /** Boxes that may or may not hold zeros. */
  readonly undecided: readonly Box[];
  /** Number of boxes looked at. */
  readonly boxes: number;
}

/**
 * A proof of how many zeros a field has in a box.
 *
 * *Definition*: boxes are divided until each is shown to hold no zero (an interval of f leaves out 0, or Krawczyk's operator K leaves the box) or
 * exactly one (K maps a slightly larger box into its interior). K(X) = m - Y f(m) + (I - Y Df(X))(X - m), with m the middle and Y about the
 * inverse of Df(m); intervals are rounded outwards.
 * *Arguments*: see `ProveZerosOptions`; f continuous, of operations that `intervalExtension` encloses. Throws for others, naming them.
 * *Returns*: see `ZeroProof`. Degenerate zeros stay undecided, as they must: a change of f as small as rounding can remove them.
 * *Error*: none, as far as the stated error bounds of the elementary functions hold. What is proved is about the exact function of these
 * constants, not about its rounded values.
 * *Cost*: an interval evaluation of f and Df a box, in plain code: for 1 to 3 dimensions and small programs.
 * *Source*: Krawczyk 1969; Moore 1977, A test for existence of solutions to nonlinear systems; Neumaier 1990, Interval methods for systems of
 * equations, section 5.1.
 * *Example*: `const { verdict, zeros } = proveZeros({ f: (x) => sin(x), box: [[-4, 4]] }); [verdict, zeros.length] // ["complete", 3]`
 * *Example*: `proveZeros({ f: (x) => add(mul(x, x), 1), box: [[-4, 4]] }).verdict // "none"`
 */
export function proveZeros(options: ProveZerosOptions): ZeroProof {
  const { f, box, boxes: most = 20_000 } = options;
  checkBox("proveZeros", box);
  const dim = box.length;
  const smallest = options.smallest ?? 1e-6 * Math.max(...box.map(([a, b]) => b - a));
  if (!(smallest > 0)) throw new RangeError(`proveZeros: smallest ${smallest} given; allowed: numbers above 0`);
  if (!Number.isInteger(most) || most < 1) throw new RangeError(`proveZeros: ${most} boxes given; allowed: integers from 1`);
  const field = (x: Tensor): Tensor => reshape(f(x), [dim]);
  const jumping = jumps(field, [[dim]]);
  if (jumping.length > 0)
    throw new RangeError(
      `proveZeros: the field may jump, at ${jumping.join(", ")}; existence can be proved for continuous fields only (a gradient through relu or max is none)`,
    );
  const both = intervalExtension((x) => [field(x), reshape(jacobian(field)(x), [dim, dim])], [[dim]]);
  const value = intervalExtension(field, [[dim]]);

  const zeros: ProvedZero[] = [];
  const undecided: Interval[][] = [];
  const queue: Interval[][] = [box.map(([a, b]): Interval => [a, b])];
  let looked = 0;
  while (queue.length > 0) {
    if (looked >= most) {
      undecided.push(...queue);
      break;
    }
    looked++;
    const found = examine(queue.pop()!, { both, value, dim });
    if (found.zero) {
      const inside = box.every(([a, b], i) => found.zero!.lower[i]! >= a && found.zero!.upper[i]! <= b);
      const outside = box.some(([a, b], i) => found.zero!.upper[i]! < a || found.zero!.lower[i]! > b);
      if (outside || zeros.some((z) => within(found.zero!, z.alone))) continue;
      // Two enclosures that meet without either being known to hold both zeros: one zero or two.
      const meets = zeros.some((z) =>
        z.lower.every((v, i) => v <= found.zero!.upper[i]! && found.zero!.lower[i]! <= z.upper[i]!),
      );
      if (meets) undecided.push(box.map((_, i): Interval => [found.zero!.lower[i]!, found.zero!.upper[i]!]));
      else zeros.push({ ...found.zero, inside });
    } else if (found.rest) {
      const [first, second] = halves(found.rest, smallest);
      if (second) queue.push(second, first!);
      else undecided.push(found.rest);
    }
  }
  return {
    verdict: undecided.length > 0 ? "undecided" : zeros.length > 0 ? "complete" : "none",
    zeros: zeros.sort((a, b) => order(a.lower, b.lower)),
    undecided: merged(undecided),
    boxes: looked,
  };
}

/**
 * A proof of how many critical points a scalar function has in a box: `proveZeros` of its gradient.
 *
 * *Arguments*: as for `proveZeros`, with f giving a scalar.
 * *Returns*: see `ZeroProof`; every critical point proved to be there is non-degenerate.
 * *Error*, *cost*, *source*: see `proveZeros`.
 * *Example*: `proveCriticalPoints({ f: (x) => sum(cos(x)), box: [[-1, 4], [-1, 2]] }).zeros.length // 2`
 */
export function proveCriticalPoints(options: ProveZerosOptions): ZeroProof {
  return proveZeros({ ...options, f: grad((x) => reshape(options.f(x), [])) });
}

interface Extensions {
  readonly both: (args: readonly Enclosure[]) => Enclosure[];
  readonly value: (args: readonly Enclosure[]) => Enclosure[];
  readonly dim: number;
}

type Found = { readonly zero?: Omit<ProvedZero, "inside">; readonly rest?: Interval[] };

const enclosure = (x: readonly Interval[]): Enclosure => ({
  lo: Float64Array.from(x, ([a]) => a),
  hi: Float64Array.from(x, ([, b]) => b),
});

/** What a box holds: nothing (neither key), one zero, or a part of it that has to be divided. */
function examine(x: Interval[], extensions: Extensions): Found {
  const { both, dim } = extensions;
  const [y] = extensions.value([enclosure(x)]) as [Enclosure];
  if (y.lo.some((lo, i) => lo > 0 || y.hi[i]! < 0)) return {};
  // A zero on a face that two boxes share is inside both once they are a little larger.
  const wide = x.map(([a, b]): Interval => [down(a - 0.1 * (b - a)), up(b + 0.1 * (b - a))]);
  const [, j] = both([enclosure(wide)]) as [Enclosure, Enclosure];
  let image = krawczyk(wide, j, extensions);
  if (!image) return { rest: x };
  const part = intersection(image, x);
  if (!part) return {};
  if (!image.every(([a, b], i) => a > wide[i]![0] && b < wide[i]![1])) {
    // All zeros of x are in part; keep it where that is a gain.
    return { rest: part };
  }
  const alone = { lower: Float64Array.from(wide, ([a]) => a), upper: Float64Array.from(wide, ([, b]) => b) };
  for (let i = 0; i < 20; i++) {
    const [, again] = both([enclosure(image)]) as [Enclosure, Enclosure];
    const next: Interval[] | undefined = krawczyk(image, again, extensions);
    const smaller: Interval[] | undefined = next && intersection(next, image);
    if (!smaller || !smaller.some(([a, b], c) => b - a < 0.9 * (image![c]![1] - image![c]![0]))) break;
    image = smaller;
  }
  const lower = Float64Array.from({ length: dim }, (_, i) => image![i]![0]);
  return { zero: { lower, upper: Float64Array.from({ length: dim }, (_, i) => image![i]![1]), alone } };
}

/** Krawczyk's operator on a box with the enclosure of the Jacobian over it; undefined where the middle Jacobian is singular or not finite. */
function krawczyk(x: readonly Interval[], j: Enclosure, { value, dim }: Extensions): Interval[] | undefined {
  const middle = x.map(([a, b]) => 0.5 * (a + b));
  const centre = j.lo.map((a, e) => 0.5 * (a + j.hi[e]!));
  if (!centre.every(Number.isFinite)) return undefined;
  const inverse = new Float64Array(dim * dim);
  for (let c = 0; c < dim; c++) {
    const unit = new Float64Array(dim);
    unit[c] = 1;
    solve(centre, unit, dim).forEach((v, r) => (inverse[r * dim + c] = v));
  }
  if (!inverse.every(Number.isFinite)) return undefined;
  const [y] = value([enclosure(middle.map((m): Interval => [m, m]))]) as [Enclosure];
  return middle.map((m, r) => {
    let k: Interval = [m, m];
    for (let c = 0; c < dim; c++) {
      const entry: Interval = [inverse[r * dim + c]!, inverse[r * dim + c]!];
      k = sub(k, mul(entry, [y.lo[c]!, y.hi[c]!]));
    }
    for (let c = 0; c < dim; c++) {
      let defect: Interval = r === c ? [1, 1] : [0, 0];
      for (let l = 0; l < dim; l++) {
        const entry: Interval = [inverse[r * dim + l]!, inverse[r * dim + l]!];
        defect = sub(defect, mul(entry, [j.lo[l * dim + c]!, j.hi[l * dim + c]!]));
      }
      k = add(k, mul(defect, sub(x[c]!, [middle[c]!, middle[c]!])));
    }
    return k;
  });
}

function intersection(a: readonly Interval[], b: readonly Interval[]): Interval[] | undefined {
  const out = a.map(([lo, hi], i): Interval => [Math.max(lo, b[i]![0]), Math.min(hi, b[i]![1])]);
  return out.every(([lo, hi]) => lo <= hi) ? out : undefined;
}

/** The box cut across its longest side, not quite in the middle, where symmetric problems have their zeros; one box where it is too small. */
function halves(x: readonly Interval[], smallest: number): Interval[][] {
  let side = 0;
  x.forEach(([a, b], i) => {
    if (b - a > x[side]![1] - x[side]![0]) side = i;
  });
  const [a, b] = x[side]!;
  if (!(b - a > smallest)) return [[...x]];
  const cut = a + 0.485 * (b - a);
  return [x.map((s, i): Interval => (i === side ? [a, cut] : s)), x.map((s, i): Interval => (i === side ? [cut, b] : s))];
}

const within = (z: Omit<ProvedZero, "inside">, { lower, upper }: ProvedZero["alone"]): boolean =>
  z.lower.every((v, i) => v >= lower[i]! && z.upper[i]! <= upper[i]!);

const order = (a: Float64Array, b: Float64Array): number => {
  const i = a.findIndex((v, c) => v !== b[c]!);
  return i < 0 ? 0 : a[i]! - b[i]!;
};

/** Undecided boxes that touch, as the boxes around them: there are many beside a degenerate zero. */
function merged(boxes: readonly Interval[][]): Interval[][] {
  const groups: Interval[][] = [];
  for (const box of boxes) {
    let now = box;
    for (let i = groups.length - 1; i >= 0; i--) {
      if (!intersection(groups[i]!, now)) continue;
      now = now.map(([a, b], c): Interval => [Math.min(a, groups[i]![c]![0]), Math.max(b, groups[i]![c]![1])]);
      groups.splice(i, 1);
    }
    groups.push(now);
  }
  return groups;
}
