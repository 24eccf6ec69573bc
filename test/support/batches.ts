import { vmap, type Spec, type Tensor } from "#engine";
import { draw, networks, operations, type Case } from "./cases.js";
import { asList, specsOf } from "./programs.js";

/** The cases tried in batches: all but the few that are there for their size. */
export const batchable: readonly Case[] = [...operations, ...networks].filter((c) => !/blocks|larger/.test(c.name));

const MEMBERS = 3;

/** Three members of a case, batched along the leading axis of the arguments whose entry in `axes` is 0. */
export interface Batch {
  readonly f: (...xs: Tensor[]) => readonly Tensor[];
  readonly specs: readonly Required<Spec>[];
  readonly args: readonly (readonly number[])[];
  /** Each member's own arguments. */
  readonly members: readonly (readonly (readonly number[])[])[];
}

export function batch(c: Case, axes: readonly (0 | null)[]): Batch {
  const drawn = Array.from({ length: MEMBERS }, (_, k) => draw(c, k + 11));
  const members = drawn.map((m) => m.map((x, i) => (axes[i] === 0 ? x : drawn[0]![i]!)));
  return {
    f: (...xs) => vmap((...ys) => asList(c.f(...ys)), axes)(...xs),
    specs: specsOf(c).map((s, i) => (axes[i] === 0 ? { ...s, shape: [MEMBERS, ...s.shape] } : s)),
    args: drawn[0]!.map((x, i) => (axes[i] === 0 ? members.flatMap((m) => m[i]!) : x)),
    members,
  };
}
