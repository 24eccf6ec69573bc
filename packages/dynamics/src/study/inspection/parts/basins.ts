import { radiusDistribution } from "../../../analysis/radius-distribution.js";
import { sampleBasins } from "../../../analysis/sample-basins.js";
import { scaleOf } from "../../../analysis/classifier.js";
import { random } from "../../../core/random.js";
import type { Status } from "../../../core/status.js";
import { count, show } from "../../words.js";
import { constant } from "#engine";
import type { Part } from "../part.js";

const SETTINGS = { full: { most: 100, draws: 1000 }, quick: { most: 20, draws: 200 } };
const CHUNK = 10;
/** Amplitudes tried until the bracket is narrow. */
const SEARCHES = 40;
const CHOICE = 1_400_000;

/** How much noise the samples bear. */
export const basins: Part = {
  name: "basins",
  description: "sample-space basin radii: the noise that each sample bears before its class changes",
  refusal: ({ smooth, labels }) =>
    labels === undefined
      ? "the targets are numbers and no classes"
      : smooth
        ? undefined
        : "the inputs are whole numbers, to which no noise can be added",
  seconds({ data }, { forward, compile }, level) {
    const { most, draws } = SETTINGS[level];
    const n = Math.min(most, data.samples);
    // Drawing and adding noise costs as much as a small network.
    return Math.ceil(n / CHUNK) * 2 * compile + (n * SEARCHES * draws * forward) / data.samples + n * SEARCHES * draws * 1e-7;
  },
  async ask({ architecture, theta, data, labels, seed, threads }, level, breathe) {
    const { most, draws } = SETTINGS[level];
    const { inputs: dim } = architecture;
    const stream = random(seed, CHOICE);
    const rows = Array.from({ length: data.samples }, (_, i) => i);
    // The first places of a shuffle.
    const n = Math.min(most, data.samples);
    for (let i = 0; i < n; i++) {
      const j = i + Math.floor(stream.uniform() * (data.samples - i));
      [rows[i], rows[j]] = [rows[j]!, rows[i]!];
    }
    const chosen = rows.slice(0, n);
    const parameters = constant(theta);
    const [radii, errors, status] = [new Float64Array(n), new Float64Array(n), [] as Status[]];
    for (let from = 0; from < n; from += CHUNK) {
      const some = chosen.slice(from, from + CHUNK);
      const found = sampleBasins({
        classify: (x) => architecture.apply(parameters, x),
        samples: some.length,
        dim,
        inputs: some.flatMap((row) => Array.from({ length: dim }, (_, j) => data.inputs[row * dim + j]!)),
        labels: some.map((row) => labels![row]!),
        draws,
        seed: seed + from,
        ...(threads ? { threads } : {}),
      });
      radii.set(found.radii, from);
      errors.set(found.errors, from);
      status.push(...found.status);
      await breathe((from + some.length) / n);
    }
    const classes = chosen.map((row) => labels![row]!);
    const [all] = radiusDistribution(
      radii,
      classes.map(() => 0),
    );
    const wrong = radii.filter((r) => r === 0).length;
    const scale = scaleOf(data.inputs);
    const endless = status.filter((s) => s !== "ok").length;
    return {
      answers: [
        {
          name: "basin_radius",
          label: "median noise amplitude that a sample bears",
          value: Number.isFinite(all!.median) ? all!.median : NaN,
          error: Number.isFinite(all!.interval[1]) ? 0.5 * (all!.interval[1] - all!.interval[0]) : NaN,
          unit: "input",
          status: Number.isFinite(all!.median) ? ("ok" as const) : ("not-converged" as const),
          method: `median of ${n} samples of their class, ${draws} draws at each amplitude; the error is half the 95 % interval of the median over samples`,
          sources: ["Lin, Feng, Zhang, Zhao 2025"],
          cost: {},
          ...(Number.isFinite(all!.median)
            ? {}
            : { explanation: "for half of the samples the class never falls to a chance of one half" }),
        },
      ],
      sentences: [
        `${all!.median === Infinity ? `More than half of ${n} samples keep their class under Gaussian noise of any amplitude` : `Half of ${n} samples keep their class under Gaussian noise of amplitude ${show(all!.median)}`} in each input (the inputs have the root mean square ${show(scale)})${all!.lower === Infinity ? "" : `; a quarter lose it below ${show(all!.lower)}`}.${wrong > 0 ? ` ${count(wrong, "sample")} of them ${wrong === 1 ? "is" : "are"} not of their class to begin with.` : ""}${endless > 0 ? ` For ${endless} no amplitude brings the chance down to one half.` : ""}`,
      ],
      arrays: {
        basin_radii: { shape: [n], data: radii },
        basin_errors: { shape: [n], data: errors },
        basin_samples: { shape: [n], data: Float64Array.from(chosen) },
        basin_classes: { shape: [n], data: Float64Array.from(classes) },
      },
    };
  },
};
