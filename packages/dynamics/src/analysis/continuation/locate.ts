import type { Bifurcation, BifurcationKind, Departure } from "./bifurcation.js";
import { dot, locateBranchPoint } from "./branch-point.js";
import { correct, tangent, type Curve } from "./curve.js";
import { critical, station, type Station, type TestFunction } from "./events.js";
import { excursion, flipForm, foldCoefficient, pairForm, type NormalForm } from "./normal-form.js";

/** Points of an orbit this close are one: at a point where they join they are so to the accuracy of the point. */
const SAME = 1e-6;

/** A bifurcation with what a branch from it needs. */
export interface Located {
  readonly bifurcation: Bifurcation;
  /** Distance along the branch from the station before it. */
  readonly distance: number;
  readonly departures: readonly Departure[];
}

/** A sign that changed for a reason that could not be found. */
export interface Unresolved {
  readonly kind: BifurcationKind;
  readonly between: readonly [number, number];
}

/** Where a test function changes its sign between two stations; undefined where nothing that it looks for happens there. */
export function locate(c: Curve, test: TestFunction, from: Station, to: Station): Located | Unresolved | undefined {
  const { z, t } = from;
  const length = to.z.reduce((s, v, i) => s + (v - z[i]!) * t[i]!, 0);
  const at = (s: number): Station | undefined => {
    const found = correct(
      c,
      z.map((v, i) => v + s * t[i]!),
      t,
    );
    if (!found) return undefined;
    return station(c, found.z, tangent(found.derivative, t, c.dim), found.derivative);
  };
  // Regula falsi and bisection in turns: the bracket shrinks whatever the shape, and a smooth one needs few rounds.
  let [a, b] = [0, length];
  let [fa, fb] = [test.value(from), test.value(to)];
  let [low, high]: [Station, Station] = [from, to];
  let best = Math.abs(fa) < Math.abs(fb) ? from : to;
  const resolution = 4e-16 * (1 + Math.abs(length) + Math.sqrt(dot(z, z)));
  for (let i = 0; i < 120 && Math.abs(b - a) > resolution; i++) {
    const s = i % 2 === 1 ? 0.5 * (a + b) : (a * fb - b * fa) / (fb - fa);
    const middle = at(s > Math.min(a, b) && s < Math.max(a, b) ? s : 0.5 * (a + b));
    // Too close to a branch point the plane meets two branches.
    if (!middle) break;
    const f = test.value(middle);
    if (!Number.isFinite(f)) break;
    best = middle;
    const where = middle.z.reduce((sum, v, j) => sum + (v - z[j]!) * t[j]!, 0);
    if (f === 0) [a, b, low, high] = [where, where, middle, middle];
    else if (f > 0 === fb > 0) [b, fb, high] = [where, f, middle];
    else [a, fa, low] = [where, f, middle];
  }
  const unresolved: Unresolved = { kind: test.kind, between: [from.z[c.dim]!, to.z[c.dim]!] };
  const settled = Math.abs(b - a) <= Math.max(4 * resolution, 1e-9 * Math.abs(length));
  // A branch point is finished by Newton's method, which needs to be near only.
  if (!settled && test.kind !== "branch point") return unresolved;
  if (!test.genuine(best)) return undefined;
  const bracket = Math.abs(high.z[c.dim]! - low.z[c.dim]!);
  const distance = best.z.reduce((s, v, i) => s + (v - z[i]!) * t[i]!, 0);
  return finish(c, test.kind, best, bracket, distance) ?? unresolved;
}

