import { add, constant, jvp, matmul, mul, sub, vmap, type Tensor } from "#engine";
import type { VectorField } from "./solver.js";

/** dX = drift dt + diffusion dW: diffusion of shape [dim] for a noise of its own in each component, which depends on that component alone, or [dim, m]. */
export interface StochasticField {
  readonly drift: VectorField;
  readonly diffusion: (x: Tensor, t: Tensor) => Tensor;
}

/** A one-step method for stochastic differential equations. */
export interface Scheme {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  /** Which integral it converges to. */
  readonly calculus: "Ito" | "Stratonovich";
  readonly strongOrder: number;
  readonly weakOrder: number;
  /** `dw`: the increments of the m noises over the step. */
  step(field: StochasticField, x: Tensor, t: Tensor, h: number, dw: Tensor): Tensor;
}

/** S dw. */
const applied = (s: Tensor, dw: Tensor): Tensor => (s.shape.length === 1 ? mul(s, dw) : matmul(s, dw));

/** X + f h + S dW. *Example*: `eulerMaruyama.strongOrder // 0.5` */
export const eulerMaruyama: Scheme = {
  name: "euler-maruyama",
  description: "Euler-Maruyama, Ito: strong order 1/2 (1 if the noise is additive), weak order 1",
  source: "Maruyama 1955; Kloeden and Platen 1992, section 10.2",
  calculus: "Ito",
  strongOrder: 0.5,
  weakOrder: 1,
  step: ({ drift, diffusion }, x, t, h, dw) => add(x, add(mul(h, drift(x, t)), applied(diffusion(x, t), dw))),
};

/**
 * Milstein's method with exact derivatives of the diffusion, for noises that commute: a single one, one to each component, or additive ones.
 *
 * *Example*: `milstein.strongOrder // 1`
 */
export const milstein: Scheme = {
  name: "milstein",
  description: "Milstein, Ito: strong order 1 for commuting noises (a single one, one a component, additive ones), weak order 1",
  source: "Milstein 1974; Kloeden and Platen 1992, section 10.3",
  calculus: "Ito",
  strongOrder: 1,
  weakOrder: 1,
  step(field, x, t, h, dw) {
    const { diffusion } = field;
    const s = diffusion(x, t);
    const push = applied(s, dw);
    const along = (f: (y: Tensor) => Tensor, v: Tensor): Tensor => jvp((y) => f(y!), [x], [v]).tangents[0]!;
    const both = along((y) => applied(diffusion(y, t), dw), push);
    return add(eulerMaruyama.step(field, x, t, h, dw), mul(0.5, sub(both, mul(h, selfTerm(s)))));

    /** Sum over the noises j of D s_j s_j, the Ito correction of each with itself. */
    function selfTerm(now: Tensor): Tensor {
      if (now.shape.length === 1) return along((y) => diffusion(y, t), now);
      const m = now.shape[1]!;
      const eye = new Float64Array(m * m);
      for (let j = 0; j < m; j++) eye[j * m + j] = 1;
      const each = vmap((e) => along((y) => matmul(diffusion(y, t), e), matmul(now, e)))(constant(eye, [m, m]));
      return matmul(constant(new Float64Array(m).fill(1)), each);
    }
  },
};

/** Heun's predictor and corrector, for the Stratonovich integral. *Example*: `stochasticHeun.calculus // "Stratonovich"` */
export const stochasticHeun: Scheme = {
  name: "heun-stratonovich",
  description: "Heun, Stratonovich: strong order 1 for commuting noises, weak order 1; order 2 without noise",
  source: "Ruemelin 1982, Numerical treatment of stochastic differential equations",
  calculus: "Stratonovich",
  strongOrder: 1,
  weakOrder: 1,
  step({ drift, diffusion }, x, t, h, dw) {
    const rise = (y: Tensor, s: Tensor): Tensor => add(mul(h, drift(y, s)), applied(diffusion(y, s), dw));
    const first = rise(x, t);
    return add(x, mul(0.5, add(first, rise(add(x, first), add(t, h)))));
  },
};

/** One line an entry: methods for stochastic differential equations. */
export const schemes: readonly Scheme[] = [eulerMaruyama, milstein, stochasticHeun];
