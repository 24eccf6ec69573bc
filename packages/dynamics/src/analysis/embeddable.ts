import { compile, jacobian, reshape, vmap, type Tensor } from "#engine";
import { random } from "../core/random.js";
import { equalValues } from "./equal-values.js";

export interface EmbeddableOptions {
  /** d; psi takes a tensor of shape [inputs]. */
  readonly inputs: number;
  /** q; psi gives a tensor of shape [outputs]. */
  readonly outputs: number;
  /** Units of the flow's state. Default inputs: no augmentation. */
  readonly state?: number;
  /** Whether psi has to be the flow's map itself, or an affine map may follow. Default "identity". */
  readonly readout?: "identity" | "affine";
  /** The box in which psi is looked at: one interval for all inputs, or one an input. */
  readonly domain: readonly [number, number] | readonly (readonly [number, number])[];
  /** Points at which psi is looked at, in each round. Default 4096. */
  readonly points?: number;
  readonly seed?: number;
}

/** A point and what was found there. */
export interface EmbeddingWitness {
  readonly point: Float64Array;
  /** psi there. */
  readonly value: Float64Array;
  /** det D psi there. */
  readonly determinant: number;
}

/** Whether a function is a flow's map, as far as can be told. */
export interface Embeddability {
  /** "yes": by augmentation; "no": the witnesses exclude it; "not excluded": none of the obstructions was met at the points looked at. */
  readonly verdict: "yes" | "no" | "not excluded";
  readonly reason: string;
  /** The points that exclude it: one, or two that contradict each other. */
  readonly witnesses: readonly EmbeddingWitness[];
}

const ROUNDS = 4;
const EPSILON = 2 ** -52;

/**
 * Whether a function can be the time-T map of a vector field, autonomous or not, with so many units.
 *
 * *Definition*: With at least inputs + outputs units and affine ends every function can be represented (`embed`). With as many units as inputs and outputs,
 * (1) det D Phi = exp(integral of the divergence) > 0, so a point with det D psi < 0 excludes it; (2) a scalar flow rises strictly, so two points x < y with
 * psi(x) >= psi(y) exclude it; (3) solutions do not meet, so two points with one value exclude it, with an affine readout too. An affine readout may turn the sign once for all:
 * then it takes two points whose signs differ.
 * *Arguments*: `psi`, from a tensor of shape [inputs] to one of shape [outputs], differentiable; see `EmbeddableOptions`.
 * *Returns*: see `Embeddability`; a "no" comes with its witnesses.
 * *Error*: "no" is certain up to the rounding of psi itself: determinants within their own rounding of 0 count for nothing, and points count as having one value where a move
 * by a thousandth of their distance would make up for the difference and for its rounding. "not excluded" is not "yes":
 * other obstructions exist, and the points may have missed a small region. Throws where psi is not finite.
 * *Cost*: four rounds of `points` Jacobians: over the box, then nearer and nearer around the least determinant; and 24 searches by Newton's method for points with one value.
 * *Source*: Kuehn and Kuntz 2023, Embedding capabilities of neural ODEs (arXiv 2308.01213); Liouville's formula: Hartman 1964, Ordinary differential equations, chapter IV.
 * *Example*: `embeddable((x) => mul(-1, x), { inputs: 1, outputs: 1, domain: [-1, 1] }).verdict // "no"`
 * *Example*: `embeddable((x) => mul(-1, x), { inputs: 1, outputs: 1, state: 2, domain: [-1, 1] }).verdict // "yes"`
 */
