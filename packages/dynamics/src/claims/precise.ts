import { adaptive } from "../flow/controllers.js";

/** A solver close to rounding: its error is below 1e-10 of numbers of order one over a few units of time. */
export const precise = { controller: adaptive({ rtol: 1e-12, atol: 1e-20 }) };
