import { add, at, constant, cos, matmul, mul, sin, stack, sub, type Tensor } from "#engine";
import { embeddable } from "../analysis/embeddable.js";
import { determinant } from "../core/dense-general.js";
import { fillNormal, random } from "../core/random.js";
import { integrate } from "../flow/integrate.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { exact, type Claim } from "./claim.js";

const DRAWS = 8;
const plane = { inputs: 2, outputs: 2, domain: [-1, 1], points: 64 } as const;

/** z^2, which takes z and -z to one point. */
const squared = (h: Tensor): Tensor => {
  const [x, y] = [at(h, 0), at(h, 1)];
  return stack([sub(mul(x, x), mul(y, y)), mul(2, mul(x, y))]);
};
const driven = (h: Tensor, t: Tensor): Tensor => stack([sin(add(at(h, 1), t)), cos(mul(3, at(h, 0)))]);

export const embeddability: Claim = {
  name: "embeddability",
  item: "A16",
  description:
    "a map of the plane that turns orientation or joins two points is no flow's map, whatever the field; with four units every map is",
  sources: ["Kuehn, Kuntz 2023", "Hartman 1964"],
  compare() {
    const matrices = Array.from({ length: DRAWS }, (_, i) => fillNormal(new Float64Array(4), random(i, 5)));
    const turning = matrices.filter((a) => a[0]! * a[3]! - a[1]! * a[2]! < 0);
    const linear = (a: Float64Array) => (h: Tensor) => matmul(constant(a, [2, 2]), h);
    const refused = matrices.map((a) => embeddable(linear(a), plane)).filter((e) => e.verdict === "no");
    const [first] = turning;
    const joined = embeddable(squared, { ...plane, points: 64 }).witnesses;
    const [p, q] = [joined[0]?.point, joined[1]?.point];
    return [
      exact(
        `of ${DRAWS} random linear maps, those excluded: as many as have a negative determinant`,
        turning.length,
        refused.length,
        0,
      ),
      exact("determinant at the witness", determinant(first!, 2), refused[0]?.witnesses[0]?.determinant ?? NaN, 1e-13),
      exact(
        "z^2: sum of the two points with one value",
        0,
        p && q ? Math.abs(p[0]! + q[0]!) + Math.abs(p[1]! + q[1]!) : NaN,
        1e-9,
      ),
      exact(
        "excluded with four units, or the map of a time-dependent flow",
        0,
        [
          ...turning.map((a) => embeddable(linear(a), { ...plane, state: 4, readout: "affine" })),
          embeddable(integrate(driven, { solver: rk4, steps: 5 }), plane),
        ].filter((e) => e.verdict === "no").length,
        0,
      ),
    ];
  },
};
