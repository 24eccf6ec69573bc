import type { Gram } from "../core/gram.js";
import { denseSymmetric } from "./dense-symmetric.js";
import { checkStepSize } from "./step-size.js";

/** Whether a minimum is regular: the hypotheses under which the sign of the exponent decides. */
export interface Regularity {
  readonly regular: boolean;
  /** Samples i and the values of eta times an eigenvalue of their own Hessian that are 1 or 2 to the tolerance. */
  readonly special: readonly { readonly sample: number; readonly value: number }[];
  /** The groups of samples whose gradients are orthogonal to those of all other groups: one group when regular. */
  readonly groups: readonly (readonly number[])[];
  readonly tolerance: number;
  /** What is not regular; absent when all is. */
  readonly explanation?: string;
}

/**
 * The regularity conditions of the theorem on the characteristic exponent, for single samples.
 *
 * *Definition*: (i) eta |g_i|^2 is neither 1 (a step ends on the sample's own minimum: the matrix is singular) nor 2 (a reflection); for
 * several outputs, no eigenvalue of eta J_i J_i^T is. (ii) The samples do not split into groups with mutually orthogonal gradients: the graph
 * with an edge where the Gram entry is not zero is connected.
 * *Arguments*: `stepSize`; `tolerance`: distance from 1 and 2, and size of |G_ij| relative to sqrt(G_ii G_jj), that count as zero; default 1e-9.
 * *Returns*: what is violated, and by which samples. Exponents computed at minima that are not regular are right as numbers; what the theorem
 * concludes from their sign is then not proven.
 * *Source*: Chemnitz, Engel 2024, definition of regular minima (the conditions are stated above as this function checks them).
 * *Cost*: size^2, and outputs^3 a sample.
 * *Example*: `regularity(gram([[1.5, 0.9], [0.9, 2.5]]), { stepSize: 0.8 }).special // [{ sample: 1, value: 2 }]`
 */
export function regularity(
  gram: Gram,
  { stepSize, tolerance = 1e-9 }: { readonly stepSize: number; readonly tolerance?: number },
): Regularity {
  checkStepSize("regularity", stepSize);
  const { matrix, size, samples, outputs } = gram;
  const special: { sample: number; value: number }[] = [];
  for (let i = 0; i < samples; i++) {
    const own = new Float64Array(outputs * outputs);
    for (let a = 0; a < outputs; a++)
      for (let b = 0; b < outputs; b++) own[a * outputs + b] = matrix[(i * outputs + a) * size + i * outputs + b]!;
    const values = outputs === 1 ? own : denseSymmetric(own, outputs).values;
    for (const v of values) {
      const value = stepSize * v;
      if (Math.abs(value - 1) <= tolerance || Math.abs(value - 2) <= tolerance) special.push({ sample: i, value });
    }
  }
  const groups = orthogonalGroups(gram, tolerance);
  const why: string[] = [];
  if (special.length > 0)
    why.push(
      `eta |g|^2 is ${special[0]!.value.toFixed(6)} for sample ${special[0]!.sample}${special.length > 1 ? ` and ${special.length - 1} more` : ""}; change eta a little`,
    );
  if (groups.length > 1)
    why.push(
      `the samples fall into ${groups.length} groups with mutually orthogonal gradients, the smallest of ${Math.min(...groups.map((g) => g.length))}`,
    );
  return {
    regular: why.length === 0,
    special,
    groups,
    tolerance,
    ...(why.length > 0 ? { explanation: why.join("; ") } : {}),
  };
}

/** Connected components of the graph of Gram entries that are not zero. */
function orthogonalGroups({ matrix, size, samples, outputs }: Gram, tolerance: number): number[][] {
  const squares = new Float64Array(samples * samples);
  for (let k = 0; k < size; k++)
    for (let l = 0; l < size; l++) {
      const entry = matrix[k * size + l]!;
      squares[Math.floor(k / outputs) * samples + Math.floor(l / outputs)]! += entry * entry;
    }
  const group = new Int32Array(samples).fill(-1);
  const groups: number[][] = [];
  for (let start = 0; start < samples; start++) {
    if (group[start] !== -1) continue;
    const members = [start];
    group[start] = groups.length;
    for (const i of members)
      for (let j = 0; j < samples; j++) {
        const scale = Math.sqrt(squares[i * samples + i]! * squares[j * samples + j]!);
        if (group[j] === -1 && squares[i * samples + j]! > tolerance * tolerance * scale) {
          group[j] = groups.length;
          members.push(j);
        }
      }
    groups.push(members);
  }
  return groups;
}
