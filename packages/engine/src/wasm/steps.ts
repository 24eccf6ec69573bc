import type { TypedArray } from "../tensor.js";
import type { Code, ModuleBuilder } from "./assembler.js";
import type { Kernel } from "./map.js";
import type { Buffer, Place } from "./place.js";

/** Work in independent units; `call` pushes lo and hi and runs them. Its preparation writes functions into the module. */
export interface Work {
  readonly kind: "work";
  readonly units: number;
  readonly work: number;
  prepare(module: ModuleBuilder): (code: Code, lo: () => void, hi: () => void) => void;
}

/** Copies `bytes` from one place to another; with `slide`, the place moves on by `bytes` a round of the innermost loop. */
export interface Copy {
  readonly kind: "copy";
  readonly from: Place;
  readonly to: Place;
  readonly bytes: number;
  readonly slide?: "from" | "to";
}

export interface Fill {
  readonly kind: "fill";
  readonly to: Place;
  readonly bytes: number;
}

export interface Loop {
  readonly kind: "scan";
  readonly length: number;
  readonly reverse: boolean;
  readonly body: readonly Step[];
}

/** Rounds that do not wait for each other: each thread has steps of its own, on memory of its own, and takes the next round when it is free. */
export interface Shared {
  readonly kind: "shared";
  readonly length: number;
  readonly reverse: boolean;
  readonly bodies: readonly (readonly Step[])[];
}

export interface While {
  readonly kind: "while";
  readonly cond: readonly Step[];
  readonly flag: Place;
  readonly body: readonly Step[];
  readonly limit: number;
  readonly rounds: Place;
}

export type Step = Work | Copy | Fill | Loop | Shared | While;

/** A program before its memory has addresses. */
export interface Lowered {
  readonly steps: readonly Step[];
  readonly buffers: readonly Buffer[];
  readonly inputs: readonly Place[];
  readonly outputs: readonly Place[];
  readonly constants: readonly { readonly place: Place; readonly data: TypedArray }[];
  /** In place of steps, where the whole program stays in registers: writes its rounds, given two locals: how many, and whether to feed the inputs. */
  rounds?(module: ModuleBuilder): (code: Code, rounds: number, feed: number) => void;
}

/** Below this many vector operations work is not worth sharing out. */
export const SHARE = 40_000;

/** Rough cost of steps in vector operations, a loop without a length counted once. */
export const workOf = (steps: readonly Step[]): number =>
  steps.reduce((sum, s) => {
    if (s.kind === "work") return sum + s.work;
    if (s.kind === "scan") return sum + s.length * workOf(s.body);
    if (s.kind === "shared") return sum + s.length * workOf(s.bodies[0]!);
    return s.kind === "while" ? sum + workOf(s.cond) + workOf(s.body) : sum;
  }, 0);

/** The step that runs a kernel. */
export const kernelStep = (k: Kernel): Work => ({
  kind: "work",
  units: k.units,
  work: k.work,
  prepare: (m) => {
    const func = k.emit(m);
    return (code, lo, hi) => {
      lo();
      hi();
      code.call(func);
    };
  },
});
