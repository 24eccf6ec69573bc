import { show } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { concat, pad, stack } from "./assemble.js";
import { dot } from "./dot.js";
import { amax, mean } from "./reduce.js";
import { reshape, slice } from "./views.js";

export interface WindowOptions {
  /** Steps between windows along height and width (default 1 for convolutions, the window for pooling). */
  readonly stride?: readonly [number, number];
  /** Zeros added on each side of height and width (default 0). */
  readonly padding?: readonly [number, number];
}

/** For each place in a window, the [n, h', w', c] tensor of what all windows see there. */
function windows(
  what: string,
  x: Tensor,
  [kh, kw]: readonly [number, number],
  [sh, sw]: readonly [number, number],
  [ph, pw]: readonly [number, number],
): Tensor[] {
  if (x.shape.length !== 4) throw new RangeError(`${what}: needs [batch, height, width, channels], got ${show(x.shape)}`);
  const padded = pad(x, [0, ph, pw, 0], [0, ph, pw, 0]);
  const [n, h, w, c] = padded.shape as [number, number, number, number];
  if (kh > h || kw > w || !(sh >= 1) || !(sw >= 1)) {
    throw new RangeError(`${what}: window ${kh} x ${kw} with stride ${sh} x ${sw} does not fit ${h} x ${w} (padding included)`);
  }
  const oh = Math.floor((h - kh) / sh) + 1;
  const ow = Math.floor((w - kw) / sw) + 1;
  const out: Tensor[] = [];
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++)
      out.push(slice(padded, [0, i, j, 0], [n, i + (oh - 1) * sh + 1, j + (ow - 1) * sw + 1, c], [1, sh, sw, 1]));
  }
  return out;
}

/**
 * Two-dimensional convolution as neural networks have it (a correlation).
 *
 * *Definition*: y[n, i, j, o] = sum over a, b, c of x[n, i sh + a - ph, j sw + b - pw, c] w[a, b, c, o], zeros outside.
 * *Arguments*: `x` [batch, height, width, channels], `w` [kh, kw, channels, outputs].
 * *Returns*: [batch, h', w', outputs] with h' = floor((height + 2 ph - kh) / sh) + 1, w' alike.
 * *Error*: throws when the channels differ or a window does not fit.
 * *Cost*: one matrix product of [batch h' w', kh kw channels] with [kh kw channels, outputs] and a copy of its left factor.
 * *Example*: `evaluate(conv2d, { data: [1, 4, 9], shape: [1, 1, 3, 1] }, { data: [-1, 1], shape: [1, 2, 1, 1] })[0] // [3, 5]`
 */
export function conv2d(x: Tensor, w: Tensor, { stride = [1, 1], padding = [0, 0] }: WindowOptions = {}): Tensor {
  if (w.shape.length !== 4 || w.shape[2] !== x.shape[3]) {
    throw new RangeError(
      `conv2d: weights must be [height, width, ${x.shape[3]} channels, outputs] for ${show(x.shape)}, got ${show(w.shape)}`,
    );
  }
  const [kh, kw, c, o] = w.shape as [number, number, number, number];
  const columns = concat(windows("conv2d", x, [kh, kw], stride, padding), 3);
  const [n, oh, ow] = columns.shape as [number, number, number];
  return reshape(dot(reshape(columns, [n * oh * ow, kh * kw * c]), reshape(w, [kh * kw * c, o])), [n, oh, ow, o]);
}

/**
 * Largest element of each window, padding zeros included; ties share the derivative.
 * *Arguments*: `x` [batch, height, width, channels]; `window` [kh, kw], which is also the default stride.
 * *Example*: `evaluate((x) => maxPool(x, [1, 2]), { data: [1, 4, 9, 2], shape: [1, 1, 4, 1] })[0] // [4, 9]`
 */
export const maxPool = (
  x: Tensor,
  window: readonly [number, number],
  { stride = window, padding = [0, 0] }: WindowOptions = {},
): Tensor => amax(stack(windows("maxPool", x, window, stride, padding)), 0);

/**
 * Mean of each window, padding zeros included.
 * *Arguments*: as for `maxPool`.
 * *Example*: `evaluate((x) => meanPool(x, [1, 2]), { data: [1, 4, 9, 2], shape: [1, 1, 4, 1] })[0] // [2.5, 5.5]`
 */
export const meanPool = (
  x: Tensor,
  window: readonly [number, number],
  { stride = window, padding = [0, 0] }: WindowOptions = {},
): Tensor => mean(stack(windows("meanPool", x, window, stride, padding)), 0);
