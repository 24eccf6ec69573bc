import { BYTES, type DType } from "../tensor.js";
import { blockEnd, pushIndex } from "./access.js";
import { OP, type Code } from "./assembler.js";
import { copyBytes } from "./copy.js";
import type { Kernel } from "./map.js";
import { addressOf, type Place } from "./place.js";
import { lanesOf } from "./vectors.js";

const wide = (dtype: DType): boolean => dtype === "f64";
const load = (dtype: DType): number => (dtype === "f64" ? OP.f64_load : dtype === "f32" ? OP.f32_load : OP.i32_load);
const store = (dtype: DType): number => (dtype === "f64" ? OP.f64_store : dtype === "f32" ? OP.f32_store : OP.i32_store);

/** local = a * factor + base */
function affine(code: Code, local: number, a: number, factor: number, base: number): void {
  code.get(a);
  code.i32(factor);
  code.op(OP.i32_mul);
  code.i32(base);
  code.op(OP.i32_add);
  code.set(local);
}

/** local = the address, among rows of `width` elements of `size` bytes, of element `column` of the row that lies on the stack */
function inRow(code: Code, local: number, width: number, column: number, size: number): void {
  code.i32(width);
  code.op(OP.i32_mul);
  code.get(column);
  code.op(OP.i32_add);
  code.i32(size);
  code.op(OP.i32_mul);
  code.set(local);
}

/** Pushes the index at `base + 4 * i`, held within 0..n-1. */
function pushIndexAt(code: Code, i: number, base: number, n: number): void {
  code.get(i);
  code.i32(4);
  code.op(OP.i32_mul);
  pushIndex(code, base, n);
}

/** out row i = source row indices[i]; a unit is one row. */
export function takeKernel(source: Place, rows: number, width: number, indices: Place, count: number, out: Place): Kernel {
  const bytes = width * BYTES[source.dtype];
  return {
    units: width === 0 || rows === 0 ? 0 : count,
    work: count * (width / 2 + 4),
    emit: (module) =>
      module.func(["i32", "i32"], [], (code) => {
        const i = code.local("i32");
        const from = code.local("i32");
        const to = code.local("i32");
        code.count(i, { local: 0 }, { local: 1 }, 1, () => {
          pushIndexAt(code, i, addressOf(indices), rows);
          code.i32(bytes);
          code.op(OP.i32_mul);
          code.set(from);
          affine(code, to, i, bytes, 0);
          if (width === 1) {
            code.get(to);
            code.get(from);
            code.mem(load(source.dtype), addressOf(source));
            code.mem(store(source.dtype), addressOf(out));
          } else {
            const address = (offset: number, place: Place) => (): void => {
              code.get(offset);
              code.i32(addressOf(place));
              code.op(OP.i32_add);
            };
            copyBytes(code, address(to, out), address(from, source), bytes);
          }
        });
      }),
  };
}

/** out = zeros, then out row indices[i] += source row i in ascending i; a unit is a group of columns. */
export function segmentKernel(source: Place, count: number, width: number, indices: Place, out: Place, rows: number): Kernel {
  const size = BYTES[source.dtype];
  const group = 8;
  const units = Math.ceil(width / group);
  const addOp = wide(source.dtype) ? OP.f64_add : OP.f32_add;
  return {
    units: rows === 0 ? 0 : units,
    work: count * (width + 4),
    emit: (module) =>
      module.func(["i32", "i32"], [], (code) => {
        const [c0, i, j, to, from] = code.locals("i32", 5);
        affine(code, c0, 0, group, 0);
        const c1 = blockEnd(code, 1, width, group);
        const at = (row: number, local: number): void => {
          code.get(row);
          inRow(code, local, width, j, size);
        };
        code.count(i, 0, rows, 1, () =>
          code.count(j, { local: c0 }, { local: c1 }, 1, () => {
            at(i, to);
            code.get(to);
            if (wide(source.dtype)) code.f64(0);
            else code.f32(0);
            code.mem(store(source.dtype), addressOf(out));
          }),
        );
        const row = code.local("i32");
        code.count(i, 0, count, 1, () => {
          pushIndexAt(code, i, addressOf(indices), rows);
          code.set(row);
          code.count(j, { local: c0 }, { local: c1 }, 1, () => {
            at(row, to);
            at(i, from);
            code.get(to);
            code.get(to);
            code.mem(load(source.dtype), addressOf(out));
            code.get(from);
            code.mem(load(source.dtype), addressOf(source));
            code.op(addOp);
            code.mem(store(source.dtype), addressOf(out));
          });
        });
      }),
  };
}

