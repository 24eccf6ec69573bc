/**
 * How a computation ended. Anything but "ok" comes with NaN where a number could not be had, and an explanation.
 *
 * - ok: the quantity was computed to its stated error.
 * - diverged: the state left the finite numbers.
 * - step-limit: the budget of steps ended first.
 * - step-too-small: an adaptive step fell below what the arithmetic resolves.
 * - not-converged: the iteration ended above its tolerance.
 * - aborted: stopped from outside; what was computed so far is kept.
 */
export type Status = "ok" | "diverged" | "step-limit" | "step-too-small" | "not-converged" | "aborted";
