import { explicit } from "../tableau.js";

export const eulerTableau = {
  name: "euler",
  description: "explicit Euler: order 1, one evaluation a step, no error estimate",
  source: "Euler 1768, Institutiones calculi integralis",
  order: 1,
  realStability: 2,
  c: [0],
  a: [[]],
  b: [1],
} as const;

/** Explicit Euler. *Example*: `euler.order // 1` */
export const euler = explicit(eulerTableau);
