import { add, broadcastTo, log, mul, reshape, sub, type Tensor } from "#engine";
import { normalisedBy, shifted, softmax, standardised } from "../../../core/normalise.js";
import { count } from "../tensor.js";
import { axisIn, type Call, type Operator } from "./operator.js";

/** Before version 13 all axes from the one named on are one. */
function along(call: Call): number[] {
  const { shape } = call.tensor(0);
  const axis = axisIn(call.integer("axis", call.version < 13 ? 1 : -1), shape.length, call);
  return call.version < 13 ? shape.flatMap((_, i) => (i >= axis ? [i] : [])) : [axis];
}

/** A number a channel as a tensor that broadcasts over [batch, channel, ...]. */
const perChannel = (v: Tensor, rank: number): Tensor => reshape(v, [count(v.shape), ...new Array<number>(rank - 2).fill(1)]);

function channels(call: Call): number {
  const { shape } = call.tensor(0);
  return shape.length < 2 ? call.fail(`an input with ${shape.length} axes; expected [batch, channels, ...]`) : shape.length;
}

const spatial = (rank: number): number[] => Array.from({ length: rank - 2 }, (_, i) => i + 2);

export const normalization: readonly Operator[] = [
  {
    name: "Softmax",
    build: (call) => softmax(call.tensor(0), along(call)),
  },
  {
    name: "LogSoftmax",
    build(call) {
      const { shift, total } = shifted(call.tensor(0), along(call));
      return sub(shift, log(total));
    },
  },
  {
    name: "LayerNormalization",
    build(call) {
      const x = call.tensor(0);
      const from = axisIn(call.integer("axis", -1), x.shape.length, call);
      const axes = x.shape.flatMap((_, i) => (i >= from ? [i] : []));
      const scaled = mul(standardised(x, axes, call.number("epsilon", 1e-5)), call.tensor(1));
      return call.inputs[2] ? add(scaled, call.tensor(2)) : scaled;
    },
  },
  {
    name: "BatchNormalization",
    fixed: [3, 4],
    build(call) {
      if (call.integer("training_mode", 0) !== 0) call.fail("training_mode is on; export the model for inference");
      const rank = channels(call);
      const [scale, shift, centre, variance] = [1, 2, 3, 4].map((i) => perChannel(call.tensor(i), rank));
      return add(normalisedBy(call.tensor(0), centre!, variance!, scale!, call.number("epsilon", 1e-5)), shift!);
    },
  },
  {
    name: "GroupNormalization",
    build(call) {
      const rank = channels(call);
      const x = call.tensor(0);
      const [samples, number] = x.shape as [number, number];
      const groups = call.integer("num_groups", 0);
      if (groups < 1 || number % groups !== 0) call.fail(`${groups} groups of ${number} channels; expected groups of equal size`);
      const size = count(x.shape) / Math.max(1, samples * groups);
      const y = reshape(standardised(reshape(x, [samples, groups, size]), [2], call.number("epsilon", 1e-5)), x.shape);
      // Before version 21 scale and shift are those of groups.
      const [scale, shift] = [1, 2].map((i) => {
        const given = call.tensor(i);
        const own = call.version < 21 ? broadcastTo(reshape(given, [-1, 1]), [groups, number / groups]) : given;
        return perChannel(own, rank);
      });
      return add(mul(y, scale!), shift!);
    },
  },
  {
    name: "InstanceNormalization",
    build(call) {
      const rank = channels(call);
      const y = standardised(call.tensor(0), spatial(rank), call.number("epsilon", 1e-5));
      return add(mul(y, perChannel(call.tensor(1), rank)), perChannel(call.tensor(2), rank));
    },
  },
];
