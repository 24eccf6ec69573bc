import type { ScanAttrs } from "../ops/scan.js";
import type { WhileAttrs } from "../ops/while.js";
import { sizeOf, stridesOf } from "../shape.js";
import type { ViewOp } from "../ops/views.js";
import { BYTES, type Graph, type Tensor, type TypedArray } from "../tensor.js";
import type { Code, ModuleBuilder } from "./assembler.js";
import { arrange, type Arrangement, type Item } from "./cluster.js";
import type { Carried } from "./mates.js";
import type { Buffer, Place } from "./place.js";
import type { Source } from "./registers.js";
import type { Work } from "./steps.js";
import { straight, type Straight } from "./straight.js";
import { programRounds, scanStep, stretchStep, whileStep } from "./straight-steps.js";
import { isStraight, LARGEST, operations, strided, TINIER, unrolled, unroller, type Numbers } from "./unroll.js";

/** Straight code with the numbers in memory that it reads; one that is read already is not read again. */
function reading(): {
  readonly s: Straight;
  readonly sources: Source[];
  /** The elements of a tensor at a place. */
  numbers(t: Tensor, place: Place, how?: Pick<Source, "slide" | "carried">): number[];
} {
  const s = straight();
  const sources: Source[] = [];
  const known = new Map<Buffer, Map<string, number>>();
  const valueOf = (source: Source): number => {
    const { place, element, slide = 0, carried, ...rest } = source;
    if (carried || place.row) return s.read(sources.push(source) - 1);
    const there = known.get(place.buffer) ?? new Map<string, number>();
    known.set(place.buffer, there);
    const key = `${place.offset + element} ${slide}`;
    const v = there.get(key) ?? s.read(sources.push({ place, element, ...rest, ...(slide ? { slide } : {}) }) - 1);
    there.set(key, v);
    return v;
  };
  return { s, sources, numbers: (t, place, how = {}) => sourcesOf(t, place, how).map(valueOf) };
}

/** The elements of a view of a constant. */
function constantNumbers(s: Straight, t: Tensor): Numbers | undefined {
  if (t.op.name === "constant") return Array.from(t.attrs as TypedArray, (v) => s.lanes.const(v));
  if (t.op.family !== "view") return undefined;
  const from = constantNumbers(s, t.inputs[0]!);
  const access = from && (t.op as ViewOp).access(t, stridesOf(t.inputs[0]!.shape))!;
  return access && strided(t.shape, access).map((i) => from[i]!);
}

const sourcesOf = (t: Tensor, place: Place, how: Pick<Source, "slide" | "carried"> = {}): Source[] =>
  strided(t.shape, { offset: 0, strides: place.strides }).map((element) => ({ place, element, ...how }));

const carriedOf = (t: Tensor, from: Straight, now: Numbers, next: Numbers): Carried => ({
  rows: t.shape[0] ?? 1,
  rank: t.shape.length,
  sources: now.map((v) => from.list[v]!.value),
  next,
});

/** Items next to each other that are done together: as straight code, or one of another kind. */
export type Run = { readonly items: readonly Item[]; readonly straight: boolean };

/** Parts the items of an arrangement into stretches of straight code and others. */
export function runsOf(arrangement: Arrangement): Run[] {
  const runs: { items: Item[]; straight: boolean; cost: number }[] = [];
  for (const item of arrangement.items) {
    let cost = 0;
    for (const t of item.nodes) for (const x of [t, ...arrangement.inlined(t)]) cost += operations(x, TINIER);
    const last = runs.at(-1);
    const fits = cost <= LARGEST;
    if (last && fits && last.straight && last.cost + cost <= LARGEST) {
      last.items.push(item);
      last.cost += cost;
    } else runs.push({ items: [item], straight: fits, cost });
  }
  // A kernel of its own is as good, and as small.
  return runs.map(({ items, straight: fits }) => ({
    items,
    straight: fits && (items.length > 1 || items[0]!.nodes[0]!.op.family === "loop"),
  }));
}

/** Tells whether a tensor that a run computes is read by another, or is a result. */
export function wantedOutside(
  runs: readonly Run[],
  arrangement: Arrangement,
  outputs: readonly Tensor[],
): (t: Tensor, run: Run) => boolean {
  const results = new Set(outputs.map(arrangement.behind));
  const readers = new Map<Tensor, Set<Run>>();
  for (const run of runs)
    for (const item of run.items) for (const t of arrangement.reads(item)) readers.set(t, (readers.get(t) ?? new Set()).add(run));
  return (t, run) => results.has(t) || [...(readers.get(t) ?? [])].some((r) => r !== run);
}

export interface Surroundings {
  readonly arrangement: Arrangement;
  /** Whether a tensor has a place of its own already. */
  isPlaced(t: Tensor): boolean;
  placeOf(t: Tensor): Place;
  home(t: Tensor): Place;
  /** Whether a tensor of this stretch is wanted outside it. */
  wanted(t: Tensor): boolean;
}

