import { sizeOf, stridesOf, type Shape } from "../shape.js";
import { BYTES, type DType } from "../tensor.js";
import { mapKernel, type Expression, type Kernel } from "./map.js";
import { isContiguous, type Buffer, type Place } from "./place.js";
import { kernelStep, type Step } from "./steps.js";

/** Steps as they are written one after another, and how long each piece of memory is wanted. */
export interface Layout {
  readonly buffers: readonly Buffer[];
  readonly steps: readonly Step[];
  buffer(bytes: number, name: string, fixed?: boolean, inside?: Buffer["inside"]): Buffer;
  /** Room for a tensor. */
  place(dtype: DType, shape: Shape, name: string, fixed?: boolean): Place;
  /** These are wanted now. */
  touch(...places: readonly Place[]): void;
  push(step: Step, ...used: readonly Place[]): void;
  kernels(list: readonly Kernel[], ...used: readonly Place[]): void;
  copy(from: Place, to: Place, shape: Shape): void;
  /** What was touched before is not wanted at the same moment as what comes next. */
  pass(): void;
  /** The steps of a loop's body: buffers from outside that it uses live until the loop's end. */
  inLoop(write: () => void): Step[];
  /** Steps that are kept apart from those around them. */
  apart(write: () => void): Step[];
  /** Whether memory is laid out for one thread of several now. */
  readonly shared: boolean;
  /** The steps of each thread's round of a loop, as long as `more` says; all of them are at once at different moments. */
  forEachThread(count: number, write: () => Step[], more: (first: readonly Step[]) => boolean): Step[][];
}

export const copyExpression = (from: Place): Expression => ({ dtype: from.dtype, loads: [from], numbers: [], code: [] });

export function layout(): Layout {
  const buffers: Buffer[] = [];
  const loops: { start: number; touched: Set<Buffer> }[] = [];
  let steps: Step[] = [];
  let clock = 0;
  let own: Buffer["own"];
  let sharedLoops = 0;

  function buffer(bytes: number, name: string, fixed = false, inside?: Buffer["inside"]): Buffer {
    const b: Buffer = {
      bytes,
      name,
      fixed,
      address: 0,
      first: Infinity,
      last: -1,
      ...(inside && { inside }),
      ...(own && { own }),
    };
    buffers.push(b);
    return b;
  }
  function touch(...places: readonly Place[]): void {
    for (const { buffer: b, row } of places) {
      if (row) touch(row.index);
      b.first = Math.min(b.first, clock);
      b.last = Math.max(b.last, clock);
      for (const l of loops) l.touched.add(b);
    }
  }
  function push(step: Step, ...used: readonly Place[]): void {
    touch(...used);
    steps.push(step);
    clock++;
  }
  function kernels(list: readonly Kernel[], ...used: readonly Place[]): void {
    // All of them touch all their operands: what the first writes the next may read.
    list.forEach((k) => {
      if (k.units === 0) return;
      push(kernelStep(k), ...used);
    });
  }
  function apart(write: () => void): Step[] {
    const outer = steps;
    steps = [];
    write();
    const written = steps;
    steps = outer;
    return written;
  }
  function inLoop(write: () => void): Step[] {
    const loop = { start: clock, touched: new Set<Buffer>() };
    loops.push(loop);
    const body = apart(write);
    loops.pop();
    clock++;
    for (const b of loop.touched) if (b.first < loop.start) b.last = Math.max(b.last, clock);
    clock++;
    return body;
  }
  return {
    buffers,
    get steps() {
      return steps;
    },
    buffer,
    place: (dtype, shape, name, fixed = false) => ({
      buffer: buffer(Math.max(1, sizeOf(shape)) * BYTES[dtype], name, fixed),
      dtype,
      offset: 0,
      strides: stridesOf(shape),
    }),
    touch,
    push,
    kernels,
    copy(from, to, shape) {
      if (sizeOf(shape) === 0) return;
      if (isContiguous(from, shape) && isContiguous(to, shape) && !from.row)
        push({ kind: "copy", from, to, bytes: sizeOf(shape) * BYTES[from.dtype] }, from, to);
      else kernels([mapKernel(shape, copyExpression(from), [{ slot: 0, place: to }])], from, to);
    },
    pass() {
      clock++;
    },
    inLoop,
    apart,
    get shared() {
      return own !== undefined;
    },
    forEachThread(count, write, more) {
      const bodies: Step[][] = [];
      const loop = ++sharedLoops;
      // What lies outside is used by all of them at once: it lives until the last of them is laid out.
      inLoop(() => {
        for (let thread = 0; thread < count && (thread === 0 || more(bodies[0]!)); thread++) {
          own = { loop, thread };
          bodies.push(write());
        }
        own = undefined;
      });
      return bodies;
    },
  };
}
