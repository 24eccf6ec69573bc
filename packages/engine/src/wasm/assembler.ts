/**
 * A WebAssembly assembler: just enough of the binary format (core 2.0 with SIMD and threads) to write
 * the functions that the lowering needs. Nothing here knows about tensors.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format); threads proposal.
 */

export type ValType = "i32" | "i64" | "f32" | "f64" | "v128";

const VAL: Record<ValType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** Opcode numbers: one byte; 0xfdNN.. for SIMD (prefix in bits 16+), 0xfeNN for atomics. */
const simd = (code: number): number => 0xfd0000 | code;
const atomic = (code: number): number => 0xfe0000 | code;

export const OP = {
  // control and variables
  unreachable: 0x00, return: 0x0f, drop: 0x1a, select: 0x1b,
  // i32
  i32_eqz: 0x45, i32_eq: 0x46, i32_ne: 0x47, i32_lt_s: 0x48, i32_lt_u: 0x49, i32_gt_s: 0x4a, i32_gt_u: 0x4b,
  i32_le_s: 0x4c, i32_ge_s: 0x4e, i32_ge_u: 0x4f, i32_add: 0x6a, i32_sub: 0x6b, i32_mul: 0x6c, i32_div_s: 0x6d, i32_div_u: 0x6e,
  i32_rem_u: 0x70, i32_and: 0x71, i32_or: 0x72, i32_xor: 0x73, i32_shl: 0x74, i32_shr_s: 0x75, i32_shr_u: 0x76, i32_rotl: 0x77,
  i32_wrap_i64: 0xa7, i64_add: 0x7c, i64_mul: 0x7e, i64_and: 0x83, i64_shr_u: 0x88, i64_extend_i32_u: 0xad,
  // scalar floats
  f64_ne: 0x62, f64_lt: 0x63, f64_gt: 0x64, f32_gt: 0x5e, f64_add: 0xa0, f64_sub: 0xa1, f64_mul: 0xa2, f64_div: 0xa3,
  f32_ne: 0x5c, f32_add: 0x92, f32_mul: 0x94,
  f64_convert_i32_s: 0xb7, f64_convert_i32_u: 0xb8, f32_convert_i32_s: 0xb2,
  i32_trunc_sat_f32_s: 0xfc0000, i32_trunc_sat_f64_s: 0xfc0002, i32_trunc_sat_f64_u: 0xfc0003,
  f64_promote_f32: 0xbb, f32_demote_f64: 0xb6,
  // v128 memory
  v128_load: simd(0x00), v128_load8_splat: simd(0x07), v128_load32_splat: simd(0x09), v128_load64_splat: simd(0x0a),
  v128_store: simd(0x0b), v128_load32_lane: simd(0x56), v128_load64_lane: simd(0x57),
  v128_store32_lane: simd(0x5a), v128_store64_lane: simd(0x5b), v128_load32_zero: simd(0x5c), v128_load64_zero: simd(0x5d),
  // v128 shape and bits
  i8x16_shuffle: simd(0x0d), i32x4_splat: simd(0x11), i64x2_splat: simd(0x12), f32x4_splat: simd(0x13), f64x2_splat: simd(0x14),
  i32x4_extract_lane: simd(0x1b), f32x4_extract_lane: simd(0x1f), f64x2_extract_lane: simd(0x21), i64x2_extract_lane: simd(0x1d),
  i32x4_replace_lane: simd(0x1c), f64x2_replace_lane: simd(0x22),
  v128_not: simd(0x4d), v128_and: simd(0x4e), v128_andnot: simd(0x4f), v128_or: simd(0x50), v128_xor: simd(0x51),
  v128_bitselect: simd(0x52), v128_any_true: simd(0x53), i64x2_all_true: simd(0xc3),
  // integer lanes
  i32x4_shl: simd(0xab), i32x4_shr_s: simd(0xac), i32x4_shr_u: simd(0xad), i32x4_add: simd(0xae), i32x4_sub: simd(0xb1), i32x4_mul: simd(0xb5),
  i32x4_eq: simd(0x37), i32x4_ne: simd(0x38), i32x4_lt_s: simd(0x39),
  i64x2_shl: simd(0xcb), i64x2_shr_s: simd(0xcc), i64x2_shr_u: simd(0xcd), i64x2_add: simd(0xce), i64x2_sub: simd(0xd1), i64x2_mul: simd(0xd5),
  i64x2_eq: simd(0xd6), i64x2_extmul_low_i32x4_u: simd(0xde),
  // f32 lanes
  f32x4_eq: simd(0x41), f32x4_ne: simd(0x42), f32x4_lt: simd(0x43), f32x4_gt: simd(0x44), f32x4_le: simd(0x45), f32x4_ge: simd(0x46),
  f32x4_ceil: simd(0x67), f32x4_floor: simd(0x68), f32x4_trunc: simd(0x69), f32x4_nearest: simd(0x6a),
  f32x4_abs: simd(0xe0), f32x4_neg: simd(0xe1), f32x4_sqrt: simd(0xe3), f32x4_add: simd(0xe4), f32x4_sub: simd(0xe5),
  f32x4_mul: simd(0xe6), f32x4_div: simd(0xe7), f32x4_min: simd(0xe8), f32x4_max: simd(0xe9), f32x4_pmin: simd(0xea), f32x4_pmax: simd(0xeb),
  // f64 lanes
  f64x2_eq: simd(0x47), f64x2_ne: simd(0x48), f64x2_lt: simd(0x49), f64x2_gt: simd(0x4a), f64x2_le: simd(0x4b), f64x2_ge: simd(0x4c),
  f64x2_ceil: simd(0x74), f64x2_floor: simd(0x75), f64x2_trunc: simd(0x7a), f64x2_nearest: simd(0x94),
  f64x2_abs: simd(0xec), f64x2_neg: simd(0xed), f64x2_sqrt: simd(0xef), f64x2_add: simd(0xf0), f64x2_sub: simd(0xf1),
  f64x2_mul: simd(0xf2), f64x2_div: simd(0xf3), f64x2_min: simd(0xf4), f64x2_max: simd(0xf5), f64x2_pmin: simd(0xf6), f64x2_pmax: simd(0xf7),
  // conversions between lanes
  f32x4_demote_f64x2_zero: simd(0x5e), f64x2_promote_low_f32x4: simd(0x5f),
  i32x4_trunc_sat_f32x4_s: simd(0xf8), f32x4_convert_i32x4_s: simd(0xfa), f32x4_convert_i32x4_u: simd(0xfb),
  i32x4_trunc_sat_f64x2_s_zero: simd(0xfc), i32x4_trunc_sat_f64x2_u_zero: simd(0xfd),
  f64x2_convert_low_i32x4_s: simd(0xfe), f64x2_convert_low_i32x4_u: simd(0xff),
  // scalar memory
  i32_load: 0x28, i64_load: 0x29, f32_load: 0x2a, f64_load: 0x2b, i32_store: 0x36, i64_store: 0x37, f32_store: 0x38, f64_store: 0x39,
  // atomics
  atomic_notify: atomic(0x00), atomic_wait32: atomic(0x01), i32_atomic_load: atomic(0x10), i32_atomic_store: atomic(0x17), i32_atomic_add: atomic(0x1e),
} as const;

