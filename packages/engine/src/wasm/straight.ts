import type { Lanes } from "../lanes/lanes.js";
import { scalarLanes } from "../lanes/scalar.js";
import type { Op } from "../tensor.js";

type Name = keyof Lanes<number, number>;

/** One operation of straight code: `const`, `read` and `call` have a value (the number, the number of the source or of the function), all but the first two have arguments. */
export interface Instruction {
  readonly name: Name | "read" | "call";
  readonly args: readonly number[];
  readonly value: number;
}

/** Arithmetic on single numbers without loops or branches, in static single assignment: a value is the number of its instruction. */
export interface Straight {
  readonly list: readonly Instruction[];
  /** Appends operations; one that is there already is not done again. */
  readonly lanes: Lanes<number, number>;
  read(source: number): number;
  /** An elementary function as a whole, which is not written out here. */
  call(op: Op, args: readonly number[]): number;
  /** The functions called. */
  readonly functions: readonly Op[];
  /** Results of the same expensive operation on neighbouring elements; what the second one appended begins at the third number. */
  readonly neighbours: [number, number, number][];
  /** The value of an operation, if it is there. */
  find(name: Instruction["name"], args: readonly number[], value?: number): number | undefined;
}

const MINUS_ZERO = Symbol("-0");
const COMMUTES = new Set(["add", "mul", "and", "or"]);
/** Operations with a fixed number of numbers in and one number out. */
const FOLDED = new Set<Name>([
  "add",
  "sub",
  "mul",
  "div",
  "sqrt",
  "neg",
  "abs",
  "nearest",
  "floor",
  "ceil",
  "trunc",
  "min",
  "max",
  "pmin",
  "pmax",
  "copysign",
  "pow2",
  "exponent",
  "mantissa",
  "truncateLow",
]);

