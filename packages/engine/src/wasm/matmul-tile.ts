import { pushLeast } from "./access.js";
import { OP, type ModuleBuilder } from "./assembler.js";

/** A tile's shape, and how its operands lie. */
export interface Tile {
  readonly dtype: "f64" | "f32";
  readonly a: readonly [number, number];
  readonly n: number;
  readonly lanes: number;
  readonly size: number;
  readonly rows: number;
  readonly columns: number;
  /** Elements between rows of B as it is read. */
  readonly b: number;
  /** Whether rows of B may be read in whole vectors. */
  readonly padded: boolean;
  readonly depth: number;
  readonly blocked: boolean;
}

/**
 * A column of tiles: (a, b, c, blocks, left, first), where `left` rows of B are left and `first` tells that C holds nothing yet.
 * Each tile keeps rows x columns sums in registers while it runs down B.
 */
export function tile(module: ModuleBuilder, t: Tile): number {
  const f64 = t.dtype === "f64";
  const [mul, add] = f64 ? [OP.f64x2_mul, OP.f64x2_add] : [OP.f32x4_mul, OP.f32x4_add];
  const [splat, one, lane] = f64
    ? [OP.v128_load64_splat, OP.v128_load64_zero, OP.v128_load64_lane]
    : [OP.v128_load32_splat, OP.v128_load32_zero, OP.v128_load32_lane];
  const vectors = Math.ceil(t.columns / t.lanes);
  const rest = t.columns % t.lanes;
  return module.func(Array<"i32">(6).fill("i32"), [], (code) => {
    const [a, b, c, blocks, left, first] = [0, 1, 2, 3, 4, 5];
    const i = code.local("i32");
    const [pa, pb, k] = code.locals("i32", 3);
    const sums = Array.from({ length: t.rows }, () => Array.from({ length: vectors }, () => code.local("v128")));
    const bs = Array.from({ length: vectors }, () => code.local("v128"));
    const av = code.local("v128");

    /** A vector at pointer + offset, of which `count` lanes exist. */
    const load = (pointer: number, offset: number, count: number, into: number): void => {
      code.get(pointer);
      code.mem(count === t.lanes ? OP.v128_load : one, offset);
      code.set(into);
      if (count === t.lanes) return;
      for (let l = 1; l < count; l++) {
        code.get(pointer);
        code.get(into);
        code.memLane(lane, offset + l * t.size, l);
        code.set(into);
      }
    };
    const lanesOf = (v: number): number => (v === vectors - 1 && rest ? rest : t.lanes);
    /** One row of B: `fresh` where the products begin the sums. */
    const row = (offsetA: number, offsetB: number, fresh: boolean): void => {
      for (let v = 0; v < vectors; v++) load(pb, offsetB + v * 16, t.padded ? t.lanes : lanesOf(v), bs[v]!);
      for (let r = 0; r < t.rows; r++) {
        code.get(pa);
        code.mem(splat, offsetA + r * t.a[0] * t.size);
        code.set(av);
        for (let v = 0; v < vectors; v++) {
          if (!fresh) code.get(sums[r]![v]!);
          code.get(av);
          code.get(bs[v]!);
          code.op(mul);
          if (!fresh) code.op(add);
          code.set(sums[r]![v]!);
        }
      }
    };
    const stepA = t.a[1] * t.size;
    const stepB = t.b * t.size;
    const advance = (n: number): void => {
      for (const [p, s] of [
        [pa, stepA],
        [pb, stepB],
      ] as const) {
        code.get(p);
        code.i32(n * s);
        code.op(OP.i32_add);
        code.set(p);
      }
    };
    const eachOfC = (visit: (r: number, v: number, offset: number) => void): void => {
      for (let r = 0; r < t.rows; r++) for (let v = 0; v < vectors; v++) visit(r, v, (r * t.n + v * t.lanes) * t.size);
    };
    /**
     * Rows of B from the pointers on: as many as a number says, or the local k. One row a round: an optimising compiler moves all loads
     * of a straight piece of code to its front, and the loads of two rows with the sums are more than there are registers.
     */
    const down = (count: number | { local: number }): void => {
      code.count(code.local("i32"), 0, count, 1, () => {
        row(0, 0, false);
        advance(1);
      });
    };
    code.count(i, 0, { local: blocks! }, 1, () => {
      for (const [from, to] of [
        [a, pa],
        [b, pb],
      ] as const) {
        code.get(from!);
        code.set(to);
      }
      const begin = (): void => {
        row(0, 0, true);
        advance(1);
      };
      if (!t.blocked) {
        begin();
        down(t.depth - 1);
      } else {
        // k = min(left, depth) rows, less the one that begins the sums.
        pushLeast(code, t.depth, () => code.get(left!));
        code.set(k);
        code.get(first!);
        code.if(
          () => {
            begin();
            code.get(k);
            code.i32(1);
            code.op(OP.i32_sub);
            code.set(k);
          },
          () => eachOfC((r, v, offset) => load(c!, offset, lanesOf(v), sums[r]![v]!)),
        );
        down({ local: k });
      }
      eachOfC((r, v, offset) => {
        const count = lanesOf(v);
        for (let l = 0; l < (count === t.lanes ? 1 : count); l++) {
          code.get(c!);
          code.get(sums[r]![v]!);
          if (count === t.lanes) code.mem(OP.v128_store, offset);
          else code.memLane(f64 ? OP.v128_store64_lane : OP.v128_store32_lane, offset + l * t.size, l);
        }
      });
      for (const [p, s] of [
        [a, t.rows * t.a[0] * t.size],
        [c, t.rows * t.n * t.size],
      ] as const) {
        code.get(p!);
        code.i32(s);
        code.op(OP.i32_add);
        code.set(p!);
      }
    });
  });
}
