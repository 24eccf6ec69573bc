import { concat, constant } from "#engine";
import type { Architecture } from "./architecture.js";
import { bareLayer } from "./bare-layer.js";
import { mlp } from "./mlp.js";

/** How inputs become a state. */
export const lifts = ["pad", "affine"] as const;
/** How a state becomes outputs. */
export const readouts = ["affine", "identity"] as const;

export interface Ends {
  /** "pad": (x, 0), which has full rank; "affine": W x + b with parameters, W orthonormal at the start. */
  readonly lift: string;
  readonly readout: string;
}

/** x -> (x, 0). */
const padding = (inputs: number, state: number): Architecture =>
  bareLayer("pad", inputs, state, (x) =>
    concat([x, constant(new Float64Array(x.shape[0]! * (state - inputs)), [x.shape[0]!, state - inputs])], 1),
  );

const affine = (inputs: number, outputs: number, weights: string): Architecture =>
  asEnd(mlp({ widths: [inputs, outputs], init: { weights } }));

/** A network whose layers lead into states or out of them. */
export const asEnd = (network: Architecture): Architecture => ({
  ...network,
  layerMaps: network.layerMaps.map((layer) => ({ ...layer, end: true })),
});

/** A body of `state` units with what leads into it and out of it. */
export function between(
  owner: string,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  body: readonly [prefix: string, body: Architecture],
  { lift, readout }: Ends,
): (readonly [string, Architecture])[] {
  const state = body[1].inputs;
  const members: (readonly [string, Architecture])[] = [];
  if (lift === "affine") members.push(["lift", affine(inputs, state, "orthogonal")]);
  else if (state > inputs) members.push(["lift", padding(inputs, state)]);
  else if (state < inputs)
    throw new RangeError(
      `${owner}: a state of ${state} given for ${inputs} inputs, which cannot be padded; allowed: lift "affine", or a state from ${inputs}`,
    );
  members.push(body);
  if (readout === "affine") members.push(["readout", affine(state, outputs, "xavier-normal")]);
  else if (state !== outputs)
    throw new RangeError(`${owner}: the identity reads ${state} units, ${outputs} outputs asked for; allowed: readout "affine"`);
  return members;
}