/** log2 of the natural alignment of the memory instructions, where it is not 4 (v128). */
const ALIGN: Record<number, number> = {
  [OP.v128_load8_splat]: 0,
  [OP.v128_load32_splat]: 2, [OP.v128_load32_zero]: 2, [OP.v128_load32_lane]: 2, [OP.v128_store32_lane]: 2,
  [OP.v128_load64_splat]: 3, [OP.v128_load64_zero]: 3, [OP.v128_load64_lane]: 3, [OP.v128_store64_lane]: 3,
  [OP.i32_load]: 2, [OP.f32_load]: 2, [OP.i32_store]: 2, [OP.f32_store]: 2,
  [OP.i64_load]: 3, [OP.f64_load]: 3, [OP.i64_store]: 3, [OP.f64_store]: 3,
  [OP.atomic_notify]: 2, [OP.atomic_wait32]: 2, [OP.i32_atomic_load]: 2, [OP.i32_atomic_store]: 2, [OP.i32_atomic_add]: 2,
};

function unsigned(out: number[], value: number): void {
  let rest = value >>> 0;
  while (rest > 0x7f) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
}

function signed(out: number[], value: number): void {
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && !(byte & 0x40)) || (rest === -1 && byte & 0x40)) {
      out.push(byte);
      return;
    }
    out.push(byte | 0x80);
  }
}

const scratch = new DataView(new ArrayBuffer(8));

function f64bytes(out: number[], value: number): void {
  scratch.setFloat64(0, value, true);
  for (let i = 0; i < 8; i++) out.push(scratch.getUint8(i));
}

function f32bytes(out: number[], value: number): void {
  scratch.setFloat32(0, value, true);
  for (let i = 0; i < 4; i++) out.push(scratch.getUint8(i));
}

