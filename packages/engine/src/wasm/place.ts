import { stridesOf, type Shape } from "../shape.js";
import { BYTES, type DType } from "../tensor.js";

/** A piece of the program's memory; its address is known once the memory is planned. */
export interface Buffer {
  readonly bytes: number;
  readonly name: string;
  /** The buffer it lies inside of, and where: for parts written straight into a whole. */
  readonly inside?: { readonly buffer: Buffer; readonly offset: number };
  address: number;
  /** First and last moment of use, in the order of steps. */
  first: number;
  last: number;
  /** Of memory that one thread has to itself while the rounds of a loop are shared out: which loop, and which thread. */
  readonly own?: { readonly loop: number; readonly thread: number };
  /** Inputs, outputs and constants keep their place for the program's life. */
  readonly fixed: boolean;
}

/** Where a tensor's elements are: element `index` lies at offset + sum index[i] * strides[i] (in elements) of the buffer. */
export interface Place {
  readonly buffer: Buffer;
  readonly dtype: DType;
  readonly offset: number;
  readonly strides: readonly number[];
  /** Where the program chooses while it runs: the place begins so many rows on as the i32 at `index` says, held within 0..rows-1. */
  readonly row?: { readonly index: Place; readonly rows: number; readonly bytes: number };
}

export const addressOf = (p: Place): number => {
  const base = (b: Buffer): number => (b.inside ? base(b.inside.buffer) + b.inside.offset : b.address);
  return base(p.buffer) + p.offset * BYTES[p.dtype];
};

/** Whether two places will begin at the same address, before there are addresses. */
export function sameAddress(a: Place, b: Place): boolean {
  const at = (p: Place): { root: Buffer; bytes: number } => {
    let root = p.buffer;
    let bytes = p.offset * BYTES[p.dtype];
    while (root.inside) {
      bytes += root.inside.offset;
      root = root.inside.buffer;
    }
    return { root, bytes };
  };
  const [x, y] = [at(a), at(b)];
  return x.root === y.root && x.bytes === y.bytes;
}

export const isContiguous = (p: Place, shape: Shape): boolean => {
  const row = stridesOf(shape);
  return shape.every((d, i) => d === 1 || p.strides[i] === row[i]) || shape.includes(0);
};

/** One dimension of a loop nest: its length and each operand's stride. */
export interface Dim {
  readonly size: number;
  readonly strides: readonly number[];
  readonly tag: number;
}

/**
 * The loop nest over `shape` with as few dimensions as possible: dimensions of length 1 dropped,
 * neighbours merged where every operand runs through both as through one. `tags` keep apart what must not merge
 * (kept from reduced dimensions).
 */
export function collapse(
  shape: readonly number[],
  operands: readonly (readonly number[])[],
  tags: readonly number[] = [],
): Dim[] {
  const dims: Dim[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const dim: Dim = { size, strides: operands.map((s) => s[i]!), tag: tags[i] ?? 0 };
    const last = dims[dims.length - 1];
    if (last && last.tag === dim.tag && last.strides.every((s, j) => s === dim.strides[j]! * size)) {
      dims[dims.length - 1] = { size: last.size * size, strides: dim.strides, tag: dim.tag };
    } else dims.push(dim);
  });
  return dims;
}
