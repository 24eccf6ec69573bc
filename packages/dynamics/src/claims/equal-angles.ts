import { scalarMath } from "#engine";
import { boundary } from "../core/bisection.js";
import { gaussLegendre } from "../core/quadrature.js";
import { flow } from "../flow/flow.js";
import { attentionField, type AttentionWeights } from "../limits/attention.js";
import { allToAll } from "../limits/coupling-matrix.js";
import { kuramotoField } from "../limits/kuramoto.js";
import { exact, type Claim } from "./claim.js";
import { precise } from "./precise.js";

const { exp } = scalarMath;

/** The cosine of two of n tokens that start orthogonal in R^n, after a time, by the flow of all of them. */
function cosine(n: number, beta: number, weights: AttentionWeights, time: number): number {
  const initial = Float64Array.from({ length: n * n }, (_, e) => (e % (n + 1) === 0 ? 1 : 0));
  const system = flow({ field: attentionField({ tokens: n, dimension: n, beta, weights }), initial, dt: time, ...precise });
  system.step();
  let product = 0;
  for (let c = 0; c < n; c++) product += system.state[c]! * system.state[n + c]!;
  return product;
}

/** The g at which the time int_0^g dg / g' is reached. */
function reached(speed: (g: number) => number, time: number): number {
  const { points, weights } = gaussLegendre(60);
  const needed = (g: number): number => points.reduce((s, z, i) => s + (0.5 * g * weights[i]!) / speed(0.5 * g * (1 + z)), 0);
  return boundary((g) => needed(g) < time, 0, 0.999);
}

/** The farthest a point of the plane under attention at beta = 0 is from the oscillator that starts at its angle. */
function fromOscillators(): number {
  const theta = Float64Array.of(0.3, -1.2, 2.5, 0.9, -2.8);
  const points = Float64Array.from({ length: 10 }, (_, e) => scalarMath[e % 2 === 0 ? "cos" : "sin"](theta[e >> 1]!));
  const tokens = flow({ field: attentionField({ tokens: 5, dimension: 2, beta: 0 }), initial: points, dt: 2, ...precise });
  const phases = flow({ field: kuramotoField({ graph: allToAll(5), coupling: 1 }), initial: theta, dt: 2, ...precise });
  tokens.step();
  phases.step();
  return tokens.state.reduce(
    (most, v, e) => Math.max(most, Math.abs(v - scalarMath[e % 2 === 0 ? "cos" : "sin"](phases.state[e >> 1]!))),
    0,
  );
}

export const equalAngles: Claim = {
  name: "equal-angles",
  item: "C10",
  description:
    "tokens at equal angles stay so: their cosine g has g' = 2 e^(b g) (1 - g)((n - 1) g + 1) / Z; in the plane at b = 0 they are Kuramoto oscillators",
  sources: ["Geshkovski, Letrouit, Polyanskiy, Rigollet 2025"],
  compare() {
    const common = (g: number, n: number, beta: number): number => 2 * exp(beta * g) * (1 - g) * ((n - 1) * g + 1);
    const e = exp(2);
    return [
      exact("cosine at t = 1, n = 6, b = 0", (e - 1) / (e + 5), cosine(6, 0, "softmax", 1), 1e-10),
      exact(
        "cosine at t = 0.8, n = 4, b = 1.5, softmax",
        reached((g) => common(g, 4, 1.5) / (exp(1.5) + 3 * exp(1.5 * g)), 0.8),
        cosine(4, 1.5, "softmax", 0.8),
        1e-9,
      ),
      exact(
        "cosine at t = 0.8, n = 4, b = 0.7, plain weights",
        reached((g) => common(g, 4, 0.7) / 4, 0.8),
        cosine(4, 0.7, "plain", 0.8),
        1e-9,
      ),
      exact("distance of tokens in the plane from oscillators, b = 0", 0, fromOscillators(), 1e-9),
    ];
  },
};