export function embeddable(psi: (x: Tensor) => Tensor, options: EmbeddableOptions): Embeddability {
  const { inputs, outputs, state = inputs, readout = "identity", domain, points = 4096, seed = 0 } = options;
  for (const [name, n] of Object.entries({ inputs, outputs, state, points }))
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`embeddable: ${name} ${n} given; allowed: integers from 1`);
  const box = (typeof domain[0] === "number" ? Array.from({ length: inputs }, () => domain) : domain) as [number, number][];
  if (box.length !== inputs || !box.every(([a, b]) => a < b && Number.isFinite(b - a)))
    throw new RangeError(
      `embeddable: a domain of ${box.length} intervals given; allowed: ${inputs}, each of finite numbers in ascending order`,
    );
  if (state >= inputs + outputs)
    return {
      verdict: "yes",
      reason: `by augmentation: ${state} units are at least ${inputs} + ${outputs}, inputs and outputs together; embed(psi, ...) is such a flow`,
      witnesses: [],
    };
  if (state !== inputs || outputs !== inputs)
    return {
      verdict: "not excluded",
      reason: `neither orientation nor order says anything for ${state} units, ${inputs} inputs and ${outputs} outputs`,
      witnesses: [],
    };
  const look = looker(psi, inputs, points);
  const stream = random(seed);
  let seen = look(spread(box, points, stream.uniform));
  let [low, high] = extremes(seen);
  for (let round = 1; round < ROUNDS; round++) {
    const width = 4 ** -round;
    const around = box.map(([a, b], i): [number, number] => {
      const reach = ((b - a) * width) / 2;
      return [Math.max(a, low.point[i]! - reach), Math.min(b, low.point[i]! + reach)];
    });
    const nearer = extremes(look(spread(around, points, stream.uniform)));
    if (nearer[0].signed < low.signed) low = nearer[0];
    if (nearer[1].signed > high.signed) high = nearer[1];
  }
  const no = (reason: string, ...witnesses: readonly Seen[]): Embeddability => ({
    verdict: "no",
    reason,
    witnesses: witnesses.map(({ point, value, determinant }) => ({ point, value, determinant })),
  });
  if (inputs === 1) {
    seen = seen.toSorted((a, b) => a.point[0]! - b.point[0]!);
    const turn = (sense: 1 | -1): [Seen, Seen] | undefined => {
      const k = seen.findIndex((s, i) => i > 0 && sense * s.value[0]! <= sense * seen[i - 1]!.value[0]!);
      return k > 0 ? [seen[k - 1]!, seen[k]!] : undefined;
    };
    const [falls, rises] = [turn(1), turn(-1)];
    const between = ([a, b]: [Seen, Seen]): string => `between ${a.point[0]!.toPrecision(6)} and ${b.point[0]!.toPrecision(6)}`;
    if (readout === "identity" && falls)
      return no(`a scalar flow rises strictly, and the function does not rise ${between(falls)}`, ...falls);
    if (readout === "affine" && falls && rises)
      return no(
        `a scalar flow with an affine readout is strictly monotone, and the function does not rise ${between(falls)} nor fall ${between(rises)}`,
        ...falls,
        ...rises,
      );
  }
  const where = ({ point }: Seen): string => `(${Array.from(point, (x) => x.toPrecision(6)).join(", ")})`;
  if (readout === "identity" && low.signed < 0)
    return no(
      `a flow keeps orientation, and the Jacobian's determinant is ${low.determinant.toPrecision(4)} at ${where(low)}`,
      low,
    );
  if (readout === "affine" && low.signed < 0 && high.signed > 0)
    return no(
      `a flow with an affine readout keeps or turns orientation everywhere, and the Jacobian's determinant is ${low.determinant.toPrecision(4)} at ${where(low)} and ${high.determinant.toPrecision(4)} at ${where(high)}`,
      low,
      high,
    );
  const [met] = inputs > 1 ? meeting(psi, inputs, box, seen) : [];
  if (met) return no(`solutions do not meet, and the function takes ${where(met[0])} and ${where(met[1])} to one value`, ...met);
  return {
    verdict: "not excluded",
    reason: `none of ${ROUNDS * points} points contradicts orientation or order, and no two with one value were found`,
    witnesses: [],
  };
}

/** Pairs of points with one value, beyond what the rounding of the values could make of two. */
function meeting(
  psi: (x: Tensor) => Tensor,
  d: number,
  box: readonly (readonly [number, number])[],
  seen: readonly Seen[],
): [Seen, Seen][] {
  const found = equalValues((x) => reshape(psi(x), [d]), box, seen);
  if (found.length === 0) return [];
  const at = looker(psi, d, found.length)(Float64Array.from(found.flatMap((f) => [...f.second])));
  return found.flatMap(({ first }, i) => {
    const [a, b] = [first as Seen, at[i]!];
    const norm = (v: ArrayLike<number>): number => Math.sqrt(Array.from(v).reduce((s, x) => s + x * x, 0));
    const apart = norm(a.point.map((x, j) => x - b.point[j]!));
    const off = norm(a.value.map((x, j) => x - b.value[j]!)) + 8 * EPSILON * (norm(a.value) + norm(b.value));
    // The least singular value of the Jacobian is at least its determinant over the others' product.
    const least = Math.min(...[a, b].map((s) => Math.abs(s.signed) / s.size ** (d - 1)));
    return off < 1e-3 * least * apart ? [[a, b]] : [];
  });
}

