import { describe, expect, test } from "vitest";
import { batch, batchable } from "../../../../test/support/batches.js";
import type { Case } from "../../../../test/support/cases.js";
import { distance, runCompiled } from "../../../../test/support/programs.js";
import { inner, setting, type Results } from "../../../../test/support/setting.js";
import { constant, jvp, sum, vjp, vmap, type Tensor } from "../index.js";

const BOUND = 1e-12;

/** Which arguments carry the batch where a case's numbers move: all numbers, and no indices. */
const allNumbers = (c: Case): (0 | null)[] => c.args.map((a) => (a.shared || a.indices ? null : 0));

/** All numbers; for several also only the first, and all but the first. */
function choices(c: Case): (0 | null)[][] {
  const all = allNumbers(c);
  const first = all.indexOf(0);
  return all.filter((a) => a === 0).length < 2
    ? [all]
    : [all, all.map((a, i) => (i === first ? a : null)), all.map((a, i) => (i === first ? null : a))];
}

/** A case's function and its derivatives as functions of all arguments, by the numbers among them. */
function calculus(c: Case) {
  const { results, numbers } = setting(c);
  /** f of all arguments as a function of the numbers, the indices held. */
  const held = (f: (...args: Tensor[]) => readonly Tensor[], args: readonly Tensor[]): Results => {
    const own = numbers(args);
    return (...ys) => [...f(...args.map((t) => ys[own.indexOf(t)] ?? t))];
  };
  return {
    numbers,
    value: (...args: Tensor[]): readonly Tensor[] => results(args)(...numbers(args)),
    /** Df(x) x for x the numbers themselves. */
    derivative:
      (f: (...args: Tensor[]) => readonly Tensor[]) =>
      (...args: Tensor[]): readonly Tensor[] =>
        jvp(held(f, args), numbers(args), numbers(args)).tangents,
    gradient:
      (f: (...args: Tensor[]) => Tensor) =>
      (...args: Tensor[]): readonly Tensor[] =>
        vjp(
          held((...xs) => [f(...xs)], args),
          numbers(args),
        ).pull([constant(1)]),
  };
}

// In a browser every fourth: the graphs that transforms make are the same everywhere, and that programs are is for same-bits.test.ts.
const some = "document" in globalThis ? batchable.filter((_, i) => i % 4 === 0) : batchable;
const differentiable = some.filter((c) => c.smooth !== false && setting(c).graph.outputs.length > 0);

describe(`the derivative of a batch is the batch of derivatives, to ${BOUND}, to second order`, () => {
  for (const c of differentiable) {
    test(c.name, () => {
      const axes = allNumbers(c);
      const { specs, args } = batch(c, axes);
      const { value, derivative } = calculus(c);
      const batched =
        (f: typeof value) =>
        (...xs: Tensor[]): readonly Tensor[] =>
          vmap(f, axes)(...xs);
      const [want, outside, between] = [
        batched(derivative(derivative(value))),
        derivative(derivative(batched(value))),
        derivative(batched(derivative(value))),
      ].map((f) => runCompiled(f, specs, args));
      want!.forEach((w, i) => {
        expect(distance(outside![i]!, w), `outside, result ${i}: ${outside![i]} against ${w}`).toBeLessThanOrEqual(BOUND);
        expect(distance(between![i]!, w), `between, result ${i}: ${between![i]} against ${w}`).toBeLessThanOrEqual(BOUND);
      });
    });
  }
});

describe(`the gradient of a batch's sum holds its members' gradients, and their sum for what they share, to ${BOUND}; Hessian-vector products likewise`, () => {
  for (const c of differentiable.filter((o) => o.smooth !== "forward")) {
    test(c.name, () => {
      const { numbers, value, derivative, gradient } = calculus(c);
      const squares = (...args: Tensor[]): Tensor => inner(value(...args), value(...args));
      for (const axes of choices(c)) {
        const { specs, args } = batch(c, axes);
        const total = (...xs: Tensor[]): Tensor => sum(vmap(squares, axes)(...xs));
        const added = (ts: readonly Tensor[]): Tensor[] => ts.map((t, i) => (numbers(axes)[i] === 0 ? t : sum(t, 0)));
        const got = runCompiled(
          (...xs) =>
            [gradient(squares), derivative(gradient(squares))]
              .flatMap((f) => added(vmap(f, axes)(...xs)))
              .concat([gradient(total), derivative(gradient(total))].flatMap((f) => f(...xs))),
          specs,
          args,
        );
        const half = got.length / 2;
        got.slice(0, half).forEach((members, i) => {
          const what = `${i < half / 2 ? "gradient" : "Hessian-vector product"}, axes ${JSON.stringify(axes)}`;
          expect(distance(members, got[half + i]!), `${what}: ${members} against ${got[half + i]}`).toBeLessThanOrEqual(BOUND);
        });
      }
    });
  }
});
