import { OP, type ModuleBuilder } from "./assembler.js";
export interface MatmulShape { dtype: "f64" | "f32"; m: number; k: number; n: number; a: readonly [number, number]; b: readonly [number, number]; }
export interface MatmulStage { units: number; func: number; }
export interface MatmulPlan { scratchBytes: number; stages: MatmulStage[] }
export function planMatmul(module: ModuleBuilder, s: MatmulShape): MatmulPlan {
  const w = s.dtype === "f64"; const B = w ? 8 : 4;
  const func = module.func(["i32", "i32", "i32", "i32", "i32", "i32"], [], (c) => {
    const [i, j, k] = [c.local("i32"), c.local("i32"), c.local("i32")] as [number, number, number];
    const acc = c.local(w ? "f64" : "f32");
    const ad = (p: number, x: number, sx: number, y: number, sy: number) => { c.get(p); c.get(x); c.i32(sx * B); c.op(OP.i32_mul); c.op(OP.i32_add); c.get(y); c.i32(sy * B); c.op(OP.i32_mul); c.op(OP.i32_add); };
    c.count(i, { local: 4 }, { local: 5 }, 1, () => c.count(j, 0, s.n, 1, () => {
      if (w) c.f64(-0); else c.f32(-0); c.set(acc);
      c.i32(0); c.set(k);
      c.count(k, 0, s.k, 1, () => { c.get(acc); ad(0, i, s.a[0], k, s.a[1]); c.mem(w ? OP.f64_load : OP.f32_load); ad(1, k, s.b[0], j, s.b[1]); c.mem(w ? OP.f64_load : OP.f32_load); c.op(w ? OP.f64_mul : OP.f32_mul); c.op(w ? OP.f64_add : OP.f32_add); c.set(acc); });
      ad(2, i, s.n, j, 1); c.get(acc); c.mem(w ? OP.f64_store : OP.f32_store);
    }));
  });
  return { scratchBytes: 0, stages: [{ units: s.m, func }] };
}
