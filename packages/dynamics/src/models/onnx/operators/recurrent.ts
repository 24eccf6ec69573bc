import {
  add,
  at,
  broadcastTo,
  constant,
  matmul,
  mul,
  relu,
  reshape,
  scan,
  sigmoid,
  slice,
  stack,
  sub,
  tanh,
  transpose,
  type Tensor,
} from "#engine";
import { activated } from "../../../networks/walk.js";
import type { Call, Operator, Value } from "./operator.js";

/** A cell: how many gates its weights hold, its default functions, and one step. */
interface Cell {
  readonly gates: number;
  readonly functions: readonly string[];
  /** How many of them, the first ones, are gates: signals are only multiplied by what they give. */
  readonly gating: number;
  /** Whether it carries a second state beside h. */
  readonly memory: boolean;
  /** The new states from x W^T + b_W (given), h, the recurrence of one gate, and the functions. */
  step(
    given: Tensor,
    states: readonly Tensor[],
    recur: Recur,
    functions: readonly ((x: Tensor) => Tensor)[],
    call: Call,
  ): Tensor[];
}

/** h R_g^T + b_g for gates `from` to `to`. */
type Recur = (h: Tensor, from: number, to: number) => Tensor;

const FUNCTIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = { tanh, sigmoid, relu };

const columns = (x: Tensor, units: number, from: number, to = from + 1): Tensor =>
  slice(x, [0, from * units], [x.shape[0]!, to * units]);

const simple: Cell = {
  gates: 1,
  functions: ["tanh"],
  gating: 0,
  memory: false,
  step: (given, [h], recur, [f]) => [f!(add(given, recur(h!, 0, 1)))],
};

const lstm: Cell = {
  gates: 4,
  functions: ["sigmoid", "tanh", "tanh"],
  gating: 1,
  memory: true,
  step(given, [h, c], recur, [f, g, k]) {
    const units = h!.shape[1]!;
    const all = add(given, recur(h!, 0, 4));
    const [input, output, forget] = [0, 1, 2].map((i) => f!(columns(all, units, i)));
    const memory = add(mul(forget!, c!), mul(input!, g!(columns(all, units, 3))));
    return [mul(output!, k!(memory)), memory];
  },
};

const gru: Cell = {
  gates: 3,
  functions: ["sigmoid", "tanh"],
  gating: 1,
  memory: false,
  step(given, [h], recur, [f, g], call) {
    const units = h!.shape[1]!;
    const both = add(columns(given, units, 0, 2), recur(h!, 0, 2));
    const [update, reset] = [0, 1].map((i) => f!(columns(both, units, i)));
    const proposed = columns(given, units, 2);
    const inner = call.integer("linear_before_reset", 0) === 0 ? recur(mul(reset!, h!), 2, 3) : mul(reset!, recur(h!, 2, 3));
    const candidate = g!(add(proposed, inner));
    return [add(mul(sub(1, update!), candidate), mul(update!, h!))];
  },
};

