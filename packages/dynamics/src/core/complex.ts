import { scalarMath } from "#engine";

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const complex = (re: number, im = 0): Complex => ({ re, im });
export const plus = (a: Complex, b: Complex): Complex => complex(a.re + b.re, a.im + b.im);
export const minus = (a: Complex, b: Complex): Complex => complex(a.re - b.re, a.im - b.im);
export const times = (a: Complex, b: Complex): Complex => complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
export const scaled = (a: Complex, s: number): Complex => complex(a.re * s, a.im * s);
export const modulus = ({ re, im }: Complex): number => {
  const [high, low] = [Math.max(Math.abs(re), Math.abs(im)), Math.min(Math.abs(re), Math.abs(im))];
  return high === 0 || high === Infinity ? high : high * Math.sqrt(1 + (low / high) * (low / high));
};

export function over(a: Complex, b: Complex): Complex {
  const size = modulus(b);
  const [u, v] = [b.re / size, b.im / size];
  return complex((a.re * u + a.im * v) / size, (a.im * u - a.re * v) / size);
}

export function expOf({ re, im }: Complex): Complex {
  const size = scalarMath.exp(re);
  // Whatever the angle is, which may be beyond what a cosine takes.
  if (size === 0) return complex(0, 0);
  return im === 0 ? complex(size, im) : complex(size * scalarMath.cos(im), size * scalarMath.sin(im));
}

/** Principal value: the imaginary part lies in (-pi, pi]. */
export const logOf = (z: Complex): Complex => complex(scalarMath.log(modulus(z)), argument(z));

export function rootOf(z: Complex): Complex {
  const size = modulus(z);
  const re = Math.sqrt((size + Math.abs(z.re)) / 2);
  if (re === 0) return complex(0);
  const im = z.im / (2 * re);
  return z.re >= 0 ? complex(re, im) : complex(Math.abs(im), z.im < 0 ? -re : re);
}

/**
 * The angle of z in (-pi, pi]; 0 for 0.
 *
 * *Error*: below 1e-15: from a rational start, steps of third order in sin(angle - guess).
 */
export function argument({ re, im }: Complex): number {
  if (im === 0) return re < 0 ? Math.PI : 0;
  const size = modulus({ re, im });
  const [c, s] = [re / size, Math.abs(im) / size];
  // tan of half the angle lies in [0, infinity); below 1 for acute angles, to which the others are turned.
  const [x, y, turned] = c >= s ? [c, s, 0] : c >= -s ? [s, -c, Math.PI / 2] : [-c, -s, Math.PI];
  let angle = y / (0.72 * x + 0.28);
  for (let i = 0; i < 4; i++) {
    const d = y * scalarMath.cos(angle) - x * scalarMath.sin(angle);
    angle += d * (1 + (d * d) / 6);
  }
  return im < 0 ? -(turned + angle) : turned + angle;
}