/** out row r = sum of values[e] * x row columns[e] over the entries e of row r, in stored order; a unit is one row. */
export function spmvKernel(
  values: Place,
  columns: Place,
  offsets: Place,
  x: Place,
  xRows: number,
  width: number,
  out: Place,
  rows: number,
  entries: number,
): Kernel {
  const size = BYTES[values.dtype];
  const lanes = lanesOf(values.dtype);
  const [addOp, mulOp] = wide(values.dtype) ? [OP.f64_add, OP.f64_mul] : [OP.f32_add, OP.f32_mul];
  const [vectorAdd, vectorMul] = wide(values.dtype) ? [OP.f64x2_add, OP.f64x2_mul] : [OP.f32x4_add, OP.f32x4_mul];
  return {
    units: width === 0 ? 0 : rows,
    work: entries * (width + 4) + rows,
    emit: (module) =>
      module.func(["i32", "i32"], [], (code) => {
        const [r, j, e, last, to, from] = code.locals("i32", 6);
        const sum = code.local(wide(values.dtype) ? "f64" : "f32");
        const vectorSum = code.local("v128");
        const first = code.local("i32");
        code.count(r, { local: 0 }, { local: 1 }, 1, () => {
          for (const [local, shift] of [
            [first, 0],
            [last, 4],
          ] as const) {
            // Offsets are data: they are kept within the entries there are.
            pushIndexAt(code, r, addressOf(offsets) + shift, entries + 1);
            code.set(local);
          }
          /** Columns j .. j + (1 or a vector) - 1 of the row. */
          const columnsFrom = (vector: boolean): void => {
            const acc = vector ? vectorSum : sum;
            if (vector) code.f64x2(0);
            else if (wide(values.dtype)) code.f64(0);
            else code.f32(0);
            code.set(acc);
            code.count(e, { local: first }, { local: last }, 1, () => {
              pushIndexAt(code, e, addressOf(columns), xRows);
              inRow(code, from, width, j, size);
              code.get(acc);
              code.get(e);
              code.i32(size);
              code.op(OP.i32_mul);
              if (vector) code.mem(wide(values.dtype) ? OP.v128_load64_splat : OP.v128_load32_splat, addressOf(values));
              else code.mem(load(values.dtype), addressOf(values));
              code.get(from);
              code.mem(vector ? OP.v128_load : load(x.dtype), addressOf(x));
              code.op(vector ? vectorMul : mulOp);
              code.op(vector ? vectorAdd : addOp);
              code.set(acc);
            });
            code.get(r);
            inRow(code, to, width, j, size);
            code.get(to);
            code.get(acc);
            code.mem(vector ? OP.v128_store : store(out.dtype), addressOf(out));
          };
          // Columns are independent sums, so that vectors of them have the bits of single ones.
          const whole = width - (width % lanes);
          if (whole > 0) code.count(j, 0, whole, lanes, () => columnsFrom(true));
          if (whole < width) code.count(j, whole, width, 1, () => columnsFrom(false));
        });
      }),
  };
}

/** Converts element types; a unit is a block of elements. */
export function castKernel(source: Place, out: Place, count: number): Kernel {
  const block = 1024;
  return {
    units: Math.ceil(count / block),
    work: count,
    emit: (module) =>
      module.func(["i32", "i32"], [], (code) => {
        const [i, from, to] = code.locals("i32", 3);
        affine(code, i, 0, block, 0);
        const end = blockEnd(code, 1, count, block);
        const start = code.local("i32");
        code.get(i);
        code.set(start);
        code.count(i, { local: start }, { local: end }, 1, () => {
          affine(code, from, i, BYTES[source.dtype], 0);
          affine(code, to, i, BYTES[out.dtype], 0);
          code.get(to);
          code.get(from);
          code.mem(load(source.dtype), addressOf(source));
          for (const op of CONVERT[`${source.dtype}>${out.dtype}`]!) code.op(op);
          code.mem(store(out.dtype), addressOf(out));
        });
      }),
  };
}

const CONVERT: Record<string, readonly number[]> = {
  "f64>f32": [OP.f32_demote_f64],
  "f32>f64": [OP.f64_promote_f32],
  "i32>f64": [OP.f64_convert_i32_s],
  "i32>f32": [OP.f32_convert_i32_s],
  "f64>i32": [OP.i32_trunc_sat_f64_s],
  "f32>i32": [OP.i32_trunc_sat_f32_s],
};

/** out row r = number of the first largest element along the middle axis of [outer, n, inner]; a unit is one result. */
export function argmaxKernel(source: Place, outer: number, n: number, inner: number, out: Place): Kernel {
  const size = BYTES[source.dtype];
  return {
    units: outer * inner,
    work: outer * n * inner * 3,
    emit: (module) =>
      module.func(["i32", "i32"], [], (code) => {
        const [u, k, from, best] = code.locals("i32", 4);
        const type = wide(source.dtype) ? "f64" : "f32";
        const [top, v] = [code.local(type), code.local(type)];
        code.count(u, { local: 0 }, { local: 1 }, 1, () => {
          if (type === "f64") code.f64(-Infinity);
          else code.f32(-Infinity);
          code.set(top);
          code.i32(0);
          code.set(best);
          code.get(u);
          code.i32(inner);
          code.op(OP.i32_div_u);
          code.i32(n * inner);
          code.op(OP.i32_mul);
          code.get(u);
          code.i32(inner);
          code.op(OP.i32_rem_u);
          code.op(OP.i32_add);
          code.i32(size);
          code.op(OP.i32_mul);
          code.set(from);
          code.count(k, 0, n, 1, () => {
            code.get(from);
            code.mem(load(source.dtype), addressOf(source));
            code.tee(v);
            code.get(top);
            code.op(type === "f64" ? OP.f64_gt : OP.f32_gt);
            code.if(() => {
              code.get(v);
              code.set(top);
              code.get(k);
              code.set(best);
            });
            code.get(from);
            code.i32(inner * size);
            code.op(OP.i32_add);
            code.set(from);
          });
          affine(code, from, u, 4, 0);
          code.get(from);
          code.get(best);
          code.mem(OP.i32_store, addressOf(out));
        });
      }),
  };
}
