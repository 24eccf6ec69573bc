import { BYTES, type Tensor } from "../tensor.js";
import { OP, type ModuleBuilder } from "./assembler.js";
import { planMatmul } from "./matmul.js";
import { addressOf, type Place } from "./place.js";
import { kernelStep, type Work } from "./steps.js";

/** What a matrix product, or a batch of them with one unit a member, takes: room for packed factors, and steps that use it. */
export interface ProductSteps {
  readonly scratchBytes: number;
  readonly steps: readonly ((scratch: Place) => Work)[];
}

/** The steps of t = a b; none where the result is empty. */
export function productSteps(module: ModuleBuilder, t: Tensor, a: Place, b: Place, out: Place): ProductSteps {
  const [m, k] = t.inputs[0]!.shape.slice(-2) as [number, number];
  const n = t.inputs[1]!.shape.slice(-1)[0]!;
  const members = t.shape.length === 3 ? t.shape[0]! : 1;
  if (m * n * members === 0) return { scratchBytes: 0, steps: [] };
  const plan = planMatmul(module, {
    dtype: t.dtype as "f64" | "f32",
    m,
    k,
    n,
    a: a.strides.slice(-2) as [number, number],
    b: b.strides.slice(-2) as [number, number],
  });
  const need = Math.ceil(plan.scratchBytes / 64) * 64;
  const cost = (m * k * n) / 2 + 8;
  if (members === 1) {
    const last = plan.stages.length - 1;
    const steps = plan.stages.map((stage, i) => (scratch: Place): Work => ({
      kind: "work",
      units: stage.units,
      work: i === last ? cost : (k * (m + n)) / 4,
      prepare: () => (code, lo, hi) => {
        for (const p of [a, b, out, scratch]) code.i32(addressOf(p));
        lo();
        hi();
        code.call(stage.func);
      },
    }));
    return { scratchBytes: need, steps };
  }
  const stride = (p: Place, i: number): number => (t.inputs[i]!.shape.length === 3 ? p.strides[0]! * BYTES[p.dtype] : 0);
  const strides = [stride(a, 0), stride(b, 1), m * n * BYTES[t.dtype], need];
  const batch = (scratch: Place): Work =>
    kernelStep({
      units: members,
      work: cost * members,
      emit: (mod) =>
        mod.func(["i32", "i32"], [], (code) => {
          const v = code.local("i32");
          code.count(v, { local: 0 }, { local: 1 }, 1, () => {
            for (const stage of plan.stages) {
              [a, b, out, scratch].forEach((p, i) => {
                code.i32(addressOf(p));
                code.get(v);
                code.i32(strides[i]!);
                code.op(OP.i32_mul);
                code.op(OP.i32_add);
              });
              code.i32(0);
              code.i32(stage.units);
              code.call(stage.func);
            }
          });
        }),
    });
  return { scratchBytes: need * members, steps: [batch] };
}
