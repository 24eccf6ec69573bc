/** A publication that estimates and claims name as their source. */
export interface Reference {
  readonly type: "article" | "book" | "incollection" | "inproceedings" | "misc";
  /** As BibTeX reads it: surname, initials, joined by "and". */
  readonly author: string;
  readonly year: number;
  readonly title: string;
  /** Further BibTeX fields. */
  readonly fields: Readonly<Record<string, string>>;
}

const article = (author: string, year: number, title: string, journal: string, volume: string, pages: string): Reference => ({
  type: "article",
  author,
  year,
  title,
  fields: { journal, volume, pages },
});
const preprint = (author: string, year: number, title: string, eprint: string): Reference => ({
  type: "misc",
  author,
  year,
  title,
  fields: { archiveprefix: "arXiv", eprint },
});
const meeting = (author: string, year: number, title: string, booktitle: string, more: Reference["fields"] = {}): Reference => ({
  type: "inproceedings",
  author,
  year,
  title,
  fields: { booktitle, ...more },
});
const book = (author: string, year: number, title: string, publisher: string): Reference => ({
  type: "book",
  author,
  year,
  title,
  fields: { publisher },
});

const ICLR = "International Conference on Learning Representations";

/** One line an entry: what estimates and claims name as "Surname, Surname year". */
export const references: readonly Reference[] = [
  book("Arnold, V. I. and Avez, A.", 1968, "Ergodic Problems of Classical Mechanics", "W. A. Benjamin"),
  article(
    "Benettin, G. and Galgani, L. and Giorgilli, A. and Strelcyn, J.-M.",
    1980,
    "Lyapunov characteristic exponents for smooth dynamical systems and for Hamiltonian systems; a method for computing all of them. Part 2: Numerical application",
    "Meccanica",
    "15",
    "21--30",
  ),
  article(
    "Cauchy, A.",
    1847,
    "M{\\'e}thode g{\\'e}n{\\'e}rale pour la r{\\'e}solution des syst{\\`e}mes d'{\\'e}quations simultan{\\'e}es",
    "Comptes rendus de l'Acad{\\'e}mie des sciences",
    "25",
    "536--538",
  ),
  preprint(
    "Chemnitz, D. and Engel, M.",
    2024,
    "Characterizing dynamical stability of stochastic gradient descent in overparameterized learning",
    "2407.20209",
  ),
  preprint(
    "Chen, X. and Balasubramanian, K. and Ghosal, P. and Agarwalla, B.",
    2023,
    "From stability to chaos: Analyzing gradient descent dynamics in quadratic regression",
    "2310.01687",
  ),
  article(
    "Clopper, C. J. and Pearson, E. S.",
    1934,
    "The use of confidence or fiducial limits illustrated in the case of the binomial",
    "Biometrika",
    "26",
    "404--413",
  ),
  meeting(
    "Cohen, J. and Kaur, S. and Li, Y. and Kolter, J. Z. and Talwalkar, A.",
    2021,
    "Gradient descent on neural networks typically occurs at the edge of stability",
    ICLR,
    { archiveprefix: "arXiv", eprint: "2103.00065" },
  ),
  preprint(
    "Cohen, J. and Damian, A. and Talwalkar, A. and Kolter, J. Z. and Lee, J. D.",
    2024,
    "Understanding optimization in deep learning with central flows",
    "2410.24206",
  ),
  meeting(
    "Damian, A. and Nichani, E. and Lee, J. D.",
    2023,
    "Self-stabilization: The implicit bias of gradient descent at the edge of stability",
    ICLR,
    { archiveprefix: "arXiv", eprint: "2209.15594" },
  ),
  article(
    "Furstenberg, H. and Kesten, H.",
    1960,
    "Products of random matrices",
    "Annals of Mathematical Statistics",
    "31",
    "457--469",
  ),
  article(
    "Glasserman, P. and Yao, D. D.",
    1992,
    "Some guidelines and guarantees for common random numbers",
    "Management Science",
    "38",
    "884--908",
  ),
  article(
    "H{\\'e}non, M.",
    1976,
    "A two-dimensional mapping with a strange attractor",
    "Communications in Mathematical Physics",
    "50",
    "69--77",
  ),
  {
    type: "incollection",
    author: "Kaplan, J. L. and Yorke, J. A.",
    year: 1979,
    title: "Chaotic behavior of multidimensional difference equations",
    fields: {
      booktitle: "Functional Differential Equations and Approximation of Fixed Points",
      series: "Lecture Notes in Mathematics",
      volume: "730",
      pages: "204--227",
    },
  },
  preprint("Kuehn, C. and Kuntz, S.-V.", 2023, "Embedding capabilities of neural ODEs", "2308.01213"),
  book("Kuznetsov, Y. A.", 2004, "Elements of Applied Bifurcation Theory", "Springer"),
  article(
    "Lanczos, C.",
    1950,
    "An iteration method for the solution of the eigenvalue problem of linear differential and integral operators",
    "Journal of Research of the National Bureau of Standards",
    "45",
    "255--282",
  ),
  article(
    "Levenberg, K.",
    1944,
    "A method for the solution of certain non-linear problems in least squares",
    "Quarterly of Applied Mathematics",
    "2",
    "164--168",
  ),
  preprint(
    "Lewkowycz, A. and Bahri, Y. and Dyer, E. and Sohl-Dickstein, J. and Gur-Ari, G.",
    2020,
    "The large learning rate phase of deep learning: the catapult mechanism",
    "2003.02218",
  ),
  article(
    "Marquardt, D. W.",
    1963,
    "An algorithm for least-squares estimation of nonlinear parameters",
    "Journal of the Society for Industrial and Applied Mathematics",
    "11",
    "431--441",
  ),
  article("May, R. M.", 1976, "Simple mathematical models with very complicated dynamics", "Nature", "261", "459--467"),
  meeting(
    "Mulayoff, R. and Michaeli, T.",
    2020,
    "Unique properties of flat minima in deep networks",
    "International Conference on Machine Learning",
    { archiveprefix: "arXiv", eprint: "2002.04710" },
  ),
  meeting(
    "Mulayoff, R. and Michaeli, T.",
    2024,
    "Exact mean square linear stability analysis for SGD",
    "Conference on Learning Theory",
    { archiveprefix: "arXiv", eprint: "2306.07850" },
  ),
  meeting(
    "Mulayoff, R. and Michaeli, T. and Soudry, D.",
    2021,
    "The implicit bias of minima stability: A view from function space",
    "Advances in Neural Information Processing Systems",
  ),
  meeting(
    "Mulayoff, R. and Stich, S. U.",
    2026,
    "On the stability of nonlinear dynamics in GD and SGD: Beyond quadratic potentials",
    "Conference on Learning Theory",
    { series: "Proceedings of Machine Learning Research", volume: "336", pages: "5210--5243" },
  ),
  meeting(
    "Nacson, M. S. and Mulayoff, R. and Ongie, G. and Michaeli, T. and Soudry, D.",
    2023,
    "The implicit bias of minima stability in multivariate shallow ReLU networks",
    ICLR,
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
    "Paige, C. C.",
    1972,
    "Computational variants of the Lanczos method for the eigenproblem",
    "IMA Journal of Applied Mathematics",
    "10",
    "373--381",
  ),
  book("Parlett, B. N.", 1998, "The Symmetric Eigenvalue Problem", "Society for Industrial and Applied Mathematics"),
  article(
    "Pesin, Y. B.",
    1977,
    "Characteristic Lyapunov exponents and smooth ergodic theory",
    "Russian Mathematical Surveys",
    "32",
    "55--114",
  ),
  article(
    "Polyak, B. T.",
    1964,
    "Some methods of speeding up the convergence of iteration methods",
    "USSR Computational Mathematics and Mathematical Physics",
    "4",
    "1--17",
  ),
  book("Polyak, B. T.", 1987, "Introduction to Optimization", "Optimization Software"),
  article(
    "Ruelle, D.",
    1978,
    "An inequality for the entropy of differentiable maps",
    "Boletim da Sociedade Brasileira de Matem{\\'a}tica",
    "9",
    "83--87",
  ),
  article(
    "Schmeiser, B.",
    1982,
    "Batch size effects in the analysis of simulation output",
    "Operations Research",
    "30",
    "556--568",
  ),
  meeting("Schoenholz, S. S. and Gilmer, J. and Ganguli, S. and Sohl-Dickstein, J.", 2017, "Deep information propagation", ICLR, {
    archiveprefix: "arXiv",
    eprint: "1611.01232",
  }),
  article(
    "Stathopoulos, A. and Saad, Y. and Wu, K.",
    1998,
    "Dynamic thick restarting of the Davidson, and the implicitly restarted Arnoldi methods",
    "SIAM Journal on Scientific Computing",
    "19",
    "227--245",
  ),
  article("Ubhaya, V. A.", 1974, "Isotone optimization. I", "Journal of Approximation Theory", "12", "146--159"),
  meeting(
    "Wu, L. and Ma, C. and E, W.",
    2018,
    "How SGD selects the global minima in over-parameterized learning: A dynamical stability perspective",
    "Advances in Neural Information Processing Systems",
  ),
  article(
    "Wu, K. and Simon, H.",
    2000,
    "Thick-restart Lanczos method for large symmetric eigenvalue problems",
    "SIAM Journal on Matrix Analysis and Applications",
    "22",
    "602--616",
  ),
  meeting(
    "Zhu, X. and Wang, Z. and Wang, X. and Zhou, M. and Ge, R.",
    2023,
    "Understanding edge-of-stability training dynamics with a minimalist example",
    ICLR,
    { archiveprefix: "arXiv", eprint: "2210.03294" },
  ),
  preprint(
    "Ziyin, L. and Li, B. and Galanti, T. and Ueda, M.",
    2023,
    "The probabilistic stability of stochastic gradient descent",
    "2303.13093",
  ),
];
