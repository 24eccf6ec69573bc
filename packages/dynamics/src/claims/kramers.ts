import { constant, mul, scalarMath, sub } from "#engine";
import { integral } from "../core/integral.js";
import { diffusion } from "../flow/diffusion.js";
import type { Claim } from "./claim.js";

const D = 0.12;
const COPIES = 400;
/** Time between looks, steps of the scheme in it as a power of 2, and looks: ten times the mean. */
const [LOOK, LEVEL, LOOKS] = [1 / 16, 2, 16 * 450];

/** exp(sign V / D) for V = x^4 / 4 - x^2 / 2. */
const weight = (x: number, sign: number): number => scalarMath.exp(((sign * x * x) / D) * (0.25 * x * x - 0.5));

/** The mean time from -1 to the first passage of b. */
const passage = (b: number): number =>
  integral((y) => weight(y, 1) * integral((z) => weight(z, -1), -3, y, 1e-9).value, -1, b, 1e-7).value / D;

export const kramers: Claim = {
  name: "escape-from-a-well",
  item: "F12",
  description:
    "dX = -V'(X) dt + sqrt(2 D) dW first comes from x to b after the mean time (1 / D) int_x^b exp(V(y) / D) int_-inf^y exp(-V(z) / D) dz dy, which grows like exp(barrier / D)",
  sources: ["Kramers 1940"],
  compare() {
    const b = 0.6;
    const system = diffusion({
      drift: (x) => sub(x, mul(x, mul(x, x))),
      diffusion: () => constant([Math.sqrt(2 * D)]),
      initial: [-1],
      dt: LOOK,
      level: LEVEL,
      seed: 6,
    }).batch(COPIES, { noise: "own" });
    const times = new Float64Array(COPIES).fill(NaN);
    for (let look = 1, left = COPIES; look <= LOOKS && left > 0; look++) {
      system.step();
      for (let i = 0; i < COPIES; i++)
        if (Number.isNaN(times[i]!) && system.state[i]! > b) {
          times[i] = look * LOOK;
          left--;
        }
    }
    const mean = times.reduce((s, t) => s + t, 0) / COPIES;
    const squares = times.reduce((s, t) => s + (t - mean) * (t - mean), 0);
    // Who looks at intervals sees passages of a place that lies 0.5826 sqrt(2 D LOOK) further out (Broadie, Glasserman, Kou 1997).
    const predicted = passage(b + 0.5826 * Math.sqrt(2 * D * LOOK));
    return [
      {
        what: "mean time from -1 to 0.6 at D = 0.12",
        predicted,
        // Of the shift, and of the scheme's own step.
        predictedError: 0.2 * (predicted - passage(b)) + 2 ** -LEVEL * LOOK * predicted,
        measured: mean,
        error: Math.sqrt(squares) / COPIES,
        bars: "standard error",
        resolution: 0.25 * predicted,
      },
    ];
  },
};
