import { compile, constant, matmul, mul, reshape, scan, slice, sub, take, vmap, type Tensor, type TypedArray } from "#engine";
import type { Draws } from "../core/draws.js";
import type { Gram } from "../core/gram.js";

/** Moves vectors (rows, in place) by as many steps as it was built for, on the batches drawn next. */
export type ResidualSteps = (vectors: Float64Array, batches: Draws) => void;

/** Steps of single samples taken in one pass over the residuals: more would need more pointers than a processor has registers. */
export const TOGETHER = 4;

/**
 * The step r' = r - rate G P_batch r of residuals, or of coordinates of the range when G is singular.
 *
 * *Cost*: one pass over q rows of G a sample of the batch; with a singular G twice that.
 */
export function batchSteps(
  { size, samples, outputs, matrix, factor: { rank, rows } }: Gram,
  rate: number,
  batchSize: number,
): (shape: readonly number[], steps: number) => ResidualSteps {
  const drawn = batchSize * outputs;
  const of = (table: Tensor, batch: Tensor): Tensor => reshape(take(table, batch), [drawn, table.shape[1]! / outputs]);
  // The change of x: coefficients times rows; a single row needs no contraction.
  const combined = (c: Tensor, of: Tensor): Tensor =>
    drawn === 1 ? mul(reshape(c, [1]), reshape(of, [of.shape[1]!])) : reshape(matmul(reshape(c, [1, drawn]), of), [of.shape[1]!]);
  const residuals = (r: Tensor, batch: Tensor): Tensor => {
    const c = mul(rate, take(reshape(r, [samples, outputs]), batch));
    return sub(r, combined(c, of(constant(matrix, [samples, outputs * size]), batch)));
  };
  const coordinates = (y: Tensor, batch: Tensor): Tensor => {
    const gradients = of(constant(rows, [samples, outputs * rank]), batch);
    return sub(y, combined(mul(rate, matmul(gradients, y)), gradients));
  };
  const step = rank === size ? residuals : coordinates;
  return (shape, steps) => {
    const walk = (start: Tensor, batches: Tensor): Tensor =>
      scan(([v], [batch]) => [[along(shape, (x) => step(x, batch!))(v!)], []], [start], [batches])[0][0]!;
    const program = compile<TypedArray>(walk, [{ shape }, { shape: [steps, batchSize], dtype: "i32" }]);
    return (vectors, batches) => {
      program.inputs[0]!.set(vectors);
      batches.fill(program.inputs[1] as Int32Array);
      program.run();
      vectors.set(program.outputs[0]!);
    };
  };
}

/**
 * The same for batches of one sample, one output and a G of full rank, four steps in one pass over the residuals.
 *
 * *Definition*: what a step multiplies its row of G with is the residual of its own sample after the steps before, which takes entries of G
 * between their samples alone: c_k = rate (r[i_k] - c_1 G[i_1, i_k] - ... - c_(k-1) G[i_(k-1), i_k]). Then one pass gives
 * r - c_1 G[i_1] - ... - c_4 G[i_4]. Every element meets the operations of single steps in their order: the bits are the same.
 * *Cost*: 2 q operations a step on 1.5 q numbers read or written, instead of 3 q.
 */
export function singleSampleSteps(
  { size, matrix }: Gram,
  rate: number,
): (shape: readonly number[], steps: number) => ResidualSteps {
  return (shape, steps) => {
    const together = steps % TOGETHER === 0 ? TOGETHER : 1;
    const passes = steps / together;
    const entries = Math.max(1, (together * (together - 1)) / 2);
    const table = constant(matrix, [size, size]);
    const pass = (r: Tensor, samples: Tensor, between: Tensor): Tensor => {
      const own = take(r, samples);
      const factors: Tensor[] = [];
      let [out, entry] = [r, 0];
      for (let k = 0; k < together; k++) {
        const before = factors.map((factor) => mul(element(between, entry++), factor));
        const factor = mul(rate, before.reduce(sub, element(own, k)));
        factors.push(factor);
        out = sub(out, mul(factor, take(table, element(samples, k))));
      }
      return out;
    };
    const walk = (start: Tensor, batches: Tensor, places: Tensor): Tensor =>
      scan(
        ([v], [samples, at]) => {
          const between = take(reshape(table, [size * size]), at!);
          return [[along(shape, (r) => pass(r, samples!, between))(v!)], []];
        },
        [start],
        [batches, places],
      )[0][0]!;
    const { inputs, outputs, run } = compile<TypedArray>(walk, [
      { shape },
      { shape: [passes, together], dtype: "i32" },
      { shape: [passes, entries], dtype: "i32" },
    ]);
    const [given, samples, places] = inputs as [Float64Array, Int32Array, Int32Array];
    return (vectors, batches) => {
      given.set(vectors);
      batches.fill(samples);
      let entry = 0;
      for (let first = 0; first < samples.length; first += together)
        for (let k = 1; k < together; k++)
          for (let l = 0; l < k; l++) places[entry++] = samples[first + l]! * size + samples[first + k]!;
      run();
      vectors.set(outputs[0]!);
    };
  };
}

const element = (x: Tensor, i: number): Tensor => reshape(slice(x, [i], [i + 1]), []);

/** One vector, or every row. */
const along = (shape: readonly number[], f: (x: Tensor) => Tensor): ((x: Tensor) => Tensor) => (shape.length === 1 ? f : vmap(f));
