import type { Lanes } from "../lanes/lanes.js";
import { vectorInstructions, wasmLanes } from "../lanes/wasm.js";
import type { DType, Op } from "../tensor.js";
import { OP, type Code } from "./assembler.js";
import { sharing } from "./cse.js";

/** Elements of a v128. */
export const lanesOf = (dtype: DType): number => (dtype === "f64" ? 2 : 4);

/** Basic arithmetic on f32x4: enough for the operations that round once. */
function f32Lanes(code: Code, constant: (value: number) => number): Lanes<number, number> {
  const { un, bin, and, or, choose } = vectorInstructions(code);
  const none = (): never => {
    throw new Error("not an operation of single precision: the caller promotes");
  };
  return {
    const: constant,
    add: bin(OP.f32x4_add),
    sub: bin(OP.f32x4_sub),
    mul: bin(OP.f32x4_mul),
    div: bin(OP.f32x4_div),
    sqrt: un(OP.f32x4_sqrt),
    neg: un(OP.f32x4_neg),
    abs: un(OP.f32x4_abs),
    nearest: un(OP.f32x4_nearest),
    floor: un(OP.f32x4_floor),
    ceil: un(OP.f32x4_ceil),
    trunc: un(OP.f32x4_trunc),
    min: bin(OP.f32x4_min),
    max: bin(OP.f32x4_max),
    pmin: bin(OP.f32x4_pmin),
    pmax: bin(OP.f32x4_pmax),
    lt: bin(OP.f32x4_lt),
    le: bin(OP.f32x4_le),
    eq: bin(OP.f32x4_eq),
    ne: bin(OP.f32x4_ne),
    and,
    or,
    not: un(OP.v128_not),
    select: choose,
    copysign: (a, b) => or(a, and(b, constant(-0))),
    pow2: none,
    exponent: none,
    mantissa: none,
    truncateLow: none,
  };
}

/** Vector instructions of one evaluation of an expression's operations on f64, each distinct one counted once. */
export function instructions(code: readonly { readonly op: Op; readonly args: readonly number[] }[], given: number): number {
  let [count, next] = [0, given];
  const counted = (name: string | symbol) => (): number => {
    if (name !== "const") count++;
    return next++;
  };
  const l = sharing(new Proxy({} as Lanes<number, number>, { get: (_, name) => counted(name) }));
  const slots = Array.from({ length: given }, (_, i) => i);
  for (const { op, args } of code)
    slots.push(
      op.lanes!(
        l,
        args.map((a) => slots[a]!),
      ),
    );
  return count;
}

/** Writes elementwise operations on vectors of one element type. */
export interface VectorWriter {
  apply(op: Op, args: readonly number[]): number;
  /** A number in every lane. */
  number(value: number): number;
  /** Forgets what was computed: for code that other paths may have jumped to. Constants are kept. */
  fresh(): void;
  /** Writes the constants used so far where the writer was made: outside the loops opened since. */
  finish(): void;
}

/** *Returns*: a writer whose results are locals; equal operations on equal operands are written once. */
export function vectorWriter(code: Code, dtype: DType): VectorWriter {
  const mark = code.mark();
  const constants: { local: number; write: () => void }[] = [];
  const hoisted = (write: (v: number) => void): ((v: number) => number) => {
    const known = new Map<string, number>();
    return (v) => {
      const key = Object.is(v, -0) ? "-0" : `${v}`;
      let local = known.get(key);
      if (local === undefined) {
        known.set(key, (local = code.local("v128")));
        constants.push({ local, write: () => write(v) });
      }
      return local;
    };
  };
  const plain64 = wasmLanes(code, hoisted(code.f64x2));
  const plain32 = f32Lanes(code, hoisted(code.f32x4));
  let f64 = sharing(plain64);
  let f32 = sharing(plain32);
  const halves = new Map<number, [number, number]>();
  const fresh = (): void => {
    f64 = sharing(plain64);
    f32 = sharing(plain32);
    halves.clear();
  };
  const finish = (): void =>
    code.insert(mark, () => {
      for (const c of constants) {
        c.write();
        code.set(c.local);
      }
    });
  if (dtype === "f64") return { apply: (op, args) => op.lanes!(f64, args), number: (v) => plain64.const(v), fresh, finish };

  const promote = (v: number): [number, number] => {
    let pair = halves.get(v);
    if (!pair) {
      pair = [code.local("v128"), code.local("v128")];
      code.get(v);
      code.op(OP.f64x2_promote_low_f32x4);
      code.set(pair[0]);
      code.get(v);
      code.get(v);
      code.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
      code.op(OP.f64x2_promote_low_f32x4);
      code.set(pair[1]);
      halves.set(v, pair);
    }
    return pair;
  };
  return {
    number: (v) => plain32.const(v),
    fresh,
    finish,
    apply(op, args) {
      if (op.single) return op.lanes!(f32, args);
      // More than one rounding: done in f64 and rounded once, as the reference does.
      const pairs = args.map(promote);
      const out = code.local("v128");
      for (const half of [0, 1] as const) {
        code.get(
          op.lanes!(
            f64,
            pairs.map((p) => p[half]),
          ),
        );
        code.op(OP.f32x4_demote_f64x2_zero);
      }
      code.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
      code.set(out);
      return out;
    },
  };
}
