import { show, sizeOf } from "../shape.js";
import { node, type Op, type Tensor } from "../tensor.js";
import { sum } from "./reduce.js";
import { broadcastTo, reshape, transpose } from "./views.js";

const swap = (x: Tensor): Tensor => transpose(x, x.shape.length === 2 ? [1, 0] : [0, 2, 1]);

/** [V, A, B] as [A, V * B]: the batch joins the last axis. */
const batchIntoColumns = (x: Tensor): Tensor => reshape(transpose(x, [1, 0, 2]), [x.shape[1]!, x.shape[0]! * x.shape[2]!]);
/** [V, A, B] as [V * A, B]. */
const batchIntoRows = (x: Tensor): Tensor => reshape(x, [x.shape[0]! * x.shape[1]!, x.shape[2]!]);

/**
 * The one contraction: [M, K] times [K, N], either with a leading batch axis that the other may lack.
 * Each element is the sum over k, ascending, of rounded products.
 */
export const dotOp: Op = {
  name: "dot",
  family: "dot",
  linear: [0, 1],
  evaluate([a, b], t, out) {
    const [x, y] = t.inputs as [Tensor, Tensor];
    const [m, k] = x.shape.slice(-2) as [number, number];
    const n = y.shape[y.shape.length - 1]!;
    const f32 = t.dtype === "f32";
    const batches = t.shape.length === 3 ? t.shape[0]! : 1;
    for (let v = 0; v < batches; v++) {
      const oa = x.shape.length === 3 ? v * m * k : 0;
      const ob = y.shape.length === 3 ? v * k * n : 0;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let s = 0;
          for (let l = 0; l < k; l++) {
            const p = a![oa + i * k + l]! * b![ob + l * n + j]!;
            s = l === 0 ? (f32 ? Math.fround(p) : p) : f32 ? Math.fround(s + Math.fround(p)) : s + p;
          }
          out[(v * m + i) * n + j] = s;
        }
      }
    }
  },
  transpose(t, ct, operand) {
    const [a, b] = t.inputs as [Tensor, Tensor];
    if (operand === 0) {
      // An operand shared by the batch collects over it: one longer contraction.
      if (a.shape.length === 2 && t.shape.length === 3) return dot(batchIntoColumns(ct), transpose(batchIntoColumns(b)));
      return dot(ct, swap(b));
    }
    if (b.shape.length === 2 && t.shape.length === 3) return dot(transpose(batchIntoRows(a)), batchIntoRows(ct));
    return dot(swap(a), ct);
  },
  batch(t, [a, b], [aBatched, bBatched], n) {
    const [x, y] = t.inputs as [Tensor, Tensor];
    const full = (arg: Tensor, batched: boolean, plain: Tensor): Tensor => {
      // Every combination of batches as one batch axis of length n * v.
      const v = t.shape[0]!;
      const [r, c] = plain.shape.slice(-2) as [number, number];
      const four =
        plain.shape.length === 3
          ? batched
            ? arg
            : broadcastTo(arg, [n, ...arg.shape])
          : broadcastTo(reshape(arg, batched ? [n, 1, r, c] : [1, 1, r, c]), [n, v, r, c]);
      return reshape(four, [n * v, r, c]);
    };
    if (t.shape.length === 3) return reshape(dot(full(a!, aBatched!, x), full(b!, bBatched!, y)), [n, ...t.shape]);
    if (aBatched && !bBatched) return reshape(dot(batchIntoRows(a!), b!), [n, ...t.shape]);
    return dot(a!, b!);
  },
};

export function dot(a: Tensor, b: Tensor): Tensor {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const [k2, n] = b.shape.slice(-2) as [number, number];
  const va = a.shape.length === 3 ? a.shape[0]! : undefined;
  const vb = b.shape.length === 3 ? b.shape[0]! : undefined;
  if (k !== k2 || a.dtype !== b.dtype || a.dtype === "i32" || (va !== undefined && vb !== undefined && va !== vb)) {
    throw new RangeError(
      `matmul: ${a.dtype} ${show(a.shape)} times ${b.dtype} ${show(b.shape)} does not fit; ` +
        "the last axis of the first must equal the second-last of the second, batches and element types must agree",
    );
  }
  const v = va ?? vb;
  return node(dotOp, [a, b], a.dtype, v === undefined ? [m, n] : [v, m, n]);
}

