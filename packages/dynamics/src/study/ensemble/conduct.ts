import { compile, constant, hvp, vmap, type Tensor, type Threads } from "#engine";
import { reachableMinima, type ReachableMinima } from "../../analysis/reachable-minima.js";
import { random } from "../../core/random.js";
import type { Architecture } from "../../networks/architecture.js";
import { descentsInParts, type Descents } from "../../training/descents.js";
import type { Optimizer } from "../../training/optimizers/optimizer.js";
import { breathe, Stopped, takingTurns } from "../asking.js";
import { refuse } from "../problem.js";
import type { RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import { blame, buildSupervised } from "../supervised.js";
import type { RunContext } from "../system.js";
import { optimizerOf } from "../training/optimizer.js";
import { conclude } from "./conclude.js";
import type { EnsembleSpec, ReachableAsked } from "./system.js";

/** A group of starts with what became of it. */
export interface Group {
  readonly runs: Descents;
  readonly minima: ReachableMinima;
}

/** The loss and the largest Hessian eigenvalue over the plane of two parameters. */
export interface Plane {
  readonly region: readonly [number, number, number, number];
  readonly side: number;
  readonly loss: Float64Array;
  readonly sharpness: Float64Array;
}

/** Numbers of one vector of all ends of a group: the eigenvalue search holds about twenty of them. */
const GROUP_NUMBERS = 2_000_000;
const SIDE = 121;

/** Runs a study of this kind. */
export async function conduct(spec: EnsembleSpec, study: Study, context: RunContext): Promise<RunRecord> {
  const started = new Date();
  const asked = study.questions[0] as unknown as ReachableAsked;
  if (spec.box !== undefined && spec.scales !== undefined)
    refuse(["system", "scales"], "box and scales given; a start is uniform in a box or scales the initial law: give one of them");
  const optimizer = blame(["system", "optimizer"], () => optimizerOf(spec.optimizer));
  judged(optimizer, spec);
  const { network, data, loss } = await buildSupervised(spec, { seed: study.seed, read: context.read });
  const [x, y] = [
    constant(data.train.inputs, [data.train.samples, network.inputs]),
    constant(data.train.targets, [data.train.samples, network.outputs]),
  ];
  const objective = (theta: Tensor): Tensor => loss(network.apply(theta, x), y);
  const starts = draw(network, spec, study.seed);
  const { size } = network;
  const each = Math.max(1024, Math.floor(GROUP_NUMBERS / size));
  const groups: Group[] = [];
  let stopped = false;
  try {
    for (let first = 0; first < spec.starts; first += each) {
      const rows = starts.subarray(first * size, (first + each) * size);
      const turn = (share: number): Promise<void> =>
        breathe(context, first + share * (rows.length / size), spec.starts, `${spec.starts} trainings`);
      await turn(0);
      const parts = descentsInParts({
        objective,
        size,
        starts: rows,
        optimizer,
        steps: spec.steps,
        tolerance: asked.tolerance,
        kick: asked.kick,
        seed: study.seed + groups.length,
        threads: context.threads,
      });
      const runs = await takingTurns(parts, turn);
      await breathe(context, first + rows.length / size, spec.starts, "curvature at the ends");
      groups.push({ runs, minima: reachableMinima(runs) });
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    stopped = true;
  }
  const plane = size === 2 && groups.length > 0 ? surface(objective, starts, groups, context.threads) : undefined;
  return conclude({ study, spec, asked, network, files: data.files, optimizer, groups, plane, stopped, context, started });
}

/** Refuses optimizers for which the Hessian at a minimum does not decide. */
function judged({ name, preconditioner }: Optimizer, { optimizer: { schedule } }: EnsembleSpec): void {
  if (preconditioner)
    refuse(
      ["system", "optimizer", "type"],
      `${name} given: its threshold is for the Hessian over its preconditioner, which has no limit where gradients vanish, so a minimum alone decides nothing; expected gradient-descent, heavy-ball or nesterov`,
    );
  if (schedule)
    refuse(
      ["system", "optimizer", "schedule"],
      `${schedule.type} given: a minimum is reachable or not at one step size; leave the schedule out`,
    );
}

/** The starts, row by row. */
function draw(network: Architecture, { starts, box, scales = [1] }: EnsembleSpec, seed: number): Float64Array {
  const { size } = network;
  const all = new Float64Array(starts * size);
  const r = random(seed, 1);
  if (box !== undefined) return all.map(() => box * (2 * r.uniform() - 1));
  for (let i = 0; i < starts; i++) {
    const scale = scales[i % scales.length]!;
    network.initial(seed + i).forEach((w, j) => (all[i * size + j] = scale * w));
  }
  return all;
}

/** On a grid over all starts and ends of two parameters, with a little room. */
function surface(objective: (theta: Tensor) => Tensor, starts: Float64Array, groups: readonly Group[], threads: Threads): Plane {
  const side = (c: number): readonly [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    const see = (v: number): void => {
      if (Number.isFinite(v)) [low, high] = [Math.min(low, v), Math.max(high, v)];
    };
    for (let i = c; i < starts.length; i += 2) see(starts[i]!);
    for (const { runs } of groups)
      runs.statuses.forEach((status, i) => {
        if (status === "ok") see(runs.ends[2 * i + c]!);
      });
    const room = 0.02 * (high - low) || 1;
    return [low - room, high + room];
  };
  const [[a, b], [c, d]] = [side(0), side(1)];
  const point = (e: number): number[] => [
    a + ((b - a) * ((e % SIDE) + 0.5)) / SIDE,
    c + ((d - c) * (Math.floor(e / SIDE) + 0.5)) / SIDE,
  ];
  const product = hvp(objective);
  const program = compile(
    vmap((w: Tensor) => [objective(w), product(w, constant([1, 0])), product(w, constant([0, 1]))]),
    [{ shape: [SIDE * SIDE, 2] }],
    { state: 0, threads },
  );
  program.inputs[0]!.set(Array.from({ length: SIDE * SIDE }, (_, e) => point(e)).flat());
  program.run();
  const [loss, first, second] = program.outputs as Float64Array[];
  const sharpness = Float64Array.from({ length: SIDE * SIDE }, (_, e) => {
    const [p, q, s] = [first![2 * e]!, first![2 * e + 1]!, second![2 * e + 1]!];
    return 0.5 * (p + s) + Math.sqrt(0.25 * (p - s) * (p - s) + q * q);
  });
  return { region: [a, b, c, d], side: SIDE, loss: loss!.slice(), sharpness };
}
