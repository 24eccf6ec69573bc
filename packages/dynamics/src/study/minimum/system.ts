import { z } from "zod";
import type { Interpolation } from "../../training/interpolation.js";
import { breathe, Stopped, takingTurns } from "../asking.js";
import { refuse } from "../problem.js";
import { sampleBySample } from "../../networks/architecture.js";
import { blame, buildSupervised, supervised, threads } from "../supervised.js";
import { entry, file as arrayFile, referenceOf } from "../sources/arrays.js";
import type { StudySystem } from "../system.js";
import { minimumQuestions } from "./questions/index.js";

const schema = z
  .strictObject({
    kind: z.literal("minimum"),
    architecture: supervised.architecture,
    data: supervised.data,
    sampleLoss: z
      .enum(["half-square", "square"])
      .default("half-square")
      .describe("Loss of one sample: (y - t)^2 / 2, or without the half; the mean over samples is taken either way"),
    search: z
      .strictObject({
        start: arrayFile
          .optional()
          .describe(
            "Weights to begin from: an .npy or .npz file with as many numbers as the network has parameters, such as { path: run/arrays.npz, array: parameters }. With iterations: 0 they are judged as they are. Default: those of the initializer",
          ),
        descent: z
          .strictObject({
            learningRate: z.number().gt(0).describe("Step size of the gradient descent"),
            steps: z.int().min(1).max(100_000_000).describe("Its length"),
          })
          .optional()
          .describe("Gradient descent before the first Gauss-Newton step: it decides the basin. Default: none"),
        tolerance: z.number().gt(0).default(1e-20).describe("Loss below which a minimum interpolates"),
        iterations: z.int().min(0).max(100_000).default(200).describe("Most Gauss-Newton steps"),
      })
      .prefault({})
      .describe("How the minimum is found"),
    batchSize: z.int().min(1).max(1_000_000).default(1).describe("Samples of an SGD step"),
    sampling: z
      .enum(["subset", "replacement"])
      .default("subset")
      .describe("Whether a batch takes each sample at most once, or draws again from all"),
    threads,
  })
  .describe("A minimum at which a network passes through all its data: where SGD may end");

type Spec = z.infer<typeof schema>;

/** An interpolating minimum of a network. */
export const minimumSystem = {
  name: "minimum",
  description: "an interpolating minimum of a network, and the random products of SGD there",
  schema,
  questions: minimumQuestions,
  async run(spec: Spec, study, context) {
    const started = new Date();
    const { network, data } = await buildSupervised({ ...spec, loss: "square" }, { seed: study.seed, read: context.read });
    blame(["system", "architecture"], () => sampleBySample(network, "minimum"));
    const { batchSize, sampling, search, sampleLoss } = spec;
    if (batchSize > data.train.samples && sampling === "subset")
      refuse(
        ["system", "batchSize"],
        `a batch of ${batchSize} given; there are ${data.train.samples} samples, and a batch takes each at most once`,
      );
    const { tolerance, iterations: maxIterations } = search;
    const given = search.start === undefined ? undefined : await context.read(referenceOf(search.start));
    const start = given?.values ?? network.initial(study.seed);
    if (start.length !== network.size)
      refuse(["system", "search", "start"], `${start.length} numbers given; ${network.name} has ${network.size} parameters`);
    const files = given ? [...data.files, entry(search.start!, given)] : data.files;
    context.onProgress?.({ done: 0, total: 1, unit: "part", note: "finding the minimum" });
    const [{ checkInterpolation, interpolateInParts }, { conduct }] = await Promise.all([
      import("../../training/interpolation.js"),
      import("./conduct.js"),
    ]);
    const looking = async (): Promise<Interpolation> => {
      const parts = interpolateInParts(network, data.train, {
        start,
        tolerance,
        maxIterations,
        threads: context.threads,
        ...(search.descent ? { descent: { stepSize: search.descent.learningRate, steps: search.descent.steps } } : {}),
      });
      try {
        return await takingTurns(parts, () => breathe(context, 0, 1, "finding the minimum"));
      } catch (error) {
        if (error instanceof RangeError) refuse(["system", "search"], error.message);
        if (!(error instanceof Stopped)) throw error;
        // What is there to tell is where the search began.
        return checkInterpolation(network, data.train, start, tolerance);
      }
    };
    const minimum = await looking();
    return conduct(study, minimum, files, { batchSize, sampling, loss: sampleLoss }, context, started);
  },
} as const satisfies StudySystem<Spec>;
