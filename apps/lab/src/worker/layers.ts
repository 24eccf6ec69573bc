import { mlp, principalDirections } from "#dynamics";
import { compile, jvp, scalarMath, type Program } from "#engine";
import { sha256 } from "../parts/sha256.js";
import { answering } from "./answering.js";
import { drawnNetwork, meanPlaneTheory, squareGrid } from "./drawn-network.js";
import type { Work } from "./protocol/jobs.js";
import { GRID, RING, type LayersOrder } from "./protocol/propagation.js";

/** Sums from here on have no squares. */
const HUGE = 1e150;

/** Inputs of a plane on their way through the layers of a drawn network. */
export const layers: Work<"layers"> = (_input, host) =>
  answering(host, async (order, outdated) => {
    const { shape, radius, depth, width, seed } = order;
    const { inputs, ahead } = shape === "ring" ? ring(radius) : { inputs: squareGrid(GRID, radius), ahead: undefined };
    const samples = inputs.length / 2;
    let before: Float64Array = inputs.map((v) => v / Math.SQRT2);
    host.news({ kind: "image", order, layer: 0, points: before, ...INPUT });
    await host.breathe();
    if (outdated()) return;
    const theory = meanPlaneTheory(order, shape === "ring" ? Float64Array.of(radius, 0) : inputs);
    await host.breathe();
    if (outdated()) return;
    const theta = drawnNetwork(order).initial(seed);
    // All layers after the first are one function of their parameters and of what enters: one program for them, and one for the first.
    const [first, next] = [layerProgram(order, 2, samples), layerProgram(order, width, samples)];
    let entering: Float64Array = inputs;
    let tangents: Float64Array = ahead ?? new Float64Array(inputs.length);
    let from = 0;
    for (let l = 1; l <= depth; l++) {
      await host.breathe();
      if (outdated()) return;
      const program = l === 1 ? first : next;
      const size = program.inputs[0]!.length;
      program.inputs[0]!.set(theta.subarray(from, (from += size)));
      program.inputs[1]!.set(entering);
      program.inputs[2]!.set(tangents);
      program.run();
      const [states, moved] = [0, 1].map((i) => program.outputs[i]!.slice()) as [Float64Array, Float64Array];
      entering = program.outputs[2] as Float64Array;
      tangents = program.outputs[3] as Float64Array;
      if (!states.every((v) => Math.abs(v) < HUGE)) return host.news({ kind: "lost", order, layer: l });
      const { points, share } = projected(states, samples, width, before);
      before = points;
      host.news({
        kind: "image",
        order,
        layer: l,
        points,
        share,
        square: [meanSquare(states), theory.lengths[l - 1]!],
        stretch: ahead
          ? [meanLength(moved, samples) / meanLength(ahead, samples), scalarMath.exp(theory.growth[l - 1]!)]
          : undefined,
        digest: sha256(new Uint8Array(states.buffer)),
      });
    }
  });

/** One layer, of its weights and biases, what enters and tangents there: its sums, the tangents of these, and what leaves it with tangents. */
function layerProgram({ activation, width }: LayersOrder, inputs: number, samples: number): Program {
  const layer = mlp({ widths: [inputs, width, width], activation }).layerMaps[0]!;
  return compile(
    (theta, h, v) => {
      const { outputs, tangents } = jvp((x) => [layer.sums!(theta!, x), layer.apply(theta!, x)], [h!], [v!]);
      return [outputs[0]!, tangents[0]!, outputs[1]!, tangents[1]!];
    },
    [{ shape: [inputs * width + width] }, { shape: [samples, inputs] }, { shape: [samples, inputs] }],
  );
}

/** What is said of the inputs themselves: they lie in the plane of the picture. */
const INPUT = { share: 1, square: undefined, stretch: undefined, digest: undefined } as const;

/** Points of a circle, and unit tangents there. */
function ring(radius: number): { readonly inputs: Float64Array; readonly ahead: Float64Array } {
  const [inputs, ahead] = [new Float64Array(2 * RING), new Float64Array(2 * RING)];
  for (let i = 0; i < RING; i++) {
    const angle = (2 * Math.PI * i) / RING;
    const [c, s] = [scalarMath.cos(angle), scalarMath.sin(angle)];
    inputs.set([radius * c, radius * s], 2 * i);
    ahead.set([-s, c], 2 * i);
  }
  return { inputs, ahead };
}

/** States along their two leading principal directions from their mean, in root mean squares over the units; signs as in the picture before. */
function projected(
  states: Float64Array,
  samples: number,
  width: number,
  before: Float64Array,
): { readonly points: Float64Array; readonly share: number } {
  const { directions, deviations } = principalDirections({ samples, dim: width, inputs: states }, width);
  const mean = new Float64Array(width);
  for (let i = 0; i < states.length; i++) mean[i % width]! += states[i]! / samples;
  const points = new Float64Array(2 * samples);
  for (let axis = 0; axis < 2; axis++) {
    let along = 0;
    for (let s = 0; s < samples; s++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += directions[axis * width + j]! * (states[s * width + j]! - mean[j]!);
      points[2 * s + axis] = sum / Math.sqrt(width);
      along += sum * before[2 * s + axis]!;
    }
    if (along < 0) for (let s = 0; s < samples; s++) points[2 * s + axis]! *= -1;
  }
  const spread = deviations.reduce((sum, d) => sum + d * d, 0);
  return { points, share: spread > 0 ? (deviations[0]! * deviations[0]! + deviations[1]! * deviations[1]!) / spread : 1 };
}

const meanSquare = (x: Float64Array): number => x.reduce((sum, v) => sum + v * v, 0) / x.length;

/** The mean over the samples of the root mean square of a row. */
function meanLength(rows: Float64Array, samples: number): number {
  const dim = rows.length / samples;
  let sum = 0;
  for (let s = 0; s < samples; s++) sum += Math.sqrt(meanSquare(rows.subarray(s * dim, (s + 1) * dim))) / samples;
  return sum;
}
