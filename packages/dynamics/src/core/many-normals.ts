import {
  add,
  at,
  compile,
  cos,
  floor,
  log,
  mul,
  randomBits,
  reshape,
  sin,
  sqrt,
  stack,
  sub,
  type Program,
  type Tensor,
} from "#engine";

/** Fewer are not worth a program, more at a time not its memory. */
const LEAST = 4096;
const MOST = 2 ** 19;
/** Programs of the lengths asked for last: a network has few different ones. */
const KEPT = 4;
const programs = new Map<number, Program>();

/**
 * Normal numbers 0, 1, 2, ... of the stream with this key and high counter word, by a compiled program.
 *
 * *Returns*: how many numbers were written to the front of `out`: an even number, 0 where a loop does as well. The same bits as one by one.
 */
export function manyNormals(key0: number, key1: number, high: number, out: Float64Array): number {
  const n = Math.min(MOST, out.length - (out.length % 2));
  if (n < LEAST) return 0;
  let program = programs.get(n);
  if (program) programs.delete(n);
  else program = compile((key, step) => [pairs(key!, step!, n)], [{ shape: [2] }, { shape: [] }]);
  programs.set(n, program);
  if (programs.size > KEPT) programs.delete(programs.keys().next().value!);
  program.inputs[0]!.set([key0, key1]);
  program.inputs[1]![0] = high;
  program.run();
  out.set(program.outputs[0]!);
  return n;
}

/** Box and Muller on neighbouring uniforms, as `random` takes them. */
function pairs(key: Tensor, step: Tensor, n: number): Tensor {
  const bits = reshape(randomBits(key, step, n), [n / 2, 2, 2]);
  const uniform = (i: number): Tensor => {
    const words = at(bits, i, 1);
    const [high, low] = [floor(mul(at(words, 0, 1), 2 ** -5)), floor(mul(at(words, 1, 1), 2 ** -6))];
    return mul(add(mul(high, 2 ** 26), low), 2 ** -53);
  };
  const radius = sqrt(mul(-2, log(sub(1, uniform(0)))));
  const angle = mul(2 * Math.PI, uniform(1));
  return reshape(stack([mul(radius, cos(angle)), mul(radius, sin(angle))], 1), [n]);
}
