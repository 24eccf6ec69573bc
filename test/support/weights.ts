/** A network 2-3-1 as weight files hold it, with the description that goes with it. */
export const weights = new Map([
  ["0.weight", { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) }],
  ["0.bias", { shape: [3], data: Float64Array.of(0.5, -0.5, 0.25) }],
  ["2.weight", { shape: [1, 3], data: Float64Array.of(1, -1, 2) }],
]);
export const description = {
  widths: [2, 3, 1],
  activation: "relu",
  layers: [
    { weight: "0.weight", bias: "0.bias" },
    { weight: "2.weight", bias: null },
  ],
} as const;
