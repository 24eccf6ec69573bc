import { constant, type Tensor } from "../tensor.js";
import { batched } from "../transform/batch.js";
import { substitute } from "../transform/trace.js";
import { concat } from "./assemble.js";
import { add, floor, gt, le, lt, mul, ne, select, sub } from "./elementwise.js";
import { cast, segmentSum, take } from "./indexing.js";
import { goOn } from "./loop.js";
import { sum } from "./reduce.js";
import { scan } from "./scan.js";
import { broadcastTo, reshape, slice } from "./views.js";
import { whileLoop, type WhileAttrs } from "./while.js";

/** Copies of a loop that go round together. */
export const LANES = 64;
/** A block stops for the packing once no more than this part of its open copies is left. */
const LEFT = 0.75;

/** So many copies of a loop are worth packing. */
export const WORTH_PACKING = 4 * LANES;

/**
 * Many copies of a while loop, each with its own condition: in blocks, and those that are done are moved behind those that go on.
 *
 * A round costs as much for a block with one open copy as for a full one. Every block goes round until a quarter of its open copies are done; then the
 * open ones are packed together and the blocks without any cost nothing. What a copy computes does not depend on its place, so neither do its bits.
 */
export function packed(t: Tensor, args: readonly Tensor[], flags: readonly boolean[], n: number): Tensor[] {
  const a = t.attrs as WhileAttrs;
  const blocks = Math.ceil(n / LANES);
  // Rows in fours fill the vectors of a product.
  const lanes = 4 * Math.ceil(n / (4 * blocks));
  const all = blocks * lanes;
  const isWide = args.map((_, i) => i >= a.consts || flags[i]!);
  const given = a.body.inputs.map((p, i) => (isWide[i] ? p : args[i]!));
  const bodies = substitute(a.body.outputs, new Map(a.body.inputs.map((p, i) => [p, given[i]!])));
  const test = substitute(a.cond.outputs, new Map(a.cond.inputs.map((p, i) => [p, given[i]!])));
  const over = (outputs: readonly Tensor[], wide: readonly Tensor[], rows: number): Tensor[] => {
    let k = 0;
    return batched(
      outputs,
      a.body.inputs,
      isWide.map((w) => (w ? wide[k++]! : null)),
      rows,
    );
  };
  const open = (wide: readonly Tensor[], count: Tensor, rows: number): Tensor =>
    mul(cast(ne(over(test, wide, rows)[0]!, 0), "f64"), lt(count, a.limit));
  const own = flags.slice(0, a.consts).filter((wide) => wide).length;

  const padded = (x: Tensor): Tensor => {
    const first = slice(
      x,
      x.shape.map(() => 0),
      [1, ...x.shape.slice(1)],
    );
    return all === n ? x : concat([x, broadcastTo(first, [all - n, ...x.shape.slice(1)])]);
  };
  const start = args.flatMap((x, i) =>
    !isWide[i] ? [] : [padded(i < a.consts || flags[i] ? x : broadcastTo(x, [n, ...x.shape]))],
  );
  const numbers = (size: number): Tensor =>
    constant(
      Float64Array.from({ length: size }, (_, i) => i),
      [size],
    );
  // Those that only fill the last block are done before they begin.
  const counts = constant(
    Float64Array.from({ length: all }, (_, i) => (i < n ? 0 : a.limit)),
    [all],
  );

  /** One block: until few of its copies are open, or none where `last`. */
  const round = (block: readonly Tensor[], last: Tensor): Tensor[] => {
    const consts = block.slice(0, own);
    const few = select(last, 0, floor(mul(LEFT, sum(block.at(-1)!))));
    const { carry } = whileLoop(
      (now) => gt(sum(now.at(-1)!), few),
      (now) => {
        const [count, going] = now.slice(-2) as [Tensor, Tensor];
        const made = over(bodies, [...consts, ...now.slice(0, -2)], lanes).map((y, i) => goOn(going, y, now[i]!));
        const rounds = add(count, going);
        return [...made, rounds, mul(going, open([...consts, ...made], rounds, lanes))];
      },
      block.slice(own),
      a.limit,
    );
    return carry;
  };
  /** The open ones first, each kind in the order it had. */
  const moved = (now: readonly Tensor[]): Tensor[] => {
    const [going, where] = now.slice(-2) as [Tensor, Tensor];
    const [, [to]] = scan(
      ([front, back], [one]) => [[add(front!, one!), add(back!, sub(1, one!))], [select(one!, front!, back!)]],
      [constant(0), sum(going)],
      [going],
    );
    const order = cast(segmentSum(numbers(all), cast(to!, "i32"), all), "i32");
    return [...now.slice(0, -1).map((x) => take(x, order)), take(to!, cast(where, "i32"))];
  };
  const { carry } = whileLoop(
    (now) => gt(sum(now.at(-2)!), 0),
    (now) => {
      const where = now.at(-1)!;
      const rows = now.slice(0, -1);
      const last = le(sum(rows.at(-1)!), lanes);
      const cut = rows.map((x) => reshape(x, [blocks, lanes, ...x.shape.slice(1)]));
      const [, made] = scan((_none, block) => [[], round(block, last)], [], cut);
      const done = [...rows.slice(0, own), ...made.map((y) => reshape(y, [all, ...y.shape.slice(2)]))];
      const going = done.at(-1)!;
      // A loop of at most one round: nothing is moved when all are done.
      return whileLoop(
        ([left]) => gt(left!, 0),
        ([left, ...old]) => [mul(0, left!), ...moved(old)],
        [sum(going), ...done, where],
        1,
      ).carry.slice(1);
    },
    [...start, counts, open(start, counts, all), numbers(n)],
    64,
  );
  const where = cast(carry.at(-1)!, "i32");
  return carry.slice(own, -2).map((x) => take(x, where));
}
