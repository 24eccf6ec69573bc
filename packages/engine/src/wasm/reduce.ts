import type { DType, Op } from "../tensor.js";
import { add, max, min } from "../ops/elementwise.js";
import { addressOf, collapse, type Buffer, type Dim, type Place } from "./place.js";
import { blockEnd, cursors, loadOne, loadVector, storeVector, type Cursors } from "./access.js";
import { OP, type Code } from "./assembler.js";
import type { Expression, Kernel } from "./map.js";
import { lanesOf, vectorWriter, type VectorWriter } from "./vectors.js";

/** What a reduction does with the next element, and what it starts from. */
export interface Fold {
  readonly combine: Op;
  readonly start: number;
}

export const FOLDS: Readonly<Record<string, Fold>> = {
  sum: { combine: add.op, start: 0 },
  amax: { combine: max.op, start: -Infinity },
  amin: { combine: min.op, start: Infinity },
};

/** Columns that one unit carries in registers: this many vectors. */
const COLUMNS = 4;
/** Elements that one unit of a total takes; a multiple of every vector length. */
const BLOCK = 4096;

interface Source {
  readonly expression: Expression;
  readonly shape: readonly number[];
  readonly axes: readonly number[];
}

/** The loop nest of a reduction over `shape`: reduced dimensions have the tag 1; there is at least one dimension. */
export function reductionNest(
  shape: readonly number[],
  axes: readonly number[],
  strides: readonly (readonly number[])[],
): readonly Dim[] {
  const dims = collapse(
    shape,
    strides,
    shape.map((_, i) => (axes.includes(i) ? 1 : 0)),
  );
  return dims.length > 0 ? dims : [{ size: shape.reduce((n, d) => n * d, 1), strides: strides.map(() => 0), tag: 1 }];
}

/**
 * Kernels that reduce an expression over some axes into `out` (contiguous, in the kept axes' order).
 *
 * Three ways, by what the innermost dimension of the loop nest is:
 * kept (columns are carried in registers, rows added in ascending order, as the reference does);
 * reduced (each vector lane adds every 2nd or 4th element, then the lanes are combined in order);
 * everything is reduced and there is much of it (blocks of fixed size, then their results in order).
 * The order depends on shapes only. `scratch` makes room for the blocks' results.
 */
export function reduceKernels(name: string, source: Source, out: Place, scratch: (bytes: number) => Buffer): Kernel[] {
  const fold = FOLDS[name]!;
  const { expression, shape, axes } = source;
  const { dtype } = expression;
  // The result's strides over the full shape: 0 along reduced axes.
  const outStrides = new Array<number>(shape.length).fill(0);
  shape
    .map((_, i) => i)
    .filter((i) => !axes.includes(i))
    .forEach((axis, i) => (outStrides[axis] = out.strides[i]!));
  const places = [...expression.loads, { ...out, strides: outStrides }];
  const dims = reductionNest(
    shape,
    axes,
    places.map((p) => p.strides),
  );
  const total = shape.reduce((n, d) => n * d, 1);
  const lanes = lanesOf(dtype);
  const perElement = expression.code.reduce((n, c) => n + (c.op.single ? 1 : 25), 0) + places.length;
  const work = (total * perElement) / lanes;
  const f: Common = { fold, expression, places, dtype, lanes };
  const inner = dims[dims.length - 1]!;
  const count = (tag: number): number => dims.reduce((n, d) => (d.tag === tag ? n * d.size : n), 1);

  if (inner.tag === 0) {
    const columns = Math.ceil(inner.size / (lanes * COLUMNS));
    const outer = dims.slice(0, -1).filter((d) => d.tag === 0);
    return [
      {
        units: count(0) === 0 ? 0 : columns * outer.reduce((n, d) => n * d.size, 1),
        work,
        emit: (module) => module.func(["i32", "i32"], [], (code) => byColumns(code, f, dims, columns)),
      },
    ];
  }
  if (dims.length === 1 && inner.size > 2 * BLOCK) {
    const units = Math.ceil(inner.size / BLOCK);
    const partial: Place = { buffer: scratch(units * (dtype === "f64" ? 8 : 4)), dtype, offset: 0, strides: [1] };
    return [
      {
        units,
        work,
        emit: (module) =>
          module.func(["i32", "i32"], [], (code) => byBlocks(code, { ...f, places: [...expression.loads, partial] }, inner)),
      },
      ...reduceKernels(
        name,
        { expression: { dtype, loads: [partial], numbers: [], code: [] }, shape: [units], axes: [0] },
        out,
        scratch,
      ),
    ];
  }
  return [
    {
      units: count(0),
      work,
      emit: (module) => module.func(["i32", "i32"], [], (code) => byRows(code, f, dims)),
    },
  ];
}

interface Common {
  readonly fold: Fold;
  readonly expression: Expression;
  readonly places: readonly Place[];
  readonly dtype: DType;
  readonly lanes: number;
}

