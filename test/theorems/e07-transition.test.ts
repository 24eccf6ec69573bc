// The time of a transition, on curves whose transition is known. The interval is a statement about many curves: it holds the true time in 95 of
// 100, or it is no interval.
import { scalarMath } from "#engine";
import { random, transition } from "#dynamics";
import { describe, expect, it } from "vitest";

const times = Array.from({ length: 80 }, (_, i) => 25 * (i + 1));
const log = scalarMath.log;

/** From 0.05 to 0.95 in log time, with noise of the given deviation whose neighbours correlate by rho (an autoregressive process). */
function curve(middle: number, width: number, seed: number, deviation: number, rho = 0): number[] {
  const stream = random(seed, 5);
  let noise = stream.normal();
  return times.map((t) => {
    const value = 0.05 + 0.9 * scalarMath.sigmoid((log(t) - log(middle)) / width) + deviation * noise;
    noise = rho * noise + Math.sqrt(1 - rho * rho) * stream.normal();
    return value;
  });
}

/** Share of the curves whose interval holds the true time; middles and widths are drawn too. */
function coverage(curves: number, deviation: number, rho: number): { share: number; relative: number } {
  let held = 0;
  let relative = 0;
  for (let k = 0; k < curves; k++) {
    const stream = random(k, 9);
    const middle = 200 * scalarMath.exp(log(5) * stream.uniform());
    const found = transition(times, curve(middle, 0.05 + 0.15 * stream.uniform(), k, deviation, rho));
    expect(found.status).toBe("ok");
    if (found.interval[0] <= middle && middle <= found.interval[1]) held++;
    relative += (found.interval[1] - found.interval[0]) / found.value / curves;
  }
  return { share: held / curves, relative };
}

describe("the time of a transition in log time", () => {
  it("is exact on a curve of the model", () => {
    for (const middle of [120, 400, 1100]) {
      const found = transition(times, curve(middle, 0.1, 0, 0));
      expect(found.value / middle).toBeCloseTo(1, 5);
      expect([found.before, found.after]).toEqual([expect.closeTo(0.05, 5), expect.closeTo(0.95, 5)]);
      expect(log(found.ratio)).toBeCloseTo(0.2 * log(9), 4);
    }
  });

  it("does not depend on the units of time and value, nor on the direction", () => {
    const values = curve(400, 0.1, 3, 0.02);
    const found = transition(times, values);
    const scaled = transition(
      times.map((t) => 1e-3 * t),
      values.map((v) => 5 - 10 * v),
    );
    expect(scaled.value).toBeCloseTo(1e-3 * found.value, 6);
    expect(scaled.error / found.error).toBeCloseTo(1e-3, 5);
    expect(scaled.before).toBeGreaterThan(scaled.after);
  });

  // 40 curves: a coverage of 0.95 gives a share of 0.95 +- 0.034; 0.847 is three deviations below.
  it("has an interval that holds the true time as often as it says, with independent noise", () => {
    const { share, relative } = coverage(40, 0.03, 0);
    expect(share).toBeGreaterThan(0.847);
    // And it says something: within a few per cent of the time.
    expect(relative).toBeLessThan(0.06);
  });

  // Residuals of accuracy along a run are correlated. The correlation is itself estimated from 80 values, and too small on average, so the
  // coverage is a little below what is stated.
  it("has one with correlated noise as well", () => {
    expect(coverage(40, 0.03, 0.6).share).toBeGreaterThan(0.8);
  });

  it("brackets a jump between two measurements", () => {
    const found = transition(
      times,
      times.map((t) => (t > 410 ? 1 : 0)),
    );
    expect(found.interval[0]).toBeLessThanOrEqual(410);
    expect(found.interval[1]).toBeGreaterThanOrEqual(410);
    expect(found.value).toBeGreaterThan(399);
    expect(found.value).toBeLessThan(426);
  });

  it("says so when there is none", () => {
    let found = 0;
    for (let k = 0; k < 30; k++) {
      const stream = random(k, 2);
      if (
        transition(
          times,
          times.map(() => stream.normal()),
        ).status === "ok"
      )
        found++;
    }
    expect(found).toBe(0);
    expect(
      transition(
        times,
        times.map(() => 0.1),
      ).explanation,
    ).toMatch(/do not change/);
    expect(transition(times.slice(0, 7), times.slice(0, 7)).explanation).toMatch(/needs 8/);
  });

  it("says so when it is not over within the run, and goes on to find it when it is", () => {
    const values = curve(1900, 0.1, 1, 0.01);
    const cut = transition(times, values);
    expect([cut.status, cut.value]).toEqual(["not-converged", NaN]);
    expect(cut.explanation).toMatch(/not over at step 2000/);
    const more = times.map((t) => 3 * t);
    const longer = more.map((t) => scalarMath.sigmoid((log(t) - log(1900)) / 0.1));
    expect(transition(more, longer).value).toBeCloseTo(1900, 0);
  });

  it("is found whatever the size of the values: steps of 1e300 and of 1e-300", () => {
    const step = (size: number): number =>
      transition(
        times,
        times.map((t) => (t > 410 ? size : 0)),
      ).value;
    expect(step(1e300)).toBeCloseTo(step(1), 6);
    expect(step(1e-300)).toBeCloseTo(step(1), 6);
  });

  it("is not told from two steps or a bump, and says why", () => {
    for (const shape of [
      (t: number): number => (t > 100 ? 0.5 : 0) + (t > 900 ? 0.5 : 0),
      (t: number): number => (t > 200 && t < 800 ? 1 : 0),
    ]) {
      const stream = random(1, 3);
      const found = transition(
        times,
        times.map((t) => shape(t) + 0.02 * stream.normal()),
      );
      expect([found.status, found.value]).toEqual(["not-converged", NaN]);
      expect(found.explanation).toMatch(/several transitions, or none; look at a part of the times/);
    }
  });

  it("refuses what is no series", () => {
    expect(() => transition([1, Infinity], [1, 2])).toThrow(/ascending finite times/);
    expect(() => transition([1, 2], [1])).toThrow(/2 times and 1 values/);
    expect(() => transition([1, 1], [1, 2])).toThrow(/ascending/);
    expect(() => transition([1, 2], [1, 2], { level: 1 })).toThrow(/level 1 given/);
  });
});
