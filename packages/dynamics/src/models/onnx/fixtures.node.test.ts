import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile, constant, evaluate, jvp, vjp, type Tensor, type TensorFunction } from "#engine";
import { random } from "../../core/random.js";
import { readOnnx } from "./model.js";
import { onnxProgram, type OnnxProgram } from "./program.js";

// Models and outputs made by test/fixtures/onnx/make.py: the outputs are those of ONNX Runtime, in float32.
const folder = join(import.meta.dirname, "../../../../../test/fixtures/onnx");
const json = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Case {
  readonly name: string;
  readonly model: string;
  readonly inputs: readonly Numbers[];
  readonly outputs: Readonly<Record<string, Numbers>>;
}

const specs = (program: OnnxProgram, inputs: readonly Numbers[]) => [
  { shape: [program.size] },
  ...inputs.map((x) => ({ shape: x.shape })),
];

/** Rounding errors of float32, several operations deep: 1e-5 of the largest number, which a wrong formula exceeds by far. */
function near(found: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(found.length).toBe(wanted.length);
  const scale = Math.max(1, ...Array.from(wanted, (v) => (Number.isFinite(v) ? Math.abs(v) : 0)));
  Array.from(wanted).forEach((v, i) => {
    if (Math.abs(found[i]! - v) > 1e-5 * scale) expect.fail(`element ${i}: ${found[i]}, expected ${v}`);
  });
}

describe("operators, one by one, against ONNX Runtime", () => {
  test.each(([1, 2, 3, 4, 5, 6].flatMap((i) => json(`operators-${i}.json`)) as Case[]).map((c) => [c.name, c] as const))(
    "%s",
    (_name, { model, inputs, outputs }) => {
      const names = Object.keys(outputs);
      const program = onnxProgram(readOnnx(Buffer.from(model, "base64")), { outputs: names });
      let shapes: (readonly number[])[] = [];
      const results = evaluate(
        (theta, ...x) => {
          const y = program.apply(theta!, ...x);
          shapes = y.map((t) => t.shape);
          return y;
        },
        { data: program.theta },
        ...inputs,
      );
      names.forEach((name, i) => {
        expect(shapes[i]).toEqual(outputs[name]!.shape);
        near(results[i]!, outputs[name]!.data);
      });
    },
  );
});

const models = Object.entries(json("expected.json") as Record<string, Omit<Case, "name" | "model">>);
const load = (name: string, outputs: readonly string[]) =>
  onnxProgram(readOnnx(readFileSync(join(folder, `${name}.onnx`))), { outputs });

describe("whole models", () => {
  test.each(models)("%s, compiled, gives what ONNX Runtime gives", (name, { inputs, outputs }) => {
    const names = Object.keys(outputs);
    const program = load(name, names);
    expect(program.theta.length).toBeGreaterThan(name.startsWith("scikit-") ? 3 : 10);
    const compiled = compile((theta, ...x) => program.apply(theta!, ...x), specs(program, inputs));
    compiled.inputs[0]!.set(program.theta);
    inputs.forEach((x, i) => compiled.inputs[i + 1]!.set(x.data));
    compiled.run();
    names.forEach((n, i) => near(compiled.outputs[i]!, outputs[n]!.data));
  });

  // <w, J v> = <J^T w, v> of f, of its derivative along a, and of the derivative of that along b: first to third order.
  // Forward and reverse mode are written apart for every operation, so that a wrong rule of either breaks the identity.
  // One of scikit-learn's models: what else the others hold stands in those of this list too.
  const others = models.filter(([name]) => !name.startsWith("scikit-") || name === "scikit-binary");
  // Besides them resizing, and a loop with a body of its own over steps in reverse.
  const more = ["torch-upsample-export18", "keras-tf-gru"].map(
    (n) => [n, json("exported.json")[n] as (typeof models)[0][1]] as const,
  );
  test.each([...others, ...more])("%s: the adjoint identity holds to third order", (name, { inputs, outputs }) => {
    const program = load(name, Object.keys(outputs).slice(0, 1));
    // By theta and by the input; where that is a list of tokens, by theta alone.
    const [x] = inputs as [Numbers];
    const tokens = name === "transformer";
    const at = tokens ? [program.theta] : [program.theta, x.data];
    const shapes = tokens ? [[program.size]] : [[program.size], x.shape];
    let f = (theta: Tensor, input: Tensor = constant(x.data, x.shape)): Tensor => program.apply(theta, input)[0]!;
    const { shape } = outputs[Object.keys(outputs)[0]!]!;
    const stream = random(3);
    const draw = (n: number) => Float64Array.from({ length: n }, () => stream.normal());
    const directions = () => at.map((values) => draw(values.length));
    for (let order = 1; order <= 3; order++) {
      const [g, v, w] = [f, directions(), draw(size(shape))];
      const n = at.length;
      const sides = compile(
        (...args) => {
          const primals = args.slice(0, n);
          const { tangents } = jvp(g as TensorFunction, primals, args.slice(n, 2 * n));
          return [...tangents, ...vjp(g as TensorFunction, primals).pull([args[2 * n]!])];
        },
        [...shapes, ...shapes, shape].map((s) => ({ shape: s })),
      );
      [...at, ...v, w].forEach((values, i) => sides.inputs[i]!.set(values));
      sides.run();
      const [jv, ...jtw] = sides.outputs;
      const right = jtw.reduce((total, part, i) => total + dot(part, v[i]!), 0);
      const parts = jtw.reduce((total, part, i) => total + Math.sqrt(dot(part, part) * dot(v[i]!, v[i]!)), 1e-300);
      expect(Math.abs(dot(w, jv!) - right)).toBeLessThan(1e-11 * parts);
      const along = directions().map((d, i) => constant(d, shapes[i]));
      f = (...primals) => jvp(g as TensorFunction, primals as Tensor[], along).tangents[0]!;
    }
  });
});

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((total, v, i) => total + v * b[i]!, 0);
