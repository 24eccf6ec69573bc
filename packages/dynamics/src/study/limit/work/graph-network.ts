import { compile, jvp, scalarMath } from "#engine";
import { lookup } from "../../../core/lookup.js";
import { fillNormal, random } from "../../../core/random.js";
import { singularValues } from "../../../core/singular-values.js";
import type { Digraph } from "../../../limits/digraph.js";
import { graphNetwork, nodeLayer } from "../../../limits/graph-network.js";
import type { Graphon } from "../../../limits/graphon.js";
import { sampleGraph } from "../../../limits/random-graphs.js";
import { activations } from "../../../networks/activations.js";
import type { Spec as Whole } from "../populations/graph-layers.js";

type Spec = NonNullable<Whole["network"]>;

/** Nodes that stand for infinitely many. */
export const REFERENCE = 600;
/** Above the streams of the features. */
const WEIGHTS = 1_700_000;

/** A network with weights of its own for each layer, to be put on any graph. */
export interface Network {
  readonly width: number;
  /** Features of one node after the layers, for nodes at places; the graph's nodes are these places. */
  features(graph: Digraph, mixing: number, start: Float64Array, layers: number): Float64Array;
  /** The spread of features over the layers, by a measure of it, until rounding is all that is left or they are a hundred times as large. */
  fading(graph: Digraph, mixing: number, start: Float64Array, depth: number, spread: (x: Float64Array) => number): number[];
  /** Exponent a layer of a small difference of a node's features between two layers, from what all nodes start with and the difference there. */
  nodeExponent(start: Float64Array, direction: Float64Array, from: number, to: number): number;
  /** The mean over layers of log (largest singular value), and log sup |phi'|: what differences grow by at most. */
  bound(depth: number): number;
}

export function networkOf({ activation, width, gain, biasDeviation }: Spec, depth: number, seed: number): Network {
  const stream = random(seed, WEIGHTS);
  const draw = (size: number, deviation: number): Float64Array =>
    fillNormal(new Float64Array(size), stream).map((v) => deviation * v);
  const weights = Array.from({ length: depth }, () => draw(width * width, gain / Math.sqrt(width)));
  const biases = Array.from({ length: depth }, () => draw(width, biasDeviation));
  const { apply } = lookup("activation", activations, activation);
  const options = { weights, biases, activation: apply };
  const mapOf = (graph: Digraph, mixing: number, start: Float64Array) => graphNetwork({ graph, mixing, ...options }, start);
  return {
    width,
    features(graph, mixing, start, layers) {
      const system = mapOf(graph, mixing, start);
      system.step(layers);
      return system.state.slice();
    },
    fading(graph, mixing, start, count, spread) {
      const system = mapOf(graph, mixing, start);
      const all = [spread(system.state)];
      for (let l = 0; l < count; l++) {
        system.step();
        const next = spread(system.state);
        // Faded to rounding, or no longer small.
        if (!(next > 1e-9 * all[0]! && next < 100 * all[0]!)) break;
        all.push(next);
      }
      return all;
    },
    nodeExponent(start, direction, from, to) {
      const layer = nodeLayer(options, width);
      const program = compile(
        (c, v, step) => {
          const moved = jvp((x) => layer(x, step!), [c!], [v!]);
          return [moved.outputs[0]!, moved.tangents[0]!];
        },
        [{ shape: [1, width] }, { shape: [1, width] }, { shape: [] }],
      );
      let [c, v] = [start, direction];
      let sum = 0;
      for (let l = 0; l < to; l++) {
        program.inputs[0]!.set(c);
        program.inputs[1]!.set(v);
        program.inputs[2]!.set([l]);
        program.run();
        c = Float64Array.from(program.outputs[0]!);
        const next = Float64Array.from(program.outputs[1]!);
        const [before, after] = [v, next].map((w) => Math.sqrt(w.reduce((s, x) => s + x * x, 0))) as [number, number];
        if (!(after > 0)) return -Infinity;
        if (l >= from) sum += scalarMath.log(after / before) / (to - from);
        v = next.map((x) => x / after);
      }
      return sum;
    },
    bound(count) {
      const slope = compile((x) => [jvp(apply, [x!], [x!]).tangents[0]!], [{ shape: [1] }]);
      let steepest = 0;
      for (let i = 1; i <= 4000; i++)
        for (const x of [i / 400, -i / 400]) {
          slope.inputs[0]![0] = x;
          slope.run();
          steepest = Math.max(steepest, Math.abs(slope.outputs[0]![0]! / x));
        }
      const logs = weights.slice(0, count).map((w) => scalarMath.log(singularValues(w, width, width).values[0]!));
      return logs.reduce((a, b) => a + b, 0) / logs.length + scalarMath.log(steepest);
    },
  };
}

/** A graph that stands for the limit: the kernel's weights, without chance. */
export const referenceOf = (limit: Graphon): Digraph => sampleGraph(limit, REFERENCE, { edges: "weighted" });
