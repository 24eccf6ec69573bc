import { scalarMath } from "#engine";
import { angle } from "../core/angle.js";
import { integral } from "../core/integral.js";
import type { Frequencies } from "./frequencies.js";
import { needUnimodal } from "./frequency-density.js";
import type { GraphonOrder } from "./graphon-order.js";

/**
 * Where infinitely many partially locked oscillators are on their circle: the density of their phases.
 *
 * *Definition*: an oscillator of frequency omega in the field a = K h(x) obeys theta' = omega - a sin theta, theta being counted from the mean direction and omega
 * from the center. The locked, |omega| <= a, rest at sin theta = omega / a; the others are met in proportion to the time that they spend:
 * rho_a(theta) = a cos(theta)_+ g(a sin theta) + int_{|omega| > a} g(omega) sqrt(omega^2 - a^2) / (2 pi |omega - a sin theta|) d omega.
 * rho is the mean of rho_{K h(x)} over the places x of the graph's limit; it is 1 / (2 pi) where there is no order.
 * *Arguments*: `order` as `graphonOrder` gives it at this `coupling` for these `frequencies`.
 * *Returns*: rho(theta), per radian; NaN where the order is not known. Its integral is 1 and its first moment the order parameter.
 * *Error*: 1e-9 of rho for the integral over frequencies; the field's own error besides.
 * *Cost*: some 200 values of g for each place at which the field is different, and as many products at each theta.
 * *Source*: Kuramoto 1984, Chemical oscillations, waves, and turbulence, section 5.4; Strogatz 2000, From Kuramoto to Crawford, section 4.
 * *Example*: `const cauchy = lorentzianFrequencies(1); const rho = lockedDensity(cauchy, 4, graphonOrder(erdosRenyiGraphon(1), cauchy, 4));
 * [rho(0), rho(Math.PI)] // [0.927623, 0.027307]`
 */
export function lockedDensity(frequencies: Frequencies, coupling: number, order: GraphonOrder): (theta: number) => number {
  needUnimodal("lockedDensity", frequencies);
  const shares = new Map<number, number>();
  order.field.forEach((h, i) => shares.set(coupling * h, (shares.get(coupling * h) ?? 0) + order.weights[i]!));
  const total = Array.from(shares.values()).reduce((s, w) => s + w, 0);
  if (order.status !== "ok") return () => NaN;
  const fields = Array.from(shares, ([a, share]) => ({
    share: share / total,
    rho: a > 0 ? inField(frequencies, a) : () => 0.5 / Math.PI,
  }));
  return (theta) => {
    const [sin, cos] = [scalarMath.sin(theta), scalarMath.cos(theta)];
    return fields.reduce((sum, { share, rho }) => sum + share * rho(sin, cos), 0);
  };
}

/** The two terms of the density in one field; the second with omega = a / sin(phi). */
function inField({ density, breaks }: Frequencies, a: number): (sin: number, cos: number) => number {
  const outer = breaks.filter((b) => b > a).map((b) => arcsine(a / b));
  const ends = [0, ...outer.sort((p, q) => p - q), 0.5 * Math.PI];
  // The nodes are the same for all theta, and so is what costs: g and the sines.
  const known = new Map<number, Term>();
  const at = (phi: number): Term => {
    const found = known.get(phi) ?? term(density, a, phi);
    known.set(phi, found);
    return found;
  };
  return (sin, cos) => {
    let drifting = 0;
    for (let i = 0; i + 1 < ends.length; i++)
      drifting += integral(
        (phi) => {
          const { factor, cosine, sine } = at(phi);
          // 1 - sin^2(theta) sin^2(phi), without cancellation where both sines are near 1.
          return factor / (cosine + sine * cos * cos);
        },
        ends[i]!,
        ends[i + 1]!,
        1e-9,
      ).value;
    return (cos > 0 ? a * cos * density(a * sin) : 0) + (a / Math.PI) * drifting;
  };
}

/** g(a / sin) cos^2 / sin^2 at phi, and the squares. */
interface Term {
  readonly factor: number;
  readonly cosine: number;
  readonly sine: number;
}

function term(density: (x: number) => number, a: number, phi: number): Term {
  const [s, c] = [scalarMath.sin(phi), scalarMath.cos(phi)];
  const [sine, cosine] = [s * s, c * c];
  return { factor: sine === 0 ? 0 : (density(a / s) * cosine) / sine, cosine, sine };
}

const arcsine = (x: number): number => angle(x, Math.sqrt((1 - x) * (1 + x)));