/** A stretch of items as one step, and the places that it uses. */
export function stretch(items: readonly Item[], around: Surroundings): { step: Work; used: Place[] } {
  const { arrangement, isPlaced, placeOf, home, wanted } = around;
  const { s, sources, numbers } = reading();
  const own = new Set<Tensor>();
  const results: Tensor[] = [];
  for (const { nodes } of items)
    for (const t of nodes) {
      results.push(...(t.op.family === "loop" ? arrangement.results(t) : [t]));
      for (const x of arrangement.inlined(t)) own.add(x);
    }
  results.forEach((t) => own.add(t));
  const read = new Map<Tensor, { numbers: Numbers; strides: readonly number[] }>();
  const u = unroller(s, arrangement, (t) => {
    const known = read.get(t);
    if (known) return known;
    const base = isPlaced(t) ? t : arrangement.behind(t);
    if (own.has(base) || (base.op.name === "constant" && !isPlaced(base))) return undefined;
    const place = placeOf(t);
    const made = { numbers: numbers(t, place), strides: place.strides };
    read.set(t, made);
    return made;
  });
  items.forEach(u.item);
  const places: Place[] = [];
  const stores = results.filter(wanted).flatMap((t) => {
    const to = home(t);
    places.push(to);
    const values = u.numbers(t);
    return sourcesOf(t, to).map((source, i) => ({ value: values[i]!, to: source }));
  });
  return { step: stretchStep({ s, sources, stores }), used: [...new Set(sources.map((x) => x.place)), ...places] };
}

/** Whether a loop's rounds can be straight code. */
export const isStraightLoop = (t: Tensor): boolean =>
  isStraight(t.attrs.body as Graph) && (t.attrs.cond === undefined || isStraight(t.attrs.cond as Graph));

/** The step of such a loop, whose carry stays in registers; it is at `outs` before and after. */
export const loopStep = (t: Tensor, operands: readonly Place[], outs: readonly Place[]): Work =>
  t.op.name === "scan" ? scanLoop(t, operands, outs) : whileLoop(t, operands, outs);

function scanLoop(t: Tensor, operands: readonly Place[], outs: readonly Place[]): Work {
  const { body, consts, carry, length, reverse } = t.attrs as ScanAttrs;
  const { s, sources, numbers } = reading();
  const bytes = (x: Tensor): number => sizeOf(x.shape) * BYTES[x.dtype];
  const bound = body.inputs.map((x, i) => {
    if (i < consts) return constantNumbers(s, t.inputs[i]!) ?? numbers(x, operands[i]!);
    if (i < consts + carry) return numbers(x, outs[i - consts]!, { carried: true });
    return numbers(x, element(x, operands[i]!), { slide: bytes(x) });
  });
  const results = unrolled(s, body, arrange(body.outputs, new Set(body.inputs)), bound);
  const carried = results.slice(0, carry).map((next, i) => carriedOf(body.inputs[consts + i]!, s, bound[consts + i]!, next));
  const stores = results.slice(carry).flatMap((values, j) => {
    const y = body.outputs[carry + j]!;
    return sourcesOf(y, element(y, outs[carry + j]!), { slide: bytes(y) }).map((to, i) => ({ value: values[i]!, to }));
  });
  return scanStep({ s, sources, stores, carried }, length, reverse);
}

/** The first element along the leading axis. */
const element = (x: Tensor, all: Place): Place => ({ ...all, strides: stridesOf(x.shape) });

function whileLoop(t: Tensor, operands: readonly Place[], outs: readonly Place[]): Work {
  const { cond, body, consts, limit } = t.attrs as WhileAttrs;
  const { s, sources, numbers } = reading();
  const bound = body.inputs.map((x, i) =>
    i < consts
      ? (constantNumbers(s, t.inputs[i]!) ?? numbers(x, operands[i]!))
      : numbers(x, outs[i - consts]!, { carried: true }),
  );
  const run = (g: Graph): Numbers[] => unrolled(s, g, arrange(g.outputs, new Set(g.inputs)), bound);
  const test = run(cond)[0]![0]!;
  const carried = run(body).map((next, i) => carriedOf(body.inputs[consts + i]!, s, bound[consts + i]!, next));
  return whileStep({ s, sources, stores: [], carried }, test, limit, outs.at(-1)!);
}

/** A whole program's rounds, if it can be straight code; the first `state` outputs stay in registers as the next round's inputs. */
export function straightProgram(
  graph: Graph,
  inputs: readonly Place[],
  outputs: readonly Place[],
  state: number,
): ((module: ModuleBuilder) => (code: Code, rounds: number, feed: number) => void) | undefined {
  if (!isStraight(graph)) return undefined;
  const { s, sources, numbers } = reading();
  const bound = graph.inputs.map((x, i) => numbers(x, inputs[i]!, i < state ? { carried: true } : {}));
  const results = unrolled(s, graph, arrange(graph.outputs, new Set(graph.inputs)), bound);
  const to = graph.outputs.map((t, i) => sourcesOf(t, outputs[i]!));
  const carried = results.slice(0, state).map((next, i) => carriedOf(graph.inputs[i]!, s, bound[i]!, next));
  const stores = results.slice(state).flatMap((values, j) => values.map((value, i) => ({ value, to: to[state + j]![i]! })));
  return (module) => programRounds(module, { s, sources, stores, carried }, to);
}
