import { scalarMath } from "#engine";
import { characteristicExponent } from "../../analysis/characteristic-exponent.js";
import { logFactor, quadraticNoise, type QuadraticNoise } from "../../analysis/quadratic-noise.js";
import { matrixProducts } from "../../analysis/random-products.js";
import { draws } from "../../core/draws.js";
import { norm, scaleRow } from "../../core/rows.js";
import { refuse } from "../problem.js";
import type { RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import { blame } from "../supervised.js";
import type { RunContext } from "../system.js";
import { conclude, type Exponent, type Row } from "./conclude.js";
import type { ProbabilisticStability, Spec } from "./system.js";

/** The run's own streams of the seed begin here, above those of the exponent. */
const RUNS = 1;
/** Runs drawn between two looks at the signal. */
const AT_ONCE = 50;

/** Runs a study of this kind. */
export async function conduct(spec: Spec, study: Study, context: RunContext): Promise<RunRecord> {
  const started = new Date();
  const asked = study.questions[0] as unknown as ProbabilisticStability;
  const noise = blame(["system", "hessians"], () => quadraticNoise(spec.hessians));
  const size = Math.max(...spec.hessians.flatMap((h) => (typeof h === "number" ? [Math.abs(h)] : h.flat().map(Math.abs))));
  const { mean } = noise.thresholds;
  const to = asked.to ?? (mean > 0 && mean < Infinity ? 4 * mean : size > 0 ? 4 / size : 1);
  const from = asked.from ?? to / 40;
  if (!(to > from)) refuse(["questions", 0, "to"], `from ${from} to ${to} given; to must be larger than from`);
  const rows: Row[] = [];
  const tell = async (note: string): Promise<boolean> => {
    context.onProgress?.({ done: rows.length, total: asked.count, unit: "step size", note });
    await new Promise((resolve) => setTimeout(resolve));
    return !context.signal?.aborted;
  };
  const ends = noise.exponent
    ? await countedRuns(spec, asked, study.seed, () => tell("drawing runs"))
    : productRuns(noise, asked, study.seed);
  for (let i = 0; ends && i < asked.count && (await tell("")); i++) {
    const eta = from + ((to - from) * i) / (asked.count - 1);
    const exponent = exponentAt(noise, eta, asked.budget, study.seed);
    const logs = ends(eta);
    const share = (of: (l: number) => boolean): number => logs.filter(of).length / logs.length;
    const limit = scalarMath.log(asked.near);
    rows.push({
      eta,
      ...exponent,
      meanSquare: noise.meanSquare(eta),
      mean: noise.mean(eta),
      converged: share((l) => l < limit),
      left: share((l) => l > -limit),
    });
  }
  await tell("");
  const at = (eta: number): Exponent => exponentAt(noise, eta, asked.budget, study.seed);
  return conclude({ spec, study, asked, noise, rows, at, context, started });
}

/** Exact in one dimension; by random products otherwise. */
function exponentAt(noise: QuadraticNoise, eta: number, budget: number, seed: number): Exponent {
  if (noise.exponent) return { lambda: noise.exponent(eta), error: 0 };
  const { value, error } = characteristicExponent(matrixProducts(noise.steps(eta)), { budget, least: budget, seed });
  return { lambda: value, error };
}

/** From a step size to log |theta_n / theta_0| of every run. In one dimension only the number of times that each sample was drawn enters. */
async function countedRuns(
  spec: Spec,
  { runs, steps }: ProbabilisticStability,
  seed: number,
  goOn: () => Promise<boolean>,
): Promise<((eta: number) => number[]) | undefined> {
  const h = spec.hessians.map((x) => (typeof x === "number" ? x : x[0]![0]!));
  const counts = new Int32Array(runs * h.length);
  const drawn = new Int32Array(steps);
  for (let r = 0; r < runs; r++) {
    if (r % AT_ONCE === 0 && !(await goOn())) return undefined;
    draws({ samples: h.length, seed, stream: RUNS + r }).fill(drawn);
    for (const i of drawn) counts[r * h.length + i]!++;
  }
  return (eta) => {
    const logs = h.map((x) => logFactor(eta * x));
    // A sample that was not drawn has no say, not even one whose step ends at 0.
    return Array.from({ length: runs }, (_, r) =>
      logs.reduce((s, l, i) => (counts[r * h.length + i]! > 0 ? s + counts[r * h.length + i]! * l : s), 0),
    );
  };
}

function productRuns(noise: QuadraticNoise, { runs, steps }: ProbabilisticStability, seed: number): (eta: number) => number[] {
  const { dim } = noise;
  return (eta) => {
    const products = matrixProducts(noise.steps(eta));
    return Array.from({ length: runs }, (_, r) => {
      products.restart(seed + RUNS + r);
      const v = new Float64Array(dim).fill(1 / Math.sqrt(dim));
      let log = 0;
      for (let done = 0; done < steps;) {
        const count = Math.min(products.interval, steps - done);
        products.advance(v, 1, count);
        done += count;
        const length = norm(v, 0, dim);
        if (!(length > 0)) return -Infinity;
        log += scalarMath.log(length);
        scaleRow(v, 0, 1 / length, dim);
      }
      return log;
    });
  };
}
