import { article, book, type Reference } from "./reference.js";

/** On noise: random dynamical systems, diffusions, random products. */
export const noise: readonly Reference[] = [
  book("Arnold, L.", 1998, "Random Dynamical Systems", "Springer"),
  article(
    "Crauel, H. and Flandoli, F.",
    1994,
    "Attractors for random dynamical systems",
    "Probability Theory and Related Fields",
    "100",
    "365--393",
  ),
  article(
    "Furstenberg, H. and Kesten, H.",
    1960,
    "Products of random matrices",
    "Annals of Mathematical Statistics",
    "31",
    "457--469",
  ),
  book("Kloeden, P. E. and Platen, E.", 1992, "Numerical Solution of Stochastic Differential Equations", "Springer"),
  article(
    "Kramers, H. A.",
    1940,
    "Brownian motion in a field of force and the diffusion model of chemical reactions",
    "Physica",
    "7",
    "284--304",
  ),
  article(
    "Ledrappier, F. and Young, L.-S.",
    1988,
    "Dimension formula for random transformations",
    "Communications in Mathematical Physics",
    "117",
    "529--548",
  ),
  article(
    "Newman, C. M.",
    1986,
    "The distribution of Lyapunov exponents: Exact results for random matrices",
    "Communications in Mathematical Physics",
    "103",
    "121--126",
  ),
  article(
    "Uhlenbeck, G. E. and Ornstein, L. S.",
    1930,
    "On the theory of the Brownian motion",
    "Physical Review",
    "36",
    "823--841",
  ),
];
