import { curved, input, trace, type Tensor } from "#engine";
import type { Activation } from "./activations.js";
import { sampleBySample, type Architecture } from "./architecture.js";
import type { Walk } from "./walk.js";

/** A place where a network applies an activation. */
export interface Site {
  /** Which of the network's activations it is, from 0, those that reach no output counted too. */
  readonly call: number;
  readonly activation: Activation;
  /** Its units: numbers in its local field, for one sample. */
  readonly units: number;
  /** The next site: the first whose field takes its outputs through no other activation. Undefined: the network's outputs. */
  readonly next: number | undefined;
  /** Whether they take them by weights that are the same for all samples. */
  readonly direct: boolean;
}

/** Where a network applies activations, in the order in which the signal passes. */
export interface Sites {
  readonly sites: readonly Site[];
  /** Its activations, those included that reach no output. */
  readonly calls: number;
  /**
   * What bends above so many sites, when they and all below are as they are and those above are replaced by the identity: names of steps, sorted.
   * None: the rest is an affine map, of the inputs (0) or of that site's outputs, with the same weights for all samples.
   */
  bends(from: number): readonly string[];
}

/**
 * The activation sites of a network.
 *
 * *Definition*: a site is an activation, a function of single numbers, applied to a tensor of local fields; its units are the numbers of that tensor for one
 * sample: a channel's pixels, a token's features. A layer that is used twice has two sites, and so has each step of a recurrent network. The order is that
 * in which the signal passes; of parallel branches that in which they are computed.
 * *Arguments*: `architecture`: any whose samples do not depend on each other; `asker` names the caller in messages.
 * *Returns*: the sites that reach an output.
 * *Error*: a rest counts as affine only where every operation in it is proved to be.
 * *Cost*: tracings of the network: one, and one for each question about bends. *Source*: Lin, Feng, Zhang, Zhao 2025, for networks of layers.
 * *Example*: `const found = sitesOf(resnet({ widths: [2, 8, 1], depth: 3 }), "here");
 * [found.sites.map((s) => s.units), found.sites.map((s) => s.next), found.bends(0)] // [[8, 8, 8], [1, 2, undefined], []]`
 */
export function sitesOf(architecture: Architecture, asker: string): Sites {
  const { size, inputs } = sampleBySample(architecture, asker);
  /** The network on one sample with `put` in place of each activation. */
  const traced = (put: (field: Tensor, call: number, phi: Activation) => Tensor, steps?: Step[]) => {
    let call = 0;
    const walk: Walk = {
      activation: (field, phi) => put(field, call++, phi),
      ...(steps ? { step: (name, from, to) => void steps.push({ name, from, to }) } : {}),
    };
    const graph = trace(
      (theta, x) => architecture.apply(theta!, x!, walk),
      [
        { dtype: "f64", shape: [size] },
        { dtype: "f64", shape: [1, inputs] },
      ],
    );
    return { x: graph.inputs[1]!, y: graph.outputs[0]! };
  };
  // Cut open at every activation: what depends on its output then does so directly.
  const cuts: { readonly field: Tensor; readonly out: Tensor; readonly phi: Activation }[] = [];
  const open = traced((field, _, phi) => {
    cuts.push({ field, phi, out: input(field.shape) });
    return cuts.at(-1)!.out;
  });
  const data = [open.x, ...cuts.map((c) => c.out)];
  const ends = [...cuts.map((c) => c.field), open.y];
  /** By activation: the first that takes its output, -1 for the network's outputs; undefined where it reaches none. */
  const feeds = new Array<number | undefined>(cuts.length);
  for (let i = cuts.length - 1; i >= 0; i--) {
    const own = reachable(ends, [cuts[i]!.out]);
    const first = cuts.findIndex((c, m) => feeds[m] !== undefined && own.has(c.field));
    feeds[i] = first >= 0 || own.has(open.y) ? first : undefined;
  }
  const calls = cuts.flatMap((_, i) => (feeds[i] === undefined ? [] : [i]));
  const sites = calls.map((call): Site => {
    const { field, phi, out } = cuts[call]!;
    const to = feeds[call]!;
    const target = to < 0 ? open.y : cuts[to]!.field;
    return {
      call,
      activation: phi,
      units: field.shape.reduce((a, b) => a * b, 1),
      next: to < 0 ? undefined : calls.indexOf(to),
      direct: !curved([target], [out], data).has(target),
    };
  });
  const known = new Map<number, readonly string[]>();
  return {
    sites,
    calls: cuts.length,
    bends(from) {
      const found = known.get(from);
      if (found) return found;
      const steps: Step[] = [];
      const last = from === 0 ? -1 : sites[from - 1]!.call;
      const below: Tensor[] = [];
      const { x, y } = traced((field, call) => {
        if (call > last) return field;
        below.push(input(field.shape));
        return below.at(-1)!;
      }, steps);
      const names = bending(y, last < 0 ? x : below[last]!, [x, ...below], steps);
      known.set(from, names);
      return names;
    },
  };
}

interface Step {
  readonly name: string;
  readonly from: readonly Tensor[];
  readonly to: readonly Tensor[];
}

/** What some outputs need of what depends on some tensors. */
function reachable(outputs: readonly Tensor[], from: readonly Tensor[]): ReadonlySet<Tensor> {
  const found = new Set<Tensor>(from);
  const seen = new Set<Tensor>();
  const stack = outputs.map((t) => ({ t, next: 0 }));
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    seen.add(top.t);
    const operand = top.t.inputs[top.next++];
    if (operand === undefined) {
      if (top.t.inputs.some((x) => found.has(x))) found.add(top.t);
      stack.pop();
    } else if (!seen.has(operand)) stack.push({ t: operand, next: 0 });
  }
  return found;
}

/** The names of the steps on the way from a tensor to another that are not affine; of operations where no such step is named. */
function bending(to: Tensor, from: Tensor, data: readonly Tensor[], steps: readonly Step[]): readonly string[] {
  const bent = curved([to], [from], data);
  if (!bent.has(to)) return [];
  const made = steps.flatMap((s) => s.to);
  const [moving, varying] = [reachable(made, [from]), reachable(made, data)];
  const named = steps.filter((s) => {
    const read = s.from.filter((t) => moving.has(t));
    const others = s.from.filter((t) => varying.has(t));
    // What reads nothing that moves holds the start itself: a cell with the activation inside.
    const own = read.length === 0 ? bent : curved(s.to, read, others);
    return s.to.some((t) => bent.has(t) && own.has(t));
  });
  const bare = [...bent].filter((t) => !t.inputs.some((x) => bent.has(x))).map((t) => t.op.name);
  return [...new Set(named.length > 0 ? named.map((s) => s.name) : bare)].sort();
}
