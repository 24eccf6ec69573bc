import { OP, type ModuleBuilder } from "./assembler.js";
import type { MatmulShape } from "./matmul.js";

/** Copies B into panels of `columns` columns, row after row, filled up with zeros; a unit is one panel. */
export function packer(module: ModuleBuilder, s: MatmulShape, lanes: number, size: number, columns: number): number {
  const panels = Math.ceil(s.n / columns);
  return module.func(Array<"i32">(6).fill("i32"), [], (code) => {
    const [p, k, from, to] = code.locals("i32", 4);
    const copyRows = (count: number): void => {
      code.count(k, 0, s.k, 1, () => {
        for (let j = 0; j < columns; j += lanes) {
          const here = Math.min(lanes, count - j);
          code.get(to);
          if (here <= 0) code.i32x4(0);
          else if (here === lanes && s.b[1] === 1) {
            code.get(from);
            code.mem(OP.v128_load, j * size);
          } else {
            code.get(from);
            code.mem(size === 8 ? OP.v128_load64_zero : OP.v128_load32_zero, j * s.b[1] * size);
            const v = code.local("v128");
            code.set(v);
            for (let lane = 1; lane < here; lane++) {
              code.get(from);
              code.get(v);
              code.memLane(size === 8 ? OP.v128_load64_lane : OP.v128_load32_lane, (j + lane) * s.b[1] * size, lane);
              code.set(v);
            }
            code.get(v);
          }
          code.mem(OP.v128_store, j * size);
        }
        code.get(from);
        code.i32(s.b[0] * size);
        code.op(OP.i32_add);
        code.set(from);
        code.get(to);
        code.i32(columns * size);
        code.op(OP.i32_add);
        code.set(to);
      });
    };
    code.count(p, { local: 4 }, { local: 5 }, 1, () => {
      for (const [local, base, step] of [
        [from, 1, columns * s.b[1] * size],
        [to, 3, s.k * columns * size],
      ] as const) {
        code.get(base);
        code.get(p);
        code.i32(step);
        code.op(OP.i32_mul);
        code.op(OP.i32_add);
        code.set(local);
      }
      const last = s.n - (panels - 1) * columns;
      if (last === columns) copyRows(columns);
      else {
        code.get(p);
        code.i32(panels - 1);
        code.op(OP.i32_eq);
        code.if(
          () => copyRows(last),
          () => copyRows(columns),
        );
      }
    });
  });
}
