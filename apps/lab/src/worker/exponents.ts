import { adaptive, flow as flowOf, knownExponents, lookup, lyapunovInParts, picturedFlows, type PicturedFlow } from "#dynamics";
import { answering } from "./answering.js";
import { fieldWith } from "./pictured.js";
import type { ExponentOrder } from "./protocol/exponents.js";
import type { Host, Work } from "./protocol/jobs.js";

/** Exponents are averaged over so many times what a picture shows, and told whenever the time has grown by so much. */
const LENGTH = 100;
const TOLD = 1.02;
/** Fewer steps than these have no error worth showing. */
const FIRST = 64;
/** That of studies of flows. */
const TOLERANCE = { rtol: 1e-8, atol: 1e-10 };
/** A tenth of the box is a length against which a trajectory has come near a point or back to itself. */
const SCALE = 0.1;
/** The longest time between two returns, in pictures. */
const WITHIN = 10;

/** The Lyapunov exponents of a trajectory, told while they converge. */
export const exponents: Work<"exponents"> = ({ field }, host) => {
  const card = lookup("field", picturedFlows, field);
  return answering(host, (order, outdated) => converge(card, order, host, outdated));
};

/** Gives up where another trajectory is asked for. */
async function converge(
  card: PicturedFlow,
  order: ExponentOrder,
  host: Host<"exponents">,
  outdated: () => boolean,
): Promise<void> {
  const field = fieldWith(card, order.values);
  const { duration, box } = card.picture;
  const k = card.components.length;
  const steps = Math.round((LENGTH * duration) / card.dt);
  const transient = Math.ceil(steps / 10);
  const system = flowOf({ field, initial: order.start, dt: card.dt, controller: adaptive(TOLERANCE) });
  const work = lyapunovInParts(system, { k, steps, transient });
  const nothing = { value: new Float64Array(k).fill(NaN), error: new Float64Array(k).fill(NaN) };
  let [told, state]: [number, ArrayLike<number>] = [0, order.start];
  for (;;) {
    const part = work.next();
    if (part.done) {
      const { sum, batches: _b, correlation: _c, ...found } = part.value;
      const known =
        found.status === "ok"
          ? knownExponents({
              field,
              state,
              scale: box.map(([from, to]) => SCALE * (to - from)),
              within: WITHIN * duration,
            })
          : undefined;
      return host.news({ kind: "found", order, exponents: found, sum, ...(known ? { known } : {}) });
    }
    const { done, riding, growth } = part.value;
    state = riding.state;
    const settling = done < transient + FIRST;
    const time = settling ? 0 : (done - transient) * card.dt;
    if (settling ? told > 0 : time < told * TOLD) continue;
    told = settling ? Number.MIN_VALUE : time;
    const { value, error } = settling ? nothing : growth.estimate();
    host.news({ kind: "so-far", order, done: done / (steps + transient), time, value, error });
    await host.breathe();
    if (outdated()) return;
  }
}
