import { compile, constant } from "#engine";
import { random } from "../../core/random.js";
import type { Architecture } from "../../networks/architecture.js";

/** What keeps a network from naming the classes of a law, whatever its parameters. */
export interface Obstacle {
  readonly certain: boolean;
  readonly sentence: string;
}

/**
 * Whether a network can name a sum modulo a prime at all, as far as its shape tells.
 *
 * Outputs that are affine in the inputs are A(a) + B(b) for two operands one-hot in two halves. Added up over all pairs, the output of the class a + b + c
 * is the same for every c, so that the right one, c = 0, cannot be the largest at all of them. And outputs that pass a layer of one unit lie on a line:
 * through 0 two classes are named at most, elsewhere the classes have to lie one after the other along it.
 *
 * *Arguments*: `architecture`; `theta`: parameters in general position, as random ones are; `latin`: whether each result belongs to one second operand
 * for each first one and the other way round, without which the argument about sums over all pairs does not hold.
 */
export function obstacle(
  architecture: Architecture,
  theta: ArrayLike<number>,
  { sum, latin }: { readonly sum: boolean; readonly latin: boolean },
): Obstacle | undefined {
  const { layerMaps, outputs } = architecture;
  const narrowest = Math.min(...layerMaps.slice(0, -1).map((l) => l.outputs));
  if (narrowest === 1 && outputs > 2) {
    const certain = layerMaps.at(-1)!.parameters.length === 1 && layerMaps.at(-2)!.outputs === 1;
    return {
      certain,
      sentence: certain
        ? `The last hidden layer has one unit and the outputs have no bias: of ${outputs} classes two at most can be named. Take more units.`
        : `All samples pass a layer of one unit, along which ${outputs} classes would have to lie one after the other. Take more units.`,
    };
  }
  if (!sum || !affine(architecture, theta)) return undefined;
  return {
    certain: latin,
    sentence:
      "The outputs are linear in the inputs: over all pairs they are as large for a wrong sum as for the right one. Take an activation that is not linear.",
  };
}

/** Whether f(x) + f(y) = f(x + y) + f(0), at two random points. */
function affine({ inputs, outputs, size, apply }: Architecture, theta: ArrayLike<number>): boolean {
  const draw = random(0, 7301);
  const [x, y] = [0, 1].map(() => Float64Array.from({ length: inputs }, () => draw.normal())) as [Float64Array, Float64Array];
  const points = Float64Array.of(...x, ...y, ...x.map((v, i) => v + y[i]!), ...new Float64Array(inputs));
  const program = compile((t) => apply(t, constant(points, [4, inputs])), [{ shape: [size] }]);
  program.inputs[0]!.set(theta);
  program.run();
  const f = program.outputs[0]!;
  const largest = f.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return Array.from({ length: outputs }, (_, k) => k).every(
    (k) => Math.abs(f[k]! + f[outputs + k]! - f[2 * outputs + k]! - f[3 * outputs + k]!) <= 1e-10 * largest,
  );
}

/**
 * Whether no two samples share a result and one operand: as in the table of a group. Operands with one result for all, such as a factor 0, are
 * left out. `pairs` are the places of the two operands among the inputs.
 */
export function latinSquare(pairs: readonly (readonly [number, number])[], labels: readonly number[]): boolean {
  const seen = new Set<string>();
  const results = new Map<number, Set<number>>();
  pairs.forEach((pair, i) =>
    pair.forEach((operand) => results.set(operand, (results.get(operand) ?? new Set()).add(labels[i]!))),
  );
  return pairs.every(
    (pair, i) =>
      pair.some((operand) => results.get(operand)!.size < 2) ||
      pair.every((operand) => {
        const key = `${operand} ${labels[i]!}`;
        return !seen.has(key) && seen.add(key);
      }),
  );
}
