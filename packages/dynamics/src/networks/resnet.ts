import { add, mul } from "#engine";
import { euler } from "../flow/solvers/euler.js";
import type { Architecture, LayerMap } from "./architecture.js";
import { chain } from "./chain.js";
import { flowBlock } from "./flow-block.js";
import { residualParts, type ResnetOptions } from "./residual.js";

/**
 * A residual network.
 *
 * *Definition*: h_{k+1} = h_k + (T/L) F_k(h_k), k = 0 ... L - 1, with multilayer perceptrons F_k, between a lift of the inputs (x, 0) and an affine readout.
 * With `shared` parameters it is the explicit Euler method for dh/dt = F(h) up to time T, and tends to that flow like 1/L.
 * *Arguments*: see `ResnetOptions`.
 * *Returns*: an Architecture whose layers are the lift (if the state is wider than the input), the L layers and the readout.
 * *Source*: He, Zhang, Ren and Sun 2016, Deep residual learning; Haber and Ruthotto 2017, Stable architectures for deep neural networks, section 2.
 * *Example*: `const { size, layerMaps } = resnet({ widths: [2, 8, 1], depth: 3 }); [size, layerMaps.length] // [129, 4]`
 */
export function resnet(options: ResnetOptions): Architecture {
  const owner = "resnet";
  const { state, depth, horizon, shared, branch, around } = residualParts(owner, options);
  const field = branch(state);
  return around(
    shared
      ? flowBlock(owner, { field, horizon, steps: depth, solver: euler })
      : chain(
          owner,
          Array.from({ length: depth }, (_, k) => [`${k + 1}`, residual(field, horizon / depth)] as const),
        ),
  );
}

/** h + c F(h) as one layer. */
function residual(branch: Architecture, c: number): Architecture {
  const apply: LayerMap["apply"] = (theta, h, walk) => add(h, mul(c, branch.apply(theta, h, walk)));
  const { inputs, outputs, layout } = branch;
  return {
    ...branch,
    layerMaps: [{ name: "residual", inputs, outputs, parameters: layout, law: `residual ${c} ${branch.name}`, apply }],
    apply,
    layers: (theta, x) => [apply(theta, x)],
  };
}
