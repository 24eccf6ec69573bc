import type { Sampling } from "../core/draws.js";
import type { Estimate } from "../core/estimate.js";
import type { Gram } from "../core/gram.js";
import { finish, type Parts } from "../core/parts.js";
import { characteristicExponentInParts, type CharacteristicExponentOptions } from "./characteristic-exponent.js";
import { gramStability } from "./gram-stability.js";
import { meanSquareStability } from "./mean-square-stability.js";
import { sgdProducts } from "./random-products.js";

export interface StabilitySignOptions {
  readonly stepSize: number;
  /** Default 1. */
  readonly batchSize?: number;
  readonly sampling?: Sampling;
  /** The mean-square threshold, when it is known already. */
  readonly meanSquare?: Estimate;
  /** How the exponent is computed where theory does not give its sign. */
  readonly exponent?: CharacteristicExponentOptions;
}

/** The sign of the characteristic exponent, and how it is known. */
export interface StabilitySign {
  readonly sign: "negative" | "positive" | "undecided";
  /** By the eigenvalues (full batches), by the mean-square theorem, or by the certificate of a computed exponent. */
  readonly by: "eigenvalues" | "mean-square" | "exponent";
  /** The exponent where it was computed: mu for full batches; NaN where the mean-square theorem spared it. */
  readonly value: number;
  readonly error: number;
}

/**
 * The sign of the characteristic exponent of SGD, by the cheapest certain way.
 *
 * *Definition*: for full batches lambda = mu. Below the mean-square threshold E |delta_n|^2 falls geometrically, and by Jensen's inequality
 * lambda <= (1 / 2) log rho(E[A x A]) < 0. Otherwise random products are run until their certificate decides.
 * *Arguments*: `gram`; see `StabilitySignOptions`.
 * *Error*: the first two ways are exact up to the error of eigenvalues, and nothing is claimed within it; the third has the level of its certificate.
 * *Cost*: the mean-square threshold (when not given), and the exponent where it is needed. Exponents below that threshold are often tiny
 * and would take the longest.
 * *Source*: Mulayoff, Michaeli 2024 (the threshold); Chemnitz, Engel 2024 (what the sign means).
 * *Example*: `const { sign, by } = stabilitySign(gram([[1.5, 0.9], [0.9, 2.5]]), { stepSize: 0.6 }); [sign, by] // ["negative", "mean-square"]`
 */
export const stabilitySign = (gram: Gram, options: StabilitySignOptions): StabilitySign =>
  finish(stabilitySignInParts(gram, options));

/** `stabilitySign` in parts. */
export function* stabilitySignInParts(gram: Gram, options: StabilitySignOptions): Parts<StabilitySign> {
  const { stepSize, batchSize = 1, sampling = "subset" } = options;
  const theory = signByTheory(gram, options);
  if (theory) return theory;
  const { sign, value, error } = yield* characteristicExponentInParts(
    sgdProducts(gram, { stepSize, batchSize, sampling }),
    options.exponent,
  );
  return { sign, by: "exponent", value, error };
}

/** The sign where it needs no random product: full batches, and step sizes below the mean-square threshold. */
export function signByTheory(gram: Gram, options: StabilitySignOptions): StabilitySign | undefined {
  const { stepSize, batchSize = 1, sampling = "subset" } = options;
  if (sampling === "subset" && batchSize === gram.samples) {
    const { mu, sign } = gramStability(gram, { stepSize });
    const { value, error } = mu;
    return { sign, by: "eigenvalues", value, error };
  }
  const threshold = options.meanSquare ?? meanSquareStability(gram, { batchSize, sampling });
  return stepSize > 0 && threshold.status === "ok" && stepSize < threshold.value - 4 * threshold.error
    ? { sign: "negative", by: "mean-square", value: NaN, error: NaN }
    : undefined;
}
