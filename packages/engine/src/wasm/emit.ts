import { BYTES, type Graph, type TypedArray } from "../tensor.js";
import { OP, moduleBuilder, type Code, type ModuleBuilder } from "./assembler.js";
import { copyBytes } from "./copy.js";
import { lower } from "./lower.js";
import { planMemory } from "./memory.js";
import { addressOf, type Place } from "./place.js";
import { SHARE, type Copy, type Fill, type Lowered, type Shared, type Step, type Work } from "./steps.js";

/** The first bytes of memory: two words for the barrier, and the next round of a loop whose rounds are shared out. */
const COUNT = 0;
const GENERATION = 4;
const NEXT_ROUND = 8;
const RESERVED = 64;
/** Rounds of the waiting loop before a thread goes to sleep. */
const SPINS = 1 << 14;

export interface Emitted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly pages: number;
  readonly lowered: Lowered;
  /** Whether the module shares out work; small programs do not, whatever was asked. */
  readonly threaded: boolean;
}

/**
 * The graph as a module that imports its memory and exports
 * `main(thread, threads, rounds, feed)`: runs the program `rounds` times; with feed = 1 the first `state` outputs become inputs after each.
 */
export function emit(graph: Graph, state: number, threads: number): Emitted {
  const module = moduleBuilder();
  const lowered = lower(graph, module, state, threads);
  const threaded = threads > 1 && sharesWork(lowered.steps);
  const bytes = planMemory(lowered.buffers, RESERVED);
  // Addresses are computed as signed numbers of 32 bits.
  if (bytes > 2 ** 31 - 65536)
    throw new RangeError(
      `the program needs ${(bytes / 2 ** 30).toFixed(1)} GiB of memory; a program may have 2: take fewer copies or samples at a time`,
    );
  const barrier = threaded ? writeBarrier(module) : undefined;
  const feed: Copy[] = lowered.outputs
    .slice(0, state)
    .map((from, i) => ({ kind: "copy", from, to: lowered.inputs[i]!, bytes: from.buffer.bytes }));
  const writer = stepWriter(module, barrier);
  const whole = lowered.rounds?.(module);
  const body = writer.prepare(lowered.steps);
  module.func(
    ["i32", "i32", "i32", "i32"],
    [],
    (code) => {
      if (whole) return whole(code, 2, 3);
      const round = code.local("i32");
      code.count(round, 0, { local: 2 }, 1, () => {
        body(code, undefined);
        code.get(3);
        code.if(() => writer.prepare(feed)(code, undefined));
      });
    },
    "main",
  );
  const pages = Math.max(1, Math.ceil(bytes / 65536));
  return { bytes: module.bytes({ pages, shared: threaded }), pages, lowered, threaded };
}

const isShared = (s: Work): boolean => s.units > 1 && s.work > SHARE;

const sharesWork = (steps: readonly Step[]): boolean =>
  steps.some((s) =>
    s.kind === "work"
      ? isShared(s)
      : s.kind === "scan"
        ? sharesWork(s.body)
        : s.kind === "shared" || (s.kind === "while" && (sharesWork(s.cond) || sharesWork(s.body))),
  );

