import { add, div, mul, scalarMath, sub, type Tensor } from "#engine";
import { bifurcationDiagram } from "../analysis/bifurcation-diagram.js";
import { continuation } from "../analysis/continuation.js";
import { families } from "../catalogue/families.js";
import { lookup } from "../core/lookup.js";
import { exact, type Claim } from "./claim.js";

const cube = (x: Tensor): Tensor => mul(x, mul(x, x));

export const folds: Claim = {
  name: "folds-and-pitchforks",
  item: "F13",
  description:
    "mu + x - x^3 / 3 turns at mu = +-2 / 3, b + a x - x^3 where 27 b^2 = 4 a^3; the arms of the pitchfork mu x - x^3 are x^2 = mu; the neuron tanh(g x + b) folds where g (1 - x^2) = 1",
  sources: ["Kuznetsov 2004, sections 3.3, 7.1 and 8.2", "Keller 1977"],
  compare() {
    const turns = continuation({
      f: (x, mu) => sub(add(mu, x), div(cube(x), 3)),
      kind: "flow",
      start: [-2],
      parameter: -1,
      range: [-1, 1],
    }).bifurcations;
    const a = 0.8;
    const cusp = continuation({
      f: (x, b) => sub(add(b, mul(a, x)), cube(x)),
      kind: "flow",
      start: [-3],
      parameter: 3 * a - 27,
      range: [-30, 30],
    }).bifurcations;
    const pitchfork = bifurcationDiagram({
      f: (x, mu) => sub(mul(mu, x), cube(x)),
      kind: "flow",
      box: [[-3, 3]],
      range: [-1, 2],
      at: [-1],
    });
    const arms = pitchfork.branches.slice(1).flatMap((b) => b.points);
    const off = arms.reduce((worst, p) => Math.max(worst, Math.abs(p.state[0]! * p.state[0]! - p.parameter)), 0);
    const neuron = lookup("family", families, "biased-neuron");
    const fold = bifurcationDiagram({ f: neuron.f, kind: "map", box: neuron.box, range: neuron.range }).bifurcations[0]!;
    // There 0.1 = artanh x - x / (1 - x^2); x from g, and the bias from both.
    const x = -Math.sqrt(1 - 1 / fold.parameter);
    const bias = 0.5 * scalarMath.log((1 + x) / (1 - x)) - fold.parameter * x;
    return [
      ...[2 / 3, -2 / 3].map((mu, i) =>
        exact(`fold ${i + 1} of mu + x - x^3 / 3`, mu, turns[i]!.parameter, turns[i]!.error + 1e-13),
      ),
      exact("27 b^2 at the folds of b + 0.8 x - x^3", 4 * a * a * a, 27 * cusp[0]!.parameter * cusp[1]!.parameter * -1, 1e-11),
      exact("pitchfork of mu x - x^3", 0, pitchfork.bifurcations[0]!.parameter, pitchfork.bifurcations[0]!.error + 1e-13),
      exact(`largest |x^2 - mu| on its arms`, 0, off, 1e-12),
      exact("bias of the neuron that folds where its diagram says", 0.1, bias, 1e-9),
    ];
  },
};
