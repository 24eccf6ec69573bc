import { scalarMath } from "#engine";

/** Rounds of the iteration; where f is large at all scales it takes some. */
const ROUNDS = 100;
/** Shares are kept below 1 by as much. */
const SURE = 1e-3;
/** Halvings of the scatter about the line. */
const HALVINGS = 60;

export interface Line {
  readonly slope: number;
  readonly error: number;
  readonly chiSquared: number;
}

/**
 * The line log f = a + slope log epsilon for binomial counts, with the standard error of its slope.
 *
 * Of greatest likelihood (Fisher's scoring) where the counts lie about a line as the binomial law allows. Where they scatter more, as those of a boundary
 * that is the same at scales of a fixed ratio do, swinging about the line, each log f has the variance tau^2 besides that of its count, with tau such that
 * the sum of squares is what it should be: then the many uncertain pairs at large scales do not count for more than they tell.
 */
export function binomialLine(scales: readonly number[], counts: readonly number[], pairs: number): Line {
  const order = Array.from(scales.keys()).sort((a, b) => scales[a]! - scales[b]!);
  const x = order.map((k) => scalarMath.log(scales[k]!));
  const sorted = order.map((k) => counts[k]!);
  const line = scattered(x, sorted, pairs);
  // The law holds in the limit of small scales: where the finer half has another slope than the coarser one, the limit may be as far away again.
  const half = Math.ceil(x.length / 2);
  const seen = (from: readonly number[]): boolean => from.filter((n) => n > 0).length >= 3;
  if (half < 4 || !seen(sorted.slice(0, half)) || !seen(sorted.slice(-half))) return line;
  const [fine, coarse] = [
    scattered(x.slice(0, half), sorted.slice(0, half), pairs),
    scattered(x.slice(-half), sorted.slice(-half), pairs),
  ];
  const bend = fine.slope - coarse.slope;
  const chance = fine.error * fine.error + coarse.error * coarse.error;
  return { ...line, error: Math.sqrt(line.error * line.error + Math.max(0, 0.25 * (bend * bend - chance))) };
}

/** The line through counts that may scatter more than the binomial law has it. */
function scattered(x: readonly number[], counts: readonly number[], pairs: number): Line {
  const binomial = likeliest(x, counts, pairs);
  const freedom = x.length - 2;
  // By chance in a few of a hundred cases.
  if (binomial.chiSquared <= 2 * freedom + 4) return widened(binomial, freedom);
  // Where no pair of a scale is uncertain, half of one is: its logarithm is known to about its own size, and counts for little.
  const share = counts.map((n) => Math.min(1 - SURE, Math.max(n, 0.5) / pairs));
  const y = share.map((f) => scalarMath.log(f));
  const variances = share.map((f) => (1 - f) / (pairs * f));
  const wider = (tau2: number): Line =>
    straight(
      x,
      y,
      variances.map((v) => 1 / (v + tau2)),
    );
  if (wider(0).chiSquared <= freedom) return widened(binomial, freedom);
  let [low, high] = [0, y.reduce((s, v) => s + v * v, 1)];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = 0.5 * (low + high);
    if (wider(middle).chiSquared > freedom) low = middle;
    else high = middle;
  }
  return { ...wider(high), chiSquared: binomial.chiSquared };
}

const widened = (line: Line, freedom: number): Line => ({
  ...line,
  error: line.error * Math.sqrt(Math.max(1, line.chiSquared / freedom)),
});

/** The weighted line through points, the weights being 1 / variance. */
function straight(x: readonly number[], y: readonly number[], weights: readonly number[]): Line {
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = (v: readonly number[]): number => weights.reduce((s, w, k) => s + w * v[k]!, 0) / total;
  const [cx, cy] = [mean(x), mean(y)];
  const spread = weights.reduce((s, w, k) => s + w * (x[k]! - cx) * (x[k]! - cx), 0);
  const slope = weights.reduce((s, w, k) => s + w * (x[k]! - cx) * (y[k]! - cy), 0) / spread;
  const chiSquared = weights.reduce((s, w, k) => {
    const off = y[k]! - cy - slope * (x[k]! - cx);
    return s + w * off * off;
  }, 0);
  return { slope, chiSquared, error: 1 / Math.sqrt(spread) };
}

/** The line of greatest likelihood for binomial counts. */
function likeliest(x: readonly number[], counts: readonly number[], pairs: number): Line {
  let [level, slope] = [scalarMath.log(counts.reduce((a, b) => a + b, 0) / (pairs * counts.length)), 0];
  let [center, spread] = [x.reduce((a, b) => a + b, 0) / x.length, 0];
  const shareAt = (l: number, s: number, k: number): number => Math.min(1 - SURE, scalarMath.exp(l + s * (x[k]! - center)));
  const likelihood = (l: number, s: number): number =>
    counts.reduce((sum, n, k) => {
      const f = shareAt(l, s, k);
      return sum + n * scalarMath.log(f) + (pairs - n) * scalarMath.log1p(-f);
    }, 0);
  for (let round = 0; round < ROUNDS; round++) {
    const share = x.map((_, k) => shareAt(level, slope, k));
    const weight = share.map((f) => (pairs * f) / (1 - f));
    const total = weight.reduce((a, b) => a + b, 0);
    const middle = weight.reduce((sum, w, k) => sum + w * x[k]!, 0) / total;
    // Moving the center to the middle of the weights makes the two unknowns independent.
    level += slope * (middle - center);
    center = middle;
    spread = weight.reduce((sum, w, k) => sum + w * (x[k]! - center) * (x[k]! - center), 0);
    const off = counts.map((n, k) => (n - pairs * share[k]!) / (1 - share[k]!));
    let [up, turn] = [off.reduce((a, b) => a + b, 0) / total, off.reduce((sum, o, k) => sum + o * (x[k]! - center), 0) / spread];
    const before = likelihood(level, slope);
    for (let halves = 0; halves < 30 && !(likelihood(level + up, slope + turn) >= before); halves++)
      [up, turn] = [up / 2, turn / 2];
    level += up;
    slope += turn;
    if (Math.abs(up) + Math.abs(turn) < 1e-12) break;
  }
  const chiSquared = counts.reduce((sum, n, k) => {
    const f = shareAt(level, slope, k);
    return sum + ((n - pairs * f) * (n - pairs * f)) / (pairs * f * (1 - f));
  }, 0);
  return { slope, chiSquared, error: 1 / Math.sqrt(spread) };
}
