import { z } from "zod";
import { compile, constant, mean, pow, square as squared, sub, type Tensor } from "#engine";
import { monotoneObstruction } from "../../../analysis/monotone-obstruction.js";
import type { Architecture } from "../../../networks/architecture.js";
import { augmentedNeuralOde } from "../../../networks/augmented-neural-ode.js";
import { neuralOde } from "../../../networks/neural-ode.js";
import { adam } from "../../../training/optimizers/adam.js";
import { cosine } from "../../../training/schedules/cosine.js";
import { training } from "../../../training/training.js";
import type { Answer } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { count, show } from "../../words.js";
import type { Breathe } from "../../asking.js";
import { farthest, type RepresentationBench, type RepresentationQuestion } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("obstruction"),
    hidden: z.int().min(1).max(1000).default(16).describe("Hidden units of the vector field"),
    solverSteps: z.int().min(1).max(1000).default(10).describe("Steps of rk4 through the flow"),
    samples: z.int().min(2).max(10_000).default(41).describe("Samples to train on, evenly spaced"),
    steps: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(3000)
      .describe("Optimizer steps; a quarter more goes before, on the mean square"),
    learningRate: z.number().gt(0).default(0.02),
    paths: z.int().min(2).max(200).default(17).describe("Solutions to draw"),
  })
  .describe("What a neural ODE with one unit cannot represent, proven and trained");

type Spec = z.infer<typeof schema>;

/** (mean |y - t|^16)^(1/16): differentiable, and close to the largest error, which is what the bound is about. */
const nearLargest = (y: Tensor, t: Tensor): Tensor => pow(mean(pow(squared(sub(y, t)), 8)), 1 / 16);
const BLOCK = 100;

interface Trained {
  readonly network: Architecture;
  readonly theta: Float64Array;
  /** At the points of the bench. */
  readonly outputs: Float64Array;
  readonly error: number;
  /** Largest error at the samples, now and then. */
  readonly history: Float64Array;
}

async function trained(
  network: Architecture,
  spec: Spec,
  bench: RepresentationBench,
  breathe: (done: number) => Promise<void>,
): Promise<Trained> {
  const { samples, steps, learningRate } = spec;
  const [from, to] = bench.target.domain;
  const inputs = Float64Array.from({ length: samples }, (_, i) => from + ((to - from) * i) / (samples - 1));
  const wanted = compile((xs) => [bench.target.psi(xs!)], [{ shape: [1] }]);
  const targets = inputs.map((x) => {
    wanted.inputs[0]![0] = x;
    wanted.run();
    return wanted.outputs[0]![0]!;
  });
  const data = { samples, inputs, targets };
  const before = Math.ceil(steps / 4);
  const common = { architecture: network, data, seed: bench.seed };
  const first = training({ ...common, loss: (y, t) => mean(squared(sub(y, t))), optimizer: adam({ stepSize: learningRate }) });
  const history: number[] = [];
  const go = async (run: typeof first, length: number, done: number): Promise<void> => {
    for (let left = length; left > 0; left -= BLOCK) {
      history.push(farthest(run.evaluate(data).predictions, targets));
      if (run.step(Math.min(BLOCK, left)) !== "ok") return;
      await breathe((done + length - left) / (before + steps));
    }
  };
  await go(first, before, 0);
  const run = training({
    ...common,
    loss: nearLargest,
    optimizer: adam({ stepSize: learningRate, schedule: cosine({ steps }) }),
    initial: first.parameters.slice(),
  });
  await go(run, steps, before);
  const all = { samples: bench.count, inputs: bench.points, targets: bench.values };
  const outputs = run.evaluate(all).predictions;
  const error = farthest(outputs, bench.values);
  history.push(farthest(run.evaluate(data).predictions, targets));
  return { network, theta: run.parameters.slice(), outputs, error, history: Float64Array.from(history) };
}

