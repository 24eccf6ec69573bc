import {
  add,
  amax,
  concat,
  constant,
  conv2d,
  flip,
  mean,
  mul,
  pad,
  reshape,
  slice,
  stack,
  transpose,
  type Tensor,
} from "#engine";
import { count } from "../tensor.js";
import type { Call, Operator } from "./operator.js";
import { allowed, padWith } from "./shapes.js";

/** How windows lie on the plane: two numbers each, height and width. */
interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

type Pair = readonly [number, number];
const MOST_PLACES = 4096;

/** One spatial axis is a plane of height 1, so that everything below has two. */
const plane = (x: Tensor): Tensor => (x.shape.length === 3 ? reshape(x, [x.shape[0]!, x.shape[1]!, 1, x.shape[2]!]) : x);
const toChannelsLast = (x: Tensor): Tensor => transpose(x, [0, 2, 3, 1]);
const back = (y: Tensor, rank: number): Tensor => {
  const z = transpose(y, [0, 3, 1, 2]);
  return rank === 3 ? reshape(z, [z.shape[0]!, z.shape[1]!, z.shape[3]!]) : z;
};

function image(call: Call): Tensor {
  const x = call.tensor(0);
  if (x.shape.length !== 3 && x.shape.length !== 4)
    call.fail(
      `an input with ${x.shape.length} axes; supported are [batch, channels, width] and [batch, channels, height, width]`,
    );
  return x;
}

function windowsOf(call: Call, kernel: readonly number[], x: Tensor): Windows {
  const rank = x.shape.length - 2;
  const list = (name: string, otherwise: number, length = rank): number[] => {
    const found = call.integers(name) ?? new Array<number>(length).fill(otherwise);
    const least = name === "pads" ? 0 : 1;
    if (found.length !== length || found.some((v) => !Number.isSafeInteger(v) || v < least || v > 2 ** 20))
      call.fail(`${name} [${found.slice(0, 8).join(", ")}]; expected ${length} integers from ${least}`);
    return [...found];
  };
  if (kernel.length !== rank || kernel.some((k) => !Number.isSafeInteger(k) || k < 1) || count(kernel) > MOST_PLACES)
    call.fail(`a window [${kernel.slice(0, 8).join(", ")}]; expected ${rank} integers from 1 with at most ${MOST_PLACES} places`);
  const [strides, dilations, pads] = [list("strides", 1), list("dilations", 1), list("pads", 0, 2 * rank)];
  let [low, high] = [pads.slice(0, rank), pads.slice(rank)];
  const auto = call.text("auto_pad", "NOTSET");
  const reach = kernel.map((k, i) => (k - 1) * dilations[i]! + 1);
  const sizes = x.shape.slice(2);
  if (auto === "VALID") [low, high] = [kernel.map(() => 0), kernel.map(() => 0)];
  else if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
    const total = sizes.map((d, i) => Math.max(0, (Math.ceil(d / strides[i]!) - 1) * strides[i]! + reach[i]! - d));
    const less = total.map((t) => Math.floor(t / 2));
    const more = total.map((t, i) => t - less[i]!);
    [low, high] = auto === "SAME_UPPER" ? [less, more] : [more, less];
  } else if (auto !== "NOTSET")
    call.fail(`auto_pad ${JSON.stringify(auto.slice(0, 20))}; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER`);
  // A last window that hangs over the end: more padding there. It may not begin in the padding behind.
  if (call.integer("ceil_mode", 0) !== 0)
    sizes.forEach((d, i) => {
      const s = strides[i]!;
      let n = Math.ceil((d + low[i]! + high[i]! - reach[i]!) / s);
      if (n * s >= d + low[i]!) n--;
      high[i] = Math.max(high[i]!, n * s + reach[i]! - d - low[i]!);
    });
  sizes.forEach((d, i) => {
    if (d + low[i]! + high[i]! < reach[i]!)
      call.fail(`a window of ${reach[i]} on an axis of ${d} with padding ${low[i]} and ${high[i]}`);
  });
  const two = (v: readonly number[], first: number): readonly number[] => (rank === 1 ? [first, ...v] : v);
  allowed(
    [x.shape[0]!, count(kernel), x.shape[1]!, ...sizes.map((d, i) => Math.ceil((d + low[i]! + high[i]!) / strides[i]!))],
    call,
  );
  return { kernel: two(kernel, 1), strides: two(strides, 1), dilations: two(dilations, 1), low: two(low, 0), high: two(high, 0) };
}

