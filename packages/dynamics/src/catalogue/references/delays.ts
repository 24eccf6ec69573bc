import { article, book, type Reference } from "./reference.js";

/** On delay equations. */
export const delays: readonly Reference[] = [
  book("Bellen, A. and Zennaro, M.", 2003, "Numerical Methods for Delay Differential Equations", "Oxford University Press"),
  book("Bellman, R. and Cooke, K. L.", 1963, "Differential-Difference Equations", "Academic Press"),
  article(
    "Corless, R. M. and Gonnet, G. H. and Hare, D. E. G. and Jeffrey, D. J. and Knuth, D. E.",
    1996,
    "On the Lambert W function",
    "Advances in Computational Mathematics",
    "5",
    "329--359",
  ),
  book('Gy{\\"o}ri, I. and Ladas, G.', 1991, "Oscillation Theory of Delay Differential Equations", "Oxford University Press"),
  article(
    "Hayes, N. D.",
    1950,
    "Roots of the transcendental equation associated with a certain difference-differential equation",
    "Journal of the London Mathematical Society",
    "25",
    "226--232",
  ),
  article(
    "Hutchinson, G. E.",
    1948,
    "Circular causal systems in ecology",
    "Annals of the New York Academy of Sciences",
    "50",
    "221--246",
  ),
  article(
    "Mackey, M. C. and Glass, L.",
    1977,
    "Oscillation and chaos in physiological control systems",
    "Science",
    "197",
    "287--289",
  ),
];
