import { explicit } from "../tableau.js";

export const rk4Tableau = {
  name: "rk4",
  description: "the classical Runge-Kutta method: order 4, four evaluations a step, no error estimate",
  source: "Kutta 1901, Beitrag zur naeherungsweisen Integration totaler Differentialgleichungen",
  order: 4,
  realStability: 2.7852935634052816,
  c: [0, 1 / 2, 1 / 2, 1],
  a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
} as const;

/** The classical Runge-Kutta method. *Example*: `rk4.order // 4` */
export const rk4 = explicit(rk4Tableau);
