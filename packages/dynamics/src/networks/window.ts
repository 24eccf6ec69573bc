import { concat, slice, type Tensor } from "#engine";
import type { Architecture } from "./architecture.js";
import { bareLayer } from "./bare-layer.js";
import { chain } from "./chain.js";

/** x -> (x, ..., x): the state of a system with memory whose past was always x. */
const constantPast = (units: number, copies: number): Architecture =>
  bareLayer("constant past", units, units * copies, (x) => concat(new Array<Tensor>(copies).fill(x), 1));

/** What a window shows of now: its first units. */
const present = (units: number, copies: number): Architecture =>
  bareLayer("present", units * copies, units, (x) => slice(x, [0, 0], [x.shape[0]!, units]));

/** A network on windows of `copies` states, newest first, as one on states: from a past that was always the input to the newest state. */
export const withMemory = (
  name: string,
  units: number,
  copies: number,
  members: readonly (readonly [prefix: string, network: Architecture])[],
): Architecture => chain(name, [["before", constantPast(units, copies)], ...members, ["after", present(units, copies)]]);
