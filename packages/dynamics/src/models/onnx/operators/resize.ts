import { add, cast, constant, mul, type Tensor } from "#engine";
import { takeAlong } from "./along.js";
import { axisIn, type Call, type Operator } from "./operator.js";
import { allowed } from "./shapes.js";

/** What becomes of one axis: from `length` elements to `wanted`, a step of one behind is one of 1/scale before. */
interface Stretch {
  readonly length: number;
  readonly wanted: number;
  readonly scale: number;
}

/** Most elements of an axis that is resized: what each is made of is told in tables. */
const LONGEST = 2 ** 20;

/** Where in the old axis element i of the new one lies. `round` is `Math.fround` where the nearest element is taken: runtimes find it in float32. */
type Place = (i: number, axis: Stretch, round: (x: number) => number) => number;

const halfPixel: Place = (i, { scale }, round) => round(round((i + 0.5) / round(scale)) - 0.5);

const PLACES: Readonly<Record<string, Place>> = {
  half_pixel: halfPixel,
  pytorch_half_pixel: (i, axis, round) => (axis.wanted > 1 ? halfPixel(i, axis, round) : 0),
  half_pixel_symmetric(i, axis, round) {
    const { length, wanted, scale } = axis;
    return round((length / 2) * (1 - wanted / (scale * length)) + halfPixel(i, axis, round));
  },
  align_corners: (i, { length, wanted }, round) => (wanted > 1 ? round((i * (length - 1)) / (wanted - 1)) : 0),
  asymmetric: (i, { scale }, round) => round(i / round(scale)),
  tf_half_pixel_for_nn: (i, { scale }, round) => round((i + 0.5) / round(scale)),
};

const ROUNDED: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Weights of the elements about a place, the first of them at `from` beside its floor; r in [0, 1) is how far the place lies above its floor. */
interface Kernel {
  readonly from: number;
  weights(r: number, a: number): readonly number[];
}

const KERNELS: Readonly<Record<string, Kernel | undefined>> = {
  nearest: undefined,
  linear: { from: 0, weights: (r) => [1 - r, r] },
  // Keys' kernel: a piecewise cubic that is 1 at 0 and 0 at the other whole numbers.
  cubic: {
    from: -1,
    weights(r, a) {
      const near = (d: number): number => ((a + 2) * d - (a + 3)) * d * d + 1;
      const far = (d: number): number => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
      return [far(1 + r), near(r), near(1 - r), far(2 - r)];
    },
  },
};

/** One term of each element of the new axis: a number of an old one, and its weight. */
interface Term {
  readonly places: Int32Array;
  readonly weights?: Float64Array;
}

const clamped = (i: number, length: number): number => Math.min(Math.max(i, 0), length - 1);

function nearest(axis: Stretch, place: Place, rounded: (x: number) => number): readonly Term[] {
  return [
    { places: Int32Array.from({ length: axis.wanted }, (_, i) => clamped(rounded(place(i, axis, Math.fround)), axis.length)) },
  ];
}

function interpolated(axis: Stretch, place: Place, kernel: Kernel, a: number, inside: boolean): readonly Term[] {
  const { length, wanted } = axis;
  const count = kernel.weights(0, a).length;
  const places = Array.from({ length: count }, () => new Int32Array(wanted));
  const weights = Array.from({ length: count }, () => new Float64Array(wanted));
  for (let i = 0; i < wanted; i++) {
    const at = place(i, axis, (x) => x);
    const floor = Math.floor(at);
    const own = kernel.weights(at - floor, a).map((w, k) => {
      const j = floor + kernel.from + k;
      places[k]![i] = clamped(j, length);
      return inside && (j < 0 || j >= length) ? 0 : w;
    });
    const total = inside ? own.reduce((s, w) => s + w, 0) : 1;
    own.forEach((w, k) => (weights[k]![i] = w / total));
  }
  return places.map((p, k) => ({ places: p, weights: weights[k]! }));
}

/** A linear map along one axis: sums of few elements of the old one. */
const along = (x: Tensor, axis: number, terms: readonly Term[]): Tensor =>
  terms
    .map(({ places, weights }) => {
      const taken = takeAlong(x, axis, cast(constant(places, [places.length]), "i32"));
      const shape = x.shape.map((_, i) => (i === axis ? places.length : 1));
      return weights ? mul(taken, constant(weights, shape)) : taken;
    })
    .reduce(add);

/** A text attribute that names an entry of a table. */
function chosen<T>(call: Call, attribute: string, usual: string, table: Readonly<Record<string, T>>): T {
  const name = call.text(attribute, usual);
  return Object.hasOwn(table, name)
    ? table[name]!
    : call.fail(`${attribute} ${JSON.stringify(name.slice(0, 30))}; supported are ${Object.keys(table).join(", ")}`);
}

