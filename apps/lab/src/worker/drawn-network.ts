import { meanFieldOrbit, mlp, type Architecture } from "#dynamics";
import { scalarMath } from "#engine";
import type { DrawnNetwork } from "./protocol/propagation.js";

/** The network of a picture of inputs: two inputs, then `depth` layers. Its output is the sums of the last, before any activation. */
export const drawnNetwork = ({ activation, weightVariance, biasVariance, depth, width }: DrawnNetwork): Architecture =>
  mlp({
    widths: [2, ...new Array<number>(depth).fill(width)],
    activation,
    init: { weights: "lecun-normal", gain: Math.sqrt(weightVariance), biasDeviation: Math.sqrt(biasVariance) },
  });

/** What infinitely wide layers make of an input x, one entry a layer. */
export interface PlaneTheory {
  /** Mean square of the sums. */
  readonly lengths: Float64Array;
  /**
   * log(|D h_l v| / |v|) for v at a right angle to x, with root mean squares over the units (of v: over its two) in place of lengths.
   *
   * Given what comes before, the component of D h_(l+1) v at a unit is normal with variance sigma_w^2 times the mean over units of phi'(h_l)^2 (D h_l v)^2,
   * in the first layer sigma_w^2 times the mean square of v. Along v the length q_l of the sums does not change, so h_l and D h_l v, which are jointly
   * normal, have covariance (d q_l / dv) / 2 = 0: they are independent, and a layer multiplies the mean square by sigma_w^2 E phi'(sqrt(q_l) z)^2.
   */
  readonly growth: Float64Array;
}

/** The theory at one input x, of which only |x| counts. */
export function planeTheory({ activation, weightVariance, biasVariance, depth }: DrawnNetwork, square: number): PlaneTheory {
  const { lengths, gradientRates } = meanFieldOrbit({
    activation,
    layers: new Array(depth).fill({ weightVariance, biasVariance }),
    readout: false,
    inputSquare: square / 2,
    inputCorrelation: 1,
  });
  const growth = new Float64Array(depth);
  let sum = 0.5 * scalarMath.log(weightVariance);
  for (let l = 0; l < depth; l++) {
    growth[l] = sum;
    sum += gradientRates[l]!;
  }
  return { lengths, growth };
}

/** Its mean over points of the plane, once for all that are as far from the origin. */
export function meanPlaneTheory(network: DrawnNetwork, points: Float64Array): PlaneTheory {
  const counts = new Map<number, number>();
  for (let i = 0; i < points.length; i += 2) {
    const square = points[i]! * points[i]! + points[i + 1]! * points[i + 1]!;
    counts.set(square, (counts.get(square) ?? 0) + 2 / points.length);
  }
  const [lengths, growth] = [new Float64Array(network.depth), new Float64Array(network.depth)];
  for (const [square, share] of counts) {
    const at = planeTheory(network, square);
    for (let l = 0; l < network.depth; l++) {
      lengths[l]! += share * at.lengths[l]!;
      growth[l]! += share * at.growth[l]!;
    }
  }
  return { lengths, growth };
}

/** n x n points of the square from -half to half, row by row from below, both edges among them; symmetric to the last bit. */
export const squareGrid = (n: number, half: number): Float64Array =>
  Float64Array.from({ length: 2 * n * n }, (_, e) => {
    const p = e >> 1;
    return (half * (2 * (e % 2 === 0 ? p % n : Math.floor(p / n)) - (n - 1))) / (n - 1);
  });
