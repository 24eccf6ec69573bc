import { scalarMath } from "#engine";
import { kendall } from "../analysis/kendall.js";
import { orderPreservation } from "../analysis/order-preservation.js";
import { random } from "../core/random.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const { tanh, exp } = scalarMath;

export const orderOfSamples: Claim = {
  name: "order-preservation",
  item: "E1",
  description:
    "a unit with a monotone activation keeps the order of its samples, one with a hump at s turns it round: tau = 1 - (1 - s)^2 on [-1, 1]; two tanh units make a hump",
  sources: ["Lin, Feng, Zhang, Zhao 2025", "Kendall 1945"],
  compare() {
    const n = 4001;
    const h = Array.from({ length: n }, (_, i) => (2 * i - (n - 1)) / (n - 1));
    const tau = (f: (x: number) => number): number => kendall(h, h.map(f)).value;
    const stream = random(8);
    const fields = Array.from({ length: 500 }, () => stream.normal());
    const below = fields.filter((x) => x <= 0).length;
    const relu = orderPreservation({
      samples: 500,
      units: 1,
      before: fields,
      after: fields.map((x) => Math.max(0, x)),
    });
    const rho = 0.5;
    const [u, v] = [random(9), random(10)];
    const x = Array.from({ length: 20_000 }, () => u.normal());
    const normal = kendall(
      x,
      x.map((a) => rho * a + Math.sqrt(1 - rho * rho) * v.normal()),
    );
    // h and h' keep their order where h + h' < 2 s. On the grid one pair in n is tied.
    const hump = (s: number, f: (x: number) => number, what: string) => ({
      what,
      predicted: 1 - (1 - s) * (1 - s),
      measured: tau(f),
      error: 3 / n,
      bars: "bound" as const,
      resolution: 2e-3,
    });
    return [
      exact("tau of one tanh unit", 1, tau(tanh), 0),
      hump(0.4, (a) => exp(-(a - 0.4) * (a - 0.4)), "tau of exp(-(h - 0.4)^2)"),
      // Even about 1/4.
      hump(0.25, (a) => tanh(2 * a + 0.5) + tanh(-2 * a + 1.5), "tau of tanh(2 h + 1/2) + tanh(-2 h + 3/2)"),
      exact(
        "pairs that a ReLU makes equal: those of samples below 0",
        (below * (below - 1)) / (500 * 499),
        relu.merged[0]!,
        1e-12,
      ),
      measuredMean("tau of a normal pair with correlation 1/2, (2 / pi) asin 1/2", 1 / 3, normal, 0.03),
    ];
  },
};
