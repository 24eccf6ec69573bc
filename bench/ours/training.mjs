// Our side of the cases of training and what is measured beside it.
import { abs, compile, matmul } from "../../packages/engine/dist/index.js";
import { orderPreservationOf } from "../../packages/dynamics/dist/analysis/order-preservation.js";
import { rankDistributionOf } from "../../packages/dynamics/dist/analysis/rank-distribution.js";
import { singleSampleSteps } from "../../packages/dynamics/dist/analysis/residual-steps.js";
import {
  gradientDescent,
  linearMaps,
  mlp,
  orderPreservation,
  orderViews,
  ridingSharpness,
  square,
  training,
  weightOrganisation,
} from "../../packages/dynamics/dist/index.js";
import { descentTensors, fill, named, perCallUs } from "./tensors.mjs";
import { options } from "./threads.mjs";

/** r <- r - eta G[i] r[i] for a sample i a step, as `sgdProducts` does it. */
function randomProducts({ eta, chunk }, tensors) {
  const [g, r, drawn] = tensors;
  const table = { matrix: g.data, size: g.shape[0] };
  const advance = singleSampleSteps(table, eta)(r.shape, chunk);
  const given = { fill: (out) => out.set(drawn.data) };
  const vectors = r.data.slice();
  advance(vectors, given);
  const check = { sumOfSquares: vectors.reduce((s, x) => s + x * x, 0) };
  const run = () => {
    vectors.set(r.data);
    advance(vectors, given);
  };
  return {
    form: "four steps a pass",
    check,
    time: (reps) => ({ us_per_step: perCallUs(Math.ceil(reps / chunk), run) / chunk }),
  };
}

const dataOf = (tensors) => {
  const [x, t] = [named(tensors, "x"), named(tensors, "t")];
  return { samples: x.shape[0], inputs: x.data, targets: t.data };
};

function manyTrainings({ eta, chunk, checkSteps }, tensors) {
  const w = named(tensors, "w");
  const one = training({
    architecture: mlp({ widths: [2, 16, 1] }),
    data: dataOf(tensors),
    loss: square,
    optimizer: gradientDescent({ stepSize: eta }),
    ...options,
  });
  const all = one.batch(w.shape[0]);
  all.reset(w.data);
  all.step(checkSteps);
  const check = { sumOfSquares: all.state.reduce((s, x) => s + x * x, 0) };
  return {
    form: "batch of a training",
    check,
    time: (reps) => ({ us_per_step: perCallUs(Math.ceil(reps / chunk), () => all.step(chunk)) / chunk }),
  };
}

function digitsTraining({ eta }, tensors, architecture) {
  const { params } = descentTensors(tensors);
  return training({
    architecture,
    data: dataOf(tensors),
    loss: square,
    optimizer: gradientDescent({ stepSize: eta }),
    initial: Float64Array.from(params.flatMap((p) => Array.from(p.data))),
    ...options,
  });
}

/** A training that something watches, against the same training alone. */
function beside(plain, watched, chunk) {
  return (reps) => ({
    us_per_step: perCallUs(Math.ceil(reps / chunk), watched) / chunk,
    us_gradient: perCallUs(Math.ceil(reps / chunk), () => plain.step(chunk)) / chunk,
  });
}

function tracking(request, tensors) {
  const { chunk } = request;
  const architecture = mlp({ widths: [64, 32, 32, 10] });
  const plain = digitsTraining(request, tensors, architecture);
  const riding = ridingSharpness(digitsTraining(request, tensors, architecture), { every: 16 });
  plain.step(4 * chunk);
  riding.step(4 * chunk);
  return {
    form: "one product every 16 steps, shared with the step",
    check: { sharpness: riding.points.at(-1).value },
    time: beside(plain, () => riding.step(chunk), chunk),
  };
}

/** What the questions order-preservation, rank-slopes, linear-map and weight-organisation measure, on the first 100 samples. */
function monitors(request, tensors) {
  const { chunk } = request;
  const [samples, classes] = [100, 10];
  const architecture = mlp({ widths: [64, 32, 32, classes] });
  const [plain, watched] = [digitsTraining(request, tensors, architecture), digitsTraining(request, tensors, architecture)];
  const { inputs, targets } = dataOf(tensors);
  const labels = Int32Array.from({ length: samples }, (_, i) =>
    targets.subarray(i * classes, (i + 1) * classes).reduce((best, v, k, all) => (v > all[best] ? k : best), 0),
  );
  const data = { samples, inputs: inputs.subarray(0, samples * architecture.inputs), labels };
  const views = orderViews(architecture, data, { pairs: 10 });
  const maps = linearMaps(architecture, data);
  const ordered = orderPreservationOf(samples);
  const ranked = rankDistributionOf({ samples, classes, labels, bins: 20 });
  const unitMatrix = Float64Array.from({ length: classes * classes }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0));
  const watch = () => {
    const theta = watched.state.subarray(0, architecture.size);
    const orders = views
      .at(theta)
      .filter(({ kind, layer }) => kind !== "unit" && !(kind === "projection" && layer === 1))
      .map(ordered);
    const found = maps.at(theta);
    const slopes = architecture.layerMaps.map(({ outputs }, l) => {
      const weights = found.maps[l + 1]?.matrix ?? unitMatrix;
      return ranked({ units: outputs, fields: found.fields[l], weights });
    });
    return { orders, slopes, weights: weightOrganisation(architecture.layout, theta) };
  };
  const step = () => {
    watched.step(chunk);
    return watch();
  };
  plain.step(4 * chunk);
  watched.step(3 * chunk);
  // Questions are asked hundreds of times in a training: what they run is compiled by then.
  for (let i = 0; i < 50; i++) watch();
  const { slopes } = step();
  return {
    form: "orders, ranks, linear maps and weights of 100 samples every 16 steps",
    check: { slope: slopes[0].value },
    time: beside(plain, step, chunk),
  };
}

/** What the absolute value does to the order of random fields: it reverses half of the pairs of unlike sign. */
function kendalls(_request, tensors) {
  const [x, w] = tensors;
  const fields = compile((a, b) => {
    const field = matmul(a, b);
    return [field, abs(field)];
  }, tensors);
  fill(fields, tensors);
  fields.run();
  const [before, after] = fields.outputs;
  const ask = () => orderPreservation({ samples: x.shape[0], units: w.shape[1], before, after });
  return {
    form: "orderPreservation",
    check: { tau: ask().meanTau.value },
    time: () => ({ us_per_step: perCallUs(1, ask) }),
  };
}

export const trainingCases = {
  "sgd-products": randomProducts,
  "trainings-1024": manyTrainings,
  "sharpness-tracking": tracking,
  monitors,
  kendall: kendalls,
};
