import { scalarMath } from "#engine";
import { incompleteBeta } from "../../core/confidence.js";
import { sumStructure, type SumStructure } from "../../analysis/sum-structure.js";
import type { Architecture } from "../../networks/architecture.js";
import { oneHot, type Dataset } from "../../training/data.js";
import { count, percent, show } from "../words.js";
import { latinSquare, obstacle } from "./representable.js";

export interface PreflightOptions {
  readonly architecture: Architecture;
  /** One-hot targets. */
  readonly train: Dataset;
  /** Samples held back; null: none. */
  readonly test: Dataset | null;
  readonly stepSize: number;
  /** Decoupled decay w: weights shrink by 1 - eta w a step. 0 for optimizers without. */
  readonly weightDecay: number;
  readonly steps: number;
  /** Initial parameters. Default: those of seed 0. */
  readonly initial?: ArrayLike<number>;
}

/** One thing that grokking needs, and whether it is there. */
export interface PreflightCheck {
  readonly name: "test set" | "classes" | "weight decay" | "structure" | "network" | "training share" | "initial norm" | "steps";
  readonly verdict: "ok" | "doubtful" | "no";
  /** What was found, and what to do about it unless it is ok. */
  readonly sentence: string;
}

/** Whether a set-up can grok. */
export interface Preflight {
  /**
   * - can grok: nothing speaks against it;
   * - no delay: it may well generalise, but with the fit: weights start small and neighbours look alike;
   * - too short: it could, with more steps;
   * - cannot: a check says no.
   */
  readonly verdict: "can grok" | "no delay" | "too short" | "cannot";
  readonly checks: readonly PreflightCheck[];
  /** Euclidean norm of the initial parameters, and of weights of the usual size (Glorot's). */
  readonly norm: number;
  readonly usualNorm: number;
  /** Estimate of the steps from the fit to generalisation; NaN without weight decay. */
  readonly wait: number;
  readonly structure: SumStructure;
  /** Share of training samples whose nearest other one is of their class, and the chance of that with random labels. */
  readonly neighbours: { readonly share: number; readonly byChance: number };
}

/** Samples of which neighbours are looked for. */
const MOST = 400;
/** A norm this many times the usual one has to shrink first. */
const LARGE = 1.5;
/** Digits from weights 5 to 20 times as large as usual were half-way known after 0.3 to 0.65 of the time in which decay takes the norm to the usual one. */
const EARLY = 0.25;
/** Networks need more samples than the equations do: on addition modulo 23 and 31 about this many times as many. */
const MARGIN = 2;
/** On addition modulo 23 and 31 generalisation took this many times 1/(eta w), at least and at most. */
const FEATURES = [2, 100] as const;
/** Fewer samples held back do not show when their share that is right rises. */
const FEW = 20;
/** Of the test that neighbours are alike. */
const CHANCE = 1e-3;

/**
 * Whether a set-up can grok, and if not why not, before a step is taken.
 *
 * *Definition*: generalisation can come long after the fit when weight decay moves the network on along its fits (eta w > 0), when there is
 * something to be found in the labels, when the training samples decide it, and when there is time. Starting from a norm w0 far above the
 * usual w_c, decay alone takes log(w0 / w_c) / (eta w) steps. What is found in labels: a sum in disguise (`sumStructure`, exact), or neighbours of one class more
 * often than by chance.
 * *Arguments*: see `PreflightOptions`.
 * *Returns*: a Preflight, with a sentence and a remedy for each check.
 * *Error*: w_c is taken to be the norm of Glorot's law; digits were half-way known at two to four times that, after 0.3 to 0.65 of the wait, so that runs are
 * called too short below a quarter of it. Where there is no
 * excess norm the wait is 2 to 100 times 1 / (eta w), as seen on modular addition. A sum is exact; "none" means none of the kinds that are looked for.
 * *Cost*: that of `sumStructure`, and 160,000 distances at most.
 * *Source*: Liu, Michaud, Tegmark 2022, Omnigrok (norms); Power, Burda, Edwards, Babuschkin, Misra 2022 (training share, weight decay).
 * *Example*: `const labelled = { samples: 2, inputs: [0, 1], targets: [1, 0, 0, 1] };
 * const pre = preflight({ architecture: mlp({ widths: [1, 3, 2] }), train: labelled, test: labelled, stepSize: 0.1, weightDecay: 0, steps: 100 });
 * [pre.verdict, pre.checks.find((c) => c.verdict === "no").name] // ["cannot", "weight decay"]`
 */
