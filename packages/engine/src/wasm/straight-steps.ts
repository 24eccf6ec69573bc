import type { Op } from "../tensor.js";
import { pushLeast } from "./access.js";
import { OP, type Code, type ModuleBuilder } from "./assembler.js";
import { beside, mirrored, type Carried } from "./mates.js";
import { registers, type Registers, type Source } from "./registers.js";
import type { Straight } from "./straight.js";
import type { Work } from "./steps.js";
import { addressOf, type Place } from "./place.js";
import { vectorWriter } from "./vectors.js";

/** Operations after which a loop returns to its caller: a compiler can only change the code of a function that is called anew. */
const STRETCH = 30_000;

/** Straight code over numbers in memory, and where its results go. */
export interface Stretch {
  readonly s: Straight;
  readonly sources: readonly Source[];
  readonly stores: readonly { readonly value: number; readonly to: Source }[];
}

/** The state of a loop: tensors whose elements stay in registers from round to round. */
export interface Loop extends Stretch {
  readonly carried: readonly Carried[];
}

const roundsOf = (s: Straight): number => Math.max(1, Math.floor(STRETCH / (s.list.length + 1)));

const alone = (prepare: Work["prepare"]): Work => ({ kind: "work", units: 1, work: 0, prepare });

const written = new WeakMap<ModuleBuilder, Map<Op, number>>();
/** The functions that straight code calls, of vectors, written into the module once. */
function functionsOf(module: ModuleBuilder, s: Straight): number[] {
  const known = written.get(module) ?? new Map<Op, number>();
  written.set(module, known);
  return s.functions.map((op) => {
    const operands = s.list.find((i) => i.name === "call" && s.functions[i.value] === op)!.args;
    const params = operands.map((): "v128" => "v128");
    const func =
      known.get(op) ??
      module.func(params, ["v128"], (code) => {
        const writer = vectorWriter(code, "f64");
        code.get(writer.apply(op, [...operands.keys()]));
        writer.finish();
      });
    known.set(op, func);
    return func;
  });
}

/** All of it at once. */
export const stretchStep = ({ s, sources, stores }: Stretch): Work =>
  alone((module) => {
    const functions = functionsOf(module, s);
    const func = module.func([], [], (code) => {
      const r = registers(code, s, sources, beside(s), [stores.map((x) => x.value)], { functions });
      r.phase(0);
      for (const { value, to } of stores) r.store({ value }, to);
    });
    return (code) => code.call(func);
  });

/** What follows each carried number, by its source. */
const nextOf = (carried: readonly Carried[]): ReadonlyMap<number, number> =>
  new Map(carried.flatMap((c) => c.sources.map((source, i) => [source, c.next[i]!] as const)));

const matesOf = (s: Straight, carried: readonly Carried[]) => {
  const rows = mirrored(s, carried);
  return rows.size > 0 ? rows : beside(s);
};

const keep = (r: Registers, { carried, sources }: Loop): void => {
  for (const c of carried) for (const source of c.sources) r.store({ source }, sources[source]!);
};

/** Rounds 0 to length - 1, the carry in registers, `stores` in every round. */
export const scanStep = (loop: Loop, length: number, reverse: boolean): Work =>
  alone((module) => {
    const { s, sources, stores, carried } = loop;
    const next = nextOf(carried);
    const functions = functionsOf(module, s);
    const func = module.func(["i32", "i32"], [], (code) => {
      const at = code.local("i32");
      const r = registers(code, s, sources, matesOf(s, carried), [[...next.values(), ...stores.map((x) => x.value)]], {
        functions,
        loop: true,
        at,
      });
      r.load();
      r.entry();
      const round = code.local("i32");
      code.count(round, { local: 0 }, { local: 1 }, 1, () => {
        if (reverse) code.i32(length - 1);
        code.get(round);
        if (reverse) code.op(OP.i32_sub);
        code.set(at);
        r.phase(0);
        for (const { value, to } of stores) r.store({ value }, to);
        r.carry(next);
      });
      keep(r, loop);
    });
    const rounds = roundsOf(s);
    return (code) => {
      const from = code.local("i32");
      code.count(from, 0, length, rounds, () => {
        code.get(from);
        pushLeast(code, rounds, () => {
          code.i32(length);
          code.get(from);
          code.op(OP.i32_sub);
        });
        code.get(from);
        code.op(OP.i32_add);
        code.call(func);
      });
    };
  });

