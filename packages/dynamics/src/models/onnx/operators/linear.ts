import { add, broadcastTo, einsum, matmul, mul, reshape, transpose, type Tensor } from "#engine";
import type { Call, Operator } from "./operator.js";
import { count } from "../tensor.js";

/** The product of NumPy: all axes but the last two are batches, which broadcast. */
function product(a: Tensor, b: Tensor, call: Call): Tensor {
  if (a.shape.length <= 2 && b.shape.length <= 2) return matmul(a, b);
  const left = a.shape.length === 1 ? reshape(a, [1, ...a.shape]) : a;
  const right = b.shape.length === 1 ? reshape(b, [...b.shape, 1]) : b;
  const batch = broadcast(left.shape.slice(0, -2), right.shape.slice(0, -2), call);
  const [m, n] = [left.shape.at(-2)!, right.shape.at(-1)!];
  // One matrix on the right is one product of tall matrices.
  const flat =
    right.shape.length === 2
      ? matmul(reshape(left, [count(left.shape.slice(0, -1)), left.shape.at(-1)!]), right)
      : matmul(batched(left, batch), batched(right, batch));
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])];
  return reshape(flat, shape);
}

const batched = (x: Tensor, batch: readonly number[]): Tensor => {
  const matrix = x.shape.slice(-2);
  return reshape(broadcastTo(x, [...batch, ...matrix]), [count(batch), ...matrix]);
};

function broadcast(a: readonly number[], b: readonly number[], call: Call): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (x !== y && x !== 1 && y !== 1) call.fail(`batches [${a.join(", ")}] and [${b.join(", ")}] do not broadcast`);
    return x === 1 ? y : x;
  });
}

function gemm(call: Call): Tensor {
  const [alpha, beta] = [call.number("alpha", 1), call.number("beta", 1)];
  const side = (i: number, flag: string): Tensor => {
    const x = call.tensor(i);
    if (x.shape.length !== 2) call.fail(`input ${i} has ${x.shape.length} axes; expected 2`);
    return call.integer(flag, 0) === 0 ? x : transpose(x);
  };
  const y = matmul(side(0, "transA"), side(1, "transB"));
  const scaled = alpha === 1 ? y : mul(alpha, y);
  if (!call.inputs[2]) return scaled;
  const c = call.tensor(2);
  return add(scaled, beta === 1 ? c : mul(beta, c));
}

/** An equation with letters in the place of dots, which stand for all axes that are not named, the last of them alike. */
function withoutDots(equation: string, xs: readonly Tensor[]): string {
  if (!equation.includes("...")) return equation;
  const free = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"]
    .filter((letter) => !equation.includes(letter))
    .join("");
  const named = (term: string): number => term.replace("...", "").length;
  const [from = "", to = ""] = equation.split("->");
  let most = 0;
  const terms = from.split(",").map((term, i) => {
    const dots = Math.max(0, (xs[i]?.shape.length ?? 0) - named(term));
    if (term.includes("...")) most = Math.max(most, dots);
    return term.replace("...", free.slice(8 - dots, 8));
  });
  return `${terms.join(",")}->${to.replace("...", free.slice(8 - most, 8))}`;
}

export const linear: readonly Operator[] = [
  { name: "MatMul", build: (call) => product(call.tensor(0), call.tensor(1), call) },
  { name: "Gemm", build: gemm },
  {
    name: "Einsum",
    build(call) {
      const equation = call.text("equation", "").replaceAll(/\s/g, "");
      const xs = call.inputs.map((_, i) => call.tensor(i));
      const letters = withoutDots(equation, xs);
      if (!/^[a-z]*(,[a-z]*)*->[a-z]*$/i.test(letters))
        call.fail(`the equation ${JSON.stringify(equation.slice(0, 60))}; expected letters and dots with ->`);
      return einsum(letters, ...xs);
    },
  },
];