export function preflight(options: PreflightOptions): Preflight {
  const { architecture, train, test, stepSize, weightDecay, steps } = options;
  if (!(stepSize > 0) || !(weightDecay >= 0))
    throw new RangeError(`preflight: stepSize ${stepSize} and weightDecay ${weightDecay} given; allowed: above 0, and from 0`);
  const { inputs: dim, outputs } = architecture;
  const initial = options.initial ?? architecture.initial(0);
  const norm = Math.sqrt(Array.from(initial).reduce((s, x) => s + x * x, 0));
  const usualNorm = Math.sqrt(
    architecture.layout.reduce((s, { shape: [n, m] }) => (m === undefined ? s : s + (2 * n! * m) / (n! + m)), 0),
  );
  const classes = oneHot(train, outputs);
  const labels = Array.from({ length: train.samples }, (_, i) => {
    const row = Array.from({ length: outputs }, (_value, k) => train.targets[i * outputs + k]!);
    return row.indexOf(Math.max(...row));
  });
  const points = { samples: train.samples, dim, inputs: train.inputs };
  const structure: SumStructure = classes
    ? sumStructure(points, labels, outputs)
    : { verdict: "no operands", modulus: NaN, determined: false, needed: NaN };
  const neighbours = alike(points, labels);
  const smooth = neighbours.byChance < CHANCE;
  const rate = stepSize * weightDecay;
  const excess = norm / usualNorm;
  const large = excess > LARGE;
  const slide = Math.max(0, scalarMath.log(excess)) / rate;
  const wait = rate > 0 ? (large ? slide : FEATURES[0] / rate) : NaN;

  const checks: PreflightCheck[] = [
    test
      ? {
          name: "test set",
          verdict: test.samples < FEW ? "doubtful" : "ok",
          sentence:
            test.samples < FEW
              ? `${test.samples === 1 ? "One sample is" : `${test.samples} samples are`} held back: too few for a share that is right to show when it rises. Hold back more.`
              : `${count(test.samples, "sample")} are held back.`,
        }
      : {
          name: "test set",
          verdict: "no",
          sentence:
            "No samples are held back, so that late generalisation could not be seen: leave some out of the training set.",
        },
    classes
      ? { name: "classes", verdict: "ok", sentence: `Targets name ${outputs} classes.` }
      : {
          name: "classes",
          verdict: "doubtful",
          sentence: "Targets are numbers: structure was not looked for, and accuracy has no meaning.",
        },
    rate >= 1
      ? {
          name: "weight decay",
          verdict: "no",
          sentence: `Each step takes ${percent(rate)} of the weights away: nothing that is learnt lasts to the next. Take a weightDecay below ${show(0.1 / stepSize, 2)}.`,
        }
      : rate > 0
        ? { name: "weight decay", verdict: "ok", sentence: `Weights decay by the factor e in ${show(1 / rate, 3)} steps.` }
        : {
            name: "weight decay",
            verdict: "no",
            sentence:
              "There is no weight decay: once the samples are fitted nothing moves the weights on. Take adamw with a weightDecay of 0.1 or more.",
          },
    structureCheck(structure, neighbours, smooth, { named: classes, number: outputs }),
    networkCheck(architecture, initial, train, labels, structure),
    shareCheck(structure, outputs, train, test),
    large
      ? {
          name: "initial norm",
          verdict: "ok",
          sentence: `The initial norm is ${show(excess, 3)} times the usual one: fits far out come first, others when decay has taken the weights home.`,
        }
      : {
          name: "initial norm",
          verdict: smooth ? "no" : "ok",
          sentence: smooth
            ? `The initial norm is ${show(excess, 3)} times the usual one and neighbours are of one class: the network will generalise as it fits. For a delay start from larger weights (gain 4, say).`
            : `The initial norm is ${show(excess, 3)} times the usual one: there is no excess to lose, so a delay comes from the task alone.`,
        },
    stepsCheck(rate, wait, slide, large, steps),
  ];
  const bad = new Set(checks.filter((c) => c.verdict === "no").map((c) => c.name));
  const verdict =
    bad.has("test set") || bad.has("weight decay") || bad.has("structure") || bad.has("network") || bad.has("training share")
      ? "cannot"
      : bad.has("initial norm")
        ? "no delay"
        : bad.has("steps")
          ? "too short"
          : "can grok";
  return { verdict, checks, norm, usualNorm, wait, structure, neighbours };
}

function structureCheck(
  { verdict, modulus }: SumStructure,
  { share, byChance }: Preflight["neighbours"],
  smooth: boolean,
  classes: { readonly named: boolean; readonly number: number },
): PreflightCheck {
  const name = "structure";
  if (verdict === "sum")
    return {
      name,
      verdict: "ok",
      sentence:
        modulus < classes.number
          ? `The labels follow a sum in part, exactly: what they are modulo ${modulus}, under other names. A sum modulo a number that is no prime, and a product, have several such parts, of which one is looked at.`
          : `The labels follow a sum modulo ${modulus}, exactly.`,
    };
  if (smooth)
    return {
      name,
      verdict: "ok",
      sentence: `Of the training samples ${percent(share)} have a nearest neighbour of their class (by chance: p = ${show(byChance, 2)}).`,
    };
  if (!classes.named || verdict === "unknown")
    return { name, verdict: "doubtful", sentence: "There are too few samples to tell whether the labels follow a rule." };
  return {
    name,
    verdict: "no",
    sentence:
      "Nothing was found in the labels: they follow no sum, and neighbours are of one class no more often than by chance. Random labels can only be learnt by heart; check that labels belong to their inputs.",
  };
}

