import { add, at, exp, mul, sin, sqrt, stack, sub, type Tensor } from "#engine";
import { bifurcationDiagram, continuation, type ContinuationOptions } from "#dynamics";
import { describe, expect, it } from "vitest";

const line: ContinuationOptions = { f: (x, p) => sub(x, p), kind: "flow", start: [0], parameter: 0, range: [-1, 1] };

describe("branches", () => {
  it("that are closed end where they began: the circle x^2 + p^2 = 1, with its two folds", () => {
    const f = (x: Tensor, p: Tensor): Tensor => sub(add(mul(x, x), mul(p, p)), 1);
    const b = continuation({ f, kind: "flow", start: [1], parameter: 0, range: [-2, 2] });
    expect(b.bifurcations.map((x) => x.kind)).toEqual(["fold", "fold"]);
    expect(b.bifurcations.map((x) => Math.abs(x.parameter))).toEqual([expect.closeTo(1, 13), expect.closeTo(1, 13)]);
    expect(b.ends.at(-1)).toEqual({ status: "ok", reason: "the branch is closed: it came back to its start" });
    for (const { state, parameter } of b.points)
      expect(Math.abs(state[0]! * state[0]! + parameter * parameter - 1)).toBeLessThan(1e-14);
    // Once around, not twice.
    expect(b.points.length).toBeLessThan(120);
  });

  it("begin from either side and give the same ends, exactly at the edges of the range", () => {
    const b = continuation(line);
    expect([b.points[0]!.parameter, b.points.at(-1)!.parameter]).toEqual([-1, 1]);
    expect(b.ends.map((e) => e.status)).toEqual(["ok", "ok"]);
  });

  it("say why they could not begin: no solution near, or a whole curve of solutions", () => {
    const none = continuation({ ...line, f: (x) => add(mul(x, x), 1) });
    expect([none.points, none.ends[1]!.status]).toEqual([[], "not-converged"]);
    expect(none.ends[1]!.reason).toMatch(/found no point of the branch/);
    const curve = continuation({ ...line, f: (z) => stack([mul(at(z, 0), at(z, 1)), 0]), start: [0, 1] });
    expect(curve.points).toEqual([]);
    expect(curve.ends[1]!.reason).toMatch(/no single direction at the start/);
  });

  it("say where they end: after their steps, at the bound of the state, where the field ends", () => {
    expect(continuation({ ...line, steps: 3 }).ends.map((e) => e.status)).toEqual(["step-limit", "step-limit"]);
    // x p = 1 leaves every bound as p goes to 0.
    const pole = continuation({ ...line, f: (x, p) => sub(mul(x, p), 1), start: [1], parameter: 1, range: [-1, 1], bound: 100 });
    expect(pole.ends[0]).toEqual({ status: "ok", reason: "a component of the state passed the bound 100" });
    // x = sqrt(p) has no continuation below p = 0, and no derivative there.
    const edge = continuation({ ...line, f: (x, p) => sub(x, sqrt(p)), start: [1], parameter: 1, range: [-1, 1] });
    expect(edge.ends[0]!.status).toBe("step-too-small");
    expect(edge.ends[0]!.reason).toMatch(/the field is not smooth there/);
  });

  it.each([
    [{ start: [] }, "the start is empty"],
    [{ parameter: 2 }, "parameter 2 given; allowed: -1 to 1"],
    [{ range: [1, 1] as const }, "range [1, 1] given"],
    [{ period: 2 }, "1 for equilibria of a flow"],
    [{ direction: [1] }, "a direction of 1 numbers given; allowed: 2"],
    [{ direction: [0, 0] }, "direction [0, 0] given"],
    [{ step: 1, largestStep: 0.1 }, "step 1 and largestStep 0.1 given"],
  ])("refuse %j", (wrong, message) => {
    expect(() => continuation({ ...line, ...wrong })).toThrow(message);
  });
});

