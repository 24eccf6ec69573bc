import { add, compile, concat, constant, mul, reshape, scalarMath, slice, sub, type Tensor } from "#engine";

/** A complex vector as its two parts, of shape [n] each. */
export type Complex = readonly [re: Tensor, im: Tensor];

/** Up to this many repetitions of a factor are written out: short rows are dear. */
const WRITTEN_OUT = 16;

/**
 * The discrete Fourier transform as an engine program: X_k = sum_j x_j e^(-2 pi i j k / n), n a power of two.
 *
 * *Cost*: log2(n) passes. *Source*: Stockham's self-sorting form of Cooley, Tukey 1965; Van Loan 1992, Computational frameworks for the FFT, section 1.7.
 */
export function fourier([re, im]: Complex, n: number): Complex {
  let [a, b] = [reshape(re, [n, 1]), reshape(im, [n, 1])];
  for (let [length, stride] = [n, 1]; length > 1; length /= 2, stride *= 2) {
    const half = length / 2;
    const wide = stride < WRITTEN_OUT ? stride : 1;
    const factor = (f: (x: number) => number): Tensor =>
      constant(
        Float64Array.from({ length: half * wide }, (_, e) => f((-2 * Math.PI * Math.floor(e / wide)) / length)),
        [half, wide],
      );
    const [c, s] = [factor(scalarMath.cos), factor(scalarMath.sin)];
    const parts = (x: Tensor): [Tensor, Tensor] => {
      const [top, bottom] = [slice(x, [0, 0], [half, stride]), slice(x, [half, 0], [length, stride])];
      return [add(top, bottom), sub(top, bottom)];
    };
    const [[sumA, a1], [sumB, b1]] = [parts(a), parts(b)];
    const woven = (even: Tensor, odd: Tensor): Tensor =>
      reshape(
        concat(
          [even, odd].map((x) => reshape(x, [half, 1, stride])),
          1,
        ),
        [half, 2 * stride],
      );
    [a, b] = [woven(sumA, sub(mul(a1, c), mul(b1, s))), woven(sumB, add(mul(a1, s), mul(b1, c)))];
  }
  return [reshape(a, [n]), reshape(b, [n])];
}

/**
 * The product with a circulant matrix as an engine program: y_i = sum_d weights_d x_(i + d), around a ring of n.
 *
 * *Returns*: a function of the two parts of a complex vector, which stay apart since the weights are real: two real vectors at the price of one.
 * *Error*: rounding, some log2(n) units in the last place of the largest |x| times the sum of |weights|.
 * *Cost*: two transforms of length n where that is a power of two, else of the next one from 2 n.
 */
export function ringProduct(weights: Float64Array): (x: Complex) => Complex {
  const n = weights.length;
  let size = 1;
  while (size < n) size *= 2;
  const whole = size === n;
  if (!whole) while (size < 2 * n - 1) size *= 2;
  // As a convolution: y_i = sum_j kernel_(i - j) x_j with kernel_d = weights_(-d); where the ring does not close by itself x goes around twice.
  const kernel = new Float64Array(size);
  weights.forEach((w, d) => (kernel[(n - d) % n] = w));
  const program = compile((x) => fourier([x, mul(0, x)], size) as [Tensor, Tensor], [{ shape: [size] }]);
  program.inputs[0]!.set(kernel);
  program.run();
  const [kre, kim] = program.outputs.map((v) =>
    constant(
      Float64Array.from(v as Float64Array, (x) => x / size),
      [size],
    ),
  ) as [Tensor, Tensor];
  const zeros = constant(new Float64Array(size - n), [size - n]);
  const padded = (x: Tensor): Tensor => (whole ? x : concat([x, zeros], 0));
  const folded = (y: Tensor): Tensor =>
    whole ? y : add(slice(y, [0], [n]), concat([slice(y, [n], [2 * n - 1]), constant([0], [1])], 0));
  return ([re, im]) => {
    const [a, b] = fourier([padded(re), padded(im)], size);
    // The inverse transform is the transform of the conjugate, conjugated.
    const [c, d] = fourier([sub(mul(a, kre), mul(b, kim)), mul(-1, add(mul(a, kim), mul(b, kre)))], size);
    return [folded(c), mul(-1, folded(d))];
  };
}
