import { add, compile, jvp, mul, reshape, vmap, type CompileOptions, type Program, type Tensor } from "#engine";
import { extend, finite } from "../core/evolve.js";
import { grouped } from "../core/map-steppers.js";
import { fillNormal, random } from "../core/random.js";
import type { Status } from "../core/status.js";
import type { Part, TangentSystem } from "../core/system.js";
import type { FlowSystem } from "./flow.js";
import { PACE, RESTING, STATUSES, type Interval, type Pace, type RecordedInterval } from "./interval.js";
import { lastLengths, type Departure } from "./retrace.js";
import type { tangentRates } from "./tangent-errors.js";

/** Where and how a copy failed. */
export interface Failure {
  readonly status: Status;
  readonly time: number;
  /** The last accepted state, and the step that was tried from it. */
  readonly before: Float64Array;
  readonly h: number;
  readonly copy: number;
  readonly accepted: number;
  readonly bounded: number;
  /** Lengths of the last accepted steps, oldest first, where they are known. */
  readonly lengths?: readonly number[];
}

export interface Drive {
  readonly interval: Interval;
  /** The same, keeping the lengths of its last steps: of adaptive ones. */
  readonly recorded?: RecordedInterval;
  /** Looks how well a step carries so many tangents: of adaptive ones, whose length the state decides. */
  readonly probe?: (k: number) => ReturnType<typeof tangentRates>;
  readonly explain: (failure: Failure) => string;
  /** Of the field, a step. */
  readonly evaluations: number;
  readonly dim: number;
  readonly dt: number;
  readonly layout: readonly Part[];
  readonly settings: CompileOptions;
}

const paceOf = (tensors: readonly Tensor[]): Pace =>
  Object.fromEntries(PACE.map((name, i) => [name, tensors[i]!])) as unknown as Pace;
const listOf = (pace: Pace): Tensor[] => PACE.map((name) => pace[name]);

/** Carried: the state, the number of intervals done, the time of the first, and the pace of each copy. */
type Carried = (x: Tensor, count: Tensor, origin: Tensor, ...pace: Tensor[]) => Tensor[];

function carriedProgram({ interval, dim, dt, settings }: Drive, rows: number | undefined): Carried {
  const one = (start: Tensor, x: Tensor, ...pace: Tensor[]): Tensor[] => {
    const made = interval(x, start, paceOf(pace));
    return [made.next, ...listOf(made.pace)];
  };
  return (x, count, origin, ...pace) => {
    const start = add(origin, mul(count, dt));
    const [next, ...after] =
      rows === undefined
        ? one(start, x, ...pace)
        : grouped(
            (t, y, ...rest) => one(t!, y!, ...(rest as Tensor[])),
            [start],
            [reshape(x, [rows, dim]), ...pace],
            settings.threads?.count ?? 1,
          );
    return [reshape(next!, x.shape), add(count, 1), origin, ...after];
  };
}

/** A system that carries its states from interval to interval; `rows`: so many copies, else one. */
export function drive(made: Drive, initial: Float64Array, startTime: number, rows?: number): FlowSystem {
  const { dim, settings } = made;
  const f = carriedProgram(made, rows);
  const own = PACE.map((name) => ({ shape: [...(rows === undefined ? [] : [rows]), ...(name === "before" ? [dim] : [])] }));
  const specs = [{ shape: [initial.length] }, { shape: [] }, { shape: [] }, ...own];
  const program = compile((x, ...rest) => f(x!, rest[0]!, rest[1]!, ...rest.slice(2)), specs, settings);
  const base = faces(made, program, initial, startTime);
  const layout = rows === undefined ? made.layout : [{ name: "copies", shape: [rows, dim], offset: 0 }];
  const tangentOf =
    (origin: Face) =>
    (k: number): TangentSystem => {
      if (!Number.isInteger(k) || k < 1)
        throw new RangeError(`tangent: k = ${k} given; allowed: integers from 1 (the dimension is ${initial.length})`);
      const riding = compile(
        (x, count, start, ...rest) => {
          const [pace, v] = [rest.slice(0, -1), rest.at(-1)!];
          const next = (y: Tensor): Tensor => f(y, count!, start!, ...pace)[0]!;
          return [...f(x!, count!, start!, ...pace), vmap((w) => jvp(next, [x!], [w]).tangents[0]!)(v)];
        },
        [...specs, { shape: [k, initial.length] }],
        settings,
      );
      const tangents = riding.inputs.at(-1)!;
      const beside = faces(made, riding, origin.state.slice(), origin.time, () => fillNormal(tangents, random(0)));
      origin.carried.forEach((x, i) => riding.inputs[i]!.set(x));
      const probe = rows === undefined ? made.probe?.(k) : undefined;
      return extend(beside, {
        k,
        tangents,
        rates: () =>
          beside.nextStep > 0 ? probe?.(beside.state, beside.time, Math.min(beside.nextStep, made.dt), tangents) : undefined,
        layout,
        tangent: tangentOf(beside),
        batch: () => {
          throw new TypeError("batch: a system with tangents is not batched; use system.batch(n).tangent(k)");
        },
      });
    };
  return extend(base, {
    layout,
    tangent: tangentOf(base),
    batch(n: number): FlowSystem {
      if (!Number.isInteger(n) || n < 1) throw new RangeError(`batch: n = ${n} given; allowed: integers from 1`);
      if (rows !== undefined) throw new TypeError("batch: this is a batch already; make one batch of all copies");
      const tiled = new Float64Array(n * dim);
      for (let i = 0; i < n; i++) tiled.set(base.state, i * dim);
      return drive(made, tiled, base.time, n);
    },
  });
}

