import { finiteTimeExponentsAt, meanField } from "#dynamics";
import { constant, reshape, scalarMath, type Tensor } from "#engine";
import { sha256 } from "../parts/sha256.js";
import { answering } from "./answering.js";
import { drawnNetwork, meanPlaneTheory, squareGrid } from "./drawn-network.js";
import { passes, placesOf } from "./passes.js";
import type { Work } from "./protocol/jobs.js";
import type { StretchingOrder } from "./protocol/propagation.js";

/** Multiplications between two looks at the messages, about. */
const EFFORT = 2 ** 30;
/** Points on the side of the square over which theory is averaged. */
const THEORY = 16;

/** An image of finite-time Lyapunov exponents over a square of inputs, which sharpens. */
export const stretching: Work<"stretching"> = (_input, host) =>
  answering(host, async (order, outdated) => {
    const { cells: n, depth, width } = order;
    const together = Math.max(16, Math.min(512, Math.floor(EFFORT / (3 * depth * width * width))));
    const at = finiteTimeExponentsAt({ f: through(order), dim: 2 }, { steps: depth, together });
    const points = planePoints(order);
    const values = new Float64Array(n * n);
    for (const { width: side, cells, done } of passes(n, n, together)) {
      await host.breathe();
      if (outdated()) return;
      const found = at(Float64Array.from({ length: 2 * cells.length }, (_, i) => points[2 * cells[i >> 1]! + (i % 2)]!)).value;
      cells.forEach((cell, i) => (values[cell] = found[i]!));
      host.news({ kind: "cells", order, width: side, places: placesOf(cells, n), values: found, done });
    }
    await host.breathe();
    if (outdated()) return;
    host.news({
      kind: "whole",
      order,
      mean: values.reduce((sum, v) => sum + v, 0) / values.length,
      theory: theoryOf(order),
      deep: 0.5 * scalarMath.log(meanField(order).chi.value),
      digest: sha256(new Uint8Array(values.buffer)),
    });
  });

/** From one input to the sums of the last layer. */
export function through(order: StretchingOrder): (x: Tensor) => Tensor {
  const network = drawnNetwork(order);
  const theta = network.initial(order.seed);
  return (x) => reshape(network.apply(constant(theta), reshape(x, [1, 2])), [network.outputs]);
}

/** The middles of the cells, row by row from below. */
export const planePoints = ({ cells: n, radius }: StretchingOrder): Float64Array =>
  Float64Array.from({ length: 2 * n * n }, (_, e) => {
    const p = e >> 1;
    return -radius + (2 * radius * ((e % 2 === 0 ? p % n : Math.floor(p / n)) + 0.5)) / n;
  });

/**
 * The mean over the square of what infinitely wide layers do to a difference at a right angle to the input, in nat a layer.
 *
 * `growth` is in root mean squares over units; the exponent is of lengths, so sqrt(width / 2) comes to it.
 */
function theoryOf(order: StretchingOrder): number {
  const middles = squareGrid(THEORY, order.radius * (1 - 1 / THEORY));
  const { growth } = meanPlaneTheory(order, middles);
  return (growth.at(-1)! + 0.5 * scalarMath.log(order.width / 2)) / order.depth;
}
