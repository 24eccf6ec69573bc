// Our side of the benchmark: a long-lived process that speaks the same JSON lines as peers/peer.py.
// node ours.mjs --threads N
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { unitsOurs } from "./units-ours.mjs";

const { values } = parseArgs({ options: { threads: { type: "string", default: "1" } } });
const threadCount = Number(values.threads);
const {
  abs,
  add,
  at,
  compile,
  constant,
  div,
  jvp,
  log,
  matmul,
  mean,
  mul,
  pow,
  qr,
  scan,
  stack,
  sub,
  sum,
  tanh,
  threads,
  transpose,
  vjp,
  vmap,
} = await import("../packages/engine/dist/index.js");
const {
  adaptive,
  attractors,
  basins,
  delay,
  dopri5,
  fixed,
  flow,
  flows,
  gradientDescent,
  gridStarts,
  integratePath,
  linearMaps,
  lyapunovAlong,
  mlp,
  orderPreservation,
  orderViews,
  rankDistribution,
  ridingSharpness,
  rk4,
  square,
  training,
  tsit5,
  weightOrganisation,
} = await import("../packages/dynamics/dist/index.js");
const { singleSampleSteps } = await import("../packages/dynamics/dist/analysis/residual-steps.js");
const pool = threadCount > 1 ? await threads(threadCount) : undefined;
const options = pool ? { threads: pool } : {};

/** Tensors laid end to end as little-endian float64 in one file, named and shaped by the request. */
function load({ file, tensors }) {
  const bytes = readFileSync(file);
  let at = bytes.byteOffset;
  return tensors.map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = new Float64Array(bytes.buffer.slice(at, at + 8 * size));
    at += 8 * size;
    return { name, shape, data };
  });
}

const layersOf = (tensors, names) => tensors.filter((t) => names.includes(t.name[0]) && t.name.length > 1);
const named = (tensors, name) => tensors.find((t) => t.name === name);
const fill = (program, tensors) => tensors.forEach((t, i) => program.inputs[i].set(t.data));

function loss(params, x, t) {
  let h = x;
  for (let i = 0; i + 2 < params.length; i += 2) h = tanh(add(matmul(h, params[i]), params[i + 1]));
  const error = sub(add(matmul(h, params.at(-2)), params.at(-1)), t);
  return div(sum(mul(error, error)), 2 * x.shape[0]);
}

const gradient = (params, x, t) => vjp((...p) => loss(p, x, t), params).pull([constant(1, [])]);

/** The arguments of a program that takes the parameters and then x and t. */
const split = (args) => [args.slice(0, -2), args.at(-2), args.at(-1)];

function step(eta) {
  return (...args) => {
    const [params, x, t] = split(args);
    return gradient(params, x, t).map((g, i) => sub(params[i], mul(eta, g)));
  };
}

function descentTensors(tensors) {
  const params = layersOf(tensors, "wb");
  return { params, all: [...params, named(tensors, "x"), named(tensors, "t")] };
}

function lossAt(program, params, all) {
  const value = compile((...args) => [loss(...split(args))], all);
  fill(value, all);
  program.outputs.slice(0, params.length).forEach((o, i) => value.inputs[i].set(o));
  value.run();
  return value.outputs[0][0];
}

function perCallUs(calls, call) {
  const began = performance.now();
  for (let i = 0; i < calls; i++) call();
  return ((performance.now() - began) * 1000) / calls;
}

function descent({ eta, chunk, checkSteps }, tensors) {
  const { params, all } = descentTensors(tensors);
  const program = compile(step(eta), all, { ...options, state: params.length });
  const run = (steps) => {
    fill(program, all);
    program.iterate(steps);
  };
  run(checkSteps);
  const check = { loss: lossAt(program, params, all) };
  run(chunk); // lets the module reach its optimised form before it is timed
  return {
    form: "iterate",
    check,
    time: (reps) => ({ us_per_step: perCallUs(Math.ceil(reps / chunk), () => run(chunk)) / chunk }),
  };
}

function curvature(_request, tensors) {
  const { params, all } = descentTensors(tensors);
  const v = layersOf(tensors, "vu");
  const forGradient = compile((...args) => gradient(...split(args)), all, options);
  const forProduct = compile(
    (...args) => {
      const [params2, x, t] = split(args);
      const at = params2.slice(0, params.length);
      return jvp((...p) => gradient(p, x, t), at, params2.slice(params.length)).tangents;
    },
    [...params, ...v, ...all.slice(-2)],
    options,
  );
  fill(forGradient, all);
  fill(forProduct, [...params, ...v, ...all.slice(-2)]);
  forGradient.run();
  forProduct.run();
  const vHv = v.reduce((total, t, i) => t.data.reduce((s, a, j) => s + a * forProduct.outputs[i][j], total), 0);
  return {
    form: "run, jvp of the gradient",
    check: { vHv },
    time: (reps) => ({
      us_per_step: perCallUs(reps, () => forProduct.run()),
      us_gradient: perCallUs(reps, () => forGradient.run()),
    }),
  };
}

