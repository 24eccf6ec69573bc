import { describe, expect, test } from "vitest";
import { value } from "../../../../../../test/support/studies.js";
import { parseStudy } from "../../parse.js";
import type { RunRecord } from "../../record.js";
import { runStudy } from "../../run.js";

const inputs = Array.from({ length: 40 }, (_, i) => [((7 * i) % 11) / 5 - 1, ((5 * i) % 13) / 6 - 1]);
const study = (architecture: string, questions: string): string => `
seed: 2
system:
  kind: training
  architecture: { ${architecture} }
  data:
    source: inline
    inputs: ${JSON.stringify(inputs)}
    targets: ${JSON.stringify(inputs.map(([x, y]) => (x! * y! > 0 ? [1, 0] : [0, 1])))}
  loss: cross-entropy
  optimizer: { learningRate: 0.05 }
  steps: 20
questions:${questions}
`;
const all = `
  - { type: order-preservation, every: 10, samples: 30, pairs: 10 }
  - { type: rank-slopes, every: 10, samples: 30 }
  - { type: linear-map, every: 10 }`;
const run = (text: string): Promise<RunRecord> =>
  runStudy(parseStudy(text).study, { version: "0.0.0", read: () => Promise.reject(new Error("no file")) });

describe("networks without plain layers are followed by their activations", () => {
  test("a residual network", async () => {
    const record = await run(study("type: resnet, widths: [2, 6, 2], depth: 3, activation: relu", all));
    const names = record.series.map((s) => s.name);
    for (const l of [1, 2, 3])
      expect(names).toEqual(expect.arrayContaining([`order_layer_${l}`, `rank_slope_${l}`, `linear_map_error_${l - 1}`]));
    expect(names).toContain("rank_slope_4");
    expect(names).not.toContain("rank_slope_5");
    expect(record.manifest.facts["activations"]).toBe("1 relu, 2 relu, 3 relu");
    expect(record.manifest.facts["linearMapBends"]).toBe(undefined);
    expect(record.manifest.verdict.join(" ")).toMatch(/the activations keep, in pairs of 30 samples: activation 1 /);
    expect(value(record, "order_pair_2")).toBeGreaterThan(0.5);
  });
  test("attention: what is no linear map is said to be none", async () => {
    const record = await run(study("type: attention, widths: [2, 6, 2], state: 4, depth: 2", all));
    expect(record.manifest.facts["linearMapBends"]).toBe("layer normalisation, softmax attention");
    expect(record.manifest.facts["rankSigns"]).toMatch(/mean derivative over 30 samples at the activations 1$/);
    expect(record.manifest.facts["orderActivations"]).toMatch(/no pairs where weights depend on the sample: 1$/);
    expect(record.manifest.verdict.join(" ")).toMatch(
      /is no linear map all the same: it still holds layer normalisation, softmax attention\./,
    );
  });
  test("a delay equation is refused, with the reason and the place", async () => {
    await expect(run(study("type: neural-delay-equation, widths: [2, 4, 2]", "\n  - { type: linear-map }"))).rejects.toThrow(
      /inside the loops of the solver/,
    );
  });
});
