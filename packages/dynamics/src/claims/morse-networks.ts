import { add, at, constant, grad, mul, reshape, scalarMath, sub, sum, tanh, type Tensor } from "#engine";
import { boundaryDegree } from "../analysis/boundary-degree.js";
import { criticalPoints } from "../analysis/critical-points.js";
import { fillNormal, random } from "../core/random.js";
import { gradientFloor } from "../networks/gradient-floor.js";
import { mlp } from "../networks/mlp.js";
import { exact, type Claim } from "./claim.js";

const shift = 0.8;
const bump = (x: Tensor): Tensor => sub(tanh(add(x, shift)), tanh(sub(x, shift)));
const w = [0.6, -0.9] as const;
const square = (side: number) =>
  [
    [-side, side],
    [-side, side],
  ] as const;
const normals = (count: number, seed: number): Float64Array => fillNormal(new Float64Array(count), random(seed));

export const morseNetworks: Claim = {
  name: "morse-networks",
  item: "A5",
  description:
    "networks that never widen have no critical points, wider ones are Morse functions, and behind a bottleneck critical points are degenerate",
  sources: ["Kuehn, Kuntz 2024", "Milnor 1963"],
  compare() {
    // tanh(x + a) - tanh(x - a) has the value 2 tanh a and the curvature -4 sech^2 a tanh a at 0, its one critical point.
    const curvature = -4 * scalarMath.sech2(shift) * scalarMath.tanh(shift);
    const one = criticalPoints({ f: bump, box: [[-4, 4]] });
    const line = criticalPoints({ f: (x) => bump(add(mul(w[0], at(x, 0)), mul(w[1], at(x, 1)))), box: square(2) }).manifolds[0];
    // A chain of single units: both sides of the bound are the same product.
    const chain = mlp({ widths: [3, 1, 1, 1] });
    const narrow = mlp({ widths: [4, 3, 2, 1] });
    const floorOf = (net: typeof chain, seed: number) =>
      gradientFloor(net, normals(net.size, seed), "tanh", normals(500 * net.inputs, seed + 1));
    const [equal, strict] = [floorOf(chain, 1), floorOf(narrow, 3)];
    const net = mlp({ widths: [2, 5, 5, 1] });
    const theta = normals(net.size, 24);
    const f = (x: Tensor): Tensor => sum(net.apply(constant(theta), reshape(x, [1, 2])));
    const found = criticalPoints({ f, box: square(3), starts: 120, maxIterations: 50 });
    return [
      exact("1-2-1: value there", 2 * scalarMath.tanh(shift), one.points[0]?.value ?? NaN, 1e-14),
      exact("1-2-1: curvature there", curvature, one.points[0]?.eigenvalues[0] ?? NaN, 1e-13),
      exact(
        "2-1-2-1: curvature across its critical line",
        curvature * (w[0] * w[0] + w[1] * w[1]),
        line?.eigenvalues[0] ?? NaN,
        1e-9,
      ),
      exact("2-1-2-1: curvature along it", 0, line?.eigenvalues[1] ?? NaN, 1e-13),
      exact(
        "3-1-1-1: largest distance of gradient / bound from 1",
        0,
        equal.gradients.reduce((m, g, i) => Math.max(m, Math.abs(g / equal.bounds[i]! - 1)), 0),
        1e-12,
      ),
      exact(
        "4-3-2-1: inputs of 500 with a gradient below the bound",
        0,
        strict.gradients.filter((g, i) => g < strict.bounds[i]!).length,
        0,
      ),
      exact(
        "2-5-5-1: signed count of critical points, as the gradient turns on the boundary",
        boundaryDegree({ f: (x) => grad(f)(x), box: square(3) }).value,
        found.signedCount,
        0,
      ),
    ];
  },
};
