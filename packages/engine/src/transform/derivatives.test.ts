import { describe, expect, test } from "vitest";
import { catalogue, draw, networks, operations, type Case } from "../../../../test/support/cases.js";
import { double, fixed, mul as times } from "../../../../test/support/fixed.js";
import { direction, inner, runAt, setting, type Results } from "../../../../test/support/setting.js";
import { along } from "../../../../test/support/taylor.js";
import { truth } from "../../../../test/support/truth.js";
import {
  abs,
  add,
  amax,
  amin,
  cast,
  constant,
  eq,
  evaluate,
  floor,
  grad,
  hvp,
  jacobian,
  jvp,
  le,
  lt,
  max,
  min,
  mul,
  pow,
  relu,
  round,
  select,
  sin,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  vjp,
  type Tensor,
} from "../index.js";

type Scalar = (x: Tensor) => Tensor;

/** Relative to the largest true element of the same order. */
const BOUND = 1e-12;
/** Relative to the largest of all orders: rounding where an order vanishes altogether. */
const ROUNDING = 1e-15;
const ORDERS = [0, 1, 2, 3] as const;

const differentiable = (c: Case): boolean => c.smooth !== false && setting(c).graph.outputs.length > 0;
const smooth = [...operations, ...networks].filter(differentiable);
const reversible = smooth.filter((c) => c.smooth !== "forward");

/** f and its first three derivatives along vs, each by forward mode applied to the one before. */
function forward(f: Results, xs: readonly Tensor[], vs: readonly Tensor[]): Tensor[] {
  const next =
    (g: Results): Results =>
    (...ys) =>
      jvp(g, ys, vs).tangents;
  return [f, next(f), next(next(f)), next(next(next(f)))].flatMap((g) => g(...xs));
}

/** The same of one scalar, each by reverse mode applied to the one before. */
function reverse(f: Results, xs: readonly Tensor[], vs: readonly Tensor[]): Tensor[] {
  const next =
    (g: Results): Results =>
    (...ys) => [inner(vjp(g, ys).pull([constant(1)]), vs)];
  return [f, next(f), next(next(f)), next(next(next(f)))].flatMap((g) => g(...xs));
}

function expectNear(got: readonly ArrayLike<number>[], want: readonly (readonly number[])[], what: string): void {
  const sizes = want.map((xs) => Math.max(0, ...xs.map(Math.abs)));
  const rounding = ROUNDING * Math.max(...sizes);
  for (const k of ORDERS) {
    want[k]!.forEach((w, j) => {
      if (!(Math.abs(got[k]![j]! - w) <= Math.max(BOUND * sizes[k]!, rounding)))
        expect.fail(`${what}, order ${k}, element ${j}: ${got[k]![j]} against ${w}`);
    });
  }
}

describe(`value and three derivatives against Taylor series in 320 bits, relative error at most ${BOUND}`, () => {
  for (const c of smooth) {
    const back = c.smooth !== "forward";
    test(`${c.name}: forward${back ? " and reverse" : ""}`, () => {
      const { results, numbers, graph, weights, weigh } = setting(c);
      const [x, v] = [draw(c, 5), direction(c, 6)];
      const exact = along(graph, x, v);
      const got = runAt(
        c,
        (args, vs) => {
          const f = results(args);
          return [
            ...forward(f, numbers(args), vs),
            ...(back ? reverse((...ys) => [inner(f(...ys), weigh())], numbers(args), vs) : []),
          ];
        },
        x,
        v,
      );
      const n = exact.length;
      exact.forEach((elements, i) =>
        expectNear(
          ORDERS.map((k) => got[k * n + i]!),
          ORDERS.map((k) => elements.map((e) => double(e[k]!))),
          `forward, result ${i}`,
        ),
      );
      if (!back) return;
      const total = (k: number): bigint =>
        exact.reduce((s, elements, i) => elements.reduce((p, e, j) => p + times(e[k]!, fixed(weights[i]![j]!)), s), 0n);
      expectNear(
        got.slice(4 * n),
        ORDERS.map((k) => [double(total(k))]),
        "reverse",
      );
    });
  }

  test("every operation that moves with its operands is among them", () => {
    const without = Object.keys(catalogue).filter((name) => !catalogue[name]!.some((c) => smooth.includes(c)));
    // Its derivative is zero by decree and not by its series; the test below holds it to that.
    expect(without).toEqual(["stopGradient"]);
    expect(networks.filter((c) => !reversible.includes(c))).toEqual([]);
  });
});