/** Convolutions of groups of channels, side by side; `axis`: the one of the kernel that the groups share out. */
function inGroups(x: Tensor, kernel: Tensor, group: number, axis: number, stride: Pair): Tensor {
  if (group === 1) return conv2d(x, kernel, { stride });
  const part = (t: Tensor, along: number, g: number): Tensor => {
    const size = t.shape[along]! / group;
    const edge = (at: number, others: (d: number) => number): number[] => t.shape.map((d, i) => (i === along ? at : others(d)));
    return slice(
      t,
      edge(g * size, () => 0),
      edge((g + 1) * size, (d) => d),
    );
  };
  return concat(
    Array.from({ length: group }, (_, g) => conv2d(part(x, 3, g), part(kernel, axis, g), { stride })),
    3,
  );
}

function convolution(call: Call): Tensor {
  const [x, w] = [image(call), call.tensor(1)];
  if (w.shape.length !== x.shape.length) call.fail(`weights with ${w.shape.length} axes for an input with ${x.shape.length}`);
  const { strides, dilations, low, high } = windowsOf(call, w.shape.slice(2), x);
  const group = call.integer("group", 1);
  const [channels, outputs] = [x.shape[1]!, w.shape[0]!];
  if (group < 1 || group > 4096 || channels % group !== 0 || outputs % group !== 0 || w.shape[1]! * group !== channels)
    call.fail(`${group} groups, ${channels} channels and weights [${w.shape.join(", ")}] do not fit`);
  const padded = pad(toChannelsLast(plane(x)), [0, ...low, 0], [0, ...high, 0]);
  // A dilated kernel is a kernel with zeros between.
  const kernel = pad(transpose(plane(w), [2, 3, 1, 0]), [0, 0, 0, 0], [0, 0, 0, 0], [dilations[0]! - 1, dilations[1]! - 1, 0, 0]);
  if (kernel.shape[0]! * kernel.shape[1]! > MOST_PLACES) call.fail(`a dilated window of more than ${MOST_PLACES} places`);
  const y = inGroups(padded, kernel, group, 3, strides as unknown as Pair);
  return back(call.inputs[2] ? add(y, call.tensor(2)) : y, x.shape.length);
}

/** A convolution with the image spread out by the strides and the kernel turned round. */
function transposed(call: Call): Tensor {
  const [x, w] = [image(call), call.tensor(1)];
  if (w.shape.length !== x.shape.length || w.shape[0] !== x.shape[1])
    call.fail(`weights [${w.shape.join(", ")}] do not fit the input`);
  const group = call.integer("group", 1);
  if (group < 1 || group > 4096 || x.shape[1]! % group !== 0) call.fail(`${group} groups of ${x.shape[1]} channels`);
  if (call.integers("output_shape") || !["NOTSET", "VALID"].includes(call.text("auto_pad", "NOTSET")))
    call.fail("supported are explicit pads");
  const rank = x.shape.length - 2;
  const get = (name: string, otherwise: number, length = rank): number[] => {
    const found = call.integers(name) ?? new Array<number>(length).fill(otherwise);
    if (found.length !== length || found.some((v) => v < 0 || v > 1024)) call.fail(`${name} [${found.slice(0, 8).join(", ")}]`);
    return rank === 1 ? (length === 2 && name === "pads" ? [0, found[0]!, 0, found[1]!] : [otherwise, ...found]) : [...found];
  };
  const [strides, dilations, extra, pads] = [
    get("strides", 1),
    get("dilations", 1),
    get("output_padding", 0),
    get("pads", 0, 2 * rank),
  ];
  if ([...strides, ...dilations].some((s) => s < 1)) call.fail("a stride or dilation of 0");
  const turned = flip(transpose(plane(w), [2, 3, 0, 1]), [0, 1]);
  const kernel = pad(turned, [0, 0, 0, 0], [0, 0, 0, 0], [dilations[0]! - 1, dilations[1]! - 1, 0, 0]);
  const [kh, kw] = kernel.shape as [number, number];
  if (kh * kw > MOST_PLACES) call.fail(`a window of more than ${MOST_PLACES} places`);
  const low = [kh - 1 - pads[0]!, kw - 1 - pads[1]!];
  const high = [kh - 1 - pads[2]! + extra[0]!, kw - 1 - pads[3]! + extra[1]!];
  if ([...low, ...high].some((p) => p < 0)) call.fail("pads larger than the window, which are not supported");
  const flat = toChannelsLast(plane(x));
  allowed(
    [kh * kw, ...flat.shape.map((d, i) => (i === 1 || i === 2 ? d * strides[i - 1]! + low[i - 1]! + high[i - 1]! : d))],
    call,
  );
  const spread = pad(flat, [0, ...low, 0], [0, ...high, 0], [0, strides[0]! - 1, strides[1]! - 1, 0]);
  const y = inGroups(spread, kernel, group, 2, [1, 1]);
  return back(call.inputs[2] ? add(y, call.tensor(2)) : y, x.shape.length);
}

