import type { Solver } from "../solver.js";
import { bosh3 } from "./bosh3.js";
import { dopri5 } from "./dopri5.js";
import { dopri8 } from "./dopri8.js";
import { euler } from "./euler.js";
import { heun } from "./heun.js";
import { leapfrog, symplecticEuler } from "./leapfrog.js";
import { midpoint } from "./midpoint.js";
import { rk4 } from "./rk4.js";
import { rodas5p } from "./rodas5p.js";
import { tsit5 } from "./tsit5.js";

/** One line an entry: one-step methods for vector fields. */
export const solvers: readonly Solver[] = [
  euler,
  midpoint,
  heun,
  rk4,
  bosh3,
  dopri5,
  tsit5,
  dopri8,
  rodas5p,
  symplecticEuler,
  leapfrog,
];

/** Those that take any field and a state of any shape. */
export const explicitSolvers = solvers.filter((s) => !s.separable && s.realStability < Infinity);
