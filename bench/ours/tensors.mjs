// What all cases of our side need: the tensors of a request, and the time of a call.
import { readFileSync } from "node:fs";

/** Tensors laid end to end as little-endian float64 in one file, named and shaped by the request. */
export function load({ file, tensors }) {
  const bytes = readFileSync(file);
  let at = bytes.byteOffset;
  return tensors.map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = new Float64Array(bytes.buffer.slice(at, at + 8 * size));
    at += 8 * size;
    return { name, shape, data };
  });
}

export const layersOf = (tensors, names) => tensors.filter((t) => names.includes(t.name[0]) && t.name.length > 1);

export const named = (tensors, name) => tensors.find((t) => t.name === name);

export const fill = (program, tensors) => tensors.forEach((t, i) => program.inputs[i].set(t.data));

/** The arguments of a program that takes the parameters and then x and t. */
export const split = (args) => [args.slice(0, -2), args.at(-2), args.at(-1)];

export function descentTensors(tensors) {
  const params = layersOf(tensors, "wb");
  return { params, all: [...params, named(tensors, "x"), named(tensors, "t")] };
}

export function perCallUs(calls, call) {
  const began = performance.now();
  for (let i = 0; i < calls; i++) call();
  return ((performance.now() - began) * 1000) / calls;
}
