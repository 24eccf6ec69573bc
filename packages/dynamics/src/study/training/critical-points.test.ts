import { describe, expect, it } from "vitest";
import { run } from "../../../../../test/support/studies.js";

const text = (widths: string, question = "", data = "{ source: hills, count: 3, points: 7 }"): string => `
seed: 4
system:
  kind: training
  architecture: { widths: ${widths}, gain: 1.5 }
  data: ${data}
  optimizer: { type: adam, learningRate: 0.02 }
  steps: 400
questions: [{ type: critical-points, starts: 100${question} }]
`;

describe("the critical points of a trained network", () => {
  it("of a shape that may have them are listed, counted with signs, and proved to be all", async () => {
    const { manifest, arrays } = await run(text("[2, 5, 1]"));
    const said = manifest.verdict.join(" ");
    const { shape, data } = arrays["critical_points"]!;
    expect(manifest.facts["critical_points"]).toBe(shape[0]);
    expect(shape[0]).toBeGreaterThan(0);
    expect(said).toMatch(/^Over the inputs \[-1, 1\] x \[-1, 1\] the trained network has \d+ critical points?: /);
    expect(said).toContain("Morse's count agrees");
    expect(said).toMatch(/(these are all, one at each place,|That there is none) is proved by interval arithmetic/);
    expect(said).toContain("for almost all weights every one of them is non-degenerate");
    // On the surface drawn, a maximum is higher than its neighbours, a minimum lower.
    const { data: surface } = arrays["network_surface"]!;
    for (let i = 0; i < shape[0]!; i++) {
      const [x, y, value, index] = data.slice(6 * i, 6 * i + 4) as unknown as [number, number, number, number];
      const near = [-2, 2]
        .flatMap((d) => [
          [d, 0],
          [0, d],
        ])
        .flatMap(([dx, dy]) => {
          const [column, row] = [Math.round((x + 1) * 40) + dx!, Math.round((y + 1) * 40) + dy!];
          return column >= 0 && column <= 80 && row >= 0 && row <= 80 ? [surface[row * 81 + column]!] : [];
        });
      if (index === 2) expect(Math.max(...near)).toBeLessThan(value);
      if (index === 0) expect(Math.min(...near)).toBeGreaterThan(value);
    }
  });

  it("of a shape that never widens are proved not to be there", async () => {
    const { manifest } = await run(text("[2, 2, 1]"));
    expect(manifest.verdict[0]).toMatch(/has no critical point that 100 searches could find/);
    expect(manifest.verdict.join(" ")).toContain("That there is none is proved by interval arithmetic");
    expect(manifest.verdict.join(" ")).toContain("the gradient vanishes nowhere");
  });

  it.each([
    [
      "several outputs",
      text("[1, 2, 2]", "", "{ source: inline, inputs: [[0], [1]], targets: [[0, 1], [1, 0]] }"),
      /a network with 1 output; this one has 2/,
    ],
    [
      "a box of another dimension",
      text("[2, 3, 1]", ", box: [[0, 1]]"),
      /questions\[0\]\.box: 1 sides given; the network has 2 inputs/,
    ],
    [
      "a box upside down",
      text("[2, 3, 1]", ", box: [[0, 1], [1, 0]]"),
      /questions\[0\]\.box\[1\]: 1 to 0 given; the lower bound comes first/,
    ],
  ])("refuses %s", async (_, t, message) => {
    await expect((async () => run(t))()).rejects.toThrow(message);
  });
});

describe("hills and hollows", () => {
  it("of width w fall to 1/sqrt e of their height at distance w, and depend on the seed alone", async () => {
    const { hills } = await import("../sources/hills.js");
    const load = (seed: number, width: number) =>
      hills.load({ source: "hills", count: 1, width, points: 201 }, { seed, read: () => Promise.reject(new Error("no file")) });
    const { train } = await load(7, 0.3);
    const targets = Float64Array.from(train.targets);
    const top = targets.indexOf(targets.reduce((a, b) => Math.max(a, b)));
    // The hill is within half a grid step of the highest sample, where the Gaussian is flat.
    expect(targets[top]).toBeGreaterThan(1 - 0.005 ** 2 / 0.09);
    const aside = top + (train.inputs[2 * top]! < 0 ? 30 : -30);
    expect(targets[aside]! / Math.exp(-0.5)).toBeCloseTo(1, 1);
    expect((await load(7, 0.3)).train).toEqual(train);
    expect((await load(8, 0.3)).train.targets).not.toEqual(train.targets);
  });
});