/** What all windows see at each place of the window, [places, batch, height, width, channels]. */
function seen(x: Tensor, { kernel, strides, dilations }: Windows): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const [kh, kw] = kernel as Pair;
  const [sh, sw] = strides as Pair;
  const [dh, dw] = dilations as Pair;
  const rows = Math.floor((h - (kh - 1) * dh - 1) / sh);
  const columns = Math.floor((w - (kw - 1) * dw - 1) / sw);
  return stack(
    Array.from({ length: kh * kw }, (_, place) => {
      const [i, j] = [Math.floor(place / kw) * dh, (place % kw) * dw];
      return slice(x, [0, i, j, 0], [n, i + rows * sh + 1, j + columns * sw + 1, c], [1, sh, sw, 1]);
    }),
  );
}

function maxPool(call: Call): Tensor {
  const x = image(call);
  const windows = windowsOf(call, call.integers("kernel_shape") ?? [], x);
  const padded = padWith(toChannelsLast(plane(x)), [0, ...windows.low, 0], [0, ...windows.high, 0], -Infinity);
  return back(amax(seen(padded, windows), 0), x.shape.length);
}

function averagePool(call: Call): Tensor {
  const x = image(call);
  const windows = windowsOf(call, call.integers("kernel_shape") ?? [], x);
  const [low, high]: [number[], number[]] = [
    [0, ...windows.low, 0],
    [0, ...windows.high, 0],
  ];
  const flat = toChannelsLast(plane(x));
  const sums = mean(seen(pad(flat, low, high), windows), 0);
  if (low.every((p) => p === 0) && high.every((p) => p === 0)) return back(sums, x.shape.length);
  // The share of each window that counts: without the padding, or with the padding that was asked for.
  const [, h, w] = flat.shape as [number, number, number];
  const counted = call.integer("count_include_pad", 0) !== 0;
  const asked = call.integers("pads") ?? [];
  const rank = x.shape.length - 2;
  const ceil = call.integer("ceil_mode", 0) !== 0;
  const until = (i: number, d: number): number =>
    counted
      ? ceil
        ? low[i]! + d + (rank === 1 ? (i === 2 ? (asked[1] ?? 0) : 0) : (asked[1 + i] ?? 0))
        : Infinity
      : low[i]! + d;
  const share = (i: number, d: number): number[] => {
    const total = d + low[i]! + high[i]!;
    const [k, s, dilation] = [windows.kernel[i - 1]!, windows.strides[i - 1]!, windows.dilations[i - 1]!];
    const last = Math.floor((total - (k - 1) * dilation - 1) / s);
    return Array.from({ length: last + 1 }, (_, j) => {
      const places = Array.from({ length: k }, (_x, a) => j * s + a * dilation);
      return places.filter((p) => p < until(i, d) && (counted || p >= low[i]!)).length / k;
    });
  };
  const [down, across] = [share(1, h), share(2, w)];
  const factors = down.flatMap((a) => across.map((b) => 1 / (a * b)));
  return back(mul(sums, constant(factors, [1, down.length, across.length, 1])), x.shape.length);
}

const overall = (name: string, reduce: (x: Tensor, axes: readonly number[], keep: boolean) => Tensor): Operator => ({
  name,
  build(call) {
    const x = call.tensor(0);
    if (x.shape.length < 3) call.fail(`an input with ${x.shape.length} axes; expected [batch, channels, ...]`);
    return reduce(
      x,
      x.shape.flatMap((_, i) => (i >= 2 ? [i] : [])),
      true,
    );
  },
});

export const windowed: readonly Operator[] = [
  { name: "Conv", build: convolution },
  { name: "ConvTranspose", build: transposed },
  { name: "MaxPool", build: maxPool },
  { name: "AveragePool", build: averagePool },
  overall("GlobalAveragePool", mean),
  overall("GlobalMaxPool", amax),
];
