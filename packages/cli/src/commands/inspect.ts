import {
  activations,
  adviceOn,
  count,
  diagnose,
  diagnoseRecurrent,
  growth,
  initializers,
  jsonText,
  lookup,
  mlp,
  recurrent as recurrentNetwork,
  show,
  withError,
  type Diagnosis,
  type Estimate,
} from "#dynamics";
import { UserError } from "../exit.js";
import { inspectFamily } from "./inspect-family.js";
import { wrap } from "../wrap.js";

export interface InspectFlags {
  readonly architecture?: string;
  readonly width?: number;
  readonly depth?: number;
  readonly activation: string;
  readonly init?: string;
  readonly gain?: number;
  readonly weightVariance?: number;
  readonly biasVariance: number;
  readonly inputSquare: number;
  readonly draws?: number;
  readonly seed: number;
  readonly json?: boolean;
  /** Name of an entry of `architectures`, and its options as name=value. */
  readonly type?: string;
  readonly set?: readonly string[];
}

const MOST_LAYERS = 1000;
const MOST_PARAMETERS = 20_000_000;

/** The diagnosis of an initialisation, as text or JSON. */
export function inspect(flags: InspectFlags): string {
  const widths = widthsOf(flags);
  const recurrent = flags.type === "recurrent";
  if (flags.type !== undefined && flags.type !== "mlp" && !recurrent) {
    if (flags.weightVariance !== undefined)
      throw new UserError(
        "--weight-variance is that of multilayer perceptrons and recurrent networks; give --gain for other types",
      );
    return inspectFamily({ ...flags, type: flags.type, widths });
  }
  const { weights, gain } = lawOf(flags);
  const weightCount = widths.slice(1).reduce((n, w, l) => n + w * widths[l]!, 0);
  if (weightCount > MOST_PARAMETERS)
    throw new UserError(
      `these widths make ${weightCount} weights; inspect draws whole networks and takes at most ${MOST_PARAMETERS}`,
    );
  let diagnosis: Diagnosis;
  try {
    lookup("activation", activations, flags.activation);
    diagnosis = (recurrent ? diagnoseRecurrent : diagnose)(
      { widths, activation: flags.activation, init: { weights, gain, biasDeviation: Math.sqrt(flags.biasVariance) } },
      { seed: flags.seed, inputSquare: flags.inputSquare, ...(flags.draws === undefined ? {} : { draws: flags.draws }) },
    );
  } catch (error) {
    throw error instanceof RangeError ? new UserError(error.message) : error;
  }
  const unit = recurrent ? "step" : "hidden layer";
  const advice = adviceOn(diagnosis, { activation: flags.activation, orthogonal: weights === "orthogonal", unit });
  return flags.json
    ? json(diagnosis, widths, flags, advice)
    : text(diagnosis, (recurrent ? recurrentNetwork : mlp)({ widths, activation: flags.activation }).name, flags, {
        weights,
        gain,
        advice,
        unit,
      });
}

/** "784-300x20-10": 784 inputs, twenty layers of 300, 10 outputs. */
function widthsOf({ architecture, width, depth }: InspectFlags): number[] {
  if ((architecture === undefined) === (width === undefined && depth === undefined))
    throw new UserError("give either --architecture, as in 784-300x20-10, or --width and --depth");
  if (architecture === undefined) {
    if (width === undefined || depth === undefined)
      throw new UserError("--width and --depth go together: --width 300 --depth 20");
    return new Array<number>(depth + 2).fill(width);
  }
  const widths = architecture.split("-").flatMap((part) => {
    const found = /^(\d{1,6})(?:x(\d{1,4}))?$/.exec(part);
    const [w, times] = [Number(found?.[1]), Number(found?.[2] ?? 1)];
    if (!found || w < 1 || times < 1)
      throw new UserError(
        `--architecture ${architecture}: "${part}" is no width; expected numbers from 1 with - between them, 300x20 for twenty layers of 300`,
      );
    return new Array<number>(times).fill(w);
  });
  if (widths.length < 3 || widths.length > MOST_LAYERS)
    throw new UserError(
      `--architecture ${architecture}: ${widths.length} widths given; expected an input, 1 to ${MOST_LAYERS - 2} hidden layers and an output`,
    );
  return widths;
}

