import { parseStudy, runStudy, type RunRecord } from "#dynamics";

/** A record of a small run with every kind of question, for tests of files and reports. */
export async function smallRecord(steps = 40, optimizer = "{ learningRate: 0.5 }"): Promise<RunRecord> {
  const { study } = parseStudy(`
title: "Small <b>run</b> & more"
seed: 2
system:
  kind: training
  architecture: { widths: [2, 3, 2] }
  data:
    source: inline
    inputs: [[0, 1], [1, 0], [1, 1], [-1, 0.5]]
    targets: [[1, 0], [0, 1], [0, 1], [1, 0]]
  optimizer: ${optimizer}
  steps: ${steps}
questions:
  - { type: sharpness, k: 2, every: 4, furtherEvery: 8 }
  - type: edge-of-stability
  - { type: accuracy, every: 2 }
  - { type: lyapunov, interval: 4, transient: 8 }
  - type: gradient-growth
`);
  return runStudy(study, { version: "0.0.0", read: () => Promise.reject(new Error("no file is asked for")) });
}