describe("diagrams", () => {
  it("follow a closed branch once, also where a search meets it at its fold", () => {
    // x^2 + p^2 = 1/4, searched at the folds p = -1/2 and 1/2 and between.
    const f = (x: Tensor, p: Tensor): Tensor => sub(0.25, add(mul(x, x), mul(p, p)));
    const { branches, bifurcations, notes } = bifurcationDiagram({ f, kind: "flow", box: [[-2, 2]], range: [-1, 1] });
    expect(branches.length).toBe(1);
    expect(bifurcations.map((b) => [b.kind, Math.round(b.parameter * 1e12)])).toEqual([
      ["fold", -5e11],
      ["fold", 5e11],
    ]);
    expect(notes).toEqual([]);
  });

  it("say that nothing was found to begin with", () => {
    // The same of radius 1/20 about 0.13: no parameter of the search meets it unless told to.
    const f = (x: Tensor, p: Tensor): Tensor => sub(0.0025, add(mul(x, x), mul(sub(p, 0.13), sub(p, 0.13))));
    const missed = bifurcationDiagram({ f, kind: "flow", box: [[-2, 2]], range: [-1, 1] });
    expect(missed.branches).toEqual([]);
    expect(missed.notes.join(" ")).toMatch(/no fixed points were found in the box at the parameters -1, -0.5, 0, 0.5, 1: widen/);
    expect(bifurcationDiagram({ f, kind: "flow", box: [[-2, 2]], range: [-1, 1], at: [0.13] }).bifurcations.length).toBe(2);
  });

  it("have each orbit once where doublings are undone: Gauss' map", () => {
    // x' = exp(-6.2 x^2) + p: the fixed point loses its stability to a 2-cycle at one parameter and gains it back from the same cycle at another; the
    // 2-cycle does so with one 4-cycle.
    const f = (x: Tensor, p: Tensor): Tensor => add(exp(mul(-6.2, mul(x, x))), p);
    const found = bifurcationDiagram({ f, kind: "map", box: [[-1.5, 1.5]], range: [-1, 1], maxPeriod: 4 });
    expect(found.branches.map((b) => b.period)).toEqual([1, 1, 2, 4]);
    expect(found.branches.slice(2).map((b) => b.ends[1]!.reason)).toEqual([
      "the branch is closed: it came back to its start",
      "the branch is closed: it came back to its start",
    ]);
    const of = (kind: string, period: number) => found.bifurcations.filter((b) => b.kind === kind && b.period === period);
    expect([of("flip", 1).length, of("flip", 2).length, of("flip", 4).length, of("fold", 1).length]).toEqual([2, 2, 2, 1]);
    expect(found.bifurcations.length).toBe(7);
    // A fixed point flips where -12.4 x exp(-6.2 x^2) = -1: independent of the family's code.
    for (const { parameter, state } of of("flip", 1)) {
      const x = state[0]!;
      expect(12.4 * x * Math.exp(-6.2 * x * x)).toBeCloseTo(1, 10);
      expect(Math.exp(-6.2 * x * x) + parameter).toBeCloseTo(x, 10);
    }
  });

  it("keep orbits apart that only look alike: the odd map p sin(pi x) and its mirrored cycles", () => {
    const f = (x: Tensor, p: Tensor): Tensor => mul(p, sin(mul(Math.PI, x)));
    const found = bifurcationDiagram({ f, kind: "map", box: [[-1, 1]], range: [0.1, 0.86], maxPeriod: 2 });
    expect(found.branches.map((b) => b.period)).toEqual([1, 1, 1, 2, 2]);
    expect(found.bifurcations.map((b) => b.kind)).toEqual(["branch point", "flip", "flip", "flip", "flip"]);
  });

  it("on its own a doubled orbit says where it meets the one that it came from", () => {
    // x' = r x - x^3 doubles at r = 2 from x = 1; the 2-cycle has x y = 1, x^2 + y^2 = r.
    const f = (x: Tensor, r: Tensor): Tensor => sub(mul(r, x), mul(x, mul(x, x)));
    const start = [Math.sqrt((2.1 + Math.sqrt(2.1 * 2.1 - 4)) / 2)];
    const doubled = continuation({ f, kind: "map", start, parameter: 2.1, range: [1.8, 2.2], period: 2 });
    const met = doubled.bifurcations.find((b) => b.kind === "branch point")!;
    expect(met.parameter).toBeCloseTo(2, 12);
    expect(met.meaning).toBe("the orbit of period 2 meets one of period 1, whose flip this is");
    expect(doubled.departures.filter((d) => Math.abs(d.z[1]! - 2) < 1e-6)).toEqual([]);
  });

  it("say what they left out", () => {
    const f = (x: Tensor, r: Tensor): Tensor => mul(mul(r, x), sub(1, x));
    const few = bifurcationDiagram({ f, kind: "map", box: [[-0.5, 1]], range: [0.5, 3.5], branches: 2 });
    expect(few.branches.length).toBe(2);
    expect(few.notes.join(" ")).toMatch(/further branches were not followed: only 2 were allowed/);
  });
});
