import type { ScanAttrs } from "../ops/scan.js";
import type { WhileAttrs } from "../ops/while.js";
import { sizeOf } from "../shape.js";
import { BYTES, type Graph, type Tensor } from "../tensor.js";
import type { Layout } from "./layout.js";
import type { Buffer, Place } from "./place.js";
import { SHARE, workOf, type Step } from "./steps.js";
import { loopStep } from "./stretches.js";

/** Threads that rounds of a loop are shared out to: each has the code of a round once more. */
const MOST_THREADS = 16;

/** What a loop needs to lower its body. */
export interface LoopContext {
  readonly layout: Layout;
  readonly threads: number;
  /** What loops carry: overwritten within a round. */
  readonly carried: Set<Buffer>;
  /** Lowers a graph whose inputs have places; see `lower`. */
  region(
    graph: Graph,
    bound: ReadonlyMap<Tensor, Place>,
    wanted: readonly Place[],
    over?: readonly (Tensor | undefined)[],
  ): boolean[];
}

type Loop = (context: LoopContext, t: Tensor, operands: readonly Place[], outs: readonly Place[]) => void;

/** A loop that stays in registers. */
export const straightLoop: Loop = ({ layout }, t, operands, outs) => {
  const { consts, body } = t.attrs as ScanAttrs | WhileAttrs;
  const carry = t.op.name === "scan" ? (t.attrs as ScanAttrs).carry : outs.length - 1;
  for (let i = 0; i < carry; i++) layout.copy(operands[consts + i]!, outs[i]!, body.inputs[consts + i]!.shape);
  layout.push(loopStep(t, operands, outs), ...operands, ...outs);
};

/** A loop of a known length. One that carries nothing is shared out to threads, round by round. */
export const scanLoop: Loop = (context, t, operands, outs) => {
  const { layout, threads, carried, region } = context;
  const at = t.attrs as ScanAttrs;
  const { body, length, reverse } = at;
  const carry = body.inputs.slice(at.consts, at.consts + at.carry);
  const bytesOf = (x: Tensor): number => sizeOf(x.shape) * BYTES[x.dtype];
  // The final carry's place holds the carry throughout.
  const bound = new Map<Tensor, Place>();
  body.inputs.slice(0, at.consts).forEach((x, i) => bound.set(x, operands[i]!));
  carry.forEach((x, i) => {
    layout.copy(operands[at.consts + i]!, outs[i]!, x.shape);
    bound.set(x, outs[i]!);
    carried.add(outs[i]!.buffer);
  });
  layout.touch(...operands, ...outs);
  // A carry that the body hands on unchanged needs no copy.
  const moving = body.outputs.map((o, i) => !(i < at.carry && o === carry[i]));
  /** The steps of a round, with memory for what goes in and comes out of it. */
  const round = (): Step[] => {
    const inside = new Map(bound);
    const xs = body.inputs.slice(at.consts + at.carry).map((x, i) => {
      const here = layout.place(x.dtype, x.shape, "element");
      inside.set(x, here);
      return { from: operands[at.consts + at.carry + i]!, to: here, bytes: bytesOf(x) };
    });
    const results = body.outputs.map((o, i) => (moving[i] ? layout.place(o.dtype, o.shape, "next") : outs[i]!));
    layout.pass();
    return layout.inLoop(() => {
      for (const x of xs) if (x.bytes > 0) layout.push({ kind: "copy", ...x, slide: "from" }, x.from, x.to);
      const which = body.outputs.flatMap((_, i) => (moving[i] ? [i] : []));
      const replaced = region(
        { inputs: body.inputs, outputs: which.map((i) => body.outputs[i]!) },
        inside,
        which.map((i) => results[i]!),
        which.map((i) => carry[i]),
      );
      for (const [j, i] of which.entries()) {
        const bytes = bytesOf(body.outputs[i]!);
        if (bytes === 0 || replaced[j]) continue;
        layout.push(
          { kind: "copy", from: results[i]!, to: outs[i]!, bytes, ...(i < at.carry ? {} : { slide: "to" as const }) },
          results[i]!,
          outs[i]!,
        );
      }
    });
  };
  const lanes = at.carry > 0 || layout.shared ? 1 : Math.min(threads, length, MOST_THREADS);
  const bodies = lanes < 2 ? [round()] : layout.forEachThread(lanes, round, (first) => length * workOf(first) > SHARE);
  layout.push(
    bodies.length > 1 ? { kind: "shared", length, reverse, bodies } : { kind: "scan", length, reverse, body: bodies[0]! },
    ...operands,
    ...outs,
  );
};

/** A loop that goes on as long as its condition says. */
export const whileLoop: Loop = ({ layout, carried, region }, t, operands, outs) => {
  const at = t.attrs as WhileAttrs;
  const bind = (g: Graph): Map<Tensor, Place> =>
    new Map(g.inputs.map((x, i) => [x, i < at.consts ? operands[i]! : outs[i - at.consts]!]));
  const carry = at.body.inputs.slice(at.consts);
  carry.forEach((x, i) => {
    layout.copy(operands[at.consts + i]!, outs[i]!, x.shape);
    carried.add(outs[i]!.buffer);
  });
  const flag = layout.place(at.cond.outputs[0]!.dtype, [], "condition");
  const results = carry.map((x) => layout.place(x.dtype, x.shape, "next"));
  const rounds = outs[outs.length - 1]!;
  layout.touch(...operands, ...outs, flag, ...results);
  layout.pass();
  let cond: Step[] = [];
  const body = layout.inLoop(() => {
    cond = layout.apart(() => region(at.cond, bind(at.cond), [flag]));
    layout.touch(flag);
    const replaced = region(at.body, bind(at.body), results, carry);
    carry.forEach((x, i) => {
      if (!replaced[i]) layout.copy(results[i]!, outs[i]!, x.shape);
    });
  });
  layout.push({ kind: "while", cond, flag, body, limit: at.limit, rounds }, ...operands, ...outs, flag);
};
