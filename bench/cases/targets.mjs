// Targets that several cases share: the text, the measured number, and whether it is reached (null or undefined: nothing to compare with).

/** The measured number is at least the limit, at most, or below it. */
export const atLeast = (text, value, limit) => ({ text, value, reached: value && value >= limit });
export const atMost = (text, value, limit) => ({ text, value, reached: value && value <= limit });
export const below = (text, value, limit) => ({ text, value, reached: value && value < limit });

/** Speed against the best peer. */
export const faster = (text, times) => (row) => [atLeast(text, row.speedup?.median, times)];

/** What something beside the steps makes of their time. */
export const plainSteps = (limit) => (row) => [atMost(`at most ${limit.toFixed(2)} plain steps`, row.ours?.perGradient, limit)];
