import { compile, mul, scalarMath, vmap, type Tensor } from "#engine";
import { finiteTimeExponents } from "../../analysis/finite-time-exponents.js";
import { changeOfStability } from "../../analysis/change-of-stability.js";
import { fillNormal, random } from "../../core/random.js";
import { lookup } from "../../core/lookup.js";
import { noisedScore } from "../../derived/generative/mixture.js";
import { ornsteinUhlenbeck as noise } from "../../derived/generative/noise-schedule.js";
import { probabilityFlow, reverseDiffusion, type Score } from "../../derived/generative/samplers.js";
import { diffusion } from "../../flow/diffusion.js";
import { integrate } from "../../flow/integrate.js";
import { rk4 } from "../../flow/solvers/rk4.js";
import type { RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import { dataSources } from "../sources/index.js";
import type { DataSource } from "../sources/source.js";
import type { RunContext } from "../system.js";
import { conclude, type Twins } from "./conclude.js";
import { nearestClass, planeData, samePosterior, type PlaneData } from "./plane-data.js";
import { scoreTraining } from "./score-network.js";
import type { GenerativeSpec, SamplerSpec } from "./system.js";

/** Rows of the samplers' time: the noise ends after one of them, where the data would be points. */
const ROWS = 200;
/** Steps of the deterministic sampler, growing with the distance to the data. */
const FLOW_STEPS = 60;
/** Halvings of a row in the stochastic one. */
const LEVEL = 2;
/** Steps of the training between two breaths. */
const BLOCK = 100;
/** Times at which twins part. */
const TIMES = 14;
/** Half the side of the picture of starts, in standard deviations. */
const HALF = 3;

const STREAM = 1_000_020;

/** Runs a study of this kind. */
export async function conduct(spec: GenerativeSpec, study: Study, context: RunContext): Promise<RunRecord> {
  const asked = study.questions[0] as unknown as SamplerSpec;
  const started = new Date();
  const source = lookup("data source", dataSources, (spec.data as { source: string }).source) as DataSource;
  const loaded = await source.load(spec.data as never, { seed: study.seed, read: context.read });
  const data = planeData(loaded, spec.classes, spec.deviation);
  const near = spec.end / ROWS;
  const learning = scoreTraining(data, spec, near, study.seed, context.threads);
  const total = spec.iterations;
  const stopped = (): boolean => context.signal?.aborted ?? false;
  const breathe = (done: number, note: string): Promise<void> => {
    context.onProgress?.({ done, total, unit: "step", note });
    return new Promise((resolve) => setTimeout(resolve));
  };
  const losses: number[] = [];
  let status = learning.system.step(0);
  for (let at = 0; at < total && status === "ok" && !stopped(); at += BLOCK) {
    status = learning.system.step(Math.min(BLOCK, total - at));
    losses.push(learning.system.observables["loss"]![0]!);
    await breathe(at, `loss ${losses.at(-1)!.toPrecision(4)}`);
  }
  const theta = Float64Array.from(learning.system.state.subarray(0, learning.network.size));
  const common = {
    study,
    context,
    started,
    spec,
    data,
    files: loaded.files,
    theta,
    losses,
    end: spec.end,
    block: BLOCK,
    network: learning.network,
  };
  if (status !== "ok" || stopped()) return conclude({ ...common, status: stopped() ? "aborted" : status });
  const held = compile((p) => [learning.heldOut(p!)], [{ shape: [theta.length] }]);
  held.inputs[0]!.set(theta);
  held.run();

  const score = learning.score(theta);
  await breathe(total, "samples");
  const starts = fillNormal(new Float64Array(2 * asked.samples), random(study.seed, STREAM));
  const toData = flowMap(score, near, spec.end);
  const flown = compile((x) => [vmap(toData)(x!) as Tensor], [{ shape: [asked.samples, 2] }]);
  flown.inputs[0]!.set(starts);
  flown.run();
  const bySde = reverse(score, spec, study.seed, asked.samples, context);
  bySde.reset(starts, 0);
  bySde.step(ROWS - 1);

  await breathe(total, "stretching");
  const side = Array.from({ length: asked.grid }, (_, i) => ((2 * i + 1) / asked.grid - 1) * HALF);
  const grid = Float64Array.from(side.flatMap((y) => side.flatMap((x) => [x, y])));
  const stretch = finiteTimeExponents({ f: toData, dim: 2 }, { starts: grid, steps: spec.end - near });
  const fates = compile((x) => [vmap(toData)(x!) as Tensor], [{ shape: [asked.grid * asked.grid, 2] }]);
  fates.inputs[0]!.set(grid);
  fates.run();

  await breathe(total, "twins");
  return conclude({
    ...common,
    status: "ok",
    found: {
      heldOut: held.outputs[0]![0]!,
      byFlow: Float64Array.from(flown.outputs[0]!),
      byDiffusion: Float64Array.from(bySde.state),
      grid: asked.grid,
      half: HALF,
      stretch: stretch.value,
      fates: Float64Array.from(fates.outputs[0]!),
      twins: twinsOf(score, data, spec, study.seed, asked.pairs, context),
      mixture: mixtureTime(data, near, spec.end),
    },
  });
}

/** From pure noise to the data by the probability flow, whose steps shorten in proportion to the time that is left. */
function flowMap(score: Score, near: number, end: number): (x: Tensor) => Tensor {
  const ratio = scalarMath.log(near / end);
  const grid = Float64Array.from({ length: FLOW_STEPS + 1 }, (_, k) => end * (1 - scalarMath.exp((ratio * k) / FLOW_STEPS)));
  return integrate(probabilityFlow(score, noise, end), { solver: rk4, grid });
}

/** Copies of the stochastic sampler, each with its own noise. */
const reverse = (score: Score, { end }: GenerativeSpec, seed: number, copies: number, { threads }: RunContext) =>
  diffusion({ ...reverseDiffusion(score, noise, end), initial: [0, 0], dt: end / ROWS, level: LEVEL, seed, threads }).batch(
    copies,
    {
      noise: "own",
    },
  );

/** Two samplers from one noised sample at a time: how often both end in one class (Biroli, Bonnaire, de Bortoli, Mezard 2024, section on cloning). */
function twinsOf(score: Score, data: PlaneData, spec: GenerativeSpec, seed: number, pairs: number, context: RunContext): Twins {
  const run = reverse(score, spec, seed + 1, 2 * pairs, context);
  const stream = random(seed, STREAM + 1);
  const rows = Array.from({ length: TIMES }, (_, i) => Math.round(((i + 1) * 0.85 * ROWS) / TIMES));
  const times = rows.map((row) => (row * spec.end) / ROWS);
  const own = Int32Array.from({ length: data.count }, (_, r) => nearestClass(data, data.points[2 * r]!, data.points[2 * r + 1]!));
  const exact: number[] = [];
  const together = times.map((t, i) => {
    const [scale, spread] = [scalarMath.exp(-t), -scalarMath.expm1(-2 * t)];
    let known = 0;
    const states = new Float64Array(4 * pairs);
    for (let p = 0; p < pairs; p++) {
      const row = Math.min(data.count - 1, Math.floor(stream.uniform() * data.count));
      for (let k = 0; k < 2; k++) {
        const x = scale * data.points[2 * row + k]! + Math.sqrt(spread) * stream.normal();
        states[4 * p + k] = states[4 * p + 2 + k] = x;
      }
      known += samePosterior(data, own, states.subarray(4 * p, 4 * p + 2), scale, spread);
    }
    exact.push(known / pairs);
    run.reset(states, ((ROWS - rows[i]!) * spec.end) / ROWS);
    run.step(rows[i]! - 1);
    let same = 0;
    for (let p = 0; p < pairs; p++) {
      const [a, b, c, d] = run.state.subarray(4 * p, 4 * p + 4) as unknown as [number, number, number, number];
      if (nearestClass(data, a, b) === nearestClass(data, c, d)) same++;
    }
    return same / pairs;
  });
  return { times, together, exact, pairs };
}

/** For two classes: when the reverse drift of two normal ones with the same means and width, made symmetric, forks between them. */
function mixtureTime(data: PlaneData, near: number, end: number): ReturnType<typeof changeOfStability> | undefined {
  if (data.classCount !== 2) return undefined;
  const [a, b, c, d] = data.centres as unknown as [number, number, number, number];
  const centre = Math.sqrt((a - c) * (a - c) + (b - d) * (b - d)) / 2;
  const [ux, uy] = [(c - a) / (2 * centre), (d - b) / (2 * centre)];
  let squares = 0;
  data.classes.forEach((k, i) => {
    const along = ux * (data.points[2 * i]! - data.centres[2 * k]!) + uy * (data.points[2 * i + 1]! - data.centres[2 * k + 1]!);
    squares += along * along;
  });
  const width = Math.sqrt(squares / data.count);
  const score = noisedScore({ centres: [[-centre], [centre]], widths: [width, width] }, noise);
  return changeOfStability({
    field: (x, t) => reverseDiffusion(score, noise, 0).drift(x, mul(-1, t)),
    at: [0],
    from: near,
    to: end,
  });
}
