import { stack } from "#engine";
import type { Call, Operator, Value } from "./operator.js";
import { fixed } from "./shapes.js";

/** Steps one after the other, as many as the file and the shapes say: the body is written out once a step. */
function looped(call: Call): readonly Value[] {
  const body = call.graph("body");
  const carried = body.inputs.length - 2;
  if (carried < 0 || call.inputs.length > carried + 2 || body.outputs.length < carried + 1)
    call.fail(`a body with ${body.inputs.length} inputs and ${body.outputs.length} outputs for ${call.inputs.length} inputs`);
  const most = call.known(0)?.[0] ?? Infinity;
  let goes: Value = call.inputs[1] ?? fixed([1], [], "boolean");
  let state = Array.from({ length: carried }, (_, i) => call.value(i + 2));
  const collected: Value[][] = body.outputs.slice(carried + 1).map(() => []);
  for (let i = 0; i < most; i++) {
    const on =
      goes.known ?? call.fail(`whether it ends after ${i} steps depends on the data; supported are loops whose length is fixed`);
    if (!on[0]) break;
    const [next, ...made] = call.run(body, [fixed([i], [], "integer"), goes, ...state]);
    goes = next!;
    state = made.slice(0, carried);
    collected.forEach((list, k) => list.push(made[carried + k]!));
  }
  const rows = collected.map((list): Value => {
    if (list.length === 0) return call.fail("no steps, so that what they collect has no shape");
    const { shape } = list[0]!.tensor;
    if (list.some(({ tensor }) => tensor.shape.join() !== shape.join())) call.fail("what its steps collect changes its shape");
    return { tensor: stack(list.map((v) => v.tensor)), type: list[0]!.type };
  });
  return [...state, ...rows];
}

/** What steps by the way: branches and loops that are decided by the file and the shapes, not by the data. */
export const control: readonly Operator[] = [
  {
    name: "If",
    build: (call) =>
      call.run(call.graph((call.known(0) ?? call.fail("the condition is missing"))[0] ? "then_branch" : "else_branch"), []),
  },
  { name: "Loop", build: looped },
];
