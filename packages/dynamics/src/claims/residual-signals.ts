import { scalarMath } from "#engine";
import { residualOrbit } from "../networks/residual-orbit.js";
import { exact, type Claim } from "./claim.js";

const [depth, horizon] = [9, 2];
const step = horizon / depth;
const [gain, deviation] = [1.4, 0.5];

export const residualSignals: Claim = {
  name: "residual-signals",
  item: "A11",
  description:
    "in h + alpha F(h) with random branches mean squares add up: with ReLU and He's weights signals and gradients grow by 1 + 2 alpha^2 a layer",
  sources: ["Yang, Schoenholz 2017", "He, Zhang, Ren, Sun 2015"],
  compare() {
    const relu = residualOrbit(
      { widths: [6, 40, 6], activation: "relu", depth, horizon, init: { weights: "he-normal" }, readout: "identity" },
      { inputSquare: 0.3, inputCorrelation: 1 },
    );
    const factor = 1 + 2 * step * step;
    // erf of one layer from the mean square q with gain^2 q + deviation^2 = 1/2, where E phi^2 = 1/3 and E phi'^2 = 4 / (pi sqrt 3).
    const [w, b] = [gain * gain, deviation * deviation];
    const q = (0.5 - b) / w;
    const erf = residualOrbit(
      {
        widths: [30, 30, 30],
        activation: "erf",
        depth: 1,
        horizon: 1,
        init: { weights: "lecun-normal", gain, biasDeviation: deviation },
        readout: "identity",
      },
      { inputSquare: q, inputCorrelation: 1 },
    );
    const chi = (w * w * 4) / (Math.PI * Math.sqrt(3));
    let grown = 0.3;
    for (let l = 0; l < depth; l++) grown *= factor;
    return [
      exact(`ReLU: mean square after ${depth} layers`, grown, relu.lengths.at(-1)!, 1e-11),
      exact(
        "ReLU: growth rate of gradients, log(1 + 2 alpha^2) / 2",
        0.5 * scalarMath.log(factor),
        relu.gradientRates.at(-1)!,
        1e-11,
      ),
      exact("erf: mean square after a layer", q + w / 3 + b, erf.lengths[0]!, 1e-12),
      exact("erf: growth rate of gradients", 0.5 * scalarMath.log1p(chi), erf.gradientRates[0]!, 1e-12),
    ];
  },
};
