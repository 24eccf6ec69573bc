import { drawnGrowth } from "../../networks/drawn-growth.js";
import type { PerceptronOptions } from "../../networks/mlp.js";
import { residualOrbit } from "../../networks/residual-orbit.js";
import { resnet } from "../../networks/resnet.js";
import { blame } from "../supervised.js";
import { count, show, withError } from "../words.js";
import { besideTheory, GRADIENT_RATE, layerNumbers } from "./layer-series.js";
import type { PropagationAnswer } from "./question.js";
import { adviceOnResidual } from "./residual-advice.js";

/** The initialisation of a residual network: theory layer by layer beside networks drawn. It has no edge of chaos, and says so. */
export function residualEdge(
  options: PerceptronOptions,
  drawn: { readonly seed: number; readonly inputSquare: number; readonly draws?: number },
): PropagationAnswer {
  const orbit = blame(["system", "architecture"], () => residualOrbit(options, { inputSquare: drawn.inputSquare }));
  const { rates, total, exponents } = drawnGrowth(resnet(options), { k: 1, ...drawn });
  const { from, count: layers } = orbit.residual;
  const sum = (all: Float64Array): number => all.slice(from, from + layers).reduce((a, b) => a + b, 0);
  const [theory, measured] = [sum(orbit.gradientRates), sum(rates.value)];
  // The layers of a draw are independent but for what they inherit.
  const error = Math.sqrt(sum(rates.error.map((e) => e * e)));
  const named = { ...total, value: measured / layers, error: error / layers, unit: "nat/layer" };
  return {
    sentences: [
      ...adviceOnResidual(orbit),
      `Going back through ${count(layers, "residual layer")} the logarithm of a gradient's norm changes by ${show(theory)} nat in theory and by ${withError(measured, error)} nat in networks drawn.`,
    ],
    answers: [
      {
        ...named,
        name: "gradient_growth",
        label: `growth of gradients through a residual layer, measured (theory: ${(theory / layers).toFixed(5)})`,
      },
      {
        ...exponents,
        name: "layer_exponent_1",
        label: "Lyapunov exponent 1 of the layers",
        value: exponents.value[0]!,
        error: exponents.error[0]!,
      },
    ],
    series: [
      layerNumbers(rates.value.length),
      ...besideTheory("gradient_rate", "nat", GRADIENT_RATE, orbit.gradientRates, rates),
    ],
    facts: { phase: null, activation: options.activation ?? "tanh", branchFactor: orbit.factor },
  };
}
