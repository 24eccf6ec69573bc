import { OP, type Code } from "./assembler.js";

/** Up to this many bytes are copied by loads and stores; the memory.copy instruction costs a call out of the module, some 20 ns. */
const INLINE = 8192;
/** Up to this many bytes without a loop. */
const STRAIGHT = 64;

/** Copies `bytes`, a multiple of 4, to and from the addresses that two functions push; the two ranges do not overlap. */
export function copyBytes(code: Code, pushTo: () => void, pushFrom: () => void, bytes: number): void {
  if (bytes > INLINE) {
    pushTo();
    pushFrom();
    code.i32(bytes);
    code.memoryCopy();
    return;
  }
  const [to, from] = code.locals("i32", 2);
  pushTo();
  code.set(to);
  pushFrom();
  code.set(from);
  const move = (load: number, store: number, at: number): void => {
    code.get(to);
    code.get(from);
    code.mem(load, at);
    code.mem(store, at);
  };
  const looped = bytes > STRAIGHT ? bytes - (bytes % 32) : 0;
  if (looped > 0) {
    code.count(code.local("i32"), 0, looped, 32, () => {
      move(OP.v128_load, OP.v128_store, 0);
      move(OP.v128_load, OP.v128_store, 16);
      for (const p of [to, from]) {
        code.get(p);
        code.i32(32);
        code.op(OP.i32_add);
        code.set(p);
      }
    });
  }
  const rest = bytes - looped;
  let at = 0;
  for (; at + 16 <= rest; at += 16) move(OP.v128_load, OP.v128_store, at);
  for (; at + 8 <= rest; at += 8) move(OP.i64_load, OP.i64_store, at);
  if (at < rest) move(OP.i32_load, OP.i32_store, at);
}