/** Starts empty straight code. Every shortcut it takes keeps all bits, zeros' signs included (not those of a NaN). */
export function straight(): Straight {
  const list: Instruction[] = [];
  const functions: Op[] = [];
  const known = new Map<Instruction["name"], Map<number | symbol, number>>();
  /** Whether a value can never be -0. */
  const unsigned: boolean[] = [];

  /** The instruction among its kind; values stay below 2^16. */
  const keyOf = (name: Instruction["name"], args: readonly number[], value: number): number | symbol => {
    const n = args.length;
    if (n === 0) return Object.is(value, -0) ? MINUS_ZERO : value;
    const a = args[0]!;
    const b = n > 1 ? args[1]! : 0;
    const c = n > 2 ? args[2]! : value;
    return COMMUTES.has(name) && a > b ? b * 65536 + a : (c * 65536 + a) * 65536 + b;
  };
  function append(name: Instruction["name"], args: readonly number[], value = 0): number {
    let kind = known.get(name);
    if (!kind) known.set(name, (kind = new Map()));
    const key = keyOf(name, args, value);
    let v = kind.get(key);
    if (v === undefined) {
      kind.set(key, (v = list.push({ name, args, value }) - 1));
      const square = name === "mul" && args[0] === args[1];
      const sum = name === "add" && (unsigned[args[0]!]! || unsigned[args[1]!]!);
      unsigned.push(name === "const" ? !Object.is(value, -0) : sum || square || name === "abs");
    }
    return v;
  }
  const constant = (v: number): boolean => list[v]!.name === "const";
  const negated = (v: number): number | undefined => (list[v]!.name === "neg" ? list[v]!.args[0] : undefined);
  const is = (v: number, value: number): boolean => list[v]!.name === "const" && Object.is(list[v]!.value, value);

  /** What a mask is, if it is the same always. */
  function decided(mask: number): boolean | undefined {
    const { name, args } = list[mask]!;
    switch (name) {
      case "lt":
      case "le":
      case "eq":
      case "ne": {
        const [x, y] = [list[args[0]!]!, list[args[1]!]!];
        return x.name === "const" && y.name === "const" ? scalarLanes[name](x.value, y.value) : undefined;
      }
      default:
        return undefined;
    }
  }
  function shortcut(name: Name, args: readonly number[]): number | undefined {
    const a = args[0]!;
    const b = args[1]!;
    switch (name) {
      case "add":
        if (is(a, -0) || (is(a, 0) && unsigned[b])) return b;
        if (is(b, -0) || (is(b, 0) && unsigned[a])) return a;
        if (negated(b) !== undefined) return apply("sub", [a, negated(b)!]);
        return negated(a) === undefined ? undefined : apply("sub", [b, negated(a)!]);
      case "sub":
        if (is(b, 0)) return a;
        return negated(b) === undefined ? undefined : apply("add", [a, negated(b)!]);
      case "mul":
        if (is(a, 1)) return b;
        if (is(b, 1)) return a;
        if (negated(a) !== undefined) return apply("neg", [apply("mul", [negated(a)!, b])]);
        return negated(b) === undefined ? undefined : apply("neg", [apply("mul", [a, negated(b)!])]);
      case "div":
        return is(b, 1) ? a : undefined;
      case "max":
        return is(a, -Infinity) ? b : is(b, -Infinity) ? a : undefined;
      case "min":
        return is(a, Infinity) ? b : is(b, Infinity) ? a : undefined;
      case "neg":
        return negated(a);
      case "ne": {
        // A comparison's 1 or 0, compared with 0, is the comparison.
        const { name: from, args: parts } = list[a]!;
        return is(b, 0) && from === "select" && is(parts[1]!, 1) && is(parts[2]!, 0) ? parts[0] : undefined;
      }
      case "select": {
        const other = args[2]!;
        const always = decided(a);
        return b === other || always === true ? b : always === false ? other : undefined;
      }
      default:
        return undefined;
    }
  }
  function apply(name: Name, args: readonly number[]): number {
    const short = shortcut(name, args);
    if (short !== undefined) return short;
    if (FOLDED.has(name) && args.every(constant))
      return append("const", [], (scalarLanes[name] as (...xs: number[]) => number)(...args.map((v) => list[v]!.value)));
    return append(name, args);
  }
  const unary = (name: Name) => (a: number) => apply(name, [a]);
  const binary = (name: Name) => (a: number, b: number) => apply(name, [a, b]);
  const lanes: Lanes<number, number> = {
    const: (value) => append("const", [], value),
    add: binary("add"),
    sub: binary("sub"),
    mul: binary("mul"),
    div: binary("div"),
    sqrt: unary("sqrt"),
    neg: unary("neg"),
    abs: unary("abs"),
    nearest: unary("nearest"),
    floor: unary("floor"),
    ceil: unary("ceil"),
    trunc: unary("trunc"),
    min: binary("min"),
    max: binary("max"),
    pmin: binary("pmin"),
    pmax: binary("pmax"),
    lt: binary("lt"),
    le: binary("le"),
    eq: binary("eq"),
    ne: binary("ne"),
    and: binary("and"),
    or: binary("or"),
    not: unary("not"),
    select: (mask, yes, no) => apply("select", [mask, yes, no]),
    copysign: binary("copysign"),
    pow2: unary("pow2"),
    exponent: unary("exponent"),
    mantissa: unary("mantissa"),
    truncateLow: unary("truncateLow"),
  };
  return {
    list,
    lanes,
    neighbours: [],
    read: (source) => append("read", [], source),
    functions,
    call(op, args) {
      if (args.every(constant)) {
        const value = op.lanes!(
          scalarLanes,
          args.map((v) => list[v]!.value),
        );
        return append("const", [], value);
      }
      const known = functions.indexOf(op);
      return append("call", args, known >= 0 ? known : functions.push(op) - 1);
    },
    find: (name, args, value = 0) => known.get(name)?.get(keyOf(name, args, value)),
  };
}
