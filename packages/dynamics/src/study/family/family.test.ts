import { describe, expect, it } from "vitest";
import { orbitDiagram, type OrbitDiagram } from "../../analysis/orbit-diagram.js";
import { families } from "../../catalogue/families.js";
import { joined } from "./diagrams.js";
import { column, run } from "../../../../../test/support/studies.js";

const text = (system: string, question = "", more = ""): string => `
system: { kind: family, ${system} }
questions: [{ type: orbit-diagram, transient: 2000, steps: 2000, record: 64${question} }${more && `, ${more}`}]
`;

describe("a diagram of several parts", () => {
  it("is that of the whole range: how it ended and where, too, when the fault lies in a later part", () => {
    const f = families.find((m) => m.name === "logistic")!.f;
    // Settled, creeping just above the flip at 3, settled, two that leave [0, 1], chaos.
    const parameters = [2.8, 3.0001, 3.2, 4.1, 4.2, 3.9];
    const of = (some: readonly number[]) => orbitDiagram({ f, parameters: some, initial: [0.3], steps: 400, record: 128 });
    const whole = of(parameters);
    expect(whole.statuses).toEqual(["ok", "not-converged", "ok", "diverged", "diverged", "ok"]);
    expect(whole.exponents.explanation).toMatch(
      /^2 of 6 orbits left .*first at the parameter 4.1;.*1 of 6 orbits creep .*first at the parameter 3.0001;/,
    );
    for (const cuts of [[1], [2, 4], [1, 2, 3, 4, 5]]) {
      const ends = [...cuts, parameters.length];
      const parts = ends.map((end, i) => of(parameters.slice(i === 0 ? 0 : ends[i - 1], end)));
      // Of the cost each counts its own.
      const bare = (d: OrbitDiagram) => ({ ...d, exponents: { ...d.exponents, cost: {} } });
      expect(bare(joined(parts))).toEqual(bare(whole));
    }
    const lost = [of([4.1]), of([4.2, 4.3])];
    expect(joined(lost).exponents.status).toBe("diverged");
    expect(joined([...lost, of([3.2])]).exponents.status).toBe("ok");
  });
});

