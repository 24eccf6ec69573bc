import { explicit } from "../tableau.js";

export const midpointTableau = {
  name: "midpoint",
  description: "explicit midpoint rule: order 2, two evaluations a step, no error estimate",
  source: "Runge 1895, Ueber die numerische Aufloesung von Differentialgleichungen",
  order: 2,
  realStability: 2,
  c: [0, 1 / 2],
  a: [[], [1 / 2]],
  b: [0, 1],
} as const;

/** The explicit midpoint rule. *Example*: `midpoint.order // 2` */
export const midpoint = explicit(midpointTableau);
