import { scalarMath } from "#engine";

/**
 * The angle of a point of the plane, in (-pi, pi].
 *
 * *Definition*: phi with x = r cos phi, y = r sin phi; 0 for the origin.
 * *Error*: below 4 rounding errors of pi. *Cost*: eight elementary functions.
 * *Example*: `[angle(1, 1), angle(0, -1)] // [0.785398, 3.141593]`
 */
export function angle(y: number, x: number): number {
  const size = Math.max(Math.abs(x), Math.abs(y));
  if (size === 0) return 0;
  if (!(size < Infinity)) return NaN;
  const [u, v] = [x / size, y / size];
  const radius = Math.sqrt(u * u + v * v);
  const [c, s] = [u / radius, v / radius];
  const steep = Math.abs(s) > Math.abs(c);
  const ratio = steep ? Math.abs(c / s) : Math.abs(s / c);
  // Within 0.005 of the arctangent on [0, 1]; each correction cubes the error.
  const rough = ratio * (0.25 * Math.PI + 0.273 * (1 - ratio));
  const acute = steep ? 0.5 * Math.PI - rough : rough;
  const upper = c < 0 ? Math.PI - acute : acute;
  let phi = s < 0 ? -upper : upper;
  for (let i = 0; i < 3; i++) phi += s * scalarMath.cos(phi) - c * scalarMath.sin(phi);
  return phi <= -Math.PI ? Math.PI : phi;
}
