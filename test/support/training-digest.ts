import { add, compile, grad, matmul, mul, reshape, slice, sub, sum, tanh, type Tensor, type Threads } from "#engine";

/** FNV-1a over the bytes of an array. */
export function digest(x: Float64Array): string {
  let h = 0x811c9dc5;
  for (const byte of new Uint8Array(x.slice().buffer)) h = Math.imul(h ^ byte, 0x01000193) >>> 0;
  return h.toString(16).padStart(8, "0");
}

/** The digest of the parameters of a tanh network after full-batch gradient descent at a large step size. */
export function trainingDigest(
  widths: readonly number[],
  samples: number,
  steps: number,
  stepSize: number,
  threads?: Threads,
): string {
  const size = widths.slice(1).reduce((n, out, i) => n + out * (widths[i]! + 1), 0);
  const loss = (theta: Tensor, x: Tensor, y: Tensor): Tensor => {
    let at = 0;
    let h = x;
    widths.slice(1).forEach((out, l) => {
      const inn = widths[l]!;
      const w = reshape(slice(theta, [at], [at + inn * out]), [inn, out]);
      h = add(matmul(h, w), slice(theta, [at + inn * out], [at + inn * out + out]));
      if (l + 2 < widths.length) h = tanh(h);
      at += (inn + 1) * out;
    });
    const r = sub(h, y);
    return mul(0.5 / samples, sum(mul(r, r)));
  };
  const program = compile(
    (t, x, y) => sub(t, mul(stepSize, grad(loss)(t, x, y))),
    [{ shape: [size] }, { shape: [samples, widths[0]!] }, { shape: [samples, widths[widths.length - 1]!] }],
    { state: 1, ...(threads ? { threads } : {}) },
  );
  let s = 1;
  for (const input of program.inputs) {
    input.forEach((_, i) => {
      s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
      input[i] = s / 2147483648 - 1;
    });
  }
  program.iterate(steps);
  const theta = program.outputs[0]!;
  if (!theta.every(Number.isFinite)) throw new Error("the training run diverged");
  return digest(theta);
}