/** Two scalars equal to 1e-12 of the terms that they are sums of. */
function expectSame(a: ArrayLike<number>, b: ArrayLike<number>, scale: ArrayLike<number>, what: string): void {
  if (!(Math.abs(a[0]! - b[0]!) <= 1e-12 * scale[0]!)) expect.fail(`${what}: ${a[0]} against ${b[0]}, terms of ${scale[0]}`);
}

test("what goes through stopGradient counts as a constant, in both modes and to every order", () => {
  const f = (x: Tensor): Tensor => sum(mul(x, stopGradient(mul(x, x))));
  const at = { data: [3, -2] };
  expect(evaluate((x) => grad(f)(x!), at)[0]).toEqual(Float64Array.of(9, 4));
  expect(evaluate((x) => jvp(f, [x!], [constant([1, 0])]).tangents[0]!, at)[0]).toEqual(Float64Array.of(9));
  expect(evaluate((x) => hvp(f)(x!, constant([1, 1])), at)[0]).toEqual(Float64Array.of(0, 0));
});

describe("the two modes are each other's adjoint to 1e-12: <w, J v> = <J^T w, v>, and <u, H v> = <H u, v>", () => {
  for (const c of reversible) {
    test(c.name, () => {
      const { results, numbers, weigh } = setting(c);
      const [jv, jw, j, hv, hu, h] = runAt(
        c,
        (args, vs, us) => {
          const [f, xs, ws] = [results(args), numbers(args), weigh()];
          const terms = (a: readonly Tensor[], b: readonly Tensor[]): Tensor => inner(a.map(abs), b.map(abs));
          const { tangents } = jvp(f, xs, vs);
          const gradient: Results = (...ys) => vjp(f, ys).pull(ws);
          // The Hessian of <w, f>: forward over reverse, and reverse over reverse.
          const forwards = jvp(gradient, xs, vs).tangents;
          const backwards = vjp(gradient, xs).pull(us);
          const sizes = [terms(ws, tangents), terms(us, forwards)] as const;
          // A Hessian that vanishes is 0 to the rounding of first derivatives.
          return [
            inner(ws, tangents),
            inner(gradient(...xs), vs),
            sizes[0],
            inner(us, forwards),
            inner(backwards, vs),
            add(sizes[1], mul(1e-3, sizes[0])),
          ];
        },
        draw(c, 7),
        direction(c, 8),
        direction(c, 9),
      );
      expectSame(jv!, jw!, j!, "<w, J v> and <J^T w, v>");
      expectSame(hv!, hu!, h!, "<u, H v> and <H u, v>");
    });
  }
});

test("tanh' = sech2 and tanh'' keep their digits where tanh saturates", () => {
  const xs = [0.5, 3, 5, 10, 20, -20, 300];
  const ones = constant(xs.map(() => 1));
  const first = (y: Tensor): Tensor => jvp(tanh, [y], [ones]).tangents[0]!;
  const got = evaluate((y) => [first(y), jvp(first, [y], [ones]).tangents[0]!], { data: xs });
  xs.forEach((x, i) => {
    const [slope, tangent] = [truth["sech2"]!(x), truth["tanh"]!(x)];
    const exact = double(slope.value) * 2 ** slope.power;
    expect(Math.abs(got[0]![i]! / exact - 1)).toBeLessThan(1e-15);
    expect(Math.abs(got[1]![i]! / (-2 * double(tangent.value) * exact) - 1)).toBeLessThan(2e-15);
  });
});