function finish(c: Curve, kind: BifurcationKind, s: Station, bracket: number, distance: number): Located | undefined {
  const { dim, period } = c;
  const p = s.z[dim]!;
  // Eigenvalues beyond the boundary besides those on it, which are there to about 1e-10.
  const others = s.eigenvalues.filter(([re, im]) => (c.kind === "flow" ? re : Math.sqrt(re * re + im * im) - 1) > 1e-6).length;
  const shared = { kind, period, frequency: NaN, amplitude: () => NaN };
  const error = bracket + 1e-15 * (1 + Math.abs(p));
  if (kind === "branch point") {
    const point = locateBranchPoint(c, s.z, s.t);
    if (!point) return undefined;
    const lower = lowerPeriod(c, point.z);
    if (lower < period)
      return {
        distance,
        // The other branch is the orbit of the lower period, which is followed as such.
        departures: [],
        bifurcation: {
          ...shared,
          parameter: point.z[dim]!,
          state: point.z.slice(0, dim),
          error: point.error,
          coefficient: 0,
          meaning: `the orbit of period ${period} meets one of period ${lower}, ${period === 2 * lower ? "whose flip this is" : "which has a root of unity as a multiplier there"}`,
        },
      };
    const [one, two] = point.tangents;
    const pitchfork = Math.min(Math.abs(one[dim]!), Math.abs(two[dim]!)) < 1e-6;
    return {
      distance,
      departures: [
        { z: point.z, direction: two, period, symmetric: false },
        { z: point.z, direction: two.map((x) => -x), period, symmetric: false },
      ],
      bifurcation: {
        ...shared,
        parameter: point.z[dim]!,
        state: point.z.slice(0, dim),
        error: point.error,
        coefficient: pitchfork ? 0 : dot(one, two),
        meaning: pitchfork
          ? "pitchfork: a branch crosses another without a first-order change of the parameter"
          : "transcritical: two branches cross and exchange stability",
      },
    };
  }
  const place = { ...shared, parameter: p, state: s.z.slice(0, dim), error };
  if (kind === "fold") {
    const a = foldCoefficient(c, s.z, fieldJacobian(c, s));
    const meaning = "two solutions meet here and vanish";
    return { distance, departures: [], bifurcation: { ...place, coefficient: a, meaning } };
  }
  if (kind === "flip") {
    const form = flipForm(c, s.z, fieldJacobian(c, s), s.t);
    const direction = new Float64Array(dim + 1);
    direction.set(form.direction.re);
    const meaning = word(-form.coefficient, `orbit of period ${2 * period}`, others);
    return {
      distance,
      departures: [{ z: s.z, direction, period: 2 * period, symmetric: true }],
      bifurcation: { ...place, coefficient: form.coefficient, meaning, amplitude: amplitude(form, p, 1, 1) },
    };
  }
  const pair = critical(s, c.kind === "map");
  const form = pairForm(c, s.z, s.jacobian, pair, s.t);
  const flow = c.kind === "flow";
  return {
    distance,
    departures: [],
    bifurcation: {
      ...place,
      coefficient: form.coefficient,
      frequency: flow ? pair[1] : angle(pair),
      meaning: word(form.coefficient, flow ? "periodic orbit" : "closed invariant curve", others),
      amplitude: amplitude(form, p, flow ? pair[1] : 1, excursion(form.direction)),
    },
  };
}

/** The least period of the orbit at a point of the curve, where it may be that of another. */
function lowerPeriod(c: Curve, z: Float64Array): number {
  const { dim, period } = c;
  if (period === 1) return 1;
  const orbit = c.orbit(z);
  const back = (n: number): boolean =>
    orbit.subarray(0, dim).every((v, i) => Math.abs(orbit[n * dim + i]! - v) <= SAME * (1 + Math.abs(v)));
  for (let n = 1; n < period; n++) if (period % n === 0 && back(n)) return n;
  return period;
}

/** The derivative of the curve by the state: A for flows, A - I for maps. */
const fieldJacobian = ({ kind, dim }: Curve, { jacobian }: Station): Float64Array =>
  kind === "flow" ? jacobian : jacobian.map((v, e) => v - (e % (dim + 1) === 0 ? 1 : 0));

/** Below 0 the cubic term holds what the linear one drives away; `others` directions are unstable all the same. */
function word(coefficient: number, what: string, others: number): string {
  if (!Number.isFinite(coefficient)) return `a ${what} is born; its stability could not be had`;
  if (Math.abs(coefficient) < 1e-9) return `degenerate: the cubic term vanishes, higher ones decide about the ${what}`;
  if (others > 0)
    return `${coefficient < 0 ? "super" : "sub"}critical within the critical directions; what is born, a ${what}, is unstable in ${others} other${others === 1 ? "" : "s"}`;
  return coefficient < 0
    ? `supercritical: a stable ${what} is born where the branch loses stability`
    : `subcritical: an unstable ${what} shrinks onto the branch while it is stable`;
}

const amplitude =
  ({ coefficient, growth }: NormalForm, parameter: number, factor: number, size: number) =>
  (at: number): number => {
    const square = (-growth * (at - parameter)) / (factor * coefficient);
    return square >= 0 ? size * Math.sqrt(square) : NaN;
  };

/**
 * The angle of a unit complex number with im > 0, in (0, pi): halved until arctan's series needs few terms. Square roots and a series are the
 * same on every machine.
 */
function angle([re, im]: readonly [number, number]): number {
  let [x, doublings] = [re, 0];
  for (; im > 0.05 * x; doublings++) x += Math.sqrt(x * x + im * im);
  const q = im / x;
  let [sum, power] = [0, q];
  for (let k = 1; k < 20; k += 2, power *= -q * q) sum += power / k;
  for (; doublings > 0; doublings--) sum *= 2;
  return sum;
}
