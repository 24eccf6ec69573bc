import { BYTES, type DType } from "../tensor.js";
import { OP, type Code } from "./assembler.js";
import { addressOf, type Dim, type Place } from "./place.js";
import { lanesOf } from "./vectors.js";

/** Where an operand of a loop nest is: a running pointer (shared by operands that move alike) plus a fixed offset. */
export interface Cursor {
  readonly pointer: number;
  readonly offset: number;
}

/** The pointers of a loop nest. */
export interface Cursors {
  readonly of: readonly Cursor[];
  /** Sets the pointers to the row whose number is in a local (outer dimensions only) or to the start. */
  toRow(row: number | undefined): void;
  /** Moves the pointers along the inner dimension by a number of elements, or by as many as a local says. */
  advance(elements: number | { local: number }): void;
}

/** One pointer for all operands with the same strides; addresses are immediate offsets, which cost nothing. */
export function cursors(code: Code, places: readonly Place[], outer: readonly Dim[], inner: Dim): Cursors {
  const groups = new Map<string, { pointer: number; base: number; outer: number[]; inner: number; row: Place["row"] }>();
  const of = places.map((p, j) => {
    const size = BYTES[p.dtype];
    const strides = outer.map((d) => d.strides[j]! * size);
    const step = inner.strides[j]! * size;
    const address = addressOf(p);
    // Offsets are unsigned: an operand read backwards has its address in the pointer.
    const backwards = step < 0 || strides.some((s) => s < 0);
    const key = backwards || p.row ? `#${j}` : [...strides, step].join();
    let group = groups.get(key);
    if (!group)
      groups.set(
        key,
        (group = { pointer: code.local("i32"), base: backwards ? address : 0, outer: strides, inner: step, row: p.row }),
      );
    return { pointer: group.pointer, offset: backwards ? 0 : address };
  });
  const each = [...groups.values()];
  return {
    of,
    toRow(row) {
      for (const g of each) {
        code.i32(g.base);
        if (g.row) {
          code.i32(0);
          pushIndex(code, addressOf(g.row.index), g.row.rows);
          code.i32(g.row.bytes);
          code.op(OP.i32_mul);
          code.op(OP.i32_add);
        }
        code.set(g.pointer);
      }
      if (row === undefined || outer.length === 0) return;
      const rest = code.local("i32");
      const index = code.local("i32");
      code.get(row);
      code.set(rest);
      for (let d = outer.length - 1; d >= 0; d--) {
        code.get(rest);
        if (d > 0) {
          code.i32(Math.max(1, outer[d]!.size));
          code.op(OP.i32_rem_u);
        }
        code.set(index);
        for (const g of each) {
          if (g.outer[d] === 0) continue;
          code.get(g.pointer);
          code.get(index);
          code.i32(g.outer[d]!);
          code.op(OP.i32_mul);
          code.op(OP.i32_add);
          code.set(g.pointer);
        }
        if (d > 0) {
          code.get(rest);
          code.i32(Math.max(1, outer[d]!.size));
          code.op(OP.i32_div_u);
          code.set(rest);
        }
      }
    },
    advance(elements) {
      for (const g of each) {
        if (g.inner === 0) continue;
        code.get(g.pointer);
        if (typeof elements === "number") code.i32(g.inner * elements);
        else {
          code.get(elements.local);
          code.i32(g.inner);
          code.op(OP.i32_mul);
        }
        code.op(OP.i32_add);
        code.set(g.pointer);
      }
    },
  };
}

/** Replaces a pushed address by the i32 at it plus `base`, held within 0..n-1 so that no program reads outside its arrays. */
export function pushIndex(code: Code, base: number, n: number): void {
  const v = code.local("i32");
  code.mem(OP.i32_load, base);
  code.set(v);
  code.i32(0);
  code.i32(n - 1);
  code.get(v);
  code.get(v);
  code.i32(n - 1);
  code.op(OP.i32_gt_s);
  code.op(OP.select);
  code.get(v);
  code.i32(0);
  code.op(OP.i32_lt_s);
  code.op(OP.select);
}

function lanePointer(code: Code, { pointer, offset }: Cursor, bytes: number): number {
  code.get(pointer);
  if (bytes >= 0) return offset + bytes;
  code.i32(bytes);
  code.op(OP.i32_add);
  return offset;
}

/** Loads one vector whose elements are `stride` elements apart, into a new local. */
export function loadVector(code: Code, dtype: DType, at: Cursor, stride: number): number {
  const out = code.local("v128");
  const wide = dtype === "f64";
  code.get(at.pointer);
  if (stride === 0) code.mem(wide ? OP.v128_load64_splat : OP.v128_load32_splat, at.offset);
  else if (stride === 1) code.mem(OP.v128_load, at.offset);
  else code.mem(wide ? OP.v128_load64_zero : OP.v128_load32_zero, at.offset);
  code.set(out);
  if (stride !== 0 && stride !== 1) {
    for (let lane = 1; lane < lanesOf(dtype); lane++) {
      const offset = lanePointer(code, at, stride * BYTES[dtype] * lane);
      code.get(out);
      code.memLane(wide ? OP.v128_load64_lane : OP.v128_load32_lane, offset, lane);
      code.set(out);
    }
  }
  return out;
}

/** Loads one element into lane 0 of a new local; the other lanes are 0. */
export function loadOne(code: Code, dtype: DType, at: Cursor): number {
  const out = code.local("v128");
  code.get(at.pointer);
  code.mem(dtype === "f64" ? OP.v128_load64_zero : OP.v128_load32_zero, at.offset);
  code.set(out);
  return out;
}

/** Stores a vector to elements `stride` apart, or its lane 0 alone. */
export function storeVector(code: Code, dtype: DType, at: Cursor, value: number, stride: number, one: boolean): void {
  const wide = dtype === "f64";
  if (!one && stride === 1) {
    code.get(at.pointer);
    code.get(value);
    code.mem(OP.v128_store, at.offset);
    return;
  }
  for (let lane = 0; lane < (one ? 1 : lanesOf(dtype)); lane++) {
    const offset = lanePointer(code, at, stride * BYTES[dtype] * lane);
    code.get(value);
    code.memLane(wide ? OP.v128_store64_lane : OP.v128_store32_lane, offset, lane);
  }
}

/** Pushes the lesser of a pushed number and `most`. */
export function pushLeast(code: Code, most: number, push: () => void): void {
  const v = code.local("i32");
  push();
  code.tee(v);
  code.i32(most);
  code.get(v);
  code.i32(most);
  code.op(OP.i32_lt_s);
  code.op(OP.select);
}

/** min(unit * block, size) into a new local, for the unit number in a local. */
export function blockEnd(code: Code, unit: number, size: number, block: number): number {
  const out = code.local("i32");
  pushLeast(code, size, () => {
    code.get(unit);
    code.i32(block);
    code.op(OP.i32_mul);
  });
  code.set(out);
  return out;
}
