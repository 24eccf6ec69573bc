import { add, compile, constant, evaluate, jvp, mul, sub, type Tensor } from "#engine";
import {
  adaptive,
  euler,
  fixed,
  flow,
  heun,
  noisedScore,
  ornsteinUhlenbeck,
  probabilityFlow,
  varianceExploding,
  variancePreserving,
  type NoiseSchedule,
} from "separatrix";
import { describe, expect, test } from "vitest";

const schedules: readonly NoiseSchedule[] = [
  ornsteinUhlenbeck,
  variancePreserving(),
  variancePreserving({ low: 1, high: 3 }),
  varianceExploding,
];

describe.each(schedules.map((s) => [s.name, s] as const))("D1: %s", (_, schedule) => {
  test("scale' = drift scale and spread' = 2 drift spread + intensity", () => {
    const rate = (f: (t: Tensor) => Tensor, t: Tensor): Tensor => jvp((s) => f(s!), [t], [constant(1)]).tangents[0]!;
    for (const at of [0.05, 0.3, 0.9]) {
      const [one, two] = evaluate(
        (t) => [
          sub(rate(schedule.scale, t!), mul(schedule.drift(t!), schedule.scale(t!))),
          sub(rate(schedule.spread, t!), add(mul(2, mul(schedule.drift(t!), schedule.spread(t!))), schedule.intensity(t!))),
        ],
        { data: [at], shape: [] },
      );
      expect(Math.abs(one![0]!)).toBeLessThan(1e-14);
      expect(Math.abs(two![0]!)).toBeLessThan(1e-13);
    }
  });

  test.each([0.3, 1, 2.5])("the flow of N(0, s^2) multiplies every point by the ratio of standard deviations, s = %f", (s) => {
    const score = noisedScore({ centres: [[0]], widths: [s] }, schedule);
    const deviation = (t: number): number => {
      const [scale, spread] = [schedule.scale, schedule.spread].map((f) => evaluate(f, { data: [t], shape: [] })[0]![0]!);
      return Math.sqrt(scale! * scale! * s * s + spread!);
    };
    const end = 1;
    for (const x of [1.7, -0.2]) {
      const back = flow({
        field: probabilityFlow(score, schedule, end),
        initial: [x],
        dt: 0.9,
        controller: adaptive({ rtol: 1e-11, atol: 1e-13 }),
      });
      expect(back.step()).toBe("ok");
      expect(Math.abs(back.state[0]! - (x * deviation(0.1)) / deviation(1))).toBeLessThan(1e-9);
    }
  });
});

test.each([
  [euler, 1],
  [heun, 2],
] as const)("D1: the sampler's order is that of the solver", (solver, order) => {
  const score = noisedScore({ centres: [[0]], widths: [0.5] }, ornsteinUhlenbeck);
  const field = probabilityFlow(score, ornsteinUhlenbeck, 2);
  const exact = 0.5 / Math.sqrt(0.25 * Math.exp(-4) + 1 - Math.exp(-4));
  const error = (n: number): number => {
    const s = flow({ field, initial: [1], dt: 2, solver, controller: fixed(2 / n) });
    s.step();
    return Math.abs(s.state[0]! - exact);
  };
  expect(Math.abs(Math.log2(error(1024) / error(2048)) - order)).toBeLessThan(0.1);
});

test("D7: the score of two points is (-x + theta tanh(theta x / (1 - theta^2))) / (1 - theta^2)", () => {
  const schedule = variancePreserving();
  const program = compile((x, t) => noisedScore({ centres: [[-1], [1]] }, schedule)(x!, t!), [{ shape: [1] }, { shape: [] }]);
  for (const t of [0.05, 0.29, 0.8]) {
    const theta = Math.exp(-0.5 * (0.1 * t + 0.5 * 19.9 * t * t));
    for (const x of [-2, -0.3, 0, 0.01, 1.4]) {
      program.inputs[0]![0] = x;
      program.inputs[1]![0] = t;
      program.run();
      const v = 1 - theta * theta;
      const exact = (-x + theta * Math.tanh((theta * x) / v)) / v;
      expect(Math.abs(program.outputs[0]![0]! - exact)).toBeLessThan(1e-12 * (1 + Math.abs(x) / v));
    }
  }
});
