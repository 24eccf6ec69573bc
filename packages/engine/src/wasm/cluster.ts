import { topological, type Tensor, type TypedArray } from "../tensor.js";
import type { Expression } from "./map.js";
import type { Place } from "./place.js";

/** What is computed together: a cluster of elementwise operations of one shape, or one other operation. */
export interface Item {
  readonly nodes: Tensor[];
}

export interface Arrangement {
  /** In an order in which everything is computed before it is used. */
  readonly items: readonly Item[];
  /** Whether an elementwise result is needed outside its own cluster. */
  stored(t: Tensor): boolean;
  /** Elementwise nodes computed inside a reduction, operands first. */
  inlined(reduction: Tensor): readonly Tensor[];
  /** Whether an output may be computed over a given tensor: nothing reads that one later, or elsewhere in it at the same time. */
  mayReplace(output: Tensor, given: Tensor): boolean;
  /** What elementwise nodes read besides one another: tensors, and numbers that they hold themselves. */
  operands(nodes: readonly Tensor[]): { readonly loads: readonly Tensor[]; readonly numbers: readonly number[] };
  /** The tensors behind what an item reads: through views. */
  reads(item: Item): Tensor[];
  /** What a tensor is a view of: itself, if it is none. */
  behind(t: Tensor): Tensor;
  /** The results of a loop. */
  results(loop: Tensor): readonly Tensor[];
  /** The expression of elementwise nodes, and each one's slot. */
  expression(
    nodes: readonly Tensor[],
    placeOf: (t: Tensor) => Place,
  ): { expression: Expression; slots: ReadonlyMap<Tensor, number> };
}

const FOLDED = new Set(["sum", "amax", "amin"]);
/** Nodes of one kernel: past this a function grows faster than it gains. */
const LARGEST = 256;

/**
 * Groups the nodes behind `outputs` (down to `given`) into items.
 *
 * Elementwise nodes of one shape and one depth form a cluster, where depth counts how often a value has passed through
 * anything but elementwise operations. Two nodes of equal depth never wait for each other except through the cluster
 * itself, so clusters are as large as they can be without cycles. Elementwise nodes wanted by one reduction alone are
 * computed inside it.
 */
