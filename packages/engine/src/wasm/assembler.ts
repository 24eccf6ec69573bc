/**
 * A WebAssembly assembler: just enough of the binary format (core 2.0 with SIMD and threads) to write
 * the functions that the lowering needs. Nothing here knows about tensors.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format); threads proposal.
 */

import { ALIGN, OP, simd } from "./opcodes.js";

export { OP };

export type ValType = "i32" | "i64" | "f32" | "f64" | "v128";

const VAL: Record<ValType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

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

/** A tuple of N numbers. */
type Times<N extends number, Rest extends number[] = []> = Rest["length"] extends N ? Rest : Times<N, [...Rest, number]>;

/** A function body while it is being written. Every method appends; operands are taken from the wasm stack. */
export interface Code {
  /** Index of a new local of this type. */
  local(type: ValType): number;
  /** Indices of so many new locals of one type. */
  locals<N extends number>(type: ValType, count: N): Times<N>;
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
  const local = (type: ValType): number => func.params + func.locals.push(type) - 1;
  const code: Code = {
    local,
    locals: <N extends number>(type: ValType, count: N) => Array.from({ length: count }, () => local(type)) as Times<N>,
    get: (l) => {
      out.push(0x20);
      unsigned(out, l);
    },
    set: (l) => {
      out.push(0x21);
      unsigned(out, l);
    },
    tee: (l) => {
      out.push(0x22);
      unsigned(out, l);
    },
    op,
    lane: (c, lane) => {
      op(c);
      out.push(lane);
    },
    mem: (c, offset = 0) => mem(c, offset),
    memLane: (c, offset, lane) => {
      mem(c, offset);
      out.push(lane);
    },
    shuffle: (bytes) => {
      op(OP.i8x16_shuffle);
      out.push(...bytes);
    },
    i32: (v) => {
      out.push(0x41);
      signed(out, v);
    },
    i64: (v) => {
      out.push(0x42);
      signed(out, v);
    },
    f64: (v) => {
      out.push(0x44);
      f64bytes(out, v);
    },
    f32: (v) => {
      out.push(0x43);
      f32bytes(out, v);
    },
    f64x2: (v) => {
      op(simd(0x0c));
      f64bytes(out, v);
      f64bytes(out, v);
    },
    f32x4: (v) => {
      op(simd(0x0c));
      for (let i = 0; i < 4; i++) f32bytes(out, v);
    },
    i32x4: (v) => {
      op(simd(0x0c));
      for (let i = 0; i < 4; i++) out.push(v & 255, (v >> 8) & 255, (v >> 16) & 255, (v >>> 24) & 255);
    },
    i64x2: (high, low) => {
      op(simd(0x0c));
      for (let i = 0; i < 2; i++)
        for (const w of [low, high]) out.push(w & 255, (w >> 8) & 255, (w >> 16) & 255, (w >>> 24) & 255);
    },
    memoryCopy: () => {
      out.push(0xfc, 0x0a, 0, 0);
    },
    memoryFill: () => {
      out.push(0xfc, 0x0b, 0);
    },
    call: (f) => {
      out.push(0x10);
      unsigned(out, f);
    },
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
    br: (d) => {
      out.push(0x0c);
      unsigned(out, d);
    },
    brIf: (d) => {
      out.push(0x0d);
      unsigned(out, d);
    },
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
