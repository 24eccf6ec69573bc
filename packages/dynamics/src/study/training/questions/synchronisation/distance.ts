export const length = (a: Float64Array): number => Math.sqrt(a.reduce((s, x) => s + x * x, 0));

export const distance = (a: Float64Array, b: Float64Array): number => Math.sqrt(a.reduce((s, x, i) => s + (x - b[i]!) ** 2, 0));