const product = (dtype) => (_request, tensors) => {
  const program = compile(
    (a, b) => [matmul(a, b)],
    tensors.map((t) => ({ shape: t.shape, dtype })),
    options,
  );
  fill(program, tensors);
  program.run();
  const sumOfSquares = program.outputs[0].reduce((s, c) => s + c * c, 0);
  return {
    form: "run",
    check: { sumOfSquares },
    time: (reps) => ({ us_per_step: perCallUs(reps, () => program.run()) }),
  };
};

function firstStep({ eta }, tensors) {
  const { params, all } = descentTensors(tensors);
  let fresh = 0;
  // The engine of the host keeps compiled modules by their bytes, so every repetition must be a new program: eta changes in the last places.
  const once = (shift) => {
    const began = performance.now();
    const program = compile(step(eta * (1 + shift * 2 ** -40)), all, { ...options, state: params.length });
    const compiled = performance.now();
    fill(program, all);
    program.run();
    const finished = performance.now();
    return {
      us: (finished - began) * 1000,
      compileMs: compiled - began,
      runMs: finished - compiled,
      program,
    };
  };
  const first = once(++fresh);
  return {
    form: `compile and run; the first time in the process ${first.compileMs.toFixed(1)} ms and ${first.runMs.toFixed(1)} ms`,
    check: { loss: lossAt(first.program, params, all) },
    time: () => ({ us_per_step: once(++fresh).us }),
  };
}

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
  const unitMatrix = Float64Array.from({ length: classes * classes }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0));
  const watch = () => {
    const theta = watched.state.subarray(0, architecture.size);
    const orders = views
      .at(theta)
      .filter(({ kind, layer }) => kind !== "unit" && !(kind === "projection" && layer === 1))
      .map((view) => orderPreservation(view));
    const found = maps.at(theta);
    const slopes = architecture.layerMaps.map(({ outputs }, l) => {
      const weights = found.maps[l + 1]?.matrix ?? unitMatrix;
      return rankDistribution({ samples, units: outputs, fields: found.fields[l], classes, labels, weights, bins: 20 });
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

/** One run of the delay equation to t = 10,000, 588 delays and a part of one. */
function mackeyGlass({ reference }, tensors) {
  const make = (steps) =>
    delay({
      field: (x, [y]) => sub(div(mul(0.2, y), add(1, pow(y, 10))), mul(0.1, x)),
      lags: [17],
      history: named(tensors, "past").data,
      steps,
      ...options,
    });
  const run = make(20);
  run.step(30);
  const off = Math.abs(run.present[0] / reference - 1);
  const check = { x: run.present[0] };
  return {
    form: `tsit5, 20 steps a delay; off by ${off.toExponential(1)} at t = 510`,
    check,
    time: (reps) => ({
      us_per_step: perCallUs(reps, () => {
        run.reset();
        run.step(589);
      }),
    }),
  };
}

/** The Lyapunov spectrum of the Lorenz flow, from one start and frame every time: as one program, and as the analysis that takes any system. */
function lorenzSpectrum({ h, interval, chunk }, tensors) {
  const field = (s) => {
    const [x, y, z] = [at(s, 0), at(s, 1), at(s, 2)];
    return stack([mul(10, sub(y, x)), sub(mul(x, sub(28, z)), y), sub(mul(x, y), mul(8 / 3, z))]);
  };
  const start = named(tensors, "x").data;
  const frame = [1, 0, 0, 0, 1, 0, 0, 0, 1];

  const next = (x) => rk4.step(field, x, constant(0), constant(h), field(x)).next;
  const both = ([x, v]) => [next(x), vmap((w) => jvp(next, [x], [w]).tangents[0])(v)];
  const program = compile(
    (x, v, growth) => {
      const [end, moved] = scan((carry) => [both(carry), []], [x, v], [], { length: interval })[0];
      const [q, r] = qr(transpose(moved));
      return [end, transpose(q), add(growth, log(stack([0, 1, 2].map((i) => at(at(r, i), i)))))];
    },
    [{ shape: [3] }, { shape: [3, 3] }, { shape: [3] }],
    options,
  );
  const inProgram = () => {
    [start, frame, [0, 0, 0]].forEach((values, i) => program.inputs[i].set(values));
    program.iterate(chunk / interval);
    return program.outputs[2].map((g) => g / (chunk * h));
  };

  const riding = flow({ field, initial: start, solver: rk4, controller: fixed(h), ...options }).tangent(3);
  const analysed = () => {
    riding.reset();
    riding.tangents.set(frame);
    const along = lyapunovAlong(3, 3);
    for (let n = 0; n < chunk; n += interval) {
      riding.step(interval);
      along.push(riding.tangents, interval * h);
    }
    return along.estimate().value;
  };

  const exponents = inProgram();
  const timed = (run) => (reps) => perCallUs(Math.ceil(reps / chunk), run) / chunk;
  for (const run of [inProgram, analysed]) run();
  return {
    form: `one program; exponents ${Array.from(exponents, (x) => x.toFixed(4)).join(", ")}; lyapunovAlong ${timed(analysed)(chunk).toFixed(3)} us, exponents ${Array.from(analysed(), (x) => x.toFixed(4)).join(", ")}`,
    check: { first: exponents[0] },
    time: (reps) => ({ us_per_step: timed(inProgram)(reps) }),
  };
}

/** A flow of many starts, each with a step size of its own. */
function manyStarts({ rtol, atol }, tensors) {
  const [w0, b0, w1, b1] = layersOf(tensors, "wb").map((t) => constant(t.data, t.shape));
  const x = named(tensors, "x");
  const field = (h) => add(matmul(tanh(add(matmul(h, w0), b0)), w1), b1);
  const one = flow({ field, initial: [0, 0], dt: 1, solver: tsit5, controller: adaptive({ rtol, atol }), ...options });
  const all = one.batch(x.shape[0]);
  const run = () => {
    all.reset(x.data);
    all.step();
  };
  run();
  const check = { sumOfSquares: all.state.reduce((s, v) => s + v * v, 0) };
  const off = named(tensors, "reference").data.reduce((m, v, i) => Math.max(m, Math.abs(v - all.state[i])), 0);
  return {
    form: `batch of a flow, tsit5, a step size each, ${all.work.accepted} steps accepted; off by ${off.toExponential(1)}`,
    check,
    time: (reps) => ({ us_per_step: perCallUs(reps, run) }),
  };
}

/** The gradient by all weights of the mean square error of a path, by reverse mode through the solver's steps. */
function flowGradient({ steps, horizon }, tensors) {
  const params = layersOf(tensors, "wb");
  const all = [...params, named(tensors, "x"), named(tensors, "t")];
  const loss = ([w0, b0, w1, b1], x, t) => {
    const field = (h) => add(matmul(tanh(add(matmul(mul(h, mul(h, h)), w0), b0)), w1), b1);
    const error = sub(integratePath(field, { solver: dopri5, steps, to: horizon })(x), t);
    return mean(mul(error, error));
  };
  const program = compile(
    (...args) => {
      const [p, x, t] = split(args);
      const { outputs, pull } = vjp((...q) => loss(q, x, t), p);
      return [...outputs, ...pull([constant(1, [])])];
    },
    all,
    options,
  );
  fill(program, all);
  program.run();
  const sumOfSquares = program.outputs.slice(1).reduce((s, g) => g.reduce((a, v) => a + v * v, s), 0);
  return {
    form: "run, vjp of the path, dopri5",
    check: { loss: program.outputs[0][0], sumOfSquares },
    time: (reps) => ({ us_per_step: perCallUs(reps, () => program.run()) }),
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

/** Where each point of a square ends, released at rest above three magnets. */
function basinImage({ side }) {
  const pendulum = flows.find((f) => f.name === "magnetic-pendulum");
  const system = flow({
    field: pendulum.field(pendulum.parameters),
    initial: pendulum.initial,
    dt: 1,
    solver: dopri5,
    controller: adaptive({ rtol: 1e-9, atol: 1e-9 }),
    ...options,
  });
  const plane = [
    [-2, 2],
    [-2, 2],
  ];
  const found = attractors({
    system,
    box: [...plane, [0, 0], [0, 0]],
    starts: 50,
    transient: 100,
    record: 4,
    ...options,
  });
  const starts = gridStarts({ base: [0, 0, 0, 0], axes: [0, 1], ranges: plane, columns: side, rows: side });
  const check = { share: basins(found, { starts }).fractions[0].value };
  return {
    form: `basins of a picture of ${side} x ${side}`,
    check,
    time: () => ({ us_per_step: perCallUs(1, () => basins(found, { starts })) / side ** 2 }),
  };
}

const prepare = {
  "lorenz-spectrum": lorenzSpectrum,
  "basin-image": basinImage,
  kendall: kendalls,
  ...unitsOurs(options),
  "mackey-glass": mackeyGlass,
  "node-starts": manyStarts,
  "node-gradient": flowGradient,
  "sgd-products": randomProducts,
  "trainings-1024": manyTrainings,
  "sharpness-tracking": tracking,
  monitors,
  "gd-small": descent,
  "gd-digits": descent,
  "gd-wide": descent,
  "hvp-digits": curvature,
  "matmul-f32": product("f32"),
  "matmul-f64": product("f64"),
  "compile-time": firstStep,
};

const reply = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const prepared = new Map();
reply({ ready: true, versions: { node: process.version, v8: process.versions.v8 } });
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  try {
    const request = JSON.parse(line);
    if (!prepared.has(request.case)) prepared.set(request.case, prepare[request.case](request, load(request.data)));
    const { form, check, time } = prepared.get(request.case);
    reply({ ...time(request.reps), form, check });
  } catch (error) {
    reply({ error: `${error.name}: ${error.message}` });
  }
}
process.exit(0); // the pool's workers would keep the process alive