/** Numbers for each axis: of those named, the others keep their length. */
function spread(call: Call, given: readonly number[], usual: (d: number) => number, axes: readonly number[]): number[] {
  const { shape } = call.tensor(0);
  if (given.length !== axes.length) call.fail(`${given.length} scales or sizes for ${axes.length} axes`);
  const all = shape.map(usual);
  axes.forEach((a, i) => (all[a] = given[i]!));
  return all;
}

function stretches(call: Call, scales: readonly number[] | undefined, sizes: readonly number[] | undefined): readonly Stretch[] {
  const { shape } = call.tensor(0);
  const named = call.version < 18 ? undefined : call.integers("axes")?.map((a) => axisIn(a, shape.length, call));
  if (named && new Set(named).size !== named.length) call.fail("the axes name one twice");
  const axes = named ?? shape.map((_, i) => i);
  // An input of no elements is one that is left out.
  const [byScale, bySize] = [scales?.length ? scales : undefined, sizes?.length ? sizes : undefined];
  if ((byScale === undefined) === (bySize === undefined)) return call.fail("scales or sizes are needed, one of both");
  if (byScale?.some((s) => !(s > 0 && s < Infinity)))
    call.fail(`scales [${byScale.slice(0, 8).join(", ")}]; expected positive numbers`);
  const factors = byScale && spread(call, byScale, () => 1, axes);
  const lengths = factors ? shape.map((d, i) => Math.floor(Math.fround(d * factors[i]!))) : spread(call, bySize!, (d) => d, axes);
  allowed(lengths, call);
  return shape.map((length, i) => {
    const wanted = lengths[i]!;
    if ((length === 0) !== (wanted === 0)) call.fail(`axis ${i} of ${length} elements resized to ${wanted}`);
    if ((wanted !== length || (factors && factors[i] !== 1)) && wanted > LONGEST)
      call.fail(`axis ${i} resized to ${wanted} elements; at most ${LONGEST} are supported`);
    return { length, wanted, scale: factors?.[i] ?? wanted / length };
  });
}

/** Axis after axis, those first that become shorter. Where no length changes, nothing does, whatever the scales: so does ONNX Runtime. */
function stretched(call: Call, axes: readonly Stretch[], terms: (axis: Stretch) => readonly Term[]): Tensor {
  if (axes.every(({ length, wanted }) => wanted === length)) return call.tensor(0);
  const order = axes.map((axis, i) => ({ axis, i })).filter(({ axis }) => axis.wanted !== axis.length || axis.scale !== 1);
  order.sort((p, q) => p.axis.wanted / p.axis.length - q.axis.wanted / q.axis.length);
  return order.reduce<Tensor>((y, { axis, i }) => along(y, i, terms(axis)), call.tensor(0));
}

function resized(call: Call): Tensor {
  if (call.integer("antialias", 0) !== 0) call.fail("antialias is on, which is not supported");
  const policy = call.text("keep_aspect_ratio_policy", "stretch");
  if (policy !== "stretch") call.fail(`keep_aspect_ratio_policy ${JSON.stringify(policy.slice(0, 30))}; supported is stretch`);
  const old = call.version < 11;
  const axes = stretches(call, call.known(old ? 1 : 2), old ? undefined : call.known(3));
  const place = chosen(call, "coordinate_transformation_mode", old ? "asymmetric" : "half_pixel", PLACES);
  const rounded = chosen(call, "nearest_mode", "round_prefer_floor", ROUNDED);
  const kernel = chosen(call, "mode", "nearest", KERNELS);
  const [a, inside] = [call.number("cubic_coeff_a", -0.75), call.integer("exclude_outside", 0) !== 0];
  return stretched(call, axes, (axis) =>
    kernel
      ? interpolated(axis, place, kernel, a, inside)
      : // Before version 11: down when it grows, up when it shrinks.
        nearest(axis, place, old ? (axis.scale < 1 ? Math.ceil : Math.floor) : rounded),
  );
}

/** The Resize of before version 11: from the first element on, downwards. */
function upsampled(call: Call): Tensor {
  const axes = stretches(call, call.version < 9 ? call.integers("scales") : call.known(1), undefined);
  const kernel = chosen(call, "mode", "nearest", KERNELS);
  const place = PLACES["asymmetric"]!;
  return stretched(call, axes, (axis) =>
    kernel ? interpolated(axis, place, kernel, 0, false) : nearest(axis, place, Math.floor),
  );
}

export const resizing: readonly Operator[] = [
  { name: "Resize", fixed: [1, 2], build: resized },
  { name: "Upsample", fixed: [1], build: upsampled },
];
