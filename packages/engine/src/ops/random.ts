import { show, sizeOf } from "../shape.js";
import { constant, lift, node, type DType, type Op, type Operand, type Tensor } from "../tensor.js";
import { add, cos, floor, log, mul, sin, sqrt, sub } from "./elementwise.js";
import { concat } from "./assemble.js";
import { cast } from "./indexing.js";
import { at, broadcastTo, reshape, slice } from "./views.js";

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
export const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
export const PARITY = 0x1bd11bda;

/** Threefry-2x32 with 20 rounds: two 32-bit words from a two-word key and a two-word counter. */
export function threefry(k0: number, k1: number, c0: number, c1: number): [number, number] {
  const keys = [k0 | 0, k1 | 0, PARITY ^ k0 ^ k1];
  let x0 = (c0 + keys[0]!) | 0;
  let x1 = (c1 + keys[1]!) | 0;
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 4; i++) {
      x0 = (x0 + x1) | 0;
      x1 = rotate(x1, ROTATIONS[(round % 2) * 4 + i]!) ^ x0;
    }
    x0 = (x0 + keys[(round + 1) % 3]!) | 0;
    x1 = (x1 + keys[(round + 2) % 3]! + round + 1) | 0;
  }
  return [x0 >>> 0, x1 >>> 0];
}

/** A number as the 32-bit word it stands for: truncated, saturating at 0 and 2^32 - 1. */
const word = (v: number): number => (v !== v ? 0 : Math.max(0, Math.min(4294967295, Math.trunc(v))) >>> 0);

export const randomOp: Op = {
  name: "randomBits",
  family: "random",
  evaluate([keys, steps], t, out) {
    const n = t.attrs as number;
    for (let b = 0; b < steps!.length; b++) {
      for (let i = 0; i < n; i++) {
        const [x0, x1] = threefry(word(keys![2 * b]!), word(keys![2 * b + 1]!), i, word(steps![b]!));
        out[2 * (b * n + i)] = x0;
        out[2 * (b * n + i) + 1] = x1;
      }
    }
  },
  batch(t, [key, step], [keyBatched, stepBatched], n) {
    const [k, s] = t.inputs as [Tensor, Tensor];
    return randomBits(
      keyBatched ? key! : broadcastTo(key!, [n, ...k.shape]),
      stepBatched ? step! : broadcastTo(step!, [n, ...s.shape]),
      t.attrs as number,
    );
  },
};

/**
 * Random bits from a counter: no state, so any member of any step can be had at once and in any order.
 *
 * *Definition*: word pairs threefry2x32-20(key = (seed, stream), counter = (lane, step)).
 * *Arguments*: `key`: f64 [..., 2] whole numbers in [0, 2^32): seed and stream; `step`: f64 [...] in [0, 2^32); `lanes`: how many pairs.
 * *Returns*: f64 [..., lanes, 2], whole numbers in [0, 2^32).
 * *Source*: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (2011).
 * *Example*: `evaluate(() => randomBits(randomKey(0), constant(0), 1))[0] // [1797259609, 2579123966]`
 */
export function randomBits(key: Tensor, step: Tensor, lanes: number): Tensor {
  if (
    key.dtype !== "f64" ||
    step.dtype !== "f64" ||
    key.shape[key.shape.length - 1] !== 2 ||
    show(key.shape.slice(0, -1)) !== show(step.shape)
  ) {
    throw new RangeError(
      `randomBits: key must be f64 [..., 2] and step f64 [...], got ${key.dtype} ${show(key.shape)} and ${step.dtype} ${show(step.shape)}`,
    );
  }
  return node(randomOp, [key, step], "f64", [...step.shape, lanes, 2], lanes);
}

/**
 * A key from a seed and a stream number, both whole numbers in [0, 2^32). Streams of one seed are independent.
 * *Example*: `evaluate(() => randomKey(42, 1))[0] // [42, 1]`
 */
export function randomKey(seed: number, stream = 0): Tensor {
  for (const v of [seed, stream]) {
    if (!Number.isInteger(v) || v < 0 || v > 4294967295)
      throw new RangeError(`randomKey: seed and stream must be whole numbers from 0 to 4294967295, got ${seed} and ${stream}`);
  }
  return constant([seed, stream], [2]);
}

/** The uniform numbers (53 bits) of lanes [0, lanes). */
function lanesUniform(key: Tensor, step: Operand, lanes: number): Tensor {
  const bits = randomBits(key, reshape(lift(step, "f64"), []), lanes);
  const high = floor(mul(at(bits, 0, 1), 2 ** -5));
  const low = floor(mul(at(bits, 1, 1), 2 ** -6));
  return mul(add(mul(high, 2 ** 26), low), 2 ** -53);
}

/**
 * Independent uniform numbers in [0, 1), multiples of 2^-53, for this key and step (a number or scalar tensor).
 * *Arguments*: `key` from `randomKey`, `step` in [0, 2^32), the `shape` of the result and its element type (default f64).
 * *Cost*: one Threefry block and a few operations a number.
 * *Example*: `evaluate(() => uniform(randomKey(0), 0, [2]))[0] // [0.4184571102, 0.3146817219]`
 */
export const uniform = (key: Tensor, step: Operand, shape: readonly number[], dtype: DType = "f64"): Tensor =>
  cast(reshape(lanesUniform(key, step, sizeOf(shape)), shape), dtype);

/**
 * Independent standard normal numbers for this key and step. *Source*: Box and Muller, A note on the generation of random normal deviates (1958).
 * *Arguments*: as for `uniform`.
 * *Error*: |z| < 8.6: what lies beyond has probability 1e-17.
 * *Cost*: a Threefry block, and half a logarithm, square root, sine and cosine a number.
 * *Example*: `evaluate(() => normal(randomKey(0), 0, [2]))[0] // [-0.4116069057, 0.9564104038]`
 */
export function normal(key: Tensor, step: Operand, shape: readonly number[], dtype: DType = "f64"): Tensor {
  const n = sizeOf(shape);
  const half = Math.ceil(n / 2);
  const u = lanesUniform(key, step, 2 * half);
  // 1 - u lies in (0, 1]: its logarithm is finite.
  const radius = sqrt(mul(-2, log(sub(1, slice(u, [0], [half])))));
  const angle = mul(2 * Math.PI, slice(u, [half], [2 * half]));
  const both = concat([mul(radius, cos(angle)), mul(radius, sin(angle))]);
  return cast(reshape(slice(both, [0], [n]), shape), dtype);
}