type Face = ReturnType<typeof faces>;

/** State, time, statuses and work of a compiled program that carries them. */
function faces(made: Drive, program: Program, initial: Float64Array, startTime: number, onReset?: () => void) {
  const { dt, dim } = made;
  const { inputs } = program;
  const [state, count, origin] = [inputs[0]!, inputs[1]!, inputs[2]!];
  const pace = Object.fromEntries(PACE.map((name, i) => [name, inputs[3 + i]!])) as Record<keyof Pace, Float64Array>;
  const first = initial.slice();
  const codes = pace.status;
  const total = (x: Float64Array): number => x.reduce((a, b) => a + b, 0);
  const failed = (): number => codes.findIndex((code) => code !== 0 && code !== RESTING);
  /** What was carried when the intervals of the last call began: `iterate` writes over it. */
  const earlier = made.recorded ? inputs.slice(0, 3 + PACE.length).map((x) => x.slice()) : [];
  let departure: Departure | undefined;
  /** Where the first copy that failed in these intervals set out, so that a failure can be looked into if anyone asks. */
  const remember = (n: number): void => {
    const copy = failed();
    if (copy < 0 || departure || earlier.length === 0) return;
    const [x, done, began, ...own] = earlier as [Float64Array, Float64Array, Float64Array, ...Float64Array[]];
    const rows = (values: Float64Array, width: number): Float64Array => values.slice(copy * width, (copy + 1) * width);
    departure = {
      state: rows(x, dim),
      start: began[0]! + done[0]! * dt,
      count: n,
      pace: PACE.map((name, i) => rows(own[i]!, name === "before" ? dim : 1)),
    };
  };
  const reset = (to: ArrayLike<number> = first, at = to === first ? startTime : 0): void => {
    if (to.length !== state.length)
      throw new RangeError(`reset: a state of ${to.length} numbers given, the system has ${state.length}`);
    finite(to, "state given to reset");
    if (!Number.isFinite(at)) throw new RangeError(`reset: time ${at} given; allowed: finite numbers`);
    state.set(to);
    origin[0] = at;
    count[0] = 0;
    for (const x of Object.values(pace)) x.fill(0);
    departure = undefined;
    onReset?.();
  };
  reset();
  return {
    kind: "flow" as const,
    /** All that a run needs to go on: the state, the clock and the pace. */
    carried: inputs.slice(0, 3 + PACE.length),
    dim: state.length,
    dt,
    state,
    get time() {
      return codes.length === 1 && codes[0] !== 0 ? pace.at[0]! : origin[0]! + count[0]! * dt;
    },
    get statuses(): Status[] {
      const all: Status[] = [];
      for (let i = 0; i < codes.length; i++) all.push(STATUSES[codes[i]!]!);
      return all;
    },
    before: pace.before,
    /** The step to try next, of the first copy. */
    get nextStep() {
      return pace.h[0]!;
    },
    get explanation(): string | undefined {
      const copy = failed();
      if (copy < 0) return undefined;
      return made.explain({
        status: STATUSES[codes[copy]!]!,
        time: pace.at[copy]!,
        before: pace.before.slice(copy * dim, (copy + 1) * dim),
        h: pace.h[copy]!,
        copy: codes.length === 1 ? -1 : copy,
        accepted: pace.accepted[copy]!,
        bounded: pace.bounded[copy]!,
        lengths: made.recorded && departure ? lastLengths(made.recorded, dt, departure) : [],
      });
    },
    get work() {
      const [accepted, rejected] = [total(pace.accepted), total(pace.rejected)];
      const evaluations = made.evaluations * (accepted + rejected);
      return { accepted, rejected, evaluations, stabilityBound: total(pace.bounded) };
    },
    reset,
    only(copies: ArrayLike<number>): void {
      const order = new Int32Array(codes.length);
      const named = new Uint8Array(codes.length);
      let places = 0;
      for (let i = 0; i < copies.length; i++) {
        const copy = copies[i]!;
        if (!(codes[copy]! >= 0) || named[copy])
          throw new RangeError(
            `only: copies ${Array.from(copies).join(", ")} given; allowed: different ones from 0 to ${codes.length - 1}`,
          );
        named[copy] = 1;
        order[places++] = copy;
      }
      for (let copy = 0; copy < codes.length; copy++) if (!named[copy]) order[places++] = copy;
      for (const x of [state, ...Object.values(pace)]) {
        const width = x.length / codes.length;
        const old = x.slice();
        for (let to = 0; to < order.length; to++)
          for (let k = 0, from = order[to]! * width; k < width; k++) x[to * width + k] = old[from + k]!;
      }
      codes.fill(RESTING, copies.length);
    },
    step(n = 1): Status {
      if (!Number.isInteger(n) || n < 0) throw new RangeError(`step: n = ${n} given; allowed: integers from 0`);
      if (n > 0 && codes.includes(0)) {
        earlier.forEach((x, i) => x.set(inputs[i]!));
        // Every output feeds its input: what is carried needs no copy.
        program.iterate(n);
        remember(n);
      }
      const copy = failed();
      return copy < 0 ? "ok" : STATUSES[codes[copy]!]!;
    },
  };
}