/** A function body while it is being written. Every method appends; operands are taken from the wasm stack. */
export interface Code {
  /** Index of a new local of this type. */
  local(type: ValType): number;
  get(local: number): void;
  set(local: number): void;
  tee(local: number): void;
  /** One instruction without immediates. */
  op(code: number): void;
  /** A lane instruction with its lane number (extract, replace). */
  lane(code: number, lane: number): void;
  /** A memory instruction: address on the stack (and the value above it for stores). */
  mem(code: number, offset?: number): void;
  /** load/store of one lane: address and vector on the stack. */
  memLane(code: number, offset: number, lane: number): void;
  /** i8x16.shuffle with its 16 byte numbers. */
  shuffle(bytes: readonly number[]): void;
  i32(value: number): void;
  /** A small 64-bit constant (it must fit 32 bits). */
  i64(value: number): void;
  f64(value: number): void;
  f32(value: number): void;
  /** v128 constants. */
  f64x2(value: number): void;
  f32x4(value: number): void;
  i32x4(value: number): void;
  /** A 64-bit pattern in both lanes, given as its high and low words. */
  i64x2(high: number, low: number): void;
  memoryCopy(): void;
  memoryFill(): void;
  call(func: number): void;
  block(body: () => void): void;
  loop(body: () => void): void;
  /** Condition on the stack. */
  if(then: () => void, otherwise?: () => void): void;
  br(depth: number): void;
  brIf(depth: number): void;
  /** A place in the code to which instructions may be added later (branches are relative, so code may move). */
  mark(): number;
  /** Writes instructions at a mark, before all that was written after it. Later marks move: use one at a time. */
  insert(mark: number, write: () => void): void;
  /** Runs body with `counter` = from, from + step, ... while counter < to; `to` may be a local (pass {local}). At least zero times. */
  count(counter: number, from: number | { local: number }, to: number | { local: number }, step: number, body: () => void): void;
}

interface Func {
  type: number;
  locals: ValType[];
  params: number;
  body: number[];
}

/** A module while it is being written. */
export interface ModuleBuilder {
  /** Adds a function; returns its index. Exported under `name` if `exported`. */
  func(params: readonly ValType[], results: readonly ValType[], write: (code: Code) => void, exported?: string): number;
  /** The finished module, importing its memory as env.memory. */
  bytes(memory: { pages: number; shared: boolean }): Uint8Array<ArrayBuffer>;
}

function section(out: number[], id: number, body: number[]): void {
  out.push(id);
  unsigned(out, body.length);
  for (const byte of body) out.push(byte);
}

/** Starts an empty module. *Cost*: linear in the code written. */
export function moduleBuilder(): ModuleBuilder {
  const types: string[] = [];
  const typeBytes: number[][] = [];
  const funcs: Func[] = [];
  const exports: { name: string; index: number }[] = [];

  function typeIndex(params: readonly ValType[], results: readonly ValType[]): number {
    const key = `${params.join()}>${results.join()}`;
    const known = types.indexOf(key);
    if (known >= 0) return known;
    const bytes = [0x60];
    unsigned(bytes, params.length);
    for (const p of params) bytes.push(VAL[p]);
    unsigned(bytes, results.length);
    for (const r of results) bytes.push(VAL[r]);
    types.push(key);
    typeBytes.push(bytes);
    return types.length - 1;
  }

  return {
    func(params, results, write, exported) {
      const func: Func = { type: typeIndex(params, results), locals: [], params: params.length, body: [] };
      const index = funcs.push(func) - 1;
      write(codeWriter(func));
      func.body.push(0x0b);
      if (exported !== undefined) exports.push({ name: exported, index });
      return index;
    },
    bytes({ pages, shared }) {
      const out = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
      const type: number[] = [];
      unsigned(type, typeBytes.length);
      for (const t of typeBytes) type.push(...t);
      section(out, 1, type);
      const imports = [1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, shared ? 0x03 : 0x01];
      unsigned(imports, pages);
      unsigned(imports, pages);
      section(out, 2, imports);
      const decl: number[] = [];
      unsigned(decl, funcs.length);
      for (const f of funcs) unsigned(decl, f.type);
      section(out, 3, decl);
      const exported: number[] = [];
      unsigned(exported, exports.length);
      for (const e of exports) {
        unsigned(exported, e.name.length);
        for (const c of e.name) exported.push(c.charCodeAt(0));
        exported.push(0x00);
        unsigned(exported, e.index);
      }
      section(out, 7, exported);
      const code: number[] = [];
      unsigned(code, funcs.length);
      for (const f of funcs) {
        const head: number[] = [];
        const runs: [number, ValType][] = [];
        for (const l of f.locals) {
          const last = runs[runs.length - 1];
          if (last && last[1] === l) last[0]++;
          else runs.push([1, l]);
        }
        unsigned(head, runs.length);
        for (const [n, l] of runs) {
          unsigned(head, n);
          head.push(VAL[l]);
        }
        unsigned(code, head.length + f.body.length);
        for (const b of head) code.push(b);
        for (const b of f.body) code.push(b);
      }
      section(out, 10, code);
      return new Uint8Array(out);
    },
  };
}

