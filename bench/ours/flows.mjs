// Our side of the cases of flows and delay equations.
import {
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
  tanh,
  transpose,
  vjp,
  vmap,
} from "../../packages/engine/dist/index.js";
import {
  adaptive,
  attractors,
  basins,
  delay,
  dopri5,
  fixed,
  flow,
  flows,
  gridStarts,
  integratePath,
  lyapunovAlong,
  rk4,
  tsit5,
} from "../../packages/dynamics/dist/index.js";
import { fill, layersOf, named, perCallUs, split } from "./tensors.mjs";
import { options } from "./threads.mjs";

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

export const flowCases = {
  "mackey-glass": mackeyGlass,
  "lorenz-spectrum": lorenzSpectrum,
  "node-starts": manyStarts,
  "node-gradient": flowGradient,
  "basin-image": basinImage,
};
