// The cases, their numbers and their targets: one entry a case, read by both sides of the benchmark.
import { flowCases } from "./flows.mjs";
import { gradientCases } from "./gradients.mjs";
import { trainingCases } from "./training.mjs";
import { unitCases } from "./units.mjs";

/**
 * `threads`: the thread counts it is run at. `peers`: those that it is compared with (default: both). `chunk`: steps in one compiled loop. `settings`: numbers for both sides. `flops`: of one step, where a rate is reported.
 * `tolerance`: the relative difference of results that rounding alone may explain; beyond it a speed means nothing.
 * `tolerances`: those of peers that have one of their own.
 * `targets(row, rows)`: what the row must reach; each gives a text, the measured number and whether it is reached (null: no peer to compare with).
 */
export const CASES = { ...gradientCases, ...trainingCases, ...flowCases, ...unitCases };

/** Steps after which both sides report the loss. */
export const CHECK_STEPS = 100;