/**
 * Matrix product with NumPy's rules for ranks 1 to 3: vectors are rows on the left and columns on the right; a leading axis is a batch.
 *
 * *Error*: each element is the sum over k, ascending, of rounded products: the bits of the triple loop, for any number of threads. Throws on shapes that do not fit.
 * *Cost*: M N K multiplications and additions.
 * *Example*: `evaluate(matmul, { data: [1, 2, 3, 4], shape: [2, 2] }, { data: [1, 10] })[0] // [21, 43]`
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length === 0 || b.shape.length === 0 || a.shape.length > 3 || b.shape.length > 3) {
    throw new RangeError(
      `matmul: ranks 1 to 3 are allowed, got ${show(a.shape)} times ${show(b.shape)}; use mul for scalars, einsum for more axes`,
    );
  }
  const left = a.shape.length === 1 ? reshape(a, [1, a.shape[0]!]) : a;
  const right = b.shape.length === 1 ? reshape(b, [b.shape[0]!, 1]) : b;
  const out = dot(left, right);
  const shape = out.shape.filter(
    (_, i) => !(a.shape.length === 1 && i === out.shape.length - 2) && !(b.shape.length === 1 && i === out.shape.length - 1),
  );
  return reshape(out, shape);
}

/**
 * Sum of products over named axes.
 *
 * *Definition*: `einsum("ij,jk->ik", a, b)`: result[i, k] = sum over j of a[i, j] b[j, k]. One letter an axis; a letter missing on the right is summed over.
 * *Arguments*: one or more tensors; a letter may stand once in a term. More than two operands are contracted from the left.
 * *Error*: throws on letters that do not fit, naming them. *Cost*: that of one matrix product a contraction, and of the copies that bring axes into order.
 * *Example*: `evaluate((a, b) => einsum("i,j->ij", a, b), { data: [1, 2] }, { data: [3, 4] })[0] // [3, 4, 6, 8]`
 */
export function einsum(spec: string, ...xs: Tensor[]): Tensor {
  const [left, right] = spec.replace(/\s/g, "").split("->");
  const terms = left?.split(",") ?? [];
  const fail = (why: string): never => {
    throw new RangeError(`einsum "${spec}": ${why}; write for instance "ij,jk->ik"`);
  };
  if (right === undefined || terms.length !== xs.length)
    fail(`${terms.length} terms for ${xs.length} tensors, with "->" ${right === undefined ? "missing" : "given"}`);
  const size = new Map<string, number>();
  terms.forEach((term, i) => {
    if (new Set(term).size !== term.length) fail(`a letter stands twice in "${term}"`);
    if (term.length !== xs[i]!.shape.length) fail(`"${term}" names ${term.length} axes, the tensor is ${show(xs[i]!.shape)}`);
    [...term].forEach((c, j) => {
      const d = xs[i]!.shape[j]!;
      if ((size.get(c) ?? d) !== d) fail(`axis "${c}" has lengths ${size.get(c)} and ${d}`);
      size.set(c, d);
    });
  });
  if (new Set(right!).size !== right!.length || [...right!].some((c) => !size.has(c)))
    fail(`the result "${right}" must name axes of the operands once`);

  let term = terms[0]!;
  let acc = xs[0]!;
  for (let i = 1; i < xs.length; i++) {
    const later = terms.slice(i + 1).join("") + right!;
    [term, acc] = contract(term, acc, terms[i]!, xs[i]!, later, (c) => size.get(c)!);
  }
  const drop = [...term].flatMap((c, i) => (right!.includes(c) ? [] : [i]));
  acc = drop.length ? sum(acc, drop) : acc;
  term = [...term].filter((c) => right!.includes(c)).join("");
  return transpose(
    acc,
    [...right!].map((c) => term.indexOf(c)),
  );
}

/** Contracts two terms into one that keeps the letters needed later. */
function contract(ta: string, a: Tensor, tb: string, b: Tensor, later: string, size: (c: string) => number): [string, Tensor] {
  const keep = (t: string, x: Tensor, other: string): [string, Tensor] => {
    const drop = [...t].flatMap((c, i) => (other.includes(c) || later.includes(c) ? [] : [i]));
    return drop.length ? [[...t].filter((_, i) => !drop.includes(i)).join(""), sum(x, drop)] : [t, x];
  };
  const [la, xa] = keep(ta, a, tb);
  const [lb, xb] = keep(tb, b, ta);
  const both = [...la].filter((c) => lb.includes(c));
  const batch = both.filter((c) => later.includes(c));
  const summed = both.filter((c) => !later.includes(c));
  const rows = [...la].filter((c) => !lb.includes(c));
  const columns = [...lb].filter((c) => !la.includes(c));
  const total = (cs: string[]): number => sizeOf(cs.map(size));
  const arrange = (t: string, x: Tensor, order: string[], shape: number[]): Tensor =>
    reshape(
      transpose(
        x,
        order.map((c) => t.indexOf(c)),
      ),
      shape,
    );
  const lead = batch.length ? [total(batch)] : [];
  const left = arrange(la, xa, [...batch, ...rows, ...summed], [...lead, total(rows), total(summed)]);
  const right = arrange(lb, xb, [...batch, ...summed, ...columns], [...lead, total(summed), total(columns)]);
  const letters = [...batch, ...rows, ...columns];
  return [letters.join(""), reshape(dot(left, right), letters.map(size))];
}