/** Rounds while `test` is not 0, at most `limit`; their number goes to a place. */
export const whileStep = (loop: Loop, test: number, limit: number, counted: Place): Work =>
  alone((module) => {
    const { s, sources, carried } = loop;
    const next = nextOf(carried);
    const functions = functionsOf(module, s);
    const func = module.func(["i32"], ["i32"], (code) => {
      const r = registers(code, s, sources, matesOf(s, carried), [[test], [...next.values()]], { functions, loop: true });
      const done = code.local("i32");
      r.load();
      r.entry();
      code.block(() =>
        code.loop(() => {
          code.get(done);
          code.get(0);
          code.op(OP.i32_ge_s);
          code.brIf(1);
          r.phase(0);
          r.pushTest(test);
          code.op(OP.i32_eqz);
          code.brIf(1);
          r.phase(1);
          r.carry(next);
          code.get(done);
          code.i32(1);
          code.op(OP.i32_add);
          code.set(done);
          code.br(0);
        }),
      );
      keep(r, loop);
      code.get(done);
    });
    const rounds = roundsOf(s);
    return (code) => {
      const [all, done] = code.locals("i32", 2);
      code.i32(0);
      code.set(all);
      code.loop(() => {
        pushLeast(code, rounds, () => {
          code.i32(limit);
          code.get(all);
          code.op(OP.i32_sub);
        });
        code.call(func);
        code.tee(done);
        code.get(all);
        code.op(OP.i32_add);
        code.set(all);
        code.get(done);
        code.i32(rounds);
        code.op(OP.i32_eq);
        code.brIf(0);
      });
      code.i32(addressOf(counted));
      code.get(all);
      code.op(OP.f64_convert_i32_s);
      code.mem(OP.f64_store);
    };
  });

/**
 * A whole program, round after round: the function's arguments are how many (a local), and whether the outputs that are state feed the
 * inputs (a local).
 */
export function programRounds(
  module: ModuleBuilder,
  loop: Loop,
  outputs: readonly (readonly Source[])[],
): (code: Code, rounds: number, feed: number) => void {
  const { s, sources, stores, carried } = loop;
  const next = nextOf(carried);
  const functions = functionsOf(module, s);
  const overwritten = new Set(carried.flatMap((c) => c.sources.map((source) => s.read(source))));
  const func = module.func(["i32", "i32"], [], (code) => {
    const r = registers(code, s, sources, matesOf(s, carried), [[...next.values(), ...stores.map((x) => x.value)]], {
      functions,
      loop: true,
    });
    r.load();
    r.entry();
    const round = code.local("i32");
    code.count(round, 0, { local: 0 }, 1, () => {
      r.phase(0);
      for (const { value, to } of stores) if (overwritten.has(value)) r.store({ value }, to);
      r.carry(next);
    });
    for (const { value, to } of stores) if (!overwritten.has(value)) r.store({ value }, to);
    carried.forEach((c, j) => c.sources.forEach((source, i) => r.store({ source }, outputs[j]![i]!)));
    code.get(1);
    code.if(() => keep(r, loop));
  });
  const most = roundsOf(s);
  return (code, rounds, feed) => {
    const n = code.local("i32");
    const left = code.local("i32");
    code.get(rounds);
    code.set(left);
    code.count(n, 0, { local: rounds }, most, () => {
      pushLeast(code, most, () => code.get(left));
      code.get(feed);
      code.call(func);
      code.get(left);
      code.i32(most);
      code.op(OP.i32_sub);
      code.set(left);
    });
  };
}
