import {
  compile,
  concat,
  hvp,
  reshape,
  slice,
  valueAndGrad,
  vmap,
  type CompileOptions,
  type Program,
  type Tensor,
} from "#engine";
import type { LinearOperator } from "../core/linear-operator.js";
import { extend } from "../core/evolve.js";
import { map, type MapSystem } from "../core/map.js";
import type { Part } from "../core/system.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export interface DescentOptions {
  /** theta of shape [size] to the loss, a scalar, or to the loss followed by observables. */
  readonly objective: (theta: Tensor) => Tensor | readonly Tensor[];
  readonly initial: ArrayLike<number>;
  readonly optimizer: Optimizer;
  /** Names of the tensors that the objective returns after the loss. */
  readonly observables?: readonly string[];
  /** Named parts of theta. */
  readonly layout?: readonly Part[];
  readonly threads?: CompileOptions["threads"];
}

/** An optimizer at work on a loss: a map on (theta, memory) with the observable "loss" (see MapSystem for when it is taken). */
export interface Descent extends MapSystem {
  readonly optimizer: Optimizer;
  /** theta: a view of the first part of the state. */
  readonly parameters: Float64Array;
  /**
   * The Hessian of the loss at theta (default: the present parameters, copied now) as a symmetric operator.
   *
   * *Error*: exact products, forward over reverse. *Cost*: one block product computes everything that does not depend on the vectors
   * once. `blockSize` (default 1) vectors go through one program; other block sizes are split. A program is compiled at first use.
   */
  hessian(theta?: ArrayLike<number>, blockSize?: number): LinearOperator;
}

/**
 * Minimises a function of a vector with an optimizer, as a System.
 *
 * *Definition*: (theta, memory)' = rule(theta, grad L(theta), memory).
 * *Arguments*: see `DescentOptions`. The memory starts at zero.
 * *Returns*: a Descent. Its `tangent(k)` carries tangent vectors of the training map, memory included: for gradient descent
 * v' = (I - eta H) v.
 * *Cost*: one gradient a step, compiled as one program.
 * *Example*: `const s = descent({ objective: (w) => mul(0.5, sum(mul(w, w))), initial: [1, 2], optimizer: gradientDescent({ stepSize: 0.5 }) });
 * [s.step(3), s.parameters, s.observables.loss] // ["ok", [0.125, 0.25], [0.15625]]`
 */
export function descent(options: DescentOptions): Descent {
  const { objective, optimizer, observables = [], threads } = options;
  const size = options.initial.length;
  const dim = size * (1 + optimizer.memories);
  const state = new Float64Array(dim);
  state.set(options.initial);
  const piece = (x: Tensor, i: number): Tensor => slice(x, [i * size], [(i + 1) * size]);
  const loss = (theta: Tensor): Tensor => list(objective(theta))[0]!;

  const system = map({
    f: (x) => {
      const theta = piece(x, 0);
      const memory = Array.from({ length: optimizer.memories }, (_, i) => piece(x, i + 1));
      const [value, gradient] = valueAndGrad(loss)(theta);
      const next = optimizer.rule(theta, gradient, memory);
      const parts = [next.theta, ...next.memory];
      return [parts.length === 1 ? parts[0]! : concat(parts, 0), value, ...list(objective(theta)).slice(1)];
    },
    initial: state,
    layout: options.layout ?? [{ name: "theta", shape: [size], offset: 0 }],
    observables: ["loss", ...observables],
    ...(threads === undefined ? {} : { threads }),
  });
  const parameters = system.state.subarray(0, size);

  const programs = new Map<number, Program>();
  const products = (m: number): Program => {
    let program = programs.get(m);
    if (!program) {
      const block = (theta: Tensor, v: Tensor): Tensor =>
        m === 1
          ? reshape(hvp(loss)(theta, reshape(v, [size])), [1, size])
          : vmap((w) => hvp(loss)(theta, w))(v);
      program = compile(
        block,
        [{ shape: [size] }, { shape: [m, size] }],
        threads === undefined ? {} : { threads },
      );
      programs.set(m, program);
    }
    return program;
  };

  const own = {
    optimizer,
    parameters,
    hessian(theta: ArrayLike<number> = parameters, blockSize = 1): LinearOperator {
      if (theta.length !== size)
        throw new RangeError(
          `hessian: theta of ${theta.length} numbers given, the loss has ${size} parameters`,
        );
      if (!Number.isInteger(blockSize) || blockSize < 1)
        throw new RangeError(`hessian: blockSize ${blockSize} given; allowed: integers from 1`);
      const at = Float64Array.from(theta);
      return {
        dim: size,
        symmetric: true,
        blockSize,
        apply(block, out, m) {
          for (let done = 0; done < m;) {
            const count = m - done >= blockSize ? blockSize : 1;
            const program = products(count);
            program.inputs[0]!.set(at);
            program.inputs[1]!.set(block.subarray(done * size, (done + count) * size));
            program.run();
            out.set(program.outputs[0]!, done * size);
            done += count;
          }
        },
      };
    },
  };
  return extend(system, own);
}

const list = (r: Tensor | readonly Tensor[]): readonly Tensor[] => (Array.isArray(r) ? r : [r as Tensor]);
