// Numbers of the cases, the same on every machine.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Uniform numbers in [-1, 1) from an integer hash: the same on every machine. */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 31 - 1;
  };
}

export const filled = (size, next, scale = 1) => Float64Array.from({ length: size }, () => scale * next());

/** One weight matrix and one bias a layer, named w0, b0, w1, ... (or as asked). */
export function layers(sizes, next, [w, b] = ["w", "b"]) {
  return sizes.slice(1).flatMap((out, i) => {
    const scale = 1 / Math.sqrt(sizes[i]);
    return [
      { name: `${w}${i}`, shape: [sizes[i], out], data: filled(sizes[i] * out, next, scale) },
      { name: `${b}${i}`, shape: [out], data: filled(out, next, 0.1) },
    ];
  });
}

export function digits(rows = 1437) {
  const lines = gunzipSync(readFileSync(new URL("../../data/digits.csv.gz", import.meta.url)))
    .toString("utf8")
    .trim()
    .split("\n")
    .slice(0, rows);
  const x = new Float64Array(rows * 64);
  const t = new Float64Array(rows * 10);
  lines.forEach((line, i) => {
    const numbers = line.split(",").map(Number);
    for (let j = 0; j < 64; j++) x[i * 64 + j] = numbers[j] / 16;
    t[i * 10 + numbers[64]] = 1;
  });
  return [
    { name: "x", shape: [rows, 64], data: x },
    { name: "t", shape: [rows, 10], data: t },
  ];
}

export function points(n, next) {
  const x = filled(n * 2, next);
  const t = Float64Array.from({ length: n }, (_, i) => x[2 * i] * x[2 * i + 1]);
  return [
    { name: "x", shape: [n, 2], data: x },
    { name: "t", shape: [n, 1], data: t },
  ];
}

export const square = (n, next, names) => names.map((name) => ({ name, shape: [n, n], data: filled(n * n, next) }));

export const digitNet = [64, 32, 32, 10];