/** The expression's value at the cursors. */
function value(code: Code, w: VectorWriter, { expression: e, dtype }: Common, at: Cursors, inner: Dim, one: boolean): number {
  w.fresh();
  const slots = e.loads.map((_, i) =>
    one ? loadOne(code, dtype, at.of[i]!) : loadVector(code, dtype, at.of[i]!, inner.strides[i]!),
  );
  for (const v of e.numbers) slots.push(w.number(v));
  for (const { op, args } of e.code)
    slots.push(
      w.apply(
        op,
        args.map((a) => slots[a]!),
      ),
    );
  return slots[slots.length - 1]!;
}

function into(code: Code, w: VectorWriter, { fold }: Common, acc: number, v: number): void {
  w.fresh();
  code.get(w.apply(fold.combine, [acc, v]));
  code.set(acc);
}

function start(code: Code, w: VectorWriter, { fold }: Common): number {
  const acc = code.local("v128");
  code.get(w.number(fold.start));
  code.set(acc);
  return acc;
}

/** Lane `lane` of a vector, moved to lane 0. */
function moved(code: Code, dtype: DType, v: number, lane: number): number {
  const out = code.local("v128");
  const bytes = dtype === "f64" ? 8 : 4;
  code.get(v);
  code.get(v);
  code.shuffle(Array.from({ length: 16 }, (_, i) => (i + lane * bytes) % 16));
  code.set(out);
  return out;
}

/** Combines the lanes of acc, in order, into its lane 0. */
function acrossLanes(code: Code, w: VectorWriter, f: Common, acc: number): void {
  const parts = Array.from({ length: f.lanes - 1 }, (_, i) => moved(code, f.dtype, acc, i + 1));
  for (const p of parts) into(code, w, f, acc, p);
}

/** Adds `whole` elements (a multiple of the lanes) and `rest` single ones to acc, whose lanes are combined between. */
function fromRun(
  code: Code,
  w: VectorWriter,
  f: Common,
  at: Cursors,
  inner: Dim,
  acc: number,
  whole: number | { local: number },
): void {
  const k = code.local("i32");
  code.count(k, 0, whole, f.lanes, () => {
    into(code, w, f, acc, value(code, w, f, at, inner, false));
    at.advance(f.lanes);
  });
}

function singles(code: Code, w: VectorWriter, f: Common, at: Cursors, inner: Dim, acc: number, rest: number): void {
  const k = code.local("i32");
  code.count(k, 0, rest, 1, () => {
    into(code, w, f, acc, value(code, w, f, at, inner, true));
    at.advance(1);
  });
}

/** One result a unit: nested loops over the reduced dimensions, the innermost in vectors. */
function byRows(code: Code, f: Common, dims: readonly Dim[]): void {
  const w = vectorWriter(code, f.dtype);
  const keptDims = dims.filter((d) => d.tag === 0);
  const reduced = dims.filter((d) => d.tag === 1);
  const inner = reduced[reduced.length - 1]!;
  const loops = reduced.slice(0, -1);
  const rest = inner.size % f.lanes;
  const at = cursors(code, f.places, [...keptDims, ...loops], inner);
  const unit = code.local("i32");
  const row = code.local("i32");
  const inside = loops.reduce((n, d) => n * d.size, 1);
  const store = f.places.length - 1;
  code.count(unit, { local: 0 }, { local: 1 }, 1, () => {
    const acc = start(code, w, f);
    const tail = rest ? start(code, w, f) : acc;
    const k = code.local("i32");
    code.count(k, 0, inside, 1, () => {
      code.get(unit);
      code.i32(inside);
      code.op(OP.i32_mul);
      code.get(k);
      code.op(OP.i32_add);
      code.set(row);
      at.toRow(row);
      fromRun(code, w, f, at, inner, acc, inner.size - rest);
      singles(code, w, f, at, inner, tail, rest);
    });
    if (inside === 0) {
      code.get(unit);
      code.set(row);
      at.toRow(row);
    }
    acrossLanes(code, w, f, acc);
    if (rest) into(code, w, f, acc, tail);
    storeVector(code, f.dtype, at.of[store]!, acc, 1, true);
  });
  w.finish();
}

