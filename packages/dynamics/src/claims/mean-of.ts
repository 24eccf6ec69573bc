/** The mean of independent samples and its standard error. */
export function meanOf(samples: ArrayLike<number>): { readonly value: number; readonly error: number } {
  const n = samples.length;
  let [value, square] = [0, 0];
  for (let i = 0; i < n; i++) value += samples[i]! / n;
  for (let i = 0; i < n; i++) square += (samples[i]! - value) * (samples[i]! - value);
  return { value, error: Math.sqrt(square / (n * (n - 1))) };
}
