import { compile, constant, cos, evaluate, grad, matmul, mul, square, sub, sum, tanh, vmap, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { adaptive } from "./controllers.js";
import { stepTimes } from "./accepted-steps.js";
import { flow } from "./flow.js";
import { integrate, integratePath, type IntegrateOptions } from "./integrate.js";
import { euler } from "./solvers/euler.js";
import { rk4 } from "./solvers/rk4.js";
import { rodas5p } from "./solvers/rodas5p.js";
import { tsit5 } from "./solvers/tsit5.js";

const field = (x: Tensor, t: Tensor): Tensor => sub(tanh(mul(2, x)), mul(cos(mul(3, t)), x));
const at = (options: IntegrateOptions, x: readonly number[]): Float64Array => {
  const program = compile((y) => integrate(field, options)(y!), [{ shape: [x.length] }]);
  program.inputs[0]!.set(x);
  program.run();
  return Float64Array.from(program.outputs[0]!);
};

describe("integrate", () => {
  it("is what a flow does in the same steps, and goes back again", () => {
    const system = flow({ field, initial: [0.3, -1], dt: 2, controller: adaptive({ rtol: 1e-9, atol: 1e-11 }), solver: tsit5 });
    system.step();
    const options = { solver: tsit5, controller: adaptive({ rtol: 1e-9, atol: 1e-11, maxSteps: 200 }), to: 2 };
    const end = at(options, [0.3, -1]);
    // The times of the steps are added up in another order.
    end.forEach((v, i) => expect(Math.abs(v - system.state[i]!)).toBeLessThan(1e-13));
    const back = at({ ...options, from: 2, to: 0 }, [...end]);
    expect(Math.abs(back[0]! - 0.3)).toBeLessThan(1e-8);
    expect(Math.abs(back[1]! + 1)).toBeLessThan(1e-8);
  });

  it("takes the steps that stepTimes names, forward and backward", () => {
    for (const [from, to] of [
      [0.5, 2],
      [2, 0.5],
    ] as const) {
      const controller = adaptive({ rtol: 1e-7, maxSteps: 100 });
      const grid = stepTimes(field, [0.3, -1], { controller, from, to });
      expect([grid[0], grid.at(-1)]).toEqual([from, to]);
      expect(grid.length).toBeGreaterThan(4);
      const [chosen, given] = [at({ controller, from, to }, [0.3, -1]), at({ grid }, [0.3, -1])];
      chosen.forEach((v, i) => expect(Math.abs(v - given[i]!)).toBeLessThan(1e-13));
    }
  });

  it.each([1, 2, 7, 10, 30])("has the same value and path in %i segments of 30 steps, and the same gradient", (segments) => {
    const loss = (x: Tensor): Tensor => sum(square(integrate(field, { solver: rk4, steps: 30, segments })(x)));
    const [plain] = evaluate((x) => integratePath(field, { solver: rk4, steps: 30 })(x), { data: [0.3, -1] });
    const [cut] = evaluate((x) => integratePath(field, { solver: rk4, steps: 30, segments })(x), { data: [0.3, -1] });
    expect(cut).toEqual(plain);
    expect(cut!.length).toBe(62);
    const [whole] = evaluate(
      grad((x) => sum(square(integrate(field, { solver: rk4, steps: 30 })(x)))),
      { data: [0.3, -1] },
    );
    evaluate(grad(loss), { data: [0.3, -1] })[0]!.forEach((g, i) => expect(Math.abs(g - whole![i]!)).toBeLessThan(1e-14));
  });

  it("chooses steps for each member of a batch by itself", () => {
    const one = integrate(field, { controller: adaptive({ rtol: 1e-6, maxSteps: 60 }) });
    const program = compile((xs) => [vmap(one)(xs!), vmap(grad((x: Tensor) => sum(one(x))))(xs!)], [{ shape: [3, 1] }]);
    program.inputs[0]!.set([0.1, -4, 30]);
    program.run();
    [0.1, -4, 30].forEach((x, i) => {
      const [value, slope] = evaluate((y) => [one(y), grad((z: Tensor) => sum(one(z)))(y)], { data: [x] });
      expect(program.outputs[0]![i]!).toBeCloseTo(value![0]!, 13);
      expect(program.outputs[1]![i]!).toBeCloseTo(slope![0]!, 13);
    });
  });

  it("takes states of any shape", () => {
    const turn = constant([0, 1, -1, 0], [2, 2]);
    const [end] = evaluate((x) => integrate((h) => matmul(h, turn), { solver: rk4, steps: 200, to: Math.PI / 2 })(x), {
      data: [1, 0, 0, 2],
      shape: [2, 2],
    });
    [0, 1, -2, 0].forEach((v, i) => expect(Math.abs(end![i]! - v)).toBeLessThan(1e-9));
  });

  it("is NaN where the steps do not reach the end, and stepTimes says why", () => {
    const explosive = (x: Tensor): Tensor => square(x);
    const [end] = evaluate((x) => integrate(explosive, { controller: adaptive({ maxSteps: 300 }), to: 2 })(x), { data: [1] });
    expect(end![0]).toBeNaN();
    expect(() => stepTimes(explosive, [1], { to: 2 })).toThrow(
      /to t = 2: step-too-small at t = 1, component 0 .*, after \d+ steps.* last accepted steps were/,
    );
    expect(() => stepTimes(field, [1], { controller: adaptive({ rtol: 1e-10, maxSteps: 5 }) })).toThrow("step-limit at t = ");
  });

  it("takes chosen steps by a stiff solver, too, with their gradient", () => {
    // x' = -k (x - cos t): once the start is forgotten, x = k (k cos t + sin t) / (1 + k^2), by k and t in closed form.
    const k = 1e4;
    const end = (k * (k * Math.cos(0.5) + Math.sin(0.5))) / (1 + k * k);
    const slope = (2 * k * Math.cos(0.5) + (1 - k * k) * Math.sin(0.5)) / (1 + k * k) ** 2;
    const by = (rate: Tensor): Tensor =>
      sum(
        integrate((x, t) => mul(mul(-1, rate), sub(x, cos(t))), {
          solver: rodas5p,
          to: 0.5,
          segments: 4,
          controller: adaptive({ rtol: 1e-9, atol: 1e-11, maxSteps: 150 }),
        })(constant([0])),
      );
    const [value, gradient] = evaluate((rate) => [by(rate), grad(by)(rate)], { data: [k], shape: [] });
    expect(Math.abs(value![0]! - end)).toBeLessThan(1e-9);
    expect(Math.abs(gradient![0]! / slope - 1)).toBeLessThan(1e-4);
  });

  it.each([
    [{ solver: rk4 }, "0 of steps, grid and controller given"],
    [{ steps: 3, grid: [0, 1] }, "2 of steps, grid and controller given"],
    [{ steps: 0 }, "0 steps given; allowed: integers from 1"],
    [{ steps: 3, from: 1 }, "from 1 to 1 given"],
    [{ grid: [0, 2, 1] }, "a grid of 3 times given"],
    [{ steps: 3, segments: 4 }, "4 segments given; allowed: integers from 1 to the number of steps, 3"],
    [{ solver: euler, controller: adaptive({ maxSteps: 9 }) }, "euler has no error estimate"],
    [{ controller: adaptive() }, "maxSteps 100000 given; allowed here: up to 65536"],
  ] as const)("refuses %j", (options, message) => {
    expect(() => integrate(field, options)).toThrow(message);
  });

  it("refuses a field of another shape than the state", () => {
    expect(() =>
      evaluate(
        integrate((x) => sum(x), { steps: 2 }),
        { data: [1, 2] },
      ),
    ).toThrow("the field has shape [], the state has [2]");
  });
});