/** All threads wait for each other; the calling thread, number 0, never sleeps, since a page's own thread may not. *Source*: the sense-reversing barrier (Mellor-Crummey and Scott, 1991, section 3.1). */
function writeBarrier(module: ModuleBuilder): number {
  return module.func(["i32", "i32"], [], (code) => {
    const generation = code.local("i32");
    const spins = code.local("i32");
    code.get(0);
    code.i32(1);
    code.op(OP.i32_eq);
    code.if(() => code.op(OP.return));
    code.i32(0);
    code.mem(OP.i32_atomic_load, GENERATION);
    code.set(generation);
    code.i32(0);
    code.i32(1);
    code.mem(OP.i32_atomic_add, COUNT);
    code.get(0);
    code.i32(1);
    code.op(OP.i32_sub);
    code.op(OP.i32_eq);
    code.if(
      () => {
        code.i32(0);
        code.i32(0);
        code.mem(OP.i32_atomic_store, COUNT);
        code.i32(0);
        code.i32(1);
        code.mem(OP.i32_atomic_add, GENERATION);
        code.op(OP.drop);
        code.i32(0);
        code.i32(-1);
        code.mem(OP.atomic_notify, GENERATION);
        code.op(OP.drop);
      },
      () => {
        code.loop(() => {
          code.i32(0);
          code.mem(OP.i32_atomic_load, GENERATION);
          code.get(generation);
          code.op(OP.i32_eq);
          code.if(() => {
            code.get(spins);
            code.i32(1);
            code.op(OP.i32_add);
            code.tee(spins);
            code.i32(SPINS);
            code.op(OP.i32_gt_s);
            code.get(1);
            code.op(OP.i32_and);
            code.if(() => {
              code.i32(0);
              code.get(generation);
              code.i64(-1);
              code.mem(OP.atomic_wait32, GENERATION);
              code.op(OP.drop);
            });
            code.br(1);
          });
        });
      },
    );
  });
}

type Writer = (code: Code, counter: number | undefined) => void;