describe("derivatives where rules meet, in both modes", () => {
  /** The derivative by x along 1 and the gradient, each at one x. */
  const both = (f: Scalar, x: number[]): number[][] =>
    evaluate(
      (t) => {
        const total = (...ys: Tensor[]): Tensor => sum(f(ys[0]!));
        return [jvp(total, [t], [constant(x.map(() => 1))]).tangents[0]!, grad(total)(t)];
      },
      { data: x },
    ).map((r) => [...r]);
  const cases: readonly (readonly [what: string, f: Scalar, x: number[], gradient: number[]])[] = [
    ["equal operands of max share its derivative", (x) => mul(8, max(mul(x, 3), add(x, 2))), [1, 0, 2], [16, 8, 24]],
    ["equal operands of min share its derivative", (x) => mul(8, min(mul(x, 3), add(x, 2))), [1, 0, 2], [16, 24, 8]],
    ["elements that attain amax share its derivative", (x) => mul(6, amax(x)), [3, 1, 3, 3], [2, 0, 2, 2]],
    ["elements that attain amin share its derivative", (x) => mul(6, amin(x)), [3, 1, 3, 1], [0, 3, 0, 3]],
    ["relu has slope 0 at 0, abs too", (x) => add(relu(x), mul(3, abs(x))), [0, 1, -1], [0, 4, -3]],
    ["rounding and comparisons have none", (x) => add(add(floor(x), round(x)), add(lt(x, 1), eq(x, x))), [0.5, 1, -2], [0, 0, 0]],
    [
      "x^0 is constant, at 0 as well; x^1 has slope 1 there and x^2 none",
      (x) => pow(x, constant([0, 1, 2, 0])),
      [0, 0, 0, 5],
      [0, 1, 0, 0],
    ],
    ["casts pass derivatives on", (x) => cast(square(cast(x, "f32")), "f64"), [1.5, -2], [3, -4]],
    ["0^x is constant for x > 0", (x) => pow(0, x), [2, 0.5], [0, 0]],
    [
      "a branch not taken leaves no trace where its operand is chosen too",
      (x) => select(lt(x, 1), mul(2, x), sqrt(sub(select(lt(x, 1), 2, x), 1))),
      [1.25, 0.5, -7],
      [1, 2, 2],
    ],
  ];
  for (const [what, f, x, gradient] of cases) {
    test(what, () => {
      // Where zeros meet, their sign says nothing: adding 0 makes each +0.
      const [slope, by] = both(f, x);
      expect(by!.map((g) => g + 0)).toEqual(gradient);
      expect(slope![0]! + 0).toBe(gradient.reduce((a, b) => a + b, 0));
    });
  }

  test("forward, a branch not taken leaves no trace even where its own derivative is infinite or NaN", () => {
    const f = (x: Tensor): Tensor => select(le(x, 1), mul(2, x), sqrt(sub(x, 1)));
    expect([...evaluate((x) => jvp(f, [x], [constant([1, 1, 1])]).tangents[0]!, { data: [1.25, 1, -7] })[0]!]).toEqual([1, 2, 2]);
  });
});

describe("what the transformations return", () => {
  const f = (x: Tensor, a: Tensor): Tensor => inner([sin(mul(x, a))], [x]);
  const [x, a] = [{ data: [0.5, -1.25] }, { data: [2, 3] }];

  test("grad is by the first argument unless another is named; a function that ignores it has gradient 0", () => {
    const of = (argument?: number): number[] => [...evaluate((...xs) => grad(f, argument)(...xs), x, a)[0]!];
    expect(of()).toEqual(of(0));
    of(0).forEach((g, i) =>
      expect(g).toBeCloseTo(Math.sin(x.data[i]! * a.data[i]!) + x.data[i]! * a.data[i]! * Math.cos(x.data[i]! * a.data[i]!), 14),
    );
    of(1).forEach((g, i) => expect(g).toBeCloseTo(x.data[i]! ** 2 * Math.cos(x.data[i]! * a.data[i]!), 14));
    expect([...evaluate((y) => grad(() => constant(3))(y), x)[0]!]).toEqual([0, 0]);
  });

  test("the Jacobian's axes are the result's, then the argument's; that of a gradient is the Hessian", () => {
    const g = (y: Tensor): Tensor => mul(mul(y, y), constant([1, 10, 100, 1000, 1e4, 1e5], [3, 2]));
    const got = evaluate((y) => jacobian(g)(y), { data: [1, 2], shape: [1, 2] })[0]!;
    // d(y_j^2 c_ij)/dy_k = 2 y_k c_ik for j = k.
    expect([...got]).toEqual([2, 0, 0, 40, 200, 0, 0, 4000, 2e4, 0, 0, 4e5]);
    const hessian = evaluate((y, b) => jacobian((z) => grad(f)(z, b))(y), x, a)[0]!;
    const columns = [0, 1].map((k) => evaluate((y, b) => hvp(f)(y, constant([1 - k, k]), b), x, a)[0]!);
    hessian.forEach((h, i) => expect(h).toBeCloseTo(columns[i % 2]![Math.floor(i / 2)]!, 14));
  });
});
