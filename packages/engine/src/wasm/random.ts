import { PARITY, ROTATIONS } from "../ops/random.js";
import { OP, type Code } from "./assembler.js";
import type { Kernel } from "./map.js";
import { addressOf, type Place } from "./place.js";

/** Threefry-2x32-20 word pairs, each word as an f64; a unit is one lane of one member of the batch. */
export function randomKernel(keys: Place, steps: Place, members: number, lanes: number, out: Place): Kernel {
  return {
    units: members * lanes,
    work: members * lanes * 80,
    emit: (module) =>
      module.func(["i32", "i32"], [], (code) => {
        const [u, member, k0, k1, k2, x0, x1, to] = code.locals("i32", 8);
        const keyWords = [k0, k1, k2];
        const word = (place: Place, stride: number, offset: number, local: number): void => {
          code.get(member);
          code.i32(stride);
          code.op(OP.i32_mul);
          code.mem(OP.f64_load, addressOf(place) + offset);
          code.op(OP.i32_trunc_sat_f64_u);
          code.set(local);
        };
        const plus = (a: number, b: number, extra = 0): void => {
          code.get(a);
          code.get(b);
          code.op(OP.i32_add);
          if (extra) {
            code.i32(extra);
            code.op(OP.i32_add);
          }
          code.set(a);
        };
        code.count(u, { local: 0 }, { local: 1 }, 1, () => {
          code.get(u);
          code.i32(lanes);
          code.op(OP.i32_div_u);
          code.set(member);
          word(keys, 16, 0, k0);
          word(keys, 16, 8, k1);
          code.get(k0);
          code.get(k1);
          code.op(OP.i32_xor);
          code.i32(PARITY);
          code.op(OP.i32_xor);
          code.set(k2);
          code.get(u);
          code.i32(lanes);
          code.op(OP.i32_rem_u);
          code.set(x0);
          word(steps, 8, 0, x1);
          plus(x0, k0);
          plus(x1, k1);
          for (let round = 0; round < 5; round++) {
            for (let i = 0; i < 4; i++) mix(code, x0, x1, ROTATIONS[(round % 2) * 4 + i]!, plus);
            plus(x0, keyWords[(round + 1) % 3]!);
            plus(x1, keyWords[(round + 2) % 3]!, round + 1);
          }
          code.get(u);
          code.i32(16);
          code.op(OP.i32_mul);
          code.set(to);
          [x0, x1].forEach((x, i) => {
            code.get(to);
            code.get(x);
            code.op(OP.f64_convert_i32_u);
            code.mem(OP.f64_store, addressOf(out) + 8 * i);
          });
        });
      }),
  };
}

function mix(code: Code, x0: number, x1: number, by: number, plus: (a: number, b: number) => void): void {
  plus(x0, x1);
  code.get(x1);
  code.i32(by);
  code.op(OP.i32_rotl);
  code.get(x0);
  code.op(OP.i32_xor);
  code.set(x1);
}
