import { explicit } from "../tableau.js";

export const bosh3Tableau = {
  name: "bosh3",
  description: "Bogacki-Shampine 3(2): three evaluations a step; for loose tolerances",
  source: "Bogacki and Shampine 1989, A 3(2) pair of Runge-Kutta formulas",
  order: 3,
  errorOrder: 3,
  realStability: 2.5127453266183286,
  c: [0, 1 / 2, 3 / 4, 1],
  a: [[], [1 / 2], [0, 3 / 4], [2 / 9, 1 / 3, 4 / 9]],
  b: [2 / 9, 1 / 3, 4 / 9, 0],
  e: [2 / 9 - 7 / 24, 1 / 3 - 1 / 4, 4 / 9 - 1 / 3, -1 / 8],
} as const;

/** Bogacki and Shampine's pair of orders 3 and 2. *Example*: `bosh3.evaluations // 3` */
export const bosh3 = explicit(bosh3Tableau);
