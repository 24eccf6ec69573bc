import { BYTES, type DType, type Op } from "../tensor.js";
import { blockEnd, cursors, loadOne, loadVector, storeVector, type Cursor } from "./access.js";
import { OP, type Code, type ModuleBuilder } from "./assembler.js";
import { collapse, type Place } from "./place.js";
import { instructions, lanesOf, vectorWriter } from "./vectors.js";

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
/** Most vectors a round. */
const ROUND = 4;
/** Instructions a round may have where the expression is simple: enough to hide what the loop itself costs. */
const SIMPLE = 64;
/** Instructions a round may have otherwise: beyond, what it must put aside costs more than the constants that it saves. */
const ELEMENTARY = 512;

/**
 * The kernel that evaluates an expression over all elements of `shape`; `stores` says where which slots go.
 */
export function mapKernel(
  shape: readonly number[],
  e: Expression,
  stores: readonly { readonly slot: number; readonly place: Place }[],
): Kernel {
  const places = [...e.loads, ...stores.map((s) => s.place)];
  const outer = collapse(
    shape,
    places.map((p) => p.strides),
  );
  const inner = outer.pop() ?? { size: 1, strides: places.map(() => 0), tag: 0 };
  const rows = outer.reduce((n, d) => n * d.size, 1);
  const flat = outer.length === 0;
  const lanes = lanesOf(e.dtype);
  const units = shape.includes(0) ? 0 : flat ? Math.ceil(inner.size / BLOCK) : rows;
  return {
    units,
    work: (rows * inner.size * (e.code.reduce((n, c) => n + (c.op.single ? 1 : 25), 0) + places.length)) / lanes,
    emit: (module) =>
      module.func(["i32", "i32"], [], (code) => {
        const writer = vectorWriter(code, e.dtype);
        const at = cursors(code, places, outer, inner);
        /**
         * One element, or vectors side by side, from the vector `first` of a round on: all loads, then the arithmetic, then all stores, so
         * that one vector's does not wait for another's.
         */
        const elements = (count: number | "one", hoisted: ReadonlyMap<number, number>, first = 0): void => {
          writer.fresh();
          const one = count === "one";
          const place = (i: number, v: number): Cursor => ({
            ...at.of[i]!,
            offset: at.of[i]!.offset + (first + v) * lanes * inner.strides[i]! * BYTES[places[i]!.dtype],
          });
          const load = (i: number, v: number): number =>
            hoisted.get(i) ??
            (one ? loadOne(code, e.dtype, place(i, v)) : loadVector(code, e.dtype, place(i, v), inner.strides[i]!));
          const vectors = Array.from({ length: one ? 1 : count }, (_, v) => [
            ...e.loads.map((_l, i) => load(i, v)),
            ...e.numbers.map(writer.number),
          ]);
          for (const { op, args } of e.code)
            for (const slots of vectors)
              slots.push(
                writer.apply(
                  op,
                  args.map((a) => slots[a]!),
                ),
              );
          vectors.forEach((slots, v) =>
            stores.forEach((s, i) =>
              storeVector(code, e.dtype, place(e.loads.length + i, v), slots[s.slot]!, inner.strides[e.loads.length + i]!, one),
            ),
          );
        };
        // Elementary functions fetch their many constants once for all vectors of a round. Simple expressions go one vector after the other:
        // side by side they would need more registers, and the processor overlaps them anyway.
        const simple = e.code.every((c) => c.op.single);
        const [budget, size] = simple
          ? [SIMPLE, e.code.length + places.length]
          : [ELEMENTARY, instructions(e.code, e.loads.length + e.numbers.length)];
        const vectorsARound = powerOfTwo(Math.min(ROUND, budget / size));
        const round = lanes * (inner.strides.every((s) => s >= 0) ? vectorsARound : 1);
        const k = code.local("i32");
        /** `whole` vectors' worth of elements, then `rest` single ones. */
        const run = (whole: number | { local: number }, rest: number): void => {
          const hoisted = new Map<number, number>();
          e.loads.forEach((_, i) => {
            if (inner.strides[i] === 0) hoisted.set(i, loadVector(code, e.dtype, at.of[i]!, 0));
          });
          const vectors = (from: number | { local: number }, to: number | { local: number }, step: number): void => {
            if (from === to) return;
            code.count(k, from, to, step, () => {
              if (simple) for (let v = 0; v < step / lanes; v++) elements(1, hoisted, v);
              else elements(step / lanes, hoisted);
              at.advance(step);
            });
          };
          const rounds = typeof whole === "number" ? whole - (whole % round) : roundedDown(code, whole.local, round);
          vectors(0, rounds, round);
          if (round > lanes) vectors(rounds, whole, lanes);
          code.count(k, 0, rest, 1, () => {
            elements("one", hoisted);
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
          code.set(whole);
          run(roundedDown(code, whole, lanes), 0);
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

/** The largest power of two up to x, at least 1. */
const powerOfTwo = (x: number): number => (x < 2 ? 1 : 2 * powerOfTwo(x / 2));

/** A local rounded down to a multiple of a power of two, in a new local. */
function roundedDown(code: Code, local: number, multiple: number): { local: number } {
  const out = code.local("i32");
  code.get(local);
  code.i32(-multiple);
  code.op(OP.i32_and);
  code.set(out);
  return { local: out };
}
