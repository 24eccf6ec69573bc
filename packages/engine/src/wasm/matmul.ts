import { OP, type Code, type ModuleBuilder } from "./assembler.js";
import { packer } from "./matmul-pack.js";
import { tile } from "./matmul-tile.js";

export interface MatmulShape {
  readonly dtype: "f64" | "f32";
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Strides in elements of A (row, column) and B (row, column), none negative; C is row-major and contiguous. */
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

/** `units` independent pieces of work; the function takes (a, b, c, scratch, lo, hi), all i32. */
export interface MatmulStage {
  readonly units: number;
  readonly func: number;
}

/** Stages run in order, with a barrier between them. */
export interface MatmulPlan {
  readonly scratchBytes: number;
  readonly stages: readonly MatmulStage[];
}

/** Rows of C and vectors of a row that one tile holds in registers: with a row of B and a column of A they fill 14 of 16. */
const ROWS = 4;
const WIDTH = 2;
/** Vectors of a row where C has one or two rows: with fewer sums each addition would wait for the last one. */
const FLAT = 4;
/** Rows of B in a block: a panel of it stays in the first-level cache. */
const DEPTH = 256;
/** Bytes of A in a chunk of rows: it stays in the second-level cache while all panels of B pass by. */
const CHUNK = 96 * 1024;
/** B up to this many bytes is read where it lies. */
const NEAR = 24 * 1024;

const plans = new WeakMap<ModuleBuilder, Map<string, MatmulPlan>>();

/**
 * Code for C = A B with static shapes.
 *
 * *Definition*: every element of C is the plain sum over k, ascending, of rounded products. Vectors run along rows of C and blocks over k
 * go on from the stored C, so this holds for every path, and any partition of the units gives the same bits.
 * *Cost*: near 15 GF/s (f64) and 30 GF/s (f32) a core for large products. Equal shapes in one module share their code.
 * *Source*: Goto and van de Geijn, Anatomy of high-performance matrix multiplication (2008): packed panels, tiles in registers.
 */
export function planMatmul(module: ModuleBuilder, given: MatmulShape): MatmulPlan {
  const shape = oriented(given);
  const key = JSON.stringify(shape);
  let known = plans.get(module);
  if (!known) plans.set(module, (known = new Map()));
  let plan = known.get(key);
  if (!plan) {
    const { func, ...rest } = build(module, shape);
    plan = { scratchBytes: rest.scratchBytes, stages: [...rest.before, { units: rest.units, func }] };
    known.set(key, plan);
  }
  if (shape !== given && shape.swapped) {
    // The transposed problem takes its factors in the other order.
    return { ...plan, stages: plan.stages.map((s) => ({ units: s.units, func: swapFactors(module, s.func) })) };
  }
  return plan;
}

/** A matrix times a column is a row times a matrix; where A lies by columns, that one runs along memory. */
function oriented(s: MatmulShape): MatmulShape & { swapped?: boolean } {
  if (s.n !== 1 || s.m === 1 || s.a[0] !== 1) return s;
  return { dtype: s.dtype, m: 1, k: s.k, n: s.m, a: [0, s.b[0]], b: [s.a[1], s.a[0]], swapped: true };
}

function swapFactors(module: ModuleBuilder, func: number): number {
  return module.func(Array<"i32">(6).fill("i32"), [], (code) => {
    for (const p of [1, 0, 2, 3, 4, 5]) code.get(p);
    code.call(func);
  });
}

function build(
  module: ModuleBuilder,
  s: MatmulShape,
): { scratchBytes: number; before: MatmulStage[]; units: number; func: number } {
  const lanes = s.dtype === "f64" ? 2 : 4;
  const size = 16 / lanes;
  const vectors = Math.ceil(s.n / lanes);
  const width = Math.min(vectors, s.m <= 2 ? FLAT : WIDTH);
  const panels = Math.ceil(vectors / width);
  const direct = s.b[1] === 1 && (s.m <= ROWS || s.k * s.n * size <= NEAR);
  const depth = direct ? s.k : Math.min(s.k, DEPTH);
  const blocks = Math.ceil(s.m / ROWS);
  const byRows = blocks >= panels;
  const columns = width * lanes;
  /** Columns of C in a panel. */
  const columnsOf = (last: boolean): number => (last ? s.n - (panels - 1) * columns : columns);
  const kernel = (rows: number, count: number): number =>
    tile(module, {
      ...s,
      lanes,
      size,
      rows,
      columns: count,
      b: direct ? s.b[0] : columns,
      padded: !direct,
      depth,
      blocked: depth < s.k,
    });
  const lastRows = s.m % ROWS;

  const func = module.func(Array<"i32">(6).fill("i32"), [], (code) => {
    const [a, b, c, scratch, lo, hi] = [0, 1, 2, 3, 4, 5];
    const k0 = code.local("i32");
    const p = code.local("i32");
    const [full, from, to] = code.locals("i32", 3);
    const fullRows = Math.floor(s.m / ROWS);
    const kernels = {
      full: fullRows > 0 ? [kernel(ROWS, columnsOf(false)), kernel(ROWS, columnsOf(true))] : [],
      rest: lastRows ? [kernel(lastRows, columnsOf(false)), kernel(lastRows, columnsOf(true))] : [],
    };
    const address = (base: number, terms: readonly (readonly [number, number])[]): void => {
      code.get(base);
      for (const [local, factor] of terms) {
        if (factor === 0) continue;
        code.get(local);
        code.i32(factor);
        code.op(OP.i32_mul);
        code.op(OP.i32_add);
      }
    };
    const run = (func: number, firstRow: () => void, count: () => void): void => {
      // a, b, c, blocks of rows, rows of B, first block over k
      address(a!, [[k0, s.a[1] * size]]);
      firstRow();
      code.i32(s.a[0] * size);
      code.op(OP.i32_mul);
      code.op(OP.i32_add);
      if (direct)
        address(b!, [
          [p, columns * size],
          [k0, s.b[0] * size],
        ]);
      else
        address(scratch!, [
          [p, s.k * columns * size],
          [k0, columns * size],
        ]);
      address(c!, [[p, columns * size]]);
      firstRow();
      code.i32(s.n * size);
      code.op(OP.i32_mul);
      code.op(OP.i32_add);
      count();
      code.i32(s.k);
      code.get(k0);
      code.op(OP.i32_sub);
      code.get(k0);
      code.op(OP.i32_eqz);
      code.call(func);
    };
    const times = (local: number, factor: number): void => {
      code.get(local);
      code.i32(factor);
      code.op(OP.i32_mul);
    };
    const overPanels = (visit: (last: 0 | 1) => void): void =>
      code.count(p, byRows ? 0 : { local: lo! }, byRows ? panels : { local: hi! }, 1, () => {
        if (panels === 1 || columnsOf(true) === columns) return visit(panels === 1 ? 1 : 0);
        code.get(p);
        code.i32(panels - 1);
        code.op(OP.i32_eq);
        code.if(
          () => visit(1),
          () => visit(0),
        );
      });
    /** min(a, b) of two pushed numbers, into a local. */
    const least = (into: number, one: () => void, other: () => void): void => {
      one();
      other();
      one();
      other();
      code.op(OP.i32_lt_s);
      code.op(OP.select);
      code.set(into);
    };
    const chunk = Math.max(1, Math.floor(CHUNK / (ROWS * depth * size || 1)));
    const blockOfB = (): void => {
      if (fullRows > 0) {
        code.count(from, byRows ? { local: lo! } : 0, byRows ? { local: full } : fullRows, chunk, () => {
          least(
            to,
            () => {
              code.get(from);
              code.i32(chunk);
              code.op(OP.i32_add);
            },
            () => (byRows ? code.get(full) : code.i32(fullRows)),
          );
          overPanels((last) =>
            run(
              kernels.full[last]!,
              () => times(from, ROWS),
              () => {
                code.get(to);
                code.get(from);
                code.op(OP.i32_sub);
              },
            ),
          );
        });
      }
      if (!lastRows) return;
      const rest = (): void =>
        overPanels((last) =>
          run(
            kernels.rest[last]!,
            () => code.i32(fullRows * ROWS),
            () => code.i32(1),
          ),
        );
      if (!byRows) return rest();
      code.get(hi!);
      code.i32(blocks);
      code.op(OP.i32_eq);
      code.get(lo!);
      code.get(hi!);
      code.op(OP.i32_lt_s);
      code.op(OP.i32_and);
      code.if(rest);
    };
    // The rows beyond the full blocks are the last, smaller block.
    if (byRows)
      least(
        full,
        () => code.get(hi!),
        () => code.i32(fullRows),
      );
    if (s.k === 0) {
      // An empty sum: the first panel's kernels would read nothing, so the rows are set to zero.
      zeroRows(code, s, size);
    } else code.count(k0, 0, s.k, depth, blockOfB);
  });

  const units = byRows ? blocks : panels;
  if (direct || s.k === 0) return { scratchBytes: 0, before: [], units, func };
  return {
    scratchBytes: panels * s.k * columns * size,
    before: [{ units: panels, func: packer(module, s, lanes, size, columns) }],
    units,
    func,
  };
}

/** C = 0, by the thread that has the first unit. */
function zeroRows(code: Code, s: MatmulShape, size: number): void {
  code.get(4);
  code.op(OP.i32_eqz);
  code.get(5);
  code.i32(0);
  code.op(OP.i32_gt_s);
  code.op(OP.i32_and);
  code.if(() => {
    code.get(2);
    code.i32(0);
    code.i32(s.m * s.n * size);
    code.memoryFill();
  });
}