/** One direction: the states of all steps, and the last ones. */
function run(cell: Cell, call: Call, x: Tensor, direction: number, backwards: boolean): { all: Tensor; last: Tensor[] } {
  const [w, r] = [at(call.tensor(1), direction), at(call.tensor(2), direction)];
  const units = call.integer("hidden_size", r.shape[1] ?? 0);
  const width = cell.gates * units;
  const [steps, batch, inputs] = x.shape as [number, number, number];
  if (w.shape.join() !== `${width},${inputs}` || r.shape.join() !== `${width},${units}`)
    call.fail(
      `weights [${w.shape.join(", ")}] and [${r.shape.join(", ")}]; expected [${width}, ${inputs}] and [${width}, ${units}]`,
    );
  const bias = call.inputs[3] ? at(call.tensor(3), direction) : undefined;
  if (bias && bias.shape[0] !== 2 * width) call.fail(`biases [${bias.shape.join(", ")}]; expected ${2 * width}`);
  const flat = matmul(reshape(x, [steps * batch, inputs]), transpose(w));
  const given = reshape(bias ? add(flat, slice(bias, [0], [width])) : flat, [steps, batch, width]);
  const across = transpose(r);
  const recur: Recur = (h, from, to) => {
    const product = matmul(h, slice(across, [0, from * units], [units, to * units]));
    return bias ? add(product, slice(bias, [width + from * units], [width + to * units])) : product;
  };
  const start = (input: number): Tensor =>
    call.inputs[input] ? initial(call, input, direction) : broadcastTo(constant(0), [batch, units]);
  const names = (call.texts("activations") ?? []).slice(
    direction * cell.functions.length,
    (direction + 1) * cell.functions.length,
  );
  const functions = cell.functions.map((usual, i) => {
    const name = (names[i] ?? usual).toLowerCase();
    if (!Object.hasOwn(FUNCTIONS, name))
      call.fail(`the function ${JSON.stringify(name.slice(0, 30))}; supported are Tanh, Sigmoid and Relu`);
    const phi = { name, description: "of a recurrent cell", apply: FUNCTIONS[name]! };
    return (x: Tensor): Tensor => activated(phi, x, i < cell.gating ? undefined : call.walk);
  });
  const starts = [start(5), ...(cell.memory ? [start(6)] : [])];
  if (call.walk) {
    // Step by step, outside a loop.
    const made = new Array<Tensor>(steps);
    let last = starts;
    for (let s = 0; s < steps; s++) {
      const step = backwards ? steps - 1 - s : s;
      last = cell.step(at(given, step), last, recur, functions, call);
      made[step] = last[0]!;
    }
    return { all: stack(made), last };
  }
  const [last, [all]] = scan(
    (states, [z]) => {
      const next = cell.step(z!, states, recur, functions, call);
      return [next, [next[0]!]];
    },
    starts,
    [given],
    { reverse: backwards },
  );
  return { all: all!, last };
}

/** State `input` at the start, of one direction. */
function initial(call: Call, input: number, direction: number): Tensor {
  const given = call.tensor(input);
  return at(call.integer("layout", 0) === 0 ? given : transpose(given, [1, 0, 2]), direction);
}

const recurrent = (name: string, cell: Cell): Operator => ({
  name,
  build(call): readonly Value[] {
    const way = call.text("direction", "forward");
    const ways =
      { forward: [false], reverse: [true], bidirectional: [false, true] }[way] ??
      call.fail(`direction ${JSON.stringify(way.slice(0, 20))}`);
    if (call.inputs[7]) call.fail("peepholes, which are not supported");
    if (call.node.attributes.has("clip")) call.fail("the attribute clip, which is not supported");
    if (call.integer("input_forget", 0) !== 0) call.fail("the attribute input_forget, which is not supported");
    const given = call.tensor(0);
    if (given.shape.length !== 3) call.fail(`an input with ${given.shape.length} axes; expected 3`);
    for (const i of [1, 2])
      if (call.tensor(i).shape.length !== 3 || call.tensor(i).shape[0] !== ways.length)
        call.fail(`weights [${call.tensor(i).shape.join(", ")}] for ${ways.length} directions`);
    const batchFirst = call.integer("layout", 0) !== 0;
    const x = batchFirst ? transpose(given, [1, 0, 2]) : given;
    if (x.shape[0] === 0) call.fail("a sequence of length 0");
    if (call.inputs[4] && call.known(4)!.some((n) => n !== x.shape[0]))
      call.fail("sequences of different lengths, which are not supported");
    const runs = ways.map((backwards, d) => run(cell, call, x, d, backwards));
    const all = stack(
      runs.map((r) => r.all),
      1,
    );
    const lasts = runs[0]!.last.map((_, i) => stack(runs.map((r) => r.last[i]!)));
    const outputs = batchFirst ? [transpose(all, [2, 0, 1, 3]), ...lasts.map((h) => transpose(h, [1, 0, 2]))] : [all, ...lasts];
    return outputs.map((tensor) => ({ tensor, type: "float" }));
  },
});

export const recurrences: readonly Operator[] = [recurrent("RNN", simple), recurrent("LSTM", lstm), recurrent("GRU", gru)];