function codeWriter(func: Func): Code {
  const out = func.body;
  const op = (code: number): void => {
    if (code > 0xffff) {
      out.push(code >>> 16);
      unsigned(out, code & 0xffff);
    } else out.push(code);
  };
  const mem = (code: number, offset: number): void => {
    if (!(offset >= 0)) throw new Error(`memory offset must be 0 or more, got ${offset}`);
    op(code);
    unsigned(out, ALIGN[code] ?? 4);
    unsigned(out, offset);
  };
  const nested = (opcode: number, body: () => void): void => {
    out.push(opcode, 0x40);
    body();
    out.push(0x0b);
  };
  const code: Code = {
    local: (type) => func.params + func.locals.push(type) - 1,
    get: (l) => { out.push(0x20); unsigned(out, l); },
    set: (l) => { out.push(0x21); unsigned(out, l); },
    tee: (l) => { out.push(0x22); unsigned(out, l); },
    op,
    lane: (c, lane) => { op(c); out.push(lane); },
    mem: (c, offset = 0) => mem(c, offset),
    memLane: (c, offset, lane) => { mem(c, offset); out.push(lane); },
    shuffle: (bytes) => { op(OP.i8x16_shuffle); out.push(...bytes); },
    i32: (v) => { out.push(0x41); signed(out, v); },
    i64: (v) => { out.push(0x42); signed(out, v); },
    f64: (v) => { out.push(0x44); f64bytes(out, v); },
    f32: (v) => { out.push(0x43); f32bytes(out, v); },
    f64x2: (v) => { op(simd(0x0c)); f64bytes(out, v); f64bytes(out, v); },
    f32x4: (v) => { op(simd(0x0c)); for (let i = 0; i < 4; i++) f32bytes(out, v); },
    i32x4: (v) => {
      op(simd(0x0c));
      for (let i = 0; i < 4; i++) out.push(v & 255, (v >> 8) & 255, (v >> 16) & 255, (v >>> 24) & 255);
    },
    i64x2: (high, low) => {
      op(simd(0x0c));
      for (let i = 0; i < 2; i++) for (const w of [low, high]) out.push(w & 255, (w >> 8) & 255, (w >> 16) & 255, (w >>> 24) & 255);
    },
    memoryCopy: () => { out.push(0xfc, 0x0a, 0, 0); },
    memoryFill: () => { out.push(0xfc, 0x0b, 0); },
    call: (f) => { out.push(0x10); unsigned(out, f); },
    block: (body) => nested(0x02, body),
    loop: (body) => nested(0x03, body),
    if: (then, otherwise) => {
      out.push(0x04, 0x40);
      then();
      if (otherwise) {
        out.push(0x05);
        otherwise();
      }
      out.push(0x0b);
    },
    br: (d) => { out.push(0x0c); unsigned(out, d); },
    brIf: (d) => { out.push(0x0d); unsigned(out, d); },
    mark: () => out.length,
    insert: (mark, write) => {
      const tail = out.splice(mark);
      write();
      for (const byte of tail) out.push(byte);
    },
    count: (counter, from, to, step, body) => {
      const push = (v: number | { local: number }): void => (typeof v === "number" ? code.i32(v) : code.get(v.local));
      if (typeof from === "number" && typeof to === "number" && from >= to) return;
      push(from);
      code.set(counter);
      if (typeof from === "number" && typeof to === "number" && from + step >= to) return body();
      code.block(() => {
        // The test stands before the loop only where it can fail at once.
        if (typeof from !== "number" || typeof to !== "number") {
          code.get(counter);
          push(to);
          code.op(OP.i32_ge_s);
          code.brIf(0);
        }
        code.loop(() => {
          body();
          code.get(counter);
          code.i32(step);
          code.op(OP.i32_add);
          code.tee(counter);
          push(to);
          code.op(OP.i32_lt_s);
          code.brIf(0);
        });
      });
    },
  };
  return code;
}