function networkCheck(
  architecture: Architecture,
  initial: ArrayLike<number>,
  { samples, inputs }: Dataset,
  labels: readonly number[],
  { verdict }: SumStructure,
): PreflightCheck {
  const name = "network";
  const dim = architecture.inputs;
  const sum = verdict === "sum";
  // The two operands are the two inputs that are 1.
  const pairs = Array.from({ length: sum ? samples : 0 }, (_, i): [number, number] => {
    const row = Array.from({ length: dim }, (_value, k) => inputs[i * dim + k]!);
    return [row.indexOf(1), row.lastIndexOf(1)];
  });
  const found = obstacle(architecture, initial, { sum, latin: sum && latinSquare(pairs, labels) });
  return found
    ? { name, verdict: found.certain ? "no" : "doubtful", sentence: found.sentence }
    : { name, verdict: "ok", sentence: "Nothing in the shape of the network keeps it from naming the classes." };
}

function shareCheck(
  { verdict, modulus, determined, needed }: SumStructure,
  classes: number,
  train: Dataset,
  test: Dataset | null,
): PreflightCheck {
  const name = "training share";
  const whole = train.samples + (test?.samples ?? 0);
  const share = (n: number): string => percent(n / whole);
  if (verdict === "unknown")
    return {
      name,
      verdict: "no",
      sentence: `The training samples, ${share(train.samples)} of all, are fewer than a sum of two operands has unknowns: they decide nothing about the others. Take a larger share.`,
    };
  if (verdict !== "sum")
    return {
      name,
      verdict: "ok",
      sentence: `The training set has ${share(train.samples)} of the samples; what share is needed is not known for such data.`,
    };
  if (!determined)
    return {
      name,
      verdict: "no",
      sentence: `The training samples, ${share(train.samples)} of all, leave several sums open: no learner can tell which is meant. Take a larger share.`,
    };
  const enough = train.samples >= MARGIN * needed;
  const others = modulus < classes ? "that part of the others" : "the others";
  return {
    name,
    verdict: enough ? "ok" : "doubtful",
    sentence: enough
      ? `The training set has ${share(train.samples)} of the samples; ${share(needed)} decide ${others}, and networks need about twice that.`
      : `The training set has ${share(train.samples)} of the samples; ${share(needed)} decide ${others}, but networks need about twice that: take ${share(Math.min(whole, MARGIN * needed))} or more.`,
  };
}

function stepsCheck(rate: number, wait: number, slide: number, large: boolean, steps: number): PreflightCheck {
  const name = "steps";
  if (!(rate > 0)) return { name, verdict: "doubtful", sentence: "Without weight decay no number of steps is enough." };
  const [least, most] = FEATURES.map((f) => show(f / rate, 3));
  if (large) {
    const verdict = steps >= slide ? "ok" : steps >= EARLY * slide ? "doubtful" : "no";
    return {
      name,
      verdict,
      sentence: `Decay takes the norm to the usual one in about ${show(slide, 3)} steps, of ${show(steps, 12)}${verdict === "ok" ? "." : verdict === "doubtful" ? ": it may end too early." : ": run for longer, or let weights decay faster."}`,
    };
  }
  const enough = steps >= FEATURES[1] / rate;
  return {
    name,
    verdict: steps < wait ? "no" : enough ? "ok" : "doubtful",
    sentence: `From ${least} to ${most} steps are usual at this decay, of ${show(steps, 12)}${steps < wait ? ": run for longer, or let weights decay faster." : enough ? "." : ": it may end too early."}`,
  };
}

/** Nearest neighbours among the first samples, and how often random labels would agree as often: the upper tail of the binomial law. */
function alike({ samples, dim, inputs }: { samples: number; dim: number; inputs: ArrayLike<number> }, labels: readonly number[]) {
  const n = Math.min(samples, MOST);
  let same = 0;
  for (let i = 0; i < n; i++) {
    let [least, nearest, ties] = [Infinity, -1, 0];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      let square = 0;
      for (let k = 0; k < dim; k++)
        square += (inputs[i * dim + k]! - inputs[j * dim + k]!) * (inputs[i * dim + k]! - inputs[j * dim + k]!);
      if (square < least) [least, nearest, ties] = [square, j, 1];
      else if (square === least) ties++;
    }
    // One of many that are as near says nothing.
    if (ties === 1 && labels[nearest] === labels[i]) same++;
  }
  const sizes = new Map<number, number>();
  for (let i = 0; i < n; i++) sizes.set(labels[i]!, (sizes.get(labels[i]!) ?? 0) + 1);
  const chance = [...sizes.values()].reduce((s, m) => s + (m * (m - 1)) / (n * Math.max(1, n - 1)), 0);
  return { share: same / n, byChance: same === 0 ? 1 : incompleteBeta(chance, same, n - same + 1) };
}