/** One block of a total a unit. */
function byBlocks(code: Code, f: Common, inner: Dim): void {
  const w = vectorWriter(code, f.dtype);
  const dim: Dim = { ...inner, strides: [...inner.strides.slice(0, f.expression.loads.length), 0] };
  const at = cursors(code, f.places, [], dim);
  const rest = inner.size % f.lanes;
  const unit = code.local("i32");
  const next = code.local("i32");
  code.count(unit, { local: 0 }, { local: 1 }, 1, () => {
    code.get(unit);
    code.i32(1);
    code.op(OP.i32_add);
    code.set(next);
    const from = blockEnd(code, unit, inner.size, BLOCK);
    const to = blockEnd(code, next, inner.size, BLOCK);
    const whole = code.local("i32");
    code.get(to);
    code.get(from);
    code.op(OP.i32_sub);
    code.i32(-f.lanes);
    code.op(OP.i32_and);
    code.set(whole);
    at.toRow(undefined);
    at.advance({ local: from });
    const acc = start(code, w, f);
    fromRun(code, w, f, at, dim, acc, { local: whole });
    acrossLanes(code, w, f, acc);
    if (rest > 0) {
      code.get(to);
      code.i32(inner.size);
      code.op(OP.i32_eq);
      code.if(() => singles(code, w, f, at, dim, acc, rest));
    }
    // The block's result goes to element `unit` of the partial results.
    const pointer = code.local("i32");
    code.get(unit);
    code.i32(f.dtype === "f64" ? 8 : 4);
    code.op(OP.i32_mul);
    code.set(pointer);
    storeVector(code, f.dtype, { pointer, offset: addressOf(f.places[f.places.length - 1]!) }, acc, 1, true);
  });
  w.finish();
}

/** A group of columns a unit: carried in registers down the reduced rows, in ascending order. */
function byColumns(code: Code, f: Common, dims: readonly Dim[], groups: number): void {
  const w = vectorWriter(code, f.dtype);
  const inner = dims[dims.length - 1]!;
  const loops = dims.filter((d) => d.tag === 1);
  const keptOuter = dims.slice(0, -1).filter((d) => d.tag === 0);
  // Rows of the nest: kept dimensions, then reduced ones.
  const at = cursors(code, f.places, [...keptOuter, ...loops], inner);
  const inside = loops.reduce((n, d) => n * d.size, 1);
  const unit = code.local("i32");
  const k = code.local("i32");
  const row = code.local("i32");
  const column = code.local("i32");
  const width = f.lanes * COLUMNS;
  const store = f.places.length - 1;
  const lastWidth = inner.size - (groups - 1) * width;

  const group = (size: number): void => {
    const vectors = Math.floor(size / f.lanes);
    const rest = size % f.lanes;
    const accs = Array.from({ length: vectors + rest }, () => start(code, w, f));
    const each = (visit: (i: number, one: boolean) => void): void => {
      for (let i = 0; i < vectors + rest; i++) {
        visit(i, i >= vectors);
        at.advance(i < vectors ? f.lanes : 1);
      }
    };
    const seek = (index: () => void): void => {
      code.get(unit);
      if (groups > 1) {
        code.i32(groups);
        code.op(OP.i32_div_u);
      }
      // Nothing to reduce still gives a result to each kept row.
      code.i32(Math.max(1, inside));
      code.op(OP.i32_mul);
      index();
      code.op(OP.i32_add);
      code.set(row);
      at.toRow(row);
      at.advance({ local: column });
    };
    const simple = loops.length <= 1;
    const step = loops[0];
    if (simple && inside > 0) {
      // One reduced dimension: the pointers walk down it.
      seek(() => code.i32(0));
      const down = cursorsDown(code, at, f, step, inner);
      code.count(k, 0, inside, 1, () => {
        each((i, one) => into(code, w, f, accs[i]!, value(code, w, f, at, inner, one)));
        down(size);
      });
    } else {
      code.count(k, 0, inside, 1, () => {
        seek(() => code.get(k));
        each((i, one) => into(code, w, f, accs[i]!, value(code, w, f, at, inner, one)));
      });
    }
    seek(() => code.i32(0));
    each((i, one) => storeVector(code, f.dtype, at.of[store]!, accs[i]!, inner.strides[store]!, one));
  };

  code.count(unit, { local: 0 }, { local: 1 }, 1, () => {
    code.get(unit);
    if (groups > 1) {
      code.i32(groups);
      code.op(OP.i32_rem_u);
    } else {
      code.op(OP.drop);
      code.i32(0);
    }
    code.i32(width);
    code.op(OP.i32_mul);
    code.set(column);
    if (lastWidth === width || groups === 1) group(groups === 1 ? lastWidth : width);
    else {
      code.get(column);
      code.i32((groups - 1) * width);
      code.op(OP.i32_eq);
      code.if(
        () => group(lastWidth),
        () => group(width),
      );
    }
  });
  w.finish();
}

/** Moves the pointers from behind the columns of one row to the same columns of the next. */
function cursorsDown(code: Code, at: Cursors, f: Common, step: Dim | undefined, inner: Dim): (columns: number) => void {
  const seen = new Map<number, number>();
  return (columns) => {
    seen.clear();
    f.places.forEach((p, j) => {
      const size = p.dtype === "f64" ? 8 : 4;
      seen.set(at.of[j]!.pointer, ((step?.strides[j] ?? 0) - inner.strides[j]! * columns) * size);
    });
    for (const [pointer, bytes] of seen) {
      if (bytes === 0) continue;
      code.get(pointer);
      code.i32(bytes);
      code.op(OP.i32_add);
      code.set(pointer);
    }
  };
}
