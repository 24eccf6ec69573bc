import type { Graphon } from "./graphon.js";

/**
 * The graphon of the random graphs whose chances are a kernel's, cut to [0, 1]: min(1, max(0, W)).
 *
 * *Definition*: a pair whose expected number of edges w_i w_j / sum w is above 1 is joined for certain, in graphs of given expected degrees: `sampleGraph` of this kernel
 * draws them, and this kernel, not W, is what they tend to.
 * *Arguments*: `kernel`: any graphon, such as `powerLawGraphon`, which is above 1 where x y < (1 - alpha)^(2 / alpha).
 * *Returns*: the graphon. Eigenvalues in closed form are lost where something is cut: clipping bends W along a curve, and power laws have rank one no longer.
 * *Source*: Chung, Lu 2002, Connected components in random graphs with given expected degree sequences (which supposes that nothing need be cut); van der Hofstad 2017,
 * Random graphs and complex networks, section 6.8 (the minimum with 1).
 * *Example*: `clippedGraphon(powerLawGraphon(0.25)).value(0.1, 0.1) // 1`
 */
export function clippedGraphon(kernel: Graphon): Graphon {
  const { name, value, eigenvalues, symbol, symbolBound: _, probability, ...rest } = kernel;
  // A formula of one's own is checked on a grid only; where eigenvalues are known, so is the range.
  if (probability && (eigenvalues || symbol)) return kernel;
  return { ...rest, name: `${name}, clipped`, value: (x, y) => Math.min(1, Math.max(0, value(x, y))), probability: true };
}
