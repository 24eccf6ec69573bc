import type { ScanAttrs } from "../ops/scan.js";
import { padAccess } from "../ops/assemble.js";
import type { ViewOp } from "../ops/views.js";
import { sizeOf, stridesOf } from "../shape.js";
import { BYTES, topological, type Graph, type Tensor, type TypedArray } from "../tensor.js";
import type { ModuleBuilder } from "./assembler.js";
import { arrange, type Arrangement } from "./cluster.js";
import { argmaxKernel, castKernel, segmentKernel, spmvKernel, takeKernel } from "./indexed.js";
import { copyExpression, layout } from "./layout.js";
import { scanLoop, straightLoop, whileLoop } from "./loops.js";
import { mapKernel } from "./map.js";
import { isContiguous, sameAddress, type Buffer, type Place } from "./place.js";
import { productSteps } from "./product.js";
import { randomKernel } from "./random.js";
import { reduceKernels } from "./reduce.js";
import { isStraightLoop, runsOf, straightProgram, stretch, wantedOutside } from "./stretches.js";
import type { Lowered } from "./steps.js";

/** From this many elements on, a single row taken from a table is not copied. */
const ROW = 16;

/** Turns a simplified graph, the first `state` outputs of which feed the inputs from round to round, into steps over buffers. */
export function lower(graph: Graph, module: ModuleBuilder, state: number, threads: number): Lowered {
  const memory = layout();
  const { buffer, place, touch, push, kernels, copy } = memory;
  const constants: { place: Place; data: TypedArray }[] = [];
  const constantPlaces = new Map<TypedArray, Place>();
  /** What loops carry: overwritten within a round. */
  const carried = new Set<Buffer>();
  /**
   * Lowers a graph whose inputs have places; its outputs end up in `wanted`, or over the inputs in `over` where nothing else needs those
   * any more.
   * *Returns*: for each output whether it went over its input.
   */
  function region(
    graph: Graph,
    bound: ReadonlyMap<Tensor, Place>,
    wanted: readonly Place[],
    over: readonly (Tensor | undefined)[] = [],
  ): boolean[] {
    const places = new Map<Tensor, Place>(bound);
    const homes = new Map<Tensor, Place>();
    const arrangement: Arrangement = arrange(graph.outputs, new Set(bound.keys()));

    /** Lets a tensor be computed straight into a place, if it is computed at all. */
    function offer(t: Tensor, at: Place): boolean {
      let x = t;
      while (x.op.name === "reshape" && !bound.has(x)) x = x.inputs[0]!;
      if (bound.has(x) || homes.has(x) || ["leaf", "view", "get"].includes(x.op.family)) return false;
      homes.set(x, { ...at, strides: stridesOf(x.shape) });
      return true;
    }
    const replaced = graph.outputs.map((t, i) => over[i] !== undefined && arrangement.mayReplace(t, over[i]));
    const target = wanted.map((p, i) => (replaced[i] ? bound.get(over[i]!)! : p));
    const direct = graph.outputs.map((t, i) => offer(t, target[i]!));
    const order = topological(graph.outputs);
    for (const t of [...order].reverse()) {
      if (t.op.family !== "concat" || bound.has(t)) continue;
      const axis = t.attrs as number;
      if (sizeOf(t.shape.slice(0, axis)) !== 1) continue;
      if (!homes.has(t)) homes.set(t, place(t.dtype, t.shape, "concat"));
      const whole = homes.get(t)!;
      let at = whole.offset * BYTES[t.dtype];
      for (const x of t.inputs) {
        const bytes = sizeOf(x.shape) * BYTES[t.dtype];
        offer(x, {
          buffer: buffer(bytes, "part", whole.buffer.fixed, { buffer: whole.buffer, offset: at }),
          dtype: t.dtype,
          offset: 0,
          strides: [],
        });
        at += bytes;
      }
    }
    const home = (t: Tensor): Place => {
      const p = homes.get(t) ?? place(t.dtype, t.shape, t.op.name);
      places.set(t, p);
      return p;
    };

    function placeOf(t: Tensor): Place {
      const known = places.get(t);
      if (known) return known;
      let made: Place;
      if (t.op.family === "view") {
        const from = placeOf(t.inputs[0]!);
        const access = (t.op as ViewOp).access(t, from.strides);
        if (access) made = { ...from, offset: from.offset + access.offset, strides: access.strides };
        else {
          const whole = contiguous(t.inputs[0]!);
          made = { ...whole, strides: stridesOf(t.shape) };
        }
      } else if (t.op.name === "constant") {
        const data = t.attrs as TypedArray;
        made = constantPlaces.get(data) ?? place(t.dtype, t.shape, "constant", true);
        if (!constantPlaces.has(data)) constants.push({ place: made, data });
        constantPlaces.set(data, made);
        made = { ...made, strides: stridesOf(t.shape) };
      } else throw new Error(`lowering: ${t.op.name} is used before it is computed`);
      places.set(t, made);
      return made;
    }
    function contiguous(t: Tensor): Place {
      const p = placeOf(t);
      if (isContiguous(p, t.shape) && !p.row) return { ...p, strides: stridesOf(t.shape) };
      const to = place(t.dtype, t.shape, "copy");
      copy(p, to, t.shape);
      return to;
    }

    const runs = runsOf(arrangement);
    const beyond = wantedOutside(runs, arrangement, graph.outputs);
    for (const run of runs) {
      if (run.straight) {
        const { step, used } = stretch(run.items, {
          arrangement,
          isPlaced: (t) => bound.has(t),
          placeOf,
          home,
          wanted: (t) => beyond(t, run),
        });
        push(step, ...used);
        continue;
      }
      for (const { nodes } of run.items) {
        const t = nodes[0]!;
        if (nodes.length > 1 || t.op.family === "map") fused(nodes, arrangement, placeOf, home);
        else single(t, arrangement, { placeOf, contiguous, home, places, homes });
      }
    }
    graph.outputs.forEach((t, i) => {
      if (!direct[i]) copy(placeOf(t), wanted[i]!, t.shape);
      else if (!places.has(t)) placeOf(t);
    });
    return replaced;
  }

  /** One kernel for a cluster of elementwise operations. */
  function fused(
    nodes: readonly Tensor[],
    arrangement: Arrangement,
    placeOf: (t: Tensor) => Place,
    home: (t: Tensor) => Place,
  ): void {
    const { expression, slots } = arrangement.expression(nodes, placeOf);
    const stores = nodes.filter((t) => arrangement.stored(t)).map((t) => ({ slot: slots.get(t)!, place: home(t) }));
    kernels([mapKernel(nodes[0]!.shape, expression, stores)], ...expression.loads, ...stores.map((s) => s.place));
  }

  interface Access {
    placeOf(t: Tensor): Place;
    contiguous(t: Tensor): Place;
    home(t: Tensor): Place;
    places: Map<Tensor, Place>;
    homes: ReadonlyMap<Tensor, Place>;
  }

  function single(t: Tensor, arrangement: Arrangement, { placeOf, contiguous, home, places, homes }: Access): void {
    const [a, b] = t.inputs as [Tensor, Tensor];
    switch (t.op.family) {
      case "reduce": {
        if (t.op.name === "argmax") {
          const axis = t.attrs as number;
          const from = contiguous(a);
          const out = home(t);
          kernels(
            [argmaxKernel(from, sizeOf(a.shape.slice(0, axis)), a.shape[axis]!, sizeOf(a.shape.slice(axis + 1)), out)],
            from,
            out,
          );
          return;
        }
        const inlined = arrangement.inlined(t);
        const expression = inlined.length ? arrangement.expression(inlined, placeOf).expression : copyExpression(placeOf(a));
        const out = home(t);
        const extra: Place[] = [];
        const list = reduceKernels(t.op.name, { expression, shape: a.shape, axes: t.attrs as number[] }, out, (bytes) => {
          const s = buffer(bytes, "partial sums");
          extra.push({ buffer: s, dtype: t.dtype, offset: 0, strides: [1] });
          return s;
        });
        kernels(list, ...expression.loads, out, ...extra);
        return;
      }
      case "dot": {
        // Products walk forwards from a fixed place: any other factor is copied first.
        const factor = (x: Tensor): Place =>
          placeOf(x).row || placeOf(x).strides.some((stride) => stride < 0) ? contiguous(x) : placeOf(x);
        return product(t, factor(a), factor(b), home(t));
      }
      case "pad": {
        const from = placeOf(a);
        const out = home(t);
        push({ kind: "fill", to: out, bytes: sizeOf(t.shape) * BYTES[t.dtype] }, out);
        const { offset, strides } = padAccess(t);
        copy(from, { ...out, offset: out.offset + offset, strides }, a.shape);
        return;
      }
      case "concat": {
        const out = home(t);
        touch(out);
        let at = 0;
        for (const x of t.inputs) {
          const to: Place = { ...out, offset: out.offset + at * out.strides[t.attrs as number]!, strides: out.strides };
          const from = placeOf(x);
          const inPlace = from.buffer.inside !== undefined && sameAddress(from, to) && isContiguous(from, x.shape);
          if (inPlace) touch(from);
          else copy(from, to, x.shape);
          at += x.shape[t.attrs as number]!;
        }
        return;
      }
      case "take": {
        const [from, indices] = [contiguous(a), contiguous(b)];
        const [rows, width] = [a.shape[0]!, sizeOf(a.shape.slice(1))];
        if (sizeOf(b.shape) === 1 && width >= ROW && rows > 0 && !homes.has(t) && !carried.has(from.buffer)) {
          // A long row is read where it lies.
          places.set(t, { ...from, strides: stridesOf(t.shape), row: { index: indices, rows, bytes: width * BYTES[a.dtype] } });
          return;
        }
        const out = home(t);
        kernels([takeKernel(from, rows, width, indices, sizeOf(b.shape), out)], from, indices, out);
        return;
      }
      case "segment": {
        const [from, indices] = [contiguous(a), contiguous(b)];
        const out = home(t);
        kernels([segmentKernel(from, b.shape[0]!, sizeOf(t.shape.slice(1)), indices, out, t.shape[0]!)], from, indices, out);
        return;
      }
      case "spmv": {
        const [values, columns, offsets, x] = t.inputs.map(contiguous) as [Place, Place, Place, Place];
        const out = home(t);
        kernels(
          [
            spmvKernel(
              values,
              columns,
              offsets,
              x,
              t.inputs[3]!.shape[0]!,
              sizeOf(t.shape.slice(1)),
              out,
              t.shape[0]!,
              a.shape[0]!,
            ),
          ],
          values,
          columns,
          offsets,
          x,
          out,
        );
        return;
      }
      case "cast": {
        const from = contiguous(a);
        const out = home(t);
        kernels([castKernel(from, out, sizeOf(t.shape))], from, out);
        return;
      }
      case "random": {
        const [keys, at] = [contiguous(a), contiguous(b)];
        const out = home(t);
        kernels([randomKernel(keys, at, sizeOf(b.shape), t.attrs as number, out)], keys, at, out);
        return;
      }
      case "loop": {
        const outs = t.outs!.map((o) => place(o.dtype, o.shape, t.op.name));
        // In registers a loop reads what is given as it lies; elements are read one after another.
        const slid = t.op.name === "scan" ? (t.attrs as ScanAttrs).consts + (t.attrs as ScanAttrs).carry : Infinity;
        const straight = isStraightLoop(t);
        const loop = straight ? straightLoop : t.op.name === "scan" ? scanLoop : whileLoop;
        const operands = t.inputs.map((x, i) => (straight && i < slid ? placeOf(x) : contiguous(x)));
        loop({ layout: memory, threads, carried, region }, t, operands, outs);
        arrangement.results(t).forEach((g) => places.set(g, outs[g.attrs as number]!));
        return;
      }
      default:
        throw new Error(`lowering: no rule for ${t.op.name}`);
    }
  }

  /** A matrix product. */
  function product(t: Tensor, a: Place, b: Place, out: Place): void {
    const { scratchBytes, steps: stages } = productSteps(module, t, a, b, out);
    if (stages.length === 0) return;
    const scratch: Place = { buffer: buffer(Math.max(64, scratchBytes), "packed"), dtype: t.dtype, offset: 0, strides: [] };
    for (const stage of stages) push(stage(scratch), a, b, out, scratch);
  }

  const inputs = graph.inputs.map((t) => place(t.dtype, t.shape, "input", true));
  const outputs = graph.outputs.map((t) => place(t.dtype, t.shape, "output", true));
  const rounds = straightProgram(graph, inputs, outputs, state);
  if (!rounds) region(graph, new Map(graph.inputs.map((t, i) => [t, inputs[i]!])), outputs);
  const { steps, buffers } = memory;
  return { steps, buffers, inputs, outputs, constants, ...(rounds && { rounds }) };
}
