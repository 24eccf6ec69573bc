import { article, book, type Reference } from "./reference.js";

/** On ordinary differential equations. */
export const flows: readonly Reference[] = [
  article(
    "Andersen, C. M. and Geer, J. F.",
    1982,
    "Power series expansions for the frequency and period of the limit cycle of the van der Pol equation",
    "SIAM Journal on Applied Mathematics",
    "42",
    "678--693",
  ),
  article(
    "Dorodnicyn, A. A.",
    1947,
    "Asymptotic solution of van der Pol's equation",
    "Prikladnaya Matematika i Mekhanika",
    "11",
    "313--328",
  ),
  book(
    "Hairer, E. and Norsett, S. P. and Wanner, G.",
    1993,
    "Solving Ordinary Differential Equations I: Nonstiff Problems",
    "Springer",
  ),
  book("Hairer, E. and Lubich, C. and Wanner, G.", 2006, "Geometric Numerical Integration", "Springer"),
  book("Hartman, P.", 1964, "Ordinary Differential Equations", "John Wiley and Sons"),
  article(
    "Prigogine, I. and Lefever, R.",
    1968,
    "Symmetry breaking instabilities in dissipative systems. II",
    "Journal of Chemical Physics",
    "48",
    "1695--1700",
  ),
];