describe("a study of a family of maps", () => {
  it("finds periods, flips and exponents of the logistic map", async () => {
    const record = await run(text("map: logistic, from: 3.2, to: 3.5, count: 7"));
    expect(column(record, "period").slice(0, 5)).toEqual([2, 2, 2, 2, 2]);
    expect(column(record, "period").at(-1)).toBe(4);
    const [flip] = record.manifest.answers;
    expect(flip!.value).toBeCloseTo(1 + Math.sqrt(6), 9);
    expect(flip!.label).toBe("r at which the orbit of period 2 doubles");
    // At r = 3.2 the 2-cycle has the multiplier 4 + 2 r - r^2.
    expect(column(record, "lyapunov_1")[0]).toBeCloseTo(0.5 * Math.log(Math.abs(4 + 6.4 - 10.24)), 9);
    expect(record.arrays["orbits"]!.shape).toEqual([7, 64, 1]);
  });

  it.each([
    ["balanced-network", 0.9, 1.28, 1, Math.sqrt(5) - 1],
    ["logistic", 2.9, 3.5, 3, 1 + Math.sqrt(6)],
  ])(
    "locates the flips of the family %s for any grid, though orbits are slow to settle beside them",
    async (map, from, to, ...flips) => {
      for (const count of [61, 100, 173]) {
        const { answers } = (await run(text(`map: ${map}, from: ${from}, to: ${to}, count: ${count}`))).manifest;
        expect(answers.slice(0, 2).map((a) => a.label)).toEqual(
          ["1", "2"].map((p) => expect.stringContaining(`at which the orbit of period ${p} doubles`) as string),
        );
        flips.forEach((at, i) => expect(answers[i]!.value).toBeCloseTo(at, 9));
      }
    },
  );

  it("follows gradient descent on two weights to the balanced minimum and its 2-cycle", async () => {
    const record = await run(text("map: smallest-network, from: 0.5, to: 1.1, count: 2"));
    const [low, high] = [0, 1].map((i) => Array.from(record.arrays["orbits"]!.data.slice(i * 128, i * 128 + 4)));
    expect(low![0]! * low![1]!).toBeCloseTo(1, 9);
    // Beyond eta = 1 the weights are equal: sqrt(eta) w obeys x y = 1, x^2 + y^2 = 1 + eta.
    expect(high![0]).toBeCloseTo(high![1]!, 9);
    expect(1.1 * high![0]! * high![2]!).toBeCloseTo(1, 9);
    expect(1.1 * (high![0]! ** 2 + high![2]! ** 2)).toBeCloseTo(2.1, 9);
  });

  it("tells the exponent across a family's invariant set, and refuses it where there is none", async () => {
    const asked = "{ type: transverse-exponent }";
    const record = await run(text("map: balanced-network, from: 0.4, to: 1.2, count: 4", "", asked));
    const [eta, across] = [column(record, "parameter"), column(record, "transverse")];
    eta.forEach((e, i) => {
      if (e < 0.95) expect(Math.abs(across[i]!)).toBeLessThan(1e-14);
      if (e > 1.05) expect(across[i]!).toBeCloseTo(0.5 * Math.log(Math.abs(3 - 2 * e)), 9);
    });
    expect(record.manifest.verdict.join(" ")).toMatch(/imbalance a − b .* SHRINKS at 1 of 4/);
    await expect(run(text("map: logistic", "", asked))).rejects.toThrow(
      /questions\[1\]\.type: transverse-exponent needs a family/,
    );
  });

  it("calls no closed curve chaotic, and chaos so", async () => {
    // Turning neurons go round on a closed curve above the gain 1, some of them locked to long cycles: their exponent is 0 or below.
    const curves = await run(text("map: turning-neurons, from: 1.25, to: 1.95, count: 240"));
    const [value, error] = ["lyapunov_1", "lyapunov_1_error"].map((name) => column(curves, name)) as [number[], number[]];
    expect(value.filter((v, i) => v > 2 * error[i]!).length).toBeGreaterThan(0);
    expect(curves.manifest.verdict.join(" ")).toMatch(/chaotic \(exponent .*hundredfold after 2,000 steps\) at 0 parameters/);
    const chaos = await run(text("map: logistic, from: 3.9, to: 4, count: 2"));
    expect(chaos.manifest.verdict.join(" ")).toMatch(/chaotic \(.*\) at 2 parameters/);
  });

  it("says how many orbits escape, and is the same for any number of threads", async () => {
    const t = text("map: cubic, from: 2.9, to: 3.2, count: 4");
    const [one, two] = [await run(t, { threads: 1 }), await run(t, { threads: 2 })];
    expect(one.manifest.verdict[1]).toMatch(/leaves the finite numbers at 2 parameters/);
    expect(two.manifest).toEqual(one.manifest);
    expect(two.arrays).toEqual(one.arrays);
  });

  it("stops between two parts of its parameters, with what it has", async () => {
    const stop = new AbortController();
    const long = text("map: logistic, count: 40").replace("steps: 2000", "steps: 4000000");
    const record = await run(long, { signal: stop.signal, onProgress: ({ done }) => done > 3 && stop.abort() });
    expect(record.manifest.status).toBe("aborted");
    expect(record.manifest.verdict[0]).toMatch(/^The run was STOPPED after \d+ of 40 parameters/);
    expect(column(record, "parameter").length).toBe(record.manifest.steps.done);
  });

  it("follows the branches under the orbits, and both see the same flips", async () => {
    const record = await run(text("map: logistic, from: 0.5, to: 3.56, count: 200", "", "{ type: continuation, maxPeriod: 4 }"));
    const { answers, verdict } = record.manifest;
    const found = answers.filter((a) => a.name.startsWith("bifurcation"));
    expect(found.map((a) => a.label)).toEqual([
      "r at the branch point of a fixed point through x = 0",
      "r at the flip of a fixed point through x = 0.6667",
      expect.stringContaining("r at the flip of an orbit of period 2 through x ="),
      expect.stringContaining("r at the flip of an orbit of period 4 through x ="),
    ]);
    [1, 3, 1 + Math.sqrt(6)].forEach((r, i) => expect(found[i]!.value).toBeCloseTo(r, 11));
    expect(verdict.join(" ")).toMatch(
      /Of the period doublings seen in the orbits \d are on these branches, at the same r to \de-1[0-9]/,
    );
    // Branch, phase, period, parameter, unstable directions, state: every row on an orbit of its period.
    const { shape, data } = record.arrays["branches"]!;
    for (let i = 0; i < shape[0]!; i++) {
      const [, , period, r, unstable, x] = data.slice(6 * i, 6 * i + 6) as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      let [y, slope] = [x, 1];
      for (let n = 0; n < period; n++) [slope, y] = [slope * r * (1 - 2 * y), r * y * (1 - y)];
      expect(Math.abs(y - x)).toBeLessThan(1e-12);
      if (Math.abs(Math.abs(slope) - 1) > 1e-6) expect(unstable).toBe(Math.abs(slope) > 1 ? 1 : 0);
    }
    expect(record.arrays["bifurcations"]!.shape).toEqual([4, 5]);
  });

  it("says that the minima of the smallest network are a curve, which is no branch", async () => {
    const record = await run(text("map: smallest-network, from: 0.5, to: 0.9, count: 2", "", "{ type: continuation }"));
    expect(record.manifest.verdict.join(" ")).toMatch(/Fixed points fill whole curves or surfaces at the parameters 0.5, 0.6, /);
  });

  it.each([
    [
      "branches without the orbits that they are drawn on",
      "system: { kind: family, map: cubic }\nquestions: [{ type: continuation }]",
      /continuation needs the question orbit-diagram/,
    ],
    [
      "a box of another dimension",
      text("map: smallest-network, count: 2", "", "{ type: continuation, box: [[0, 1]] }"),
      /1 sides given; smallest-network has 2: a, b/,
    ],
    [
      "more numbers than fit",
      text("map: logistic, count: 20000").replace("record: 64", "record: 4096"),
      /record: 20000 parameters with 4096 states of 1 numbers are 81920000 numbers; allowed: 20000000, so record at most 1000/,
    ],
    ["an unknown map", text("map: henno"), /^s\.yaml:2:30 system\.map: expected one of balanced-network/],
    ["an empty range", text("map: logistic, from: 4, to: 3"), /to must be larger than from/],
    [
      "a period that the record cannot show",
      text("map: logistic", ", maxPeriod: 40"),
      /40 given; allowed: at most half of record, which is 64/,
    ],
    [
      "no question of its own",
      "system: { kind: family, map: cubic }\nquestions: [{ type: sharpness }]",
      /sharpness cannot be asked of a system of kind family; expected one of orbit-diagram/,
    ],
  ])("refuses %s", async (_, t, message) => {
    await expect((async () => run(t))()).rejects.toThrow(message);
  });
});
