import { add, compile, constant, gt, mul, reshape, scan, select, vmap, type Tensor } from "#engine";
import { changeOfStability } from "../../analysis/change-of-stability.js";
import { noisedScore } from "../../derived/generative/mixture.js";
import { ornsteinUhlenbeck, variancePreserving } from "../../derived/generative/noise-schedule.js";
import { probabilityFlow, reverseDiffusion } from "../../derived/generative/samplers.js";
import { adaptive } from "../../flow/controllers.js";
import { diffusion } from "../../flow/diffusion.js";
import { flow } from "../../flow/flow.js";
import { conclude } from "./conclude.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import type { RunRecord } from "../record.js";
import type { Breaking, Spec } from "./system.js";

/** Nearest time to the data, as a share of the end: points have no score at t = 0. */
const NEAREST = 0.002;
/** Sample paths that are kept for the picture. */
const KEPT = 40;

/** Runs a study of this kind. */
export async function conduct(spec: Spec, study: Study, context: RunContext): Promise<RunRecord> {
  const asked = study.questions[0] as unknown as Breaking;
  const schedule = spec.schedule === "ornstein-uhlenbeck" ? ornsteinUhlenbeck : variancePreserving();
  const end = spec.end ?? (spec.schedule === "ornstein-uhlenbeck" ? 4 : 1);
  const near = NEAREST * end;
  const started = new Date();
  const note = (done: number, what: string): Promise<void> => {
    context.onProgress?.({ done, total: 3, unit: "part", note: what });
    return new Promise((resolve) => setTimeout(resolve));
  };
  const score = noisedScore({ centres: [[-spec.centre], [spec.centre]], widths: [spec.width, spec.width] }, schedule);
  // In the time t of the noise.
  const drift = (x: Tensor, t: Tensor): Tensor => reverseDiffusion(score, schedule, 0).drift(x, mul(-1, t));
  await note(0, "critical times");
  const critical = changeOfStability({ field: drift, at: [0], from: near, to: end });
  const bimodal = changeOfStability({ field: score, at: [0], from: near, to: end });
  const deterministic = (x: Tensor, t: Tensor): Tensor => probabilityFlow(score, schedule, 0)(x, mul(-1, t));
  const flowChange = changeOfStability({ field: deterministic, at: [0], from: near, to: end });
  const n = asked.times;
  const times = Float64Array.from({ length: n }, (_, i) => near + ((end - near) * i) / (n - 1));
  const resting = restingPoints(drift, times, 4 * (spec.centre + spec.width) + 4);

  await note(1, "samples of the reverse diffusion");
  const dt = (end - near) / (n - 1);
  const sampler = diffusion({
    ...reverseDiffusion(score, schedule, end),
    initial: [0],
    dt,
    level: 3,
    seed: study.seed,
    threads: context.threads,
  }).batch(asked.paths, { noise: "own" });
  const kept = Math.min(KEPT, asked.paths);
  const paths = new Float64Array(kept * n);
  for (let row = 0; row < n && !context.signal?.aborted; row++) {
    if (row > 0) sampler.step();
    for (let p = 0; p < kept; p++) paths[p * n + (n - 1 - row)] = sampler.state[p]!;
    if (row % 20 === 19) await note(1, "samples of the reverse diffusion");
  }

  await note(2, "probability flow");
  const starts = Float64Array.from({ length: 21 }, (_, i) => (i - 10) / 4);
  const flows = new Float64Array(starts.length * n).fill(NaN);
  const all = flow({
    field: probabilityFlow(score, schedule, end),
    initial: [0],
    dt,
    controller: adaptive({ rtol: 1e-8, atol: 1e-10 }),
  }).batch(starts.length);
  all.reset(starts);
  for (let row = 0; row < n; row++) {
    if (row > 0) all.step();
    for (let i = 0; i < starts.length; i++) flows[i * n + (n - 1 - row)] = all.state[i]!;
  }
  await note(3, "done");
  const right = sampler.state.filter((x) => x > 0).length / asked.paths;
  return conclude({
    study,
    context,
    started,
    spec,
    schedule: schedule.name,
    end,
    critical,
    bimodal,
    flowChange,
    times,
    resting,
    paths,
    kept,
    flows,
    starts,
    right,
    count: asked.paths,
    aborted: context.signal?.aborted ?? false,
  });
}

/** The resting point of the drift above 0 at each time, by halving; 0 where 0 is the only one, NaN where the drift points outward as far as `most`. */
function restingPoints(drift: (x: Tensor, t: Tensor) => Tensor, times: Float64Array, most: number): Float64Array {
  const n = times.length;
  const program = compile(() => {
    const rising = (x: Tensor): Tensor => gt(reshape(vmap((y, t) => drift(reshape(y, [1]), t))(x, constant(times)), [n]), 0);
    const all = (value: number): Tensor => constant(new Float64Array(n).fill(value));
    const [[lo]] = scan(
      ([low, high]) => {
        const middle = mul(0.5, add(low!, high!));
        const up = rising(middle);
        return [[select(up, middle, low!), select(up, high!, middle)], []];
      },
      [all(0), all(most)],
      [],
      { length: 60 },
    );
    return lo!;
  }, []);
  program.run();
  return program.outputs[0]!.map((x) => (x < 1e-9 ? 0 : x > most * (1 - 1e-9) ? NaN : x)) as Float64Array;
}
