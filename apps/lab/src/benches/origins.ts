/** Where a number on a bench comes from. */
export interface Origin {
  readonly number: string;
  /** What its error is. */
  readonly error: string;
  readonly method: string;
  readonly source: string;
}

const ROUNDING = "rounding";

/** By bench: the numbers that it shows beside what its pictures and tables say themselves. */
export const origins: Readonly<Record<string, readonly Origin[]>> = {
  training: [
    { number: "loss, accuracy", error: ROUNDING, method: "all training samples, at the parameters shown", source: "definition" },
    {
      number: "λ₁, λ₂ (sharpness)",
      error: "norm of the residual: an eigenvalue lies within it",
      method: "Lanczos on exact Hessian-vector products, with full orthogonalisation",
      source: "Lanczos 1950; Paige 1972; Pearlmutter 1994",
    },
    {
      number: "threshold",
      error: "none: a formula of the optimizer",
      method: "stability of the linearised step, 2/η for gradient descent",
      source: "Cohen, Kaur, Li, Kolter, Talwalkar 2021",
    },
  ],
  bifurcations: [
    {
      number: "Lyapunov exponent",
      error: "one standard error by batch means",
      method: "mean logarithm of the derivative along the orbit",
      source: "Benettin, Galgani, Giorgilli, Strelcyn 1980",
    },
    {
      number: "period doublings",
      error: "half the last interval: a bound",
      method: "the cycle is followed, and the interval in which a multiplier passes −1 is halved",
      source: "Kuznetsov 2004, section 10.3.2",
    },
  ],
  flows: [
    {
      number: "trajectories",
      error: "tolerances of 1e-6 (relative) and 1e-9 a step; 1e-8 and 1e-10 for exponents",
      method: "Tsitouras' pair of orders 5 and 4",
      source: "Tsitouras 2011",
    },
    {
      number: "points at rest",
      error: "rounding of Newton's last step",
      method: "Newton's method from many starts; eigenvalues of the exact derivative",
      source: "Kuznetsov 2004, sections 1.4 and 2.2",
    },
  ],
  basins: [
    {
      number: "shares of the basins",
      error: "one standard error of the cells as independent starts",
      method: "each start is followed until it stays near an attractor",
      source: "Datseris, Wagemakers 2022; Menck, Heitzig, Marwan, Kurths 2013",
    },
    {
      number: "basin entropy, and that of the boundary",
      error: "one standard error of the mean over boxes",
      method: "boxes of cells; a boundary entropy above log 2 shows a fractal boundary",
      source: "Daza, Wagemakers, Georgeot, Guéry-Odelin, Sanjuán 2016",
    },
  ],
  delay: [
    {
      number: "solution",
      error: "the method's, of the order of its steps; steps fall on the breaking points",
      method: "method of steps with dense output",
      source: "Bellen, Zennaro 2003, sections 2.2 and 6.1",
    },
  ],
  propagation: [
    {
      number: "lengths, correlations, gradients in theory",
      error: "rounding of the quadrature",
      method: "averages over normal variables by Gauss and Hermite's rule or in closed form",
      source: "Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli 2016; Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017",
    },
    {
      number: "the same, measured",
      error: "one standard error over the networks drawn",
      method: "networks of the width chosen, weights drawn anew",
      source: "definition",
    },
  ],
  neurons: [
    {
      number: "Kendall's τ-b, shares of pairs",
      error: "none for one neuron: every pair is counted; by layer one standard error by the jackknife",
      method: "a sort and a tree of counts",
      source: "Kendall 1945; Christensen 2005; Lin, Feng, Zhang, Zhao 2025",
    },
  ],
  oscillators: [
    {
      number: "order parameter, its mean ± deviation",
      error: "± is how much it varies in time, not an error of the mean",
      method: "|mean of exp(iθ)| since the coupling was set, without the first third; Runge and Kutta's step of 0.05",
      source: "Kuramoto 1975",
    },
    {
      number: "theory of infinitely many, density of phases",
      error: "1e-6 or better, by quadrature",
      method: "self-consistency of the locked oscillators on the graph's limit",
      source: "Kuramoto 1984, section 5.4; Chiba, Medvedev, Mizuhara 2018",
    },
    {
      number: "critical coupling",
      error: "that of the kernel's largest eigenvalue",
      method: "2 / (π g(0) ζ)",
      source: "Chiba, Medvedev 2019",
    },
  ],
  sgd: [
    {
      number: "λ, the exponent of SGD",
      error: "one standard error by batch means; the sign is told where the interval leaves out 0",
      method: "random products in residual coordinates, from the Gram matrix alone",
      source: "Furstenberg, Kesten 1960; Chemnitz, Engel 2024",
    },
    {
      number: "thresholds",
      error: ROUNDING,
      method: "eigenvalues of small matrices",
      source: "Mulayoff, Michaeli 2024; Wu, Ma, E 2018",
    },
    {
      number: "share of runs that stay",
      error: "exact binomial interval of 95 %",
      method: "200 runs of SGD from near the minimum",
      source: "Clopper, Pearson 1934",
    },
  ],
};
