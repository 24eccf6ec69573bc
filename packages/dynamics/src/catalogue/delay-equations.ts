import { add, at, concat, div, mul, pow, reshape, sin, sub, type Tensor } from "#engine";
import type { DelayField } from "../flow/segment.js";
import type { Entry } from "./index.js";

type Numbers = Readonly<Record<string, number>>;

/** A delay equation with a name: one delay, tau, and numbers that it depends on. */
export interface NamedDelay extends Entry {
  /** With their defaults; `tau` among them. */
  readonly parameters: Numbers;
  readonly field: (p: Numbers) => DelayField;
  /** Names of the components of x. */
  readonly components: readonly string[];
  /** A constant past from which something happens. */
  readonly history: readonly number[];
  readonly source: string;
}

const part = (x: Tensor, i: number): Tensor => reshape(at(x, i), [1]);

/** One line an entry: delay equations that a study can name. */
export const delayEquations: readonly NamedDelay[] = [
  {
    name: "mackey-glass",
    description: "blood cells: x' = beta x(t - tau) / (1 + x(t - tau)^n) - gamma x",
    parameters: { tau: 17, beta: 0.2, gamma: 0.1, n: 10 },
    field:
      ({ beta, gamma, n }) =>
      (x, [y]) =>
        sub(div(mul(beta!, y!), add(1, pow(y!, n!))), mul(gamma!, x)),
    components: ["x"],
    history: [0.5],
    source: "Mackey, Glass 1977",
  },
  {
    name: "hutchinson",
    description: "a population with delayed limitation: x' = r x (1 - x(t - tau)); oscillates from r tau = pi/2 on",
    parameters: { tau: 1, r: 1.8 },
    field:
      ({ r }) =>
      (x, [y]) =>
        mul(mul(r!, x), sub(1, y!)),
    components: ["x"],
    history: [0.5],
    source: "Hutchinson 1948",
  },
  {
    name: "ikeda",
    description: "an optical resonator: x' = -x + mu sin(x(t - tau) - x0)",
    parameters: { tau: 5, mu: 5, x0: 0.7853981633974483 },
    field:
      ({ mu, x0 }) =>
      (x, [y]) =>
        sub(mul(mu!, sin(sub(y!, x0!))), x),
    components: ["x"],
    history: [1],
    source: "Ikeda 1979",
  },
  {
    name: "delayed-oscillator",
    description: "El Nino: x' = x - x^3 - alpha x(t - tau)",
    parameters: { tau: 6, alpha: 0.75 },
    field:
      ({ alpha }) =>
      (x, [y]) =>
        sub(sub(x, mul(x, mul(x, x))), mul(alpha!, y!)),
    components: ["x"],
    history: [0.5],
    source: "Suarez, Schopf 1988",
  },
  {
    name: "linear-delay",
    description: "x' = a x + b x(t - tau), whose exponents are the real parts of its characteristic roots",
    parameters: { tau: 1, a: 0, b: -1 },
    field:
      ({ a, b }) =>
      (x, [y]) =>
        add(mul(a!, x), mul(b!, y!)),
    components: ["x"],
    history: [1],
    source: "Hayes 1950",
  },
  {
    name: "delay-lotka-volterra",
    description: "prey u and predators v that grow by what was eaten tau ago: u' = u (1 - u/K - v), v' = v (c u(t - tau) - d)",
    parameters: { tau: 1, K: 2, c: 1, d: 0.5 },
    field:
      ({ K, c, d }) =>
      (x, [y]) => {
        const [u, v] = [part(x, 0), part(x, 1)];
        return concat([mul(u, sub(sub(1, div(u, K!)), v)), mul(v, sub(mul(c!, part(y!, 0)), d!))]);
      },
    components: ["u", "v"],
    history: [1, 0.5],
    source: "Wangersky, Cunningham 1957",
  },
];
