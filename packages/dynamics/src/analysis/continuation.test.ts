import { add, at, mul, sqrt, stack, sub, type Tensor } from "#engine";
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
  it("say what they left out", () => {
    const f = (x: Tensor, r: Tensor): Tensor => mul(mul(r, x), sub(1, x));
    const few = bifurcationDiagram({ f, kind: "map", box: [[-0.5, 1]], range: [0.5, 3.5], branches: 2 });
    expect(few.branches.length).toBe(2);
    expect(few.notes.join(" ")).toMatch(/further branches were not followed: only 2 were allowed/);
  });
});