/** `size`: the Frobenius norm of the Jacobian; `signed`: the determinant, or 0 where it is within its rounding of 0. */
type Seen = EmbeddingWitness & { readonly signed: number; readonly size: number };

const extremes = (seen: readonly Seen[]): [Seen, Seen] => [
  seen.reduce((a, b) => (b.signed < a.signed ? b : a)),
  seen.reduce((a, b) => (b.signed > a.signed ? b : a)),
];

/** psi and its Jacobian's determinant at many points at once. */
function looker(psi: (x: Tensor) => Tensor, d: number, points: number): (xs: Float64Array) => Seen[] {
  const program = compile(
    (xs) => [vmap((x) => reshape(psi(x), [d]))(xs!), vmap((x) => jacobian((y) => reshape(psi(y), [d]))(x))(xs!)],
    [{ shape: [points, d] }],
  );
  return (xs) => {
    program.inputs[0]!.set(xs);
    program.run();
    const [values, jacobians] = program.outputs as [Float64Array, Float64Array];
    return Array.from({ length: points }, (_, i) => {
      const point = xs.slice(i * d, (i + 1) * d);
      const value = values.slice(i * d, (i + 1) * d);
      const jacobian = jacobians.slice(i * d * d, (i + 1) * d * d);
      const size = Math.sqrt(jacobian.reduce((s, x) => s + x * x, 0));
      const { determinant, rounding } = determinantOf(jacobian, d);
      if (!value.every(Number.isFinite) || !Number.isFinite(determinant))
        throw new RangeError(`embeddable: the function or its derivative is not finite at (${Array.from(point).join(", ")})`);
      return { point, value, determinant, size, signed: Math.abs(determinant) > rounding ? determinant : 0 };
    });
  };
}

/** A lattice with both ends of every interval where so many points make one, and points at random beside it. */
function spread(box: readonly (readonly [number, number])[], points: number, uniform: () => number): Float64Array {
  const d = box.length;
  let side = 1;
  while ((side + 1) ** d <= points) side++;
  const lattice = side > 1 ? side ** d : 0;
  const xs = new Float64Array(points * d);
  for (let i = 0; i < points; i++) {
    let rest = i;
    for (let j = 0; j < d; j++) {
      const [a, b] = box[j]!;
      const share = i < lattice ? (rest % side) / (side - 1) : uniform();
      rest = Math.floor(rest / side);
      xs[i * d + j] = share === 1 ? b : a + share * (b - a);
    }
  }
  return xs;
}

/** By elimination with row pivots; `rounding`: a generous bound on the effect of rounding the entries and the elimination (Hadamard's inequality). */
function determinantOf(matrix: Float64Array, d: number): { determinant: number; rounding: number } {
  let volume = 1;
  for (let i = 0; i < d; i++) volume *= Math.sqrt(matrix.subarray(i * d, (i + 1) * d).reduce((s, x) => s + x * x, 0));
  let determinant = 1;
  for (let k = 0; k < d; k++) {
    let pivot = k;
    for (let i = k + 1; i < d; i++) if (Math.abs(matrix[i * d + k]!) > Math.abs(matrix[pivot * d + k]!)) pivot = i;
    if (pivot !== k) {
      determinant = -determinant;
      for (let j = 0; j < d; j++) {
        const kept = matrix[k * d + j]!;
        matrix[k * d + j] = matrix[pivot * d + j]!;
        matrix[pivot * d + j] = kept;
      }
    }
    const head = matrix[k * d + k]!;
    determinant *= head;
    if (head === 0) break;
    for (let i = k + 1; i < d; i++) {
      const factor = matrix[i * d + k]! / head;
      for (let j = k + 1; j < d; j++) matrix[i * d + j]! -= factor * matrix[k * d + j]!;
    }
  }
  return { determinant, rounding: 8 * d * d * EPSILON * volume };
}