export function arrange(outputs: readonly Tensor[], given: ReadonlySet<Tensor>): Arrangement {
  const order = topological(outputs).filter((t) => !given.has(t));
  const inside = new Set(order);
  const wanted = new Set(outputs);
  const users = new Map<Tensor, Tensor[]>(order.map((t) => [t, []]));
  for (const t of order) for (const x of t.inputs) users.get(x)?.push(t);
  const isMap = (t: Tensor): boolean => inside.has(t) && t.op.family === "map";

  const inner = new Map<Tensor, Tensor[]>();
  const owner = new Map<Tensor, Tensor>();
  for (const t of order) {
    if (!FOLDED.has(t.op.name) || !isMap(t.inputs[0]!)) continue;
    const set = new Set<Tensor>();
    const queue = [t.inputs[0]!];
    while (queue.length && set.size < LARGEST) {
      const x = queue.pop()!;
      if (set.has(x) || !isMap(x) || wanted.has(x) || owner.has(x)) continue;
      if (users.get(x)!.every((u) => u === t || set.has(u))) {
        set.add(x);
        queue.push(...x.inputs);
      }
    }
    set.forEach((x) => owner.set(x, t));
    if (set.size)
      inner.set(
        t,
        order.filter((x) => set.has(x)),
      );
  }

  const depth = new Map<Tensor, number>();
  for (const t of order) {
    let d = 0;
    for (const x of t.inputs) {
      if (!inside.has(x)) continue;
      d = Math.max(d, depth.get(x)! + (t.op.family === "map" || (t.op.family === "view" && x.op.family !== "map") ? 0 : 1));
    }
    depth.set(t, d);
  }

  const items = new Map<string, Item>();
  const itemOf = new Map<Tensor, Item>();
  const counts = new Map<string, number>();
  for (const t of order) {
    if (t.op.family === "leaf" || t.op.family === "view" || t.op.family === "get" || owner.has(t)) continue;
    let key = `#${t.id}`;
    if (t.op.family === "map") {
      const level = `${depth.get(t)}|${t.shape.join()}|${t.dtype}`;
      const n = counts.get(level) ?? 0;
      counts.set(level, n + 1);
      // In topological order a full cluster never waits for the one begun after it.
      key = `${level}|${Math.floor(n / LARGEST)}`;
    }
    let item = items.get(key);
    if (!item) items.set(key, (item = { nodes: [] }));
    item.nodes.push(t);
    itemOf.set(t, item);
  }

  /** The computed nodes behind an operand: through views and loop results. */
  const base = (t: Tensor): Tensor => {
    let x = t;
    while (inside.has(x) && (x.op.family === "view" || x.op.family === "get")) x = x.inputs[0]!;
    return x;
  };
  const sorted: Item[] = [];
  const state = new Map<Item, "open" | "done">();
  const needs = (item: Item): Item[] => {
    const nodes = item.nodes.flatMap((t) => [t, ...(inner.get(t) ?? [])]);
    return nodes.flatMap((t) => t.inputs.map((x) => itemOf.get(base(x)))).filter((x): x is Item => x !== undefined && x !== item);
  };
  const visit = (root: Item): void => {
    const stack: { item: Item; needs: Item[]; next: number }[] = [];
    const open = (item: Item): void => {
      state.set(item, "open");
      stack.push({ item, needs: needs(item), next: 0 });
    };
    if (!state.has(root)) open(root);
    while (stack.length) {
      const top = stack[stack.length - 1]!;
      const need = top.needs[top.next++];
      if (need === undefined) {
        state.set(top.item, "done");
        sorted.push(top.item);
        stack.pop();
      } else if (!state.has(need)) open(need);
      else if (state.get(need) === "open") throw new Error("lowering: clusters wait for each other");
    }
  };
  for (const t of outputs) {
    const item = itemOf.get(base(t));
    if (item) visit(item);
  }

  const numberBehind = (t: Tensor): number | undefined => {
    let x = t;
    while (inside.has(x) && (x.op.name === "broadcast" || x.op.name === "reshape")) x = x.inputs[0]!;
    return x.op.name === "constant" && (x.attrs as TypedArray).length === 1 && !given.has(x)
      ? (x.attrs as TypedArray)[0]
      : undefined;
  };

  const behind = (t: Tensor): Tensor => {
    let x = t;
    while (inside.has(x) && x.op.family === "view") x = x.inputs[0]!;
    return x;
  };
  const operandsOf = (nodes: readonly Tensor[]) => {
    const own = new Set(nodes);
    const loads: Tensor[] = [];
    const numbers: number[] = [];
    const slotOf = new Map<Tensor, () => number>();
    for (const t of nodes) {
      for (const x of t.inputs) {
        if (own.has(x) || slotOf.has(x)) continue;
        const v = numberBehind(x);
        if (v === undefined) {
          const i = loads.push(x) - 1;
          slotOf.set(x, () => i);
        } else {
          const same = numbers.findIndex((n) => Object.is(n, v));
          const i = same >= 0 ? same : numbers.push(v) - 1;
          slotOf.set(x, () => loads.length + i);
        }
      }
    }
    return { loads, numbers, slotOf };
  };

  return {
    items: sorted,
    stored: (t) => wanted.has(t) || users.get(t)!.some((u) => itemOf.get(u) !== itemOf.get(t)),
    inlined: (r) => inner.get(r) ?? [],
    mayReplace(output, replaced) {
      const last = itemOf.get(output);
      if (output.op.family !== "map" || !last || output.dtype !== replaced.dtype) return false;
      if (outputs.some((t, i) => base(t) === replaced || (t === output && outputs.indexOf(t) < i))) return false;
      const reads = (t: Tensor): boolean => t.inputs.some((x) => base(x) === replaced);
      const later = sorted
        .slice(sorted.indexOf(last) + 1)
        .flatMap((item) => item.nodes.flatMap((t) => [t, ...(inner.get(t) ?? [])]));
      return !later.some(reads) && last.nodes.every((t) => t.inputs.every((x) => x === replaced || base(x) !== replaced));
    },
    results: (loop) => users.get(loop)!,
    operands: (nodes) => operandsOf(nodes),
    reads: (item) => item.nodes.flatMap((t) => [t, ...(inner.get(t) ?? [])].flatMap((n) => n.inputs.map(behind))),
    behind,
    expression(nodes, placeOf) {
      const own = new Set(nodes);
      const { loads, numbers, slotOf } = operandsOf(nodes);
      const slots = new Map<Tensor, number>();
      nodes.forEach((t, i) => slots.set(t, loads.length + numbers.length + i));
      const expression: Expression = {
        dtype: nodes[0]!.dtype,
        loads: loads.map(placeOf),
        numbers,
        code: nodes.map((t) => ({ op: t.op, args: t.inputs.map((x) => (own.has(x) ? slots.get(x)! : slotOf.get(x)!())) })),
      };
      return { expression, slots };
    },
  };
}
