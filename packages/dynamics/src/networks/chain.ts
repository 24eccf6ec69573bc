import { slice, type Tensor } from "#engine";
import { random } from "../core/random.js";
import { compose, sampleBySample, type Architecture, type FlowInside, type LayerMap } from "./architecture.js";

/** The streams of a seed from which its members get seeds of their own: above those of layers. */
const MEMBER_STREAM = 900_000;

/**
 * Networks one after the other, as one.
 *
 * *Arguments*: `name`; `members` in the order in which the signal passes, each with the prefix of its parameters' names.
 * *Returns*: an Architecture whose theta holds the members' parameters one after the other, and whose layers are all of theirs.
 * *Error*: throws where a member's outputs are not the next one's inputs. Each member draws its parameters from a seed of its own.
 * *Example*: `const two = chain("two", [["a", mlp({ widths: [1, 2] })], ["b", mlp({ widths: [2, 1] })]]);
 * [two.size, two.layout.map((p) => p.name)] // [7, ["a.W1", "a.b1", "b.W1", "b.b1"]]`
 */
export function chain(name: string, members: readonly (readonly [prefix: string, network: Architecture])[]): Architecture {
  if (members.length === 0) throw new RangeError("chain: no network given; allowed: one or more");
  let size = 0;
  const placed = members.map(([prefix, member]) => {
    const network = sampleBySample(member, "chain");
    const offset = size;
    size += network.size;
    /** The parameters of the network, or as many of them as are read. */
    const own = (theta: Tensor, count = network.size): Tensor => (count === 0 ? theta : slice(theta, [offset], [offset + count]));
    return { prefix, network, offset, own };
  });
  placed.slice(1).forEach(({ network }, i) => {
    const before = placed[i]!.network;
    if (before.outputs !== network.inputs)
      throw new RangeError(
        `chain: ${before.name} has ${before.outputs} outputs and ${network.name} after it ${network.inputs} inputs; they must agree`,
      );
  });
  const layerMaps = placed.flatMap(({ prefix, network, offset, own }) =>
    network.layerMaps.map((layer): LayerMap => {
      const read = layer.parameters.reduce((end, p) => Math.max(end, p.offset + p.shape.reduce((x, y) => x * y, 1)), 0);
      return {
        name: `${prefix}.${layer.name}`,
        inputs: layer.inputs,
        outputs: layer.outputs,
        parameters: layer.parameters.map((p) => ({ ...p, name: `${prefix}.${p.name}`, offset: p.offset + offset })),
        law: layer.law,
        apply: (theta, h, walk) => layer.apply(own(theta, read), h, walk),
        ...(layer.end ? { end: true } : {}),
        ...(layer.numbered
          ? {
              numbered: {
                number: layer.numbered.number,
                apply: (theta: Tensor, h: Tensor, number: Tensor) => layer.numbered!.apply(own(theta, read), h, number),
              },
            }
          : {}),
        ...(layer.sums ? { sums: (theta: Tensor, h: Tensor) => layer.sums!(own(theta, read), h) } : {}),
      };
    }),
  );
  const flows = placed.filter((m) => m.network.flow);
  return {
    name,
    inputs: placed[0]!.network.inputs,
    outputs: placed.at(-1)!.network.outputs,
    size,
    layout: placed.flatMap(({ prefix, network, offset }) =>
      network.layout.map((p) => ({ ...p, name: `${prefix}.${p.name}`, offset: p.offset + offset })),
    ),
    layerMaps,
    ...(flows.length === 1 ? { flow: flowAmong(placed, placed.indexOf(flows[0]!)) } : {}),
    layers: compose(layerMaps).layers,
    // By the members' own ways: a flow goes through its steps in a loop, not one after the other.
    apply: (theta, x, walk) => placed.reduce((h, { network, own }) => network.apply(own(theta), h, walk), x),
    initial(seed) {
      const theta = new Float64Array(size);
      placed.forEach(({ network, offset }, i) => {
        theta.set(network.initial(Math.floor(random(seed, MEMBER_STREAM + i).uniform() * 2 ** 53)), offset);
      });
      return theta;
    },
  };
}

interface Placed {
  readonly network: Architecture;
  readonly offset: number;
  /** Its own part of theta. */
  own(theta: Tensor): Tensor;
}

/** The flow of one member, between what comes before it and what comes after. */
function flowAmong(members: readonly Placed[], place: number): FlowInside {
  const { network, offset, own } = members[place]!;
  const inside = network.flow!;
  const through = (some: readonly Placed[], theta: Tensor, x: Tensor): Tensor =>
    some.reduce((h, m) => m.network.apply(m.own(theta), h), x);
  return {
    ...inside,
    from: offset + inside.from,
    field: (theta, h, t) => inside.field(own(theta), h, t),
    lift: (theta, x) => inside.lift(own(theta), through(members.slice(0, place), theta, x)),
    readout: (theta, h) => through(members.slice(place + 1), theta, inside.readout(own(theta), h)),
  };
}