/** Writes steps for any thread of any number; `counter` is the local that counts the innermost loop. */
function stepWriter(module: ModuleBuilder, barrier: number | undefined): { prepare(steps: readonly Step[]): Writer } {
  const wait = (code: Code): void => {
    if (barrier === undefined) return;
    code.get(1);
    code.get(0);
    code.i32(0);
    code.op(OP.i32_ne);
    code.call(barrier);
  };
  const alone = (code: Code, write: () => void): void => {
    if (barrier === undefined) return write();
    code.get(0);
    code.op(OP.i32_eqz);
    code.if(write);
  };
  const shared = (s: Work): boolean => barrier !== undefined && isShared(s);

  /** A run of small steps: thread 0 does them, one barrier behind. */
  function serial(steps: readonly (Work | Copy | Fill)[]): Writer {
    const calls = steps.map((s): Writer => {
      if (s.kind === "copy") return (code, counter) => writeCopy(code, s, counter);
      if (s.kind === "fill") {
        return (code) => {
          code.i32(addressOf(s.to));
          code.i32(0);
          code.i32(s.bytes);
          code.memoryFill();
        };
      }
      const call = s.prepare(module);
      return (code) =>
        call(
          code,
          () => code.i32(0),
          () => code.i32(s.units),
        );
    });
    return (code, counter) => {
      alone(code, () => calls.forEach((c) => c(code, counter)));
      wait(code);
    };
  }

  function parallel(s: Work): Writer {
    const call = s.prepare(module);
    return (code) => {
      const lo = code.local("i32");
      const hi = code.local("i32");
      const bound = (thread: () => void, into: number): void => {
        thread();
        code.i32(s.units);
        code.op(OP.i32_mul);
        code.get(1);
        code.op(OP.i32_div_u);
        code.set(into);
      };
      bound(() => code.get(0), lo);
      bound(() => {
        code.get(0);
        code.i32(1);
        code.op(OP.i32_add);
      }, hi);
      code.get(lo);
      code.get(hi);
      code.op(OP.i32_lt_s);
      code.if(() =>
        call(
          code,
          () => code.get(lo),
          () => code.get(hi),
        ),
      );
      wait(code);
    };
  }

  /** Round t of a loop in a local, written by the body as the element it is of. */
  function roundOf(code: Code, t: number, { reverse, length }: { reverse: boolean; length: number }, body: Writer): void {
    if (!reverse) return body(code, t);
    const at = code.local("i32");
    code.i32(length - 1);
    code.get(t);
    code.op(OP.i32_sub);
    code.set(at);
    body(code, at);
  }

  /** Each thread takes the next round as long as there are any. */
  function sharedRounds(s: Shared): Writer {
    const bodies = s.bodies.map((steps) => stepWriter(module, undefined).prepare(steps));
    return (code) => {
      alone(code, () => {
        code.i32(0);
        code.i32(0);
        code.mem(OP.i32_atomic_store, NEXT_ROUND);
      });
      wait(code);
      const t = code.local("i32");
      bodies.forEach((body, thread) => {
        code.get(0);
        code.i32(thread);
        code.op(OP.i32_eq);
        code.if(() =>
          code.block(() =>
            code.loop(() => {
              code.i32(0);
              code.i32(1);
              code.mem(OP.i32_atomic_add, NEXT_ROUND);
              code.tee(t);
              code.i32(s.length);
              code.op(OP.i32_ge_s);
              code.brIf(1);
              roundOf(code, t, s, body);
              code.br(0);
            }),
          ),
        );
      });
      wait(code);
    };
  }

  function prepare(steps: readonly Step[]): Writer {
    const writers: Writer[] = [];
    let small: (Work | Copy | Fill)[] = [];
    const flush = (): void => {
      if (small.length) writers.push(serial(small));
      small = [];
    };
    for (const s of steps) {
      if ((s.kind === "work" && !shared(s)) || s.kind === "copy" || s.kind === "fill") {
        small.push(s);
        continue;
      }
      flush();
      if (s.kind === "work") writers.push(parallel(s));
      else if (s.kind === "scan") {
        const body = prepare(s.body);
        writers.push((code) => {
          const t = code.local("i32");
          code.count(t, 0, s.length, 1, () => roundOf(code, t, s, body));
        });
      } else if (s.kind === "shared") writers.push(sharedRounds(s));
      else {
        const cond = prepare(s.cond);
        const body = prepare(s.body);
        writers.push((code) => {
          const rounds = code.local("i32");
          code.i32(0);
          code.set(rounds);
          code.block(() =>
            code.loop(() => {
              code.get(rounds);
              code.i32(s.limit);
              code.op(OP.i32_ge_s);
              code.brIf(1);
              cond(code, undefined);
              code.i32(0);
              code.f64(0);
              loadNumber(code, s.flag);
              code.op(OP.f64_ne);
              code.op(OP.i32_eq);
              code.brIf(1);
              body(code, undefined);
              code.get(rounds);
              code.i32(1);
              code.op(OP.i32_add);
              code.set(rounds);
              code.br(0);
            }),
          );
          alone(code, () => {
            code.i32(addressOf(s.rounds));
            code.get(rounds);
            code.op(OP.f64_convert_i32_s);
            code.mem(OP.f64_store);
          });
          wait(code);
        });
      }
    }
    flush();
    return (code, counter) => writers.forEach((w) => w(code, counter));
  }
  return { prepare };
}

function loadNumber(code: Code, place: Place): void {
  code.i32(addressOf(place));
  if (place.dtype === "f64") code.mem(OP.f64_load);
  else {
    code.mem(OP.f32_load);
    code.op(OP.f64_promote_f32);
  }
}

function writeCopy(code: Code, s: Copy, counter: number | undefined): void {
  const address = (place: Place, side: Copy["slide"]) => (): void => {
    code.i32(addressOf(place));
    if (s.slide !== side) return;
    code.get(counter!);
    code.i32(s.bytes);
    code.op(OP.i32_mul);
    code.op(OP.i32_add);
  };
  copyBytes(code, address(s.to, "to"), address(s.from, "from"), s.bytes);
}

/** A typed-array view of a place in memory. */
export function viewOf(memory: WebAssembly.Memory, p: Place): TypedArray {
  const at = addressOf(p);
  const length = p.buffer.bytes / BYTES[p.dtype];
  return p.dtype === "f64"
    ? new Float64Array(memory.buffer, at, length)
    : p.dtype === "f32"
      ? new Float32Array(memory.buffer, at, length)
      : new Int32Array(memory.buffer, at, length);
}
