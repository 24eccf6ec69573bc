// Our side of the cases of gradients, products and compilation.
import { add, compile, constant, div, jvp, matmul, mul, sub, sum, tanh, vjp } from "../../packages/engine/dist/index.js";
import { descentTensors, fill, layersOf, perCallUs, split } from "./tensors.mjs";
import { options } from "./threads.mjs";

function loss(params, x, t) {
  let h = x;
  for (let i = 0; i + 2 < params.length; i += 2) h = tanh(add(matmul(h, params[i]), params[i + 1]));
  const error = sub(add(matmul(h, params.at(-2)), params.at(-1)), t);
  return div(sum(mul(error, error)), 2 * x.shape[0]);
}

const gradient = (params, x, t) => vjp((...p) => loss(p, x, t), params).pull([constant(1, [])]);

function step(eta) {
  return (...args) => {
    const [params, x, t] = split(args);
    return gradient(params, x, t).map((g, i) => sub(params[i], mul(eta, g)));
  };
}

function lossAt(program, params, all) {
  const value = compile((...args) => [loss(...split(args))], all);
  fill(value, all);
  program.outputs.slice(0, params.length).forEach((o, i) => value.inputs[i].set(o));
  value.run();
  return value.outputs[0][0];
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

export const gradientCases = {
  "gd-small": descent,
  "gd-digits": descent,
  "gd-wide": descent,
  "hvp-digits": curvature,
  "matmul-f32": product("f32"),
  "matmul-f64": product("f64"),
  "compile-time": firstStep,
};
