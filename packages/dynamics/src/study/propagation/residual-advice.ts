import { scalarMath } from "#engine";
import type { ResidualOrbit } from "../../networks/residual-orbit.js";
import { count, show } from "../words.js";

/** Gradients that change by more than so many nats on the way are trouble. */
const TROUBLE = 7;

/**
 * What the mean-field theory of a residual network means, in sentences: how lengths, correlations and gradients come through, and the horizon that keeps them.
 *
 * *Arguments*: `orbit`: from `residualOrbit`.
 * *Example*: `adviceOnResidual(residualOrbit({ widths: [9, 9, 9], depth: 2, activation: "relu" }))[0].slice(0, 44)
 * // "Residual layers have NO EDGE OF CHAOS to hit"`
 */
export function adviceOnResidual({ factor, residual, lengths, correlations, gradientRates }: ResidualOrbit): string[] {
  const { from, count: depth, start } = residual;
  const rates = gradientRates.slice(from, from + depth);
  const total = rates.reduce((a, b) => a + b, 0);
  const last = from + depth - 1;
  const grown = lengths[last]! / start;
  const chi = (scalarMath.exp(2 * rates[0]!) - 1) / (factor * factor);
  const said = [
    `Residual layers have NO EDGE OF CHAOS to hit: the signal is carried past the branches, and what they add to its square, and to that of a gradient, is of the order (T/L)² = ${show(factor * factor, 3)} a layer.`,
  ];
  if (!Number.isFinite(total))
    return [...said, "Lengths leave the range in which the averages are resolved: take a smaller gain or horizon."];
  said.push(
    `Through ${count(depth, "residual layer")} the norm of a gradient is multiplied by ${show(scalarMath.exp(total), 3)} and the mean square of the state by ${show(grown, 3)}; two inputs end with the correlation ${show(correlations[last]!)}.`,
  );
  if (Math.abs(total) > TROUBLE) {
    const horizon = Math.sqrt((2 * depth) / chi);
    said.push(
      `Gradients EXPLODE with these branches: a horizon T of about ${show(horizon, 2)} would multiply them by about 3. Branches weighed like 1/√L keep that for any number of layers L (T like √L); with T fixed they come to nothing as layers are added.`,
    );
  }
  return said;
}
