import { delay as delaySystem, delayEquations, lookup } from "#dynamics";
import { answering } from "./answering.js";
import { DELAYS, ROWS, type DelayOrder } from "./protocol/delay.js";
import type { Host, Work } from "./protocol/jobs.js";

/** Rows between two looks at the messages. */
const AT_ONCE = 128;

/** A delay equation whose parameters can be turned. */
export const delay: Work<"delay"> = ({ equation }, host) =>
  answering(host, (order, outdated) => solve(equation, order, host, outdated));

/** The solution from the constant past on, until other parameters come. */
async function solve(
  equation: string,
  { parameters, past }: DelayOrder,
  host: Host<"delay">,
  outdated: () => boolean,
): Promise<void> {
  const named = lookup("equation", delayEquations, equation);
  const { tau } = parameters as { tau: number };
  const dt = tau / ROWS;
  const history = [past, ...named.history.slice(1)];
  const system = delaySystem({ field: named.field(parameters), lags: [tau], history, dt, steps: ROWS });
  const rows = DELAYS * ROWS;
  const all = new Float64Array(rows + 1).fill(NaN);
  all[0] = past;
  for (let row = 0; row < rows;) {
    const first = row;
    let status = "ok";
    while (row < Math.min(rows, first + AT_ONCE) && status === "ok") {
      status = system.step();
      if (status === "ok") all[++row] = system.state[0]!;
    }
    const at = Array.from({ length: row - first }, (_, i) => first + i + 1);
    host.news({
      from: first,
      times: Float64Array.from(at, (i) => i * dt),
      now: Float64Array.from(at, (i) => all[i]!),
      before: Float64Array.from(at, (i) => (i < ROWS ? past : all[i - ROWS]!)),
      status,
    });
    if (status !== "ok") return;
    await host.breathe();
    if (outdated()) return;
  }
}