function lawOf({ init, gain, weightVariance }: InspectFlags): { weights: string; gain: number } {
  if (weightVariance === undefined) return { weights: init ?? "xavier-normal", gain: gain ?? 1 };
  if (gain !== undefined) throw new UserError("--weight-variance says what --gain says: give one of them");
  const weights = init ?? "lecun-normal";
  if (weights !== "lecun-normal" && weights !== "orthogonal")
    throw new UserError(
      `--weight-variance fixes the variance that --init ${weights} would choose; expected lecun-normal (Gaussian) or orthogonal, of ${initializers.map((i) => i.name).join(", ")}`,
    );
  return { weights, gain: Math.sqrt(weightVariance) };
}

function json(
  { theory, critical, law, layers, predicted, measured, exponents }: Diagnosis,
  widths: number[],
  flags: InspectFlags,
  advice: string[],
): string {
  return jsonText({
    widths,
    activation: flags.activation,
    seed: flags.seed,
    law,
    layers,
    theory,
    critical,
    predicted,
    measured,
    exponents,
    advice,
  });
}

interface Said {
  readonly weights: string;
  readonly gain: number;
  readonly advice: readonly string[];
  readonly unit: string;
}

function text(diagnosis: Diagnosis, name: string, flags: InspectFlags, { weights, gain, advice, unit }: Said): string {
  const { theory, critical, measured, exponents, hidden } = diagnosis;
  const { theory: predictedGrowth, value, error } = growth(diagnosis);
  const heading = `${name}, ${weights}${gain === 1 ? "" : ` with gain ${show(gain)}`}, bias variance ${show(flags.biasVariance)}`;
  const rows: [string, string][] = [
    ...(theory
      ? ([
          ["phase", theory.phase],
          ["χ₁, squared gradient a layer", said(theory.chi, 6)],
          ["q*, mean square of the sums", said(theory.length, 6)],
          ["c*, correlation of two inputs", said(theory.correlation, 6)],
          ["ξ_q, depth scale of lengths", inLayers(theory.depthScales.length)],
          ["ξ_c, depth scale of correlations", inLayers(theory.depthScales.correlation)],
          [
            "ξ_∇, depth scale of gradients",
            `${inLayers(theory.depthScales.gradient)}${theory.depthScales.gradient.value < 0 ? " (negative: they grow)" : ""}`,
          ],
          [
            "trainable depth, rule 6 ξ_c",
            `${inLayers(theory.trainableDepth)} (${theory.trainableDepth.sources[0]}: experience, no theorem)`,
          ],
          [
            "edge of chaos at this bias variance",
            critical?.status === "ok" ? `σ_w² = ${show(critical.value, 6)}` : "none with a stable length",
          ],
        ] as [string, string][])
      : []),
    ...(theory && unit === "step"
      ? ([["λ₁ of infinitely many units, log(χ₁)/2", `${show(0.5 * Math.log(theory.chi.value))} nat a step`]] as [
          string,
          string,
        ][])
      : []),
    ["gradient growth predicted", `${show(Math.abs(predictedGrowth) < 1e-12 ? 0 : predictedGrowth)} nat a ${unit}`],
    ["gradient growth measured", `${withError(value, error)} nat a ${unit}, ${measured.gradientRates.method}`],
    [
      "Lyapunov exponents of the layers",
      exponents.status === "ok"
        ? `${Array.from(exponents.value, (x, i) => withError(x, exponents.error[i]!)).join(", ")} nat a layer`
        : `unknown: ${exponents.explanation}`,
    ],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    heading,
    "=".repeat(heading.length),
    ...rows.map(([name, what]) =>
      wrap(`${name.padEnd(width)}   ${what}`.replace(/ {2,}/g, (gap) => "\u00a0".repeat(gap.length))),
    ),
    "",
    ...advice.map((sentence) => wrap(sentence)),
    ...(hidden < 3
      ? [wrap(`The theory is that of many ${unit === "step" ? "steps" : "layers"}; this network has ${count(hidden, unit)}.`)]
      : []),
  ]
    .join("\n")
    .replaceAll("\u00a0", " ");
}

const said = ({ value, status, explanation }: Estimate, digits = 4): string =>
  status === "ok" ? show(value, digits) : `none: ${explanation ?? status}`;

const inLayers = (scale: Estimate): string =>
  scale.status !== "ok" || Number.isNaN(scale.value)
    ? "none"
    : Number.isFinite(scale.value)
      ? `${show(scale.value)} layers`
      : "infinite";
