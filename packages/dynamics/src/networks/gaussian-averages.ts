import { compile, exp, grad, mul, sum, type Program, type Tensor } from "#engine";
import { lookup } from "../core/lookup.js";
import { gaussHermite, gaussLegendre, type Quadrature } from "../core/quadrature.js";
import { activations } from "./activations.js";

/** What a pair of correlated sums becomes: u and v are normal with variance q and correlation c. */
export interface PairAverages {
  /** E phi(u) phi(v). */
  readonly product: number;
  /** E phi'(u) phi'(v). */
  readonly slopes: number;
  /** E u phi(u) phi'(v) / q: for c = 1 the derivative of E phi(u)^2 by q. */
  readonly growth: number;
}

/** How finely integrals are cut up; "draft" is for pictures. */
export type Resolution = "fine" | "coarse" | "draft";

/** Averages of an activation over normal variables. */
export interface GaussianAverages {
  readonly activation: string;
  /** At variance q > 0 and correlation c in [-1, 1]. */
  pair(q: number, c: number, resolution?: Resolution): PairAverages;
  /** The same with c = 1: u = v. */
  single(q: number, resolution?: Resolution): PairAverages;
}

/** Beyond this many standard deviations the normal law has mass 1e-18. */
const FAR = 9;
/** Up to this variance a function of scale 1 is resolved by the rule of Gauss and Hermite; beyond it integrals are cut into panels. */
const RESOLVED = 0.5;
const CHUNK = 512;
/** Points with s^2 + t^2 above this are left out: the density there is 1e-18 of the greatest. */
const NEGLIGIBLE = FAR * FAR;

const RULES: Record<Resolution, { readonly hermite: Quadrature; readonly panel: Quadrature }> = {
  fine: { hermite: gaussHermite(96), panel: gaussLegendre(16) },
  coarse: { hermite: gaussHermite(64), panel: gaussLegendre(12) },
  draft: { hermite: gaussHermite(31), panel: gaussLegendre(7) },
};

/**
 * Averages of an activation and its derivative over one or two correlated normal variables.
 *
 * *Definition*: u = sqrt(q) (a s + b t), v = sqrt(q) (a s - b t) with independent standard normals s, t and a^2 = (1 + c) / 2, b^2 = (1 - c) / 2
 * (for c < 0 the roles of s and t change and v its sign), so that u and v have variance q and correlation c.
 * *Arguments*: `activation`: a name of the catalogue.
 * *Returns*: `pair(q, c)` and `single(q)`, at resolution "fine" or "coarse"; the difference of the two bounds the error in practice. "draft" has some six digits.
 * *Error*: an analytic activation with q <= 1/2 is averaged by 96 (coarse: 64) Gauss-Hermite points a variable. Otherwise the integrals are cut
 * into panels of 16 (12) Gauss-Legendre points: at every kink k of u and v, that is over s at (k / sqrt(q) -+ b t) / a for each t and over t
 * where two such places meet, so that the integrand is smooth on every panel however close c is to 1; panels are at most 1 wide and, since an
 * activation changes on the scale 1 of u, as narrow as that next to 0 and the kinks, doubling away from them.
 * *Cost*: some 10^3 evaluations for `single`; 10^4 (Gauss-Hermite) to 10^5 (panels) for `pair`, compiled.
 * *Source*: Golub, Welsch 1969; Price 1958, A useful theorem for nonlinear devices having Gaussian inputs (why the derivative of E phi(u) phi(v) by c
 * is q E phi'(u) phi'(v)).
 * *Example*: `gaussianAverages("relu").single(2).product // 1.000000`
 */
