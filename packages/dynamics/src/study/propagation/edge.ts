import { scalarMath } from "#engine";
import type { Estimate } from "../../core/estimate.js";
import { correlationFixedPoint } from "../../networks/correlation-map.js";
import { crossings } from "../../networks/critical-line.js";
import { diagnose, diagnoseRecurrent, type Diagnosis } from "../../networks/diagnosis.js";
import { gaussianAverages, type GaussianAverages } from "../../networks/gaussian-averages.js";
import { widthsOf } from "../../networks/mlp.js";
import { lengthFixedPoint, lengthMap, TINY } from "../../networks/length-map.js";
import type { Answer } from "../conclusion.js";
import { refuse } from "../problem.js";
import type { Series } from "../record.js";
import { adviceOn, growth } from "./advice.js";
import { besideTheory, GRADIENT_RATE, layerNumbers } from "./layer-series.js";
import { comparison, joined, type Comparison } from "./comparison.js";
import type { Breathe, PropagationAnswer, PropagationBench } from "./question.js";
import type { EdgeSpec } from "./questions/edge-of-chaos.js";
import { residualEdge } from "./residual-edge.js";

/** Answers `edge-of-chaos`. */
export async function askEdge(spec: EdgeSpec, bench: PropagationBench, breathe: Breathe): Promise<PropagationAnswer> {
  const { resolution, compare, ...asked } = spec;
  const { options, type, seed } = bench;
  const { draws, inputSquare, inputCorrelation, ...ends } = asked;
  const { activation = "tanh", init } = options;
  await breathe(0, "drawing networks");
  const drawn = { seed, inputSquare, ...(draws === undefined ? {} : { draws }) };
  const compared = (): Promise<Comparison> =>
    comparison(compare!, bench, drawn, (note) => breathe((resolution + 1) * resolution, note));
  if (type === "resnet") {
    const residual = residualEdge(options, drawn);
    return compare ? joined(residual, await compared()) : residual;
  }
  if (type === "mlp" ? widthsOf(options).length < 3 : type !== "recurrent")
    refuse(
      [],
      "edge-of-chaos is about the initialisation of an mlp with at least one hidden layer, of a recurrent network, or of a resnet with layers of their own",
    );
  const found = (type === "mlp" ? diagnose : diagnoseRecurrent)(options, { ...drawn, inputCorrelation });
  const law = found.law ?? found.layers[0]!;
  const xEnd =
    ends.weightVariance ?? 2 * Math.max(law.weightVariance, found.critical?.status === "ok" ? found.critical.value : 1);
  const yEnd = ends.biasVariance ?? Math.max(0.3, 2 * law.biasVariance);
  const averages = gaussianAverages(activation);
  const axis = (end: number): Float64Array => Float64Array.from({ length: resolution }, (_, i) => (end * (i + 0.5)) / resolution);
  const [x, y] = [axis(xEnd), axis(yEnd)];
  const scale = new Float64Array(resolution * resolution);
  for (let j = 0; j < resolution; j++) {
    for (let i = 0; i < resolution; i++) scale[j * resolution + i] = gradientScale(averages, x[i]!, y[j]!);
    await breathe((j + 1) * resolution, "phase diagram");
  }
  const line = Array.from({ length: resolution + 1 }, (_, j) => yEnd * (j / resolution) * (j / resolution)).flatMap(
    (biasVariance) => {
      const [first] = crossings(averages, biasVariance, "draft");
      return first ? [[first.weightVariance, biasVariance]] : [];
    },
  );
  const scales = Float64Array.from(x, (w) => correlationScale(averages, w, law.biasVariance));
  await breathe((resolution + 1) * resolution, "depth scales");
  const unit = type === "recurrent" ? { unit: "step" } : {};
  const answer = {
    sentences: adviceOn(found, { activation, orthogonal: init?.weights === "orthogonal", ...unit }),
    answers: answers(found),
    series: layerSeries(found),
    facts: {
      phase: found.theory?.phase ?? null,
      weightVariance: found.law?.weightVariance ?? null,
      biasVariance: found.law?.biasVariance ?? null,
      activation,
    },
    arrays: {
      edge_weight_variance: { shape: [resolution], data: x },
      edge_bias_variance: { shape: [resolution], data: y },
      edge_gradient_depth_scale: { shape: [resolution, resolution], data: scale },
      edge_critical_line: { shape: [line.length, 2], data: Float64Array.from(line.flat()) },
      edge_correlation_depth_scale: { shape: [resolution], data: scales },
    },
  };
  return compare ? joined(answer, await compared()) : answer;
}

/** The number of layers in which the mean square of a gradient changes by a factor of e, up or down. */
function gradientScale(averages: GaussianAverages, weightVariance: number, biasVariance: number): number {
  const law = { weightVariance, biasVariance };
  const { q } = lengthFixedPoint(averages, law, 1, "draft");
  return Math.abs(1 / scalarMath.log(lengthMap(averages, law, "draft")(q).chi));
}

function correlationScale(averages: GaussianAverages, weightVariance: number, biasVariance: number): number {
  const law = { weightVariance, biasVariance };
  const { q } = lengthFixedPoint(averages, law, 1, "draft");
  const { slope } = correlationFixedPoint(averages, law, Math.max(q, TINY), "draft");
  // A slope that is 1 but for the draft's rounding has no scale to draw.
  return Math.abs(slope - 1) < 1e-6 ? Infinity : -1 / scalarMath.log(slope);
}

function answers(found: Diagnosis): Answer[] {
  const { theory, critical, exponents } = found;
  const { value, error, theory: predicted } = growth(found);
  const { gradientRates } = found.measured;
  const named = (name: string, label: string, estimate: Estimate): Answer => ({ ...estimate, name, label });
  return [
    ...(theory
      ? [
          named("chi", "χ₁: factor of a squared gradient through a layer", theory.chi),
          named("length", "q*: mean square of the sums deep inside", theory.length),
          named("correlation", "c*: correlation to which two inputs come", theory.correlation),
          named("depth_scale_length", "ξ_q: depth scale of lengths", theory.depthScales.length),
          named("depth_scale_correlation", "ξ_c: depth scale of correlations", theory.depthScales.correlation),
          named("depth_scale_gradient", "ξ_∇: depth scale of gradients, negative where they grow", theory.depthScales.gradient),
          named("trainable_depth", "trainable depth by the rule 6 ξ_c", theory.trainableDepth),
        ]
      : []),
    ...(critical ? [named("critical_weight_variance", "σ_w² at the edge of chaos for this σ_b²", critical)] : []),
    named("gradient_growth", `growth of gradients through a hidden layer, measured (theory: ${predicted.toFixed(5)})`, {
      ...gradientRates,
      value,
      error,
    }),
    ...Array.from(exponents.value, (x, i) =>
      named(`layer_exponent_${i + 1}`, `Lyapunov exponent ${i + 1} of the layers`, {
        ...exponents,
        value: x,
        error: exponents.error[i]!,
      }),
    ),
  ];
}

function layerSeries({ predicted, measured, layers }: Diagnosis): Series[] {
  return [
    layerNumbers(layers.length),
    ...besideTheory("length", "1", "mean square of the sums", predicted.lengths, measured.lengths),
    ...besideTheory("correlation", "1", "correlation of the sums of two inputs", predicted.correlations, measured.correlations),
    ...besideTheory("gradient_rate", "nat", GRADIENT_RATE, predicted.gradientRates, measured.gradientRates),
  ];
}
