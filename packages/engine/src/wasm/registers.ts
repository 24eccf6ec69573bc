import { wasmLanes } from "../lanes/wasm.js";
import { BYTES } from "../tensor.js";
import { pushIndex } from "./access.js";
import { OP, type Code } from "./assembler.js";
import type { Mates } from "./mates.js";
import { addressOf, type Place } from "./place.js";
import type { Straight } from "./straight.js";

/** Where straight code reads a number: an element of a place, or what a loop carries. */
export interface Source {
  readonly place: Place;
  /** In elements from the place's beginning. */
  readonly element: number;
  /** Bytes by which the place moves on a round. */
  readonly slide?: number;
  readonly carried?: boolean;
}

/** A value, or two that are computed in the two halves of one vector; a single value stands in both. */
interface Unit {
  readonly values: readonly number[];
  readonly varies: boolean;
  local: number;
  /** Locals with its values otherwise arranged: the first or the second in both halves, or both exchanged; -1 for none. */
  readonly forms: [number, number, number];
  last: number;
}

const HALF = [
  [0, 1, 2, 3, 4, 5, 6, 7],
  [8, 9, 10, 11, 12, 13, 14, 15],
] as const;

/** Straight code while it is written into a function. */
export interface Registers {
  /** Writes what no round of the loop changes. */
  entry(): void;
  /** Writes what a phase needs that is not there yet. */
  phase(index: number): void;
  /** Reads the carried numbers from memory; before everything else. */
  load(): void;
  /** Makes the values `next` the carried ones. */
  carry(next: ReadonlyMap<number, number>): void;
  /** Stores a carried number, by its source, or a value, to an element of a place. */
  store(from: { readonly source: number } | { readonly value: number }, to: Source): void;
  /** Pushes whether a value is not 0. */
  pushTest(value: number): void;
}

/**
 * Straight code in locals of a function.
 *
 * *Arguments*: `phases`: values wanted by the end of each phase. `functions`: those that it calls. `loop`: whether phases are run again and again; what varies is then
 * what depends on carried or sliding sources. `at`: the local that counts rounds, if places slide.
 */
