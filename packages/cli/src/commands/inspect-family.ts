import {
  adviceOnResidual,
  architectures,
  drawnGrowth,
  jsonText,
  lookup,
  residualOrbit,
  show,
  withError,
  type Architecture,
  type MlpOptions,
  type ResidualOrbit,
} from "#dynamics";
import { UserError } from "../exit.js";
import { wrap } from "../wrap.js";

export interface FamilyFlags {
  readonly type: string;
  readonly set?: readonly string[];
  readonly widths: readonly number[];
  readonly activation: string;
  readonly init?: string;
  readonly gain?: number;
  readonly biasVariance: number;
  readonly inputSquare: number;
  readonly draws?: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** Gradients that change by more than this factor on the way are trouble. */
const TROUBLE = Math.log(1000);

/** What a family of networks does at the start, as measured in networks drawn, beside theory for residual networks. */
export function inspectFamily(flags: FamilyFlags): string {
  const { network, options, noTheory } = made(flags);
  const { theory, why } = theoryOf(flags, options, noTheory);
  const { rates, total, exponents } = drawnGrowth(network, {
    seed: flags.seed,
    inputSquare: flags.inputSquare,
    ...(flags.draws === undefined ? {} : { draws: flags.draws }),
  });
  const advice = [adviceOn(total.value), ...(theory ? adviceOnResidual(theory) : []), ...(why ? [why] : [])];
  if (flags.json) {
    return jsonText({
      name: network.name,
      parameters: network.size,
      layers: network.layerMaps.map((l) => l.name),
      rates,
      total,
      exponents,
      ...(theory ? { theory } : {}),
      advice,
    });
  }
  const rows = [
    [
      "gradient growth from output to input",
      total.status === "ok" ? `${withError(total.value, total.error)} nat, ${total.method}` : `unknown: ${total.explanation}`,
    ],
    ...(theory
      ? [
          ["  predicted", `${show(theory.gradientRates.reduce((a, b) => a + b, 0))} nat`],
          ["correlation of two inputs predicted", `0.5 at the input, ${show(theory.correlations.at(-1)!)} at the output`],
          ["mean square predicted", `${show(flags.inputSquare)} at the input, ${show(theory.lengths.at(-1)!)} at the output`],
        ]
      : []),
    ...network.layerMaps.map((layer, l) => [
      `  through ${layer.name}`,
      `${withError(rates.value[l]!, rates.error[l]!)} nat${theory ? `, predicted ${show(theory.gradientRates[l]!)}` : ""}`,
    ]),
    [
      "Lyapunov exponents of the layers",
      exponents.status === "ok"
        ? `${Array.from(exponents.value, (x, i) => withError(x, exponents.error[i]!)).join(", ")} nat a layer`
        : `unknown: ${exponents.explanation}`,
    ],
  ] as [string, string][];
  const width = Math.max(...rows.map(([name]) => name.length));
  const text = rows.map(([name, what]) =>
    wrap(`${name.padEnd(width)}   ${what}`.replace(/ {2,}/g, (gap) => "\u00a0".repeat(gap.length))),
  );
  return [network.name, "=".repeat(network.name.length), ...text, "", ...advice.map((sentence) => wrap(sentence))]
    .join("\n")
    .replaceAll("\u00a0", " ");
}

function adviceOn(growth: number): string {
  if (!Number.isFinite(growth)) return "Gradients cannot be followed through this network: some are zero or not finite.";
  if (Math.abs(growth) < TROUBLE)
    return `Gradients reach the input changed by a factor of ${show(Math.exp(growth), 3)}: this initialisation can be trained as far as they go.`;
  return growth > 0
    ? `Gradients EXPLODE on the way to the input, by a factor of ${show(Math.exp(growth), 3)}: take a smaller --gain, fewer layers, or a shorter horizon.`
    : `Gradients VANISH on the way to the input, by a factor of ${show(Math.exp(growth), 3)}: take a larger --gain or fewer layers.`;
}

/** The theory of residual networks, or why there is none. */
function theoryOf(
  { type, inputSquare }: FamilyFlags,
  options: MlpOptions,
  noTheory: string | undefined,
): { theory?: ResidualOrbit; why?: string } {
  if (type !== "resnet") return { why: `There is no mean-field theory of ${type} here: ${noTheory ?? "it is not worked out"}.` };
  try {
    return { theory: residualOrbit(options, { inputSquare }) };
  } catch (error) {
    if (error instanceof RangeError) return { why: `There is no mean-field theory of these options: ${error.message}.` };
    throw error;
  }
}

interface Made {
  readonly network: Architecture;
  readonly options: MlpOptions;
  readonly noTheory: string | undefined;
}

function made({ type, set = [], widths, activation, init, gain, biasVariance }: FamilyFlags): Made {
  try {
    const { make, noTheory, options = [] } = lookup("architecture", architectures, type);
    const own = Object.fromEntries(
      set.map((text) => {
        const [, key, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
        const option = options.find((o) => o.name === key);
        if (!option)
          throw new UserError(
            `--set ${text}: expected one of ${options.map((o) => `${o.name}=...`).join(", ") || `nothing; ${type} has no options`}`,
          );
        return [key, option.kind === "name" ? value : option.kind === "switch" ? value === "true" : Number(value)];
      }),
    );
    const law = {
      ...(init === undefined ? {} : { weights: init }),
      ...(gain === undefined ? {} : { gain }),
      biasDeviation: Math.sqrt(biasVariance),
    };
    const given = { widths, activation, init: law, ...own };
    return { network: make(given), options: given, noTheory };
  } catch (error) {
    throw error instanceof RangeError ? new UserError(error.message) : error;
  }
}
