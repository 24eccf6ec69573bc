import { arxiv, book, COLT, meeting, NEURIPS, preprint, type Reference } from "./reference.js";

/** On training by batches, and learning from samples. */
export const stochasticTraining: readonly Reference[] = [
  preprint(
    "Andreyev, A. and Beneventano, P.",
    2024,
    "Edge of stochastic stability: Revisiting the edge of stability for SGD",
    "2412.20553",
  ),
  preprint(
    "Chemnitz, D. and Engel, M.",
    2024,
    "Characterizing dynamical stability of stochastic gradient descent in overparameterized learning",
    "2407.20209",
  ),
  meeting(
    "Mulayoff, R. and Michaeli, T.",
    2024,
    "Exact mean square linear stability analysis for SGD",
    COLT,
    arxiv("2306.07850"),
  ),
  book("Vapnik, V. N.", 1995, "The Nature of Statistical Learning Theory", "Springer"),
  meeting(
    "Wu, L. and Ma, C. and E, W.",
    2018,
    "How SGD selects the global minima in over-parameterized learning: A dynamical stability perspective",
    NEURIPS,
  ),
  preprint(
    "Ziyin, L. and Li, B. and Galanti, T. and Ueda, M.",
    2023,
    "The probabilistic stability of stochastic gradient descent",
    "2303.13093",
  ),
];
