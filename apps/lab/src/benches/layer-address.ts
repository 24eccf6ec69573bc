import { numberOf } from "../route.js";
import { MOST_STEPS } from "../worker/protocol/ranks.js";

/** A network in training and how it is looked at. */
export interface LayerSetting {
  readonly data: string;
  readonly activation: string;
  /** Hidden layers, and units of each. */
  readonly depth: number;
  readonly width: number;
  readonly rate: number;
  readonly seed: number;
  /** Steps between measurements. */
  readonly every: number;
}

/** Data of the menu: name, words, inputs, classes, and how a study writes them. */
const POINTS = 200;
const shape = (name: string, words: string) =>
  [name, words, 2, 2, `{ source: planar, shape: ${name}, points: ${POINTS}, noise: 0.1, targets: one-hot }`] as const;
export const DATA = [
  ["digits", "handwritten digits, ten classes", 64, 10, "{ source: digits, split: { train: 1437, test: 360 } }"],
  shape("moons", "two moons"),
  shape("rings", "two rings"),
  shape("spirals", "two spirals"),
  shape("crosses", "two crosses"),
] as const;

/** How far the settings go. */
export const MOST = { depth: 5, width: 128, seed: 999_999, every: 1000, steps: MOST_STEPS };
export const RATES = { least: 0.001, most: 10 };
/** A share of pairs at or below a half is what chance keeps. */
export const THRESHOLDS = { least: 0.51, most: 1 };

const whole = (query: URLSearchParams, name: string, usual: number, least: number, most: number): number =>
  Math.round(numberOf(query, name, usual, least, most));

/** What an address says; what it does not say, or not within bounds, is as usual. */
export const settingOf = (query: URLSearchParams, activations: readonly string[]): LayerSetting => ({
  data: DATA.find(([name]) => name === query.get("data"))?.[0] ?? "digits",
  activation: activations.find((name) => name === query.get("activation")) ?? "relu",
  depth: whole(query, "depth", 2, 1, MOST.depth),
  width: whole(query, "width", 32, 1, MOST.width),
  rate: numberOf(query, "rate", 0.3, RATES.least, RATES.most),
  seed: whole(query, "seed", 1, 0, MOST.seed),
  every: whole(query, "every", 10, 1, MOST.every),
});

/** Half of the inputs of these are cut off or nearly so, for which the weights make up. */
const RECTIFIERS = ["relu", "leaky-relu", "gelu", "silu"];

/** The study: the same network and the same questions, for the bench and for the command line. */
export function studyOf(
  { data, activation, depth, width, rate, seed, every }: LayerSetting,
  { steps, threshold }: { readonly steps: number; readonly threshold: number },
): string {
  const [, words, inputs, classes, source] = DATA.find(([name]) => name === data)!;
  return `title: Order and ranks by layer, ${words}
seed: ${seed}
system:
  kind: training
  architecture:
    type: mlp
    widths: [${[inputs, ...new Array<number>(depth).fill(width), classes].join(", ")}]
    activation: ${activation}
    init: ${RECTIFIERS.includes(activation) ? "he-normal" : "xavier-normal"}
  data: ${source}
  loss: cross-entropy
  optimizer: { learningRate: ${rate} }
  steps: ${steps}
questions:
  - { type: accuracy, every: ${every} }
  - { type: order-preservation, every: ${every}, samples: 300, pairs: 50, threshold: ${threshold} }
  - { type: rank-slopes, every: ${every}, samples: 600 }
`;
}
