import type { DType, Op } from "../tensor.js";
import { blockEnd, cursors, loadOne, loadVector, storeVector } from "./access.js";
import { OP, type ModuleBuilder } from "./assembler.js";
import { collapse, type Place } from "./place.js";
import { lanesOf, vectorWriter } from "./vectors.js";

/** A fused elementwise expression. Slots are numbered: loads, then immediate numbers, then operations on earlier slots. */
export interface Expression {
  readonly dtype: DType;
  readonly loads: readonly Place[];
  readonly numbers: readonly number[];
  readonly code: readonly { readonly op: Op; readonly args: readonly number[] }[];
}

/** A kernel: `units` independent pieces of work; its function takes a range lo..hi of them. */
export interface Kernel {
  readonly units: number;
  /** Rough cost in vector operations, to decide whether threads pay. */
  readonly work: number;
  emit(module: ModuleBuilder): number;
}

/** Elements of one unit where the loop nest is a single run. A multiple of every vector length. */
const BLOCK = 256;

/**
 * The kernel that evaluates an expression over all elements of `shape`; `stores` says where which slots go.
 */
export function mapKernel(shape: readonly number[], e: Expression, stores: readonly { readonly slot: number; readonly place: Place }[]): Kernel {
  const places = [...e.loads, ...stores.map((s) => s.place)];
  const outer = collapse(shape, places.map((p) => p.strides));
  const inner = outer.pop() ?? { size: 1, strides: places.map(() => 0), tag: 0 };
  const rows = outer.reduce((n, d) => n * d.size, 1);
  const flat = outer.length === 0;
  const lanes = lanesOf(e.dtype);
  const units = shape.includes(0) ? 0 : flat ? Math.ceil(inner.size / BLOCK) : rows;
  return {
    units,
    work: (rows * inner.size * (e.code.reduce((n, c) => n + (c.op.single ? 1 : 25), 0) + places.length)) / lanes,
    emit: (module) => module.func(["i32", "i32"], [], (code) => {
      const writer = vectorWriter(code, e.dtype);
      const at = cursors(code, places, outer, inner);
      const element = (one: boolean, hoisted: ReadonlyMap<number, number>): void => {
        writer.fresh();
        const slots = e.loads.map((_, i) => hoisted.get(i) ?? (one ? loadOne(code, e.dtype, at.of[i]!) : loadVector(code, e.dtype, at.of[i]!, inner.strides[i]!)));
        for (const v of e.numbers) slots.push(writer.number(v));
        for (const { op, args } of e.code) slots.push(writer.apply(op, args.map((a) => slots[a]!)));
        stores.forEach((s, i) => storeVector(code, e.dtype, at.of[e.loads.length + i]!, slots[s.slot]!, inner.strides[e.loads.length + i]!, one));
      };
      const k = code.local("i32");
      /** `whole` vectors' worth of elements, then `rest` single ones. */
      const run = (whole: number | { local: number }, rest: number): void => {
        const hoisted = new Map<number, number>();
        e.loads.forEach((_, i) => {
          if (inner.strides[i] === 0) hoisted.set(i, loadVector(code, e.dtype, at.of[i]!, 0));
        });
        code.count(k, 0, whole, lanes, () => {
          element(false, hoisted);
          at.advance(lanes);
        });
        code.count(k, 0, rest, 1, () => {
          element(true, hoisted);
          at.advance(1);
        });
      };
      const rest = inner.size % lanes;
      if (!flat) {
        const row = code.local("i32");
        code.count(row, { local: 0 }, { local: 1 }, 1, () => {
          at.toRow(row);
          run(inner.size - rest, rest);
        });
      } else if (units === 1) {
        at.toRow(undefined);
        run(inner.size - rest, rest);
      } else {
        // Blocks lo..hi of one run; the single elements at its end belong to the last block.
        const start = blockEnd(code, 0, inner.size, BLOCK);
        const end = blockEnd(code, 1, inner.size, BLOCK);
        const whole = code.local("i32");
        at.toRow(undefined);
        at.advance({ local: start });
        code.get(end);
        code.get(start);
        code.op(OP.i32_sub);
        code.i32(-lanes);
        code.op(OP.i32_and);
        code.set(whole);
        run({ local: whole }, 0);
        if (rest > 0) {
          code.get(end);
          code.i32(inner.size);
          code.op(OP.i32_eq);
          code.get(0);
          code.get(1);
          code.op(OP.i32_lt_s);
          code.op(OP.i32_and);
          code.if(() => run(0, rest));
        }
      }
      writer.finish();
    }),
  };
}
