import { pack, type Memory } from "../../core/memory.js";
import { canonical } from "../canonical.js";
import { refuse, StudyError } from "../problem.js";
import type { RunContext } from "../system.js";
import type { Bench } from "./bench.js";
import type { Asker } from "./question.js";
import type { Spent } from "./stopwatch.js";

/** All that a training run carries between two of its steps. What a study and its seed decide is not in it. */
export type TrainingMemory = {
  /** The data files with which it began, as canonical JSON. */
  readonly inputs: string;
  /** Step of the last visit, at which the questions looked. */
  readonly at: number;
  /** Step of the state, and the state: parameters and the optimizer's memory. */
  readonly time: number;
  readonly state: Float64Array;
  readonly tangents: Float64Array | null;
  /** The state at the last visit. */
  readonly kept: Float64Array;
  /** The series so far, row by row. */
  readonly rows: Float64Array;
  readonly askers: Readonly<Record<string, Memory>>;
  readonly started: string;
  readonly spent: Spent;
};

/** The data files of a run as text. */
export const filesOf = ({ data }: Bench): string => canonical(data.files);

/** What a run consists of, as far as a memory has to fit it. */
interface Shape {
  /** Tangents that ride along. */
  readonly tangents: number;
  /** Columns of the series. */
  readonly columns: number;
  readonly askers: ReadonlyMap<string, Asker>;
}

/**
 * What the context says to go on from, its questions with what they remember; undefined: nothing. Throws a StudyError when the data are others
 * by now, or the memory is that of another run.
 */
export function earlier({ checkpoints }: RunContext, bench: Bench, shape: Shape): TrainingMemory | undefined {
  const memory = checkpoints?.from as TrainingMemory | undefined;
  if (memory === undefined) return undefined;
  if (!isWhole(memory) || !fits(memory, bench, shape)) return misfit();
  if (memory.inputs !== filesOf(bench))
    refuse(
      ["system", "data"],
      "the data are not those with which the unfinished run began; put them back, or remove its folder and start anew",
    );
  for (const [name, asker] of shape.askers) if (!recalls(asker, memory.askers[name]!)) misfit();
  return memory;
}

/** Has a question recall a memory. false: it is none of its own, since what a question recalled it remembers to the bit. */
function recalls(asker: Asker, memory: Memory): boolean {
  try {
    const given = pack(memory);
    asker.recall(memory);
    const now = pack(asker.remember());
    return now.length === given.length && now.every((byte, i) => byte === given[i]);
  } catch {
    return false;
  }
}

function misfit(cause?: unknown): never {
  const message =
    "the checkpoint is whole, but that of another run or of another build of this program; --fresh starts anew, or remove the folder";
  throw Object.assign(new StudyError([{ path: [], message }]), { cause });
}

/** Goes on from a checkpoint. What breaks on numbers that only the checkpoint brought in is the checkpoint's fault. */
export async function goingOn<T>({ checkpoints }: RunContext, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (checkpoints?.from !== undefined && (error instanceof TypeError || error instanceof RangeError)) misfit(error);
    throw error;
  }
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
const isDuration = (value: unknown): boolean => typeof value === "number" && value >= 0 && value < Infinity;

/** Whether everything is there, each of its kind. */
function isWhole(memory: unknown): memory is TrainingMemory {
  if (!isGroup(memory) || !isGroup(memory["spent"]) || !isGroup(memory["askers"])) return false;
  const { inputs, started, at, time, state, kept, rows, tangents, spent } = memory;
  const { questions, ...others } = spent as Record<string, unknown>;
  return (
    typeof inputs === "string" &&
    typeof started === "string" &&
    !Number.isNaN(Date.parse(started)) &&
    Number.isInteger(at) &&
    Number.isInteger(time) &&
    [state, kept, rows].every((a) => a instanceof Float64Array) &&
    (tangents === null || tangents instanceof Float64Array) &&
    ["total", "moving", "moved", "observing", "observed"].every((name) => isDuration(others[name])) &&
    isGroup(questions) &&
    Object.values(questions).every(isDuration)
  );
}

/** Whether a memory can be one of this run: numbers beyond these lengths and steps beyond these are another's. */
function fits({ at, time, state, kept, rows, tangents, askers }: TrainingMemory, bench: Bench, shape: Shape): boolean {
  const { run, steps } = bench;
  return (
    at >= 0 &&
    at <= time &&
    time <= steps &&
    state.length === run.state.length &&
    kept.length === run.state.length &&
    state.every(Number.isFinite) &&
    kept.every(Number.isFinite) &&
    rows.length % shape.columns === 0 &&
    (tangents?.length ?? 0) === shape.tangents * run.dim &&
    [...shape.askers.keys()].every((name) => Object.hasOwn(askers, name))
  );
}