export function gaussianAverages(activation: string): GaussianAverages {
  const { apply, kinks } = lookup("activation", activations, activation);
  const program = weighted(apply);
  const sumUp = (q: number, nodes: (visit: Visit) => void): PairAverages => {
    const [us, vs, ws, radii] = program.inputs as [Float64Array, Float64Array, Float64Array, Float64Array];
    const total = [0, 0, 0];
    let at = 0;
    const flush = (): void => {
      ws.fill(0, at);
      us.fill(0, at);
      vs.fill(0, at);
      program.run();
      for (let i = 0; i < 3; i++) total[i]! += program.outputs[i]![0]!;
      at = 0;
    };
    const r = Math.sqrt(q);
    nodes((u, v, w, radius) => {
      us[at] = r * u;
      vs[at] = r * v;
      radii[at] = radius;
      ws[at++] = w;
      if (at === CHUNK) flush();
    });
    if (at > 0) flush();
    return { product: total[0]!, slopes: total[1]!, growth: total[2]! / q };
  };
  const analytic = (q: number): boolean => !kinks && q <= RESOLVED;
  // 0 is where all activations of the catalogue bend; the others are where they jump.
  const places = [...new Set([0, ...(kinks ?? [])])].sort((x, y) => x - y);

  const single: GaussianAverages["single"] = (q, resolution = "fine") => {
    const { hermite, panel } = RULES[resolution];
    const scale = 1 / Math.sqrt(q);
    return sumUp(q, (visit) => {
      if (analytic(q)) hermite.points.forEach((z, i) => visit(z, z, hermite.weights[i]!, 0));
      else
        overPanels(
          places.map((k) => k * scale),
          scale,
          panel,
          (z, w) => visit(z, z, w * DENSITY, z * z),
        );
    });
  };
  const pair: GaussianAverages["pair"] = (q, c, resolution = "fine") => {
    if (c === 1) return single(q, resolution);
    const { hermite, panel } = RULES[resolution];
    const sign = c < 0 ? -1 : 1;
    const a = Math.sqrt(0.5 * (1 + Math.abs(c)));
    // 1 - |c| may be tiny: the difference is exact there.
    const b = Math.sqrt(0.5 * (1 - Math.abs(c)));
    return sumUp(q, (visit) => {
      if (analytic(q)) {
        hermite.points.forEach((s, i) =>
          hermite.points.forEach((t, j) => {
            if (s * s + t * t <= NEGLIGIBLE)
              visit(a * s + b * t, sign * (a * s - b * t), hermite.weights[i]! * hermite.weights[j]!, 0);
          }),
        );
        return;
      }
      const scale = 1 / Math.sqrt(q);
      const meets = b === 0 ? [0] : places.flatMap((k) => places.map((l) => ((k - sign * l) * scale) / (2 * b)));
      overPanels(meets, b === 0 ? 1 : scale / b, panel, (t, wt) => {
        const kinksOfU = places.map((k) => (k * scale - b * t) / a);
        const kinksOfV = places.map((l) => (sign * l * scale + b * t) / a);
        overPanels([...kinksOfU, ...kinksOfV], scale / a, panel, (s, ws) => {
          const radius = s * s + t * t;
          if (radius <= NEGLIGIBLE) visit(a * s + b * t, sign * (a * s - b * t), wt * ws * DENSITY * DENSITY, radius);
        });
      });
    });
  };
  return { activation, single, pair };
}

/** Whether the averages at a length agree between two resolutions to a ten-thousandth: not where an activation oscillates many times. */
export function isResolved(averages: GaussianAverages, q: number): boolean {
  const [fine, coarse] = [averages.single(q), averages.single(q, "coarse")];
  return (["product", "slopes"] as const).every((k) => Math.abs(fine[k] - coarse[k]) <= 1e-4 * Math.abs(fine[k]));
}

/** A point with its weight, which is still to be multiplied by exp(-radius / 2). */
type Visit = (u: number, v: number, weight: number, radius: number) => void;

/** Sums over CHUNK points, with weights w exp(-radius / 2): of phi(u) phi(v), of phi'(u) phi'(v), of u phi(u) phi'(v). */
function weighted(apply: (x: Tensor) => Tensor): Program {
  const slope = grad((x) => sum(apply(x)));
  const shape = [CHUNK];
  return compile(
    (u, v, w, radius) => {
      const [f, g, df, dg] = [apply(u!), apply(v!), slope(u!) as Tensor, slope(v!) as Tensor];
      const weight = mul(w!, exp(mul(-0.5, radius!)));
      return [mul(f, g), mul(df, dg), mul(mul(u!, f), dg)].map((x) => sum(mul(weight, x)));
    },
    [{ shape }, { shape }, { shape }, { shape }],
  );
}

const DENSITY = 1 / Math.sqrt(2 * Math.PI);

/** Visits the points of all panels between -FAR and FAR with their weights. */
function overPanels(
  features: readonly number[],
  finest: number,
  rule: Quadrature,
  visit: (z: number, weight: number) => void,
): void {
  const inside = features.filter((f) => f > -FAR && f < FAR).sort((x, y) => x - y);
  const marks = [-FAR, ...inside, FAR];
  for (let i = 0; i + 1 < marks.length; i++) {
    const edges = graded(marks[i]!, marks[i + 1]!, i > 0, i + 2 < marks.length, finest);
    for (let e = 0; e + 1 < edges.length; e++) {
      const [middle, half] = [0.5 * (edges[e]! + edges[e + 1]!), 0.5 * (edges[e + 1]! - edges[e]!)];
      for (let j = 0; j < rule.points.length; j++) visit(middle + half * rule.points[j]!, half * rule.weights[j]!);
    }
  }
}

/** Edges from a to b, at most 1 apart, and `finest` apart next to an end that is a feature, doubling away from it. */
function graded(a: number, b: number, fromA: boolean, fromB: boolean, finest: number): number[] {
  const left = [a];
  const right = [b];
  let stepA = fromA ? Math.min(1, finest) : 1;
  let stepB = fromB ? Math.min(1, finest) : 1;
  for (;;) {
    const [x, y] = [left.at(-1)!, right.at(-1)!];
    // What is left is one panel, no wider than either side allows.
    if (y - x <= Math.min(stepA, stepB)) return [...left, ...right.reverse()];
    if (stepA <= stepB) {
      left.push(x + stepA);
      stepA = Math.min(1, 2 * stepA);
    } else {
      right.push(y - stepB);
      stepB = Math.min(1, 2 * stepB);
    }
  }
}
