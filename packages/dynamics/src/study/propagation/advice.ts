import { scalarMath } from "#engine";
import type { Diagnosis } from "../../networks/diagnosis.js";
import type { MeanField } from "../../networks/mean-field.js";
import { count, show, withError } from "../words.js";

const PHASES = {
  ordered: "ORDERED: signals and gradients die out on their way through the layers",
  critical:
    "CRITICAL, at the edge of chaos: signals and gradients neither grow nor die out exponentially on their way through the layers",
  chaotic: "CHAOTIC: small differences and gradients grow from layer to layer",
  unbounded: "UNBOUNDED: the signal itself grows from layer to layer without end",
  unknown: "beyond this theory's reach: the phase is UNKNOWN",
} as const;

/**
 * What a diagnosis means, in sentences: the phase, how gradients travel, how deep the network may be, and what to change.
 *
 * *Arguments*: `diagnosis`: from `diagnose`; `orthogonal`: whether the weights are orthogonal already; `activation`: its name; `unit`: what a layer
 * is called, "step" for a recurrent network. Default "hidden layer".
 * *Example*: `adviceOn(diagnose({ widths: [30, 30, 30, 30], init: { gain: 2 } }), { activation: "tanh", orthogonal: false })[0].slice(0, 34)
 * // "This initialisation is CHAOTIC: sm"`
 */
export function adviceOn(
  diagnosis: Diagnosis,
  {
    activation,
    orthogonal,
    unit = "hidden layer",
  }: { readonly activation: string; readonly orthogonal: boolean; readonly unit?: string },
): string[] {
  const { theory, law, hidden } = diagnosis;
  if (!theory || !law)
    return [
      "The hidden layers have DIFFERENT LAWS of weights, so there is no fixed point to speak of; the numbers layer by layer hold all the same.",
      gradients(diagnosis, unit),
      "Give the hidden layers one width, or an initializer whose variance depends on the inputs alone (lecun-normal, he-normal), to learn the phase.",
    ];
  return [
    `This initialisation is ${PHASES[theory.phase]} (σ_w² = ${show(law.weightVariance)}, σ_b² = ${show(law.biasVariance)}, χ₁ = ${show(theory.chi.value, 6)}).`,
    gradients(diagnosis, unit),
    depth(theory, hidden, count(hidden, unit)),
    ...remedy(diagnosis, theory, activation),
    ...(diagnosis.critical?.status === "ok" ? isometry(theory, activation, orthogonal) : []),
  ];
}

/**
 * The mean change of a gradient's norm through a hidden layer, going back: in theory, and measured with a standard error, in nats.
 * *Example*: `growth(diagnose({ widths: [9, 9, 9], activation: "identity", init: { weights: "orthogonal", gain: 2 } })).value // 0.6931`
 */
export function growth({ predicted, measured, hidden }: Diagnosis): { theory: number; value: number; error: number } {
  const mean = (rates: Float64Array): number => rates.slice(0, hidden).reduce((a, b) => a + b, 0) / hidden;
  const { value, error } = measured.gradientRates;
  // The layers of a draw are independent but for what they inherit.
  const squares = error.slice(0, hidden).reduce((s, e) => s + e * e, 0);
  return { theory: mean(predicted.gradientRates), value: mean(value), error: Math.sqrt(squares) / hidden };
}

function gradients(diagnosis: Diagnosis, unit: string): string {
  const { theory, value, error } = growth(diagnosis);
  const { hidden } = diagnosis;
  if (!Number.isFinite(value))
    return `Gradients cannot be followed through this network: ${diagnosis.measured.gradientRates.explanation ?? "they are not finite"}.`;
  const factor = scalarMath.exp(theory * hidden);
  return (
    `Going back through a ${unit} the norm of a gradient changes by ${show(Math.abs(theory) < 1e-12 ? 0 : theory)} nat in theory and by ${withError(value, error)} nat in networks drawn: ` +
    `over ${count(hidden, unit)} it is multiplied by ${show(factor, 3)}.`
  );
}

function depth({ trainableDepth, depthScales, correlation, phase }: MeanField, hidden: number, layers: string): string {
  const { value } = trainableDepth;
  if (phase === "unbounded")
    return "No depth is trainable by this theory: what grows without bound leaves the range in which learning rates make sense.";
  if (correlation.status !== "ok")
    return `The correlation of two inputs has no limit of its own here (${correlation.explanation}).`;
  if (value === Infinity)
    return "The correlation of two inputs changes more slowly than exponentially with depth: no depth scale limits how far they can be told apart.";
  const enough = value >= hidden;
  return (
    `Two inputs come to have the correlation ${show(correlation.value)}, with a depth scale of ${show(depthScales.correlation.value)} layers. ` +
    `In experiments plain networks could be trained up to about 6 such scales, ${show(value, 3)} layers (a rule of thumb, not a theorem): ` +
    (enough
      ? `the ${layers} here are within it.`
      : `the ${layers} here are beyond it${phase === "ordered" ? ", and inputs can hardly be told apart at the output" : ""}.`)
  );
}

function remedy({ critical, law, hidden }: Diagnosis, { phase, chi }: MeanField, activation: string): string[] {
  if (phase === "critical") return [];
  if (critical?.status === "ok") {
    // The gain enters squared.
    const factor = Math.sqrt(critical.value / law!.weightVariance);
    return [
      `At this σ_b² the edge of chaos of ${activation} is at σ_w² = ${show(critical.value, 6)}: ${Number.isFinite(factor) ? `multiply the weights by ${show(factor)}` : "give the weights that variance"}.`,
    ];
  }
  const rate = 0.5 * hidden * scalarMath.log(chi.value);
  return [
    `For ${activation} with this σ_b² there is no edge of chaos with a stable length. ` +
      (law!.biasVariance > 0 ? "smaller (or no) random biases bring one back for most activations. " : "") +
      (Math.abs(rate) > 2
        ? "Normalisation or residual connections keep signals in range without it."
        : "At this depth gradients stay within a factor of 8 all the same."),
  ];
}

function isometry({ phase, chi }: MeanField, activation: string, orthogonal: boolean): string[] {
  if (orthogonal || phase === "unbounded" || phase === "unknown") return [];
  const piecewise = ["relu", "leaky-relu"].includes(activation);
  if (piecewise && Math.abs(chi.value - 1) < 0.1)
    return [
      "Orthogonal weights would not make the layers of such a network isometries: half of the units pass nothing, whatever the weights.",
    ];
  return phase === "critical"
    ? [
        "Orthogonal weights of the same variance keep not only the mean but nearly all singular values of the whole map together (dynamical isometry): try init: orthogonal.",
      ]
    : [
        "Once there, orthogonal weights spread the singular values of the whole map less than Gaussian ones: try init: orthogonal.",
      ];
}
