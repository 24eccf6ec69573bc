import { explicit } from "../tableau.js";

export const heunTableau = {
  name: "heun",
  description: "Heun's method 2(1): the trapezoidal rule with an Euler predictor, whose difference is the error estimate",
  source:
    "Heun 1900, Neue Methoden zur approximativen Integration der Differentialgleichungen einer unabhaengigen Veraenderlichen",
  order: 2,
  errorOrder: 2,
  realStability: 2,
  c: [0, 1],
  a: [[], [1]],
  b: [1 / 2, 1 / 2],
  e: [-1 / 2, 1 / 2],
} as const;

/** Heun's method with the Euler step as its embedded solution. *Example*: `heun.errorOrder // 2` */
export const heun = explicit(heunTableau);