export function registers(
  code: Code,
  s: Straight,
  sources: readonly Source[],
  mates: Mates,
  phases: readonly (readonly number[])[],
  { functions, loop = false, at }: { functions: readonly number[]; loop?: boolean; at?: number },
): Registers {
  const needed = new Uint8Array(s.list.length);
  for (const roots of phases) for (const v of roots) needed[v] = 1;
  s.list.forEach(({ name, value }, v) => {
    if (name === "read" && sources[value]!.carried) needed[v] = 1;
  });
  for (let v = s.list.length - 1; v >= 0; v--) if (needed[v]) for (const a of s.list[v]!.args) needed[a] = 1;
  const varies = s.list.map(() => !loop);
  s.list.forEach(({ name, args, value }, v) => {
    if (name === "read" && (sources[value]!.carried || sources[value]!.slide)) varies[v] = true;
    else if (args.some((a) => varies[a])) varies[v] = true;
  });

  const units: (Unit | undefined)[] = [];
  const unitOf = (v: number): Unit => {
    let u = units[v];
    if (!u) {
      const other = mates.get(v);
      const values =
        other !== undefined && needed[other] && varies[other] === varies[v] ? [Math.min(v, other), Math.max(v, other)] : [v];
      u = { values, varies: varies[v]!, local: -1, forms: [-1, -1, -1], last: -1 };
      for (const w of values) units[w] = u;
    }
    return u;
  };
  const isCarried = (u: Unit): boolean => {
    const { name, value } = s.list[u.values[0]!]!;
    return name === "read" && sources[value]!.carried === true;
  };

  // The order of units: operands first, everything as late as its first use.
  const placed = new Set<Unit>();
  const order = (roots: readonly number[], varying: boolean): Unit[] => {
    const list: Unit[] = [];
    const visit = (u: Unit): void => {
      if (placed.has(u)) return;
      placed.add(u);
      for (const v of u.values) for (const a of s.list[v]!.args) visit(unitOf(a));
      if (u.varies === varying) list.push(u);
    };
    for (const v of roots) visit(unitOf(v));
    return list;
  };
  const all = phases.flat();
  const before = loop
    ? order(
        s.list.flatMap((_, v) => (needed[v] && !varies[v] ? [v] : [])),
        false,
      )
    : [];
  const sequences = [before, ...phases.map((roots) => order(roots, true))];
  let position = 0;
  for (const [i, sequence] of sequences.entries()) {
    for (const u of sequence) {
      position++;
      for (const v of u.values)
        for (const a of s.list[v]!.args) {
          const used = unitOf(a);
          used.last = i > 0 && loop && !used.varies ? Infinity : Math.max(used.last, position);
        }
    }
  }
  for (const v of all) unitOf(v).last = Infinity;

  const spare: number[] = [];
  let fresh: number[] = [];
  const take = (): number => {
    const local = spare.pop() ?? code.local("v128");
    fresh.push(local);
    return local;
  };
  const mark = code.mark();
  const constants = new Map<string, number>();
  const constant = (value: number): number => {
    const key = Object.is(value, -0) ? "-0" : `${value}`;
    let local = constants.get(key);
    if (local === undefined) {
      constants.set(key, (local = code.local("v128")));
      code.insert(mark, () => {
        code.f64x2(value);
        code.set(local!);
      });
    }
    return local;
  };
  const lanes = wasmLanes(code, constant, take);

  const shuffled = (a: number, b: number, bytes: readonly number[]): number => {
    code.get(a);
    code.get(b);
    code.shuffle(bytes);
    const out = take();
    code.set(out);
    return out;
  };
  const form = (u: Unit, which: 0 | 1 | 2): number => {
    if (u.forms[which] < 0) {
      const [first, second] = which === 2 ? [1, 0] : [which, which];
      u.forms[which] = shuffled(u.local, u.local, [...HALF[first]!, ...HALF[second]!]);
      fresh.pop();
    }
    return u.forms[which];
  };
  const half = (v: number): 0 | 1 => (unitOf(v).values[0] === v ? 0 : 1);
  const one = (v: number): number => {
    const u = unitOf(v);
    return u.values.length === 1 ? u.local : form(u, half(v));
  };
  const two = (a: number, b: number): number => {
    if (a === b) return one(a);
    const [u, w] = [unitOf(a), unitOf(b)];
    if (u === w) return half(a) === 0 ? u.local : form(u, 2);
    // A single value stands in both halves: take the one that needs no move.
    const from = w.values.length === 1 ? 1 : half(b);
    return shuffled(u.local, w.local, [...HALF[half(a)]!, ...HALF[from]!.map((byte) => byte + 16)]);
  };
  const operand = (values: readonly number[]): number => (values.length === 1 ? one(values[0]!) : two(values[0]!, values[1]!));

  const pointers = new Map<string, number>();
  /** Pushes the address that a place's elements are counted from. */
  const pointer = ({ place, slide }: Source): void => {
    if (slide === undefined && !place.row) return code.i32(0);
    const key = place.row ? `row ${addressOf(place.row.index)} ${place.row.rows} ${place.row.bytes}` : `slide ${slide}`;
    let local = pointers.get(key);
    if (local === undefined) {
      pointers.set(key, (local = code.local("i32")));
      if (place.row) {
        code.i32(0);
        pushIndex(code, addressOf(place.row.index), place.row.rows);
        code.i32(place.row.bytes);
      } else {
        code.get(at!);
        code.i32(slide!);
      }
      code.op(OP.i32_mul);
      code.set(local);
    }
    code.get(local);
  };
  const offset = ({ place, element }: Source): number => addressOf(place) + element * BYTES[place.dtype];
  /** Reads one or two numbers into a local. */
  const read = (which: readonly number[]): number => {
    const [first, second] = which.map((i) => sources[i]!) as [Source, Source | undefined];
    if (first.place.dtype === "i32") {
      const [a, b] = [first, second].map((x) => {
        if (!x) return -1;
        pointer(x);
        code.mem(OP.i32_load, offset(x));
        code.op(OP.f64_convert_i32_s);
        code.op(OP.f64x2_splat);
        const v = take();
        code.set(v);
        return v;
      }) as [number, number];
      return second ? shuffled(a, b, [...HALF[0], ...HALF[1].map((byte) => byte + 16)]) : a;
    }
    if (second) pointer(second);
    pointer(first);
    code.mem(second ? OP.v128_load64_zero : OP.v128_load64_splat, offset(first));
    if (second) code.memLane(OP.v128_load64_lane, offset(second), 1);
    const v = take();
    code.set(v);
    return v;
  };

  let now = 0;
  const write = (u: Unit): void => {
    now++;
    fresh = [];
    const { name, value, args } = s.list[u.values[0]!]!;
    if (!isCarried(u)) {
      if (name === "read") u.local = read(u.values.map((v) => s.list[v]!.value));
      else if (name === "const") {
        u.local = take();
        code.f64x2(value);
        code.set(u.local);
      } else {
        const other = u.values.length > 1 ? s.list[u.values[1]!]!.args : undefined;
        const operands = args.map((a, i) => (other ? two(a, other[i]!) : one(a)));
        if (name === "call") {
          operands.forEach(code.get);
          code.call(functions[value]!);
          code.set((u.local = take()));
        } else u.local = (lanes[name] as (...xs: number[]) => number)(...operands);
      }
    }
    for (const local of fresh) if (local !== u.local) spare.push(local);
    for (const v of u.values)
      for (const a of s.list[v]!.args) {
        const arg = unitOf(a);
        if (arg.last !== now || isCarried(arg)) continue;
        arg.last = -1;
        spare.push(arg.local);
        for (const form of arg.forms) if (form >= 0) spare.push(form);
      }
  };

  /** Carried numbers, by the units that hold them. */
  const carriedUnits = new Map<Unit, readonly number[]>();
  s.list.forEach(({ name, value }, v) => {
    if (name !== "read" || !sources[value]!.carried) return;
    const u = unitOf(v);
    carriedUnits.set(
      u,
      u.values.map((w) => s.list[w]!.value),
    );
  });
  for (const u of carriedUnits.keys()) u.local = code.local("v128");

  return {
    load() {
      for (const [u, which] of carriedUnits) {
        fresh = [];
        code.get(read(which));
        code.set(u.local);
        spare.push(...fresh);
      }
    },
    entry: () => sequences[0]!.forEach(write),
    phase: (index) => sequences[index + 1]!.forEach(write),
    carry(next) {
      fresh = [];
      const moves = [...carriedUnits].flatMap(([u, which]) => {
        const from = operand(which.map((source) => next.get(source)!));
        return from === u.local ? [] : [{ from, to: u.local }];
      });
      for (const m of moves) code.get(m.from);
      for (const m of moves.reverse()) code.set(m.to);
      for (const u of carriedUnits.keys()) u.forms.fill(-1);
    },
    store(from, to) {
      const value = "value" in from ? from.value : s.read(from.source);
      const u = unitOf(value);
      pointer(to);
      code.get(u.local);
      if (to.place.dtype === "i32") {
        code.lane(OP.f64x2_extract_lane, half(value));
        code.op(OP.i32_trunc_sat_f64_s);
        code.mem(OP.i32_store, offset(to));
      } else code.memLane(OP.v128_store64_lane, offset(to), half(value));
    },
    pushTest(value) {
      code.get(unitOf(value).local);
      code.lane(OP.f64x2_extract_lane, half(value));
      code.f64(0);
      code.op(OP.f64_ne);
    },
  };
}