/** The output that would be read off at every step, for some inputs: paths x (steps + 1). */
function paths({ network, theta }: Trained, inputs: Float64Array): Float64Array {
  const readout = network.layerMaps.at(-1)!;
  const n = inputs.length;
  const lifts = network.layerMaps[0]!.inputs === network.layerMaps[0]!.outputs ? 0 : 1;
  const program = compile(
    (p) => {
      const x = constant(inputs, [n, 1]);
      const states = network.layers(p!, x).slice(0, -1);
      return [...(lifts ? [] : [x]), ...states].map((h) => readout.apply(p!, h));
    },
    [{ shape: [network.size] }],
  );
  program.inputs[0]!.set(theta);
  program.run();
  const times = program.outputs.length;
  return Float64Array.from({ length: n * times }, (_, i) => program.outputs[i % times]![Math.floor(i / times)]!);
}

export const obstruction: RepresentationQuestion<Spec> = {
  name: "obstruction",
  description:
    "the least error of every neural ODE with one unit, and the errors that trained ones reach without and with another",
  schema,
  async ask(spec, bench, breathe: Breathe) {
    const { target, count: n } = bench;
    const [from, to] = target.domain;
    if (target.inputs !== 1 || target.outputs !== 1)
      refuse(
        ["type"],
        `${target.name} goes from ${target.inputs} to ${target.outputs} numbers; the least error of monotone maps is known for functions of one number`,
      );
    const bound = monotoneObstruction(target.psi, { from, to, points: n });
    const settings = { widths: [1, spec.hidden, 1], steps: spec.solverSteps };
    const narrow = await trained(neuralOde(settings), spec, bench, (done) => breathe(done / 2, "one unit"));
    const wide = await trained(augmentedNeuralOde(settings), spec, bench, (done) => breathe((1 + done) / 2, "two units"));
    const starts = Float64Array.from({ length: spec.paths }, (_, i) => from + ((to - from) * i) / (spec.paths - 1));
    const told = (name: string, label: string, error: number, units: number): Answer => ({
      name,
      label,
      value: error,
      error: 0,
      unit: "1",
      status: "ok",
      method: `largest difference at ${count(n, "point")} after ${count(spec.steps, "step")} of adam on ${count(units, "unit")}`,
      sources: [],
      cost: { steps: spec.steps },
    });
    const column = (name: string, description: string, values: Float64Array) => ({ name, unit: "1", description, values });
    const held = narrow.error >= bound.value - 1e-9;
    return {
      answers: [
        { ...bound, name: "least_error", label: "least error of any monotone function, so of any neural ODE with one unit" },
        told("neural_ode_error", "largest error of the neural ODE with one unit", narrow.error, 1),
        told("augmented_error", "largest error of the neural ODE with two units", wide.error, 2),
      ],
      sentences: [
        `Solutions of a scalar equation do not cross, so a neural ODE with one unit is monotone, and every monotone function misses this one ` +
          `by AT LEAST ${show(bound.value)} somewhere on [${show(from)}, ${show(to)}]: ${bound.value > 0 ? `look at ${show(bound.witness[0])} and ${show(bound.witness[1])}` : "it is monotone itself, so nothing stands in the way"}.`,
        `Trained, the one with one unit errs by ${show(narrow.error)}, ${held ? "above the bound, as it must" : "BELOW THE BOUND: the solver's steps are too long for it to be a flow"}; ` +
          `with one unit more the error is ${show(wide.error)}, ${show(narrow.error / wide.error, 3)} times smaller.`,
      ],
      facts: {
        direction: bound.direction,
        witnessLeft: bound.witness[0],
        witnessRight: bound.witness[1],
        boundHolds: held ? "yes" : "no",
      },
      arrays: {
        paths_neural_ode: { shape: [spec.paths, spec.solverSteps + 1], data: paths(narrow, starts) },
        paths_augmented: { shape: [spec.paths, spec.solverSteps + 1], data: paths(wide, starts) },
        history_neural_ode: { shape: [narrow.history.length], data: narrow.history },
        history_augmented: { shape: [wide.history.length], data: wide.history },
      },
      columns: [
        column("best_monotone", "a monotone function with the least error", bound.best),
        column("neural_ode", "the trained neural ODE with one unit", narrow.outputs),
        column("augmented", "the trained neural ODE with two units", wide.outputs),
      ],
    };
  },
};
