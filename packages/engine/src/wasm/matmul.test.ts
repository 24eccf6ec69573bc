import { describe, expect, test } from "vitest";
import { moduleBuilder } from "./assembler.js";
import { planMatmul, type MatmulShape } from "./matmul.js";

let state = 7;
const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2147483648 - 1;
const choose = <T>(from: readonly T[]): T => from[Math.floor(((random() + 1) / 2) * from.length)]!;

const extent = (r: number, c: number, s: readonly [number, number]): number =>
  r * c === 0 ? 0 : (r - 1) * s[0] + (c - 1) * s[1] + 1;
const aligned = (x: number): number => (x + 63) & ~63;

/** Runs a plan on random numbers, its units cut at random places; B lies at the very end of memory. */
function run(s: MatmulShape, special: boolean): { got: ArrayLike<number>; want: number[] } {
  const module = moduleBuilder();
  const plan = planMatmul(module, s);
  plan.stages.forEach((stage, i) =>
    module.func(
      ["i32", "i32", "i32", "i32", "i32", "i32"],
      [],
      (code) => {
        for (let j = 0; j < 6; j++) code.get(j);
        code.call(stage.func);
      },
      `s${i}`,
    ),
  );
  const size = s.dtype === "f64" ? 8 : 4;
  const [na, nb, nc] = [extent(s.m, s.k, s.a), extent(s.k, s.n, s.b), s.m * s.n];
  const c = 64;
  const scratch = aligned(c + nc * size);
  const a = aligned(scratch + plan.scratchBytes);
  const pages = Math.ceil((aligned(a + na * size) + nb * size) / 65536);
  const b = pages * 65536 - nb * size;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes({ pages, shared: false })), {
    env: { memory },
  });
  const Numbers = s.dtype === "f64" ? Float64Array : Float32Array;
  const [A, B, C] = [new Numbers(memory.buffer, a, na), new Numbers(memory.buffer, b, nb), new Numbers(memory.buffer, c, nc)];
  for (let i = 0; i < na; i++) A[i] = special ? choose([0, -0, Infinity, NaN, 1, random()]) : random();
  for (let i = 0; i < nb; i++) B[i] = special ? choose([0, -0, -Infinity, 1, random()]) : random();
  C.fill(NaN);
  plan.stages.forEach((stage, i) => {
    const cuts = [0, Math.floor(stage.units / 3), Math.floor((2 * stage.units) / 3), stage.units];
    for (let j = 0; j < 3; j++)
      if (cuts[j]! < cuts[j + 1]!) (exports[`s${i}`] as (...xs: number[]) => void)(a, b, c, scratch, cuts[j]!, cuts[j + 1]!);
  });
  const round = s.dtype === "f32" ? Math.fround : (x: number): number => x;
  const want: number[] = [];
  for (let i = 0; i < s.m; i++) {
    for (let j = 0; j < s.n; j++) {
      let sum = 0;
      for (let k = 0; k < s.k; k++) {
        const p = round(A[i * s.a[0] + k * s.a[1]]! * B[k * s.b[0] + j * s.b[1]]!);
        sum = k === 0 ? p : round(sum + p);
      }
      want.push(sum);
    }
  }
  return { got: C, want };
}

const DIMS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 33, 70];

describe("matrix products equal the triple loop bit for bit", () => {
  for (const dtype of ["f64", "f32"] as const) {
    test(`${dtype}: 400 shapes and strides, units cut at random`, () => {
      for (let t = 0; t < 400; t++) {
        const [m, n] = [choose(DIMS), choose(DIMS)];
        // Longer than a block of rows of B now and then; an empty sum now and then.
        const k = t % 20 === 0 ? 0 : t % 20 === 1 ? 257 + t : choose(DIMS);
        const s: MatmulShape = {
          dtype,
          m,
          k,
          n,
          a: choose([
            [k, 1],
            [1, m],
            [k + 3, 1],
            [0, 1],
          ] as const),
          b: choose([
            [n, 1],
            [1, k],
            [n + 2, 1],
            [0, 1],
            [1, 0],
          ] as const),
        };
        const { got, want } = run(s, t % 7 === 3);
        expect(
          want.every((v, i) => Object.is(v, got[i])),
          JSON.stringify(s),
        ).toBe(true);
      }
    });
  }
});
