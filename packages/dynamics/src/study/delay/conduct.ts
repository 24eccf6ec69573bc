import { lyapunovAlong } from "../../analysis/lyapunov.js";
import { delayEquations } from "../../catalogue/delay-equations.js";
import { lookup } from "../../core/lookup.js";
import { fillNormal, random } from "../../core/random.js";
import { orthonormalize } from "../../core/rows.js";
import { delay } from "../../flow/delay.js";
import { solvers } from "../../flow/solvers/index.js";
import { parametersOf } from "../parameters.js";
import { refuse } from "../problem.js";
import { MOST_ROWS } from "../record.js";
import { blame } from "../supervised.js";
import { conclude } from "./conclude.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import type { RunRecord } from "../record.js";
import type { Spec, Spectrum } from "./system.js";

/** Rows between two breaths. */
const AT_ONCE = 200;

/** Runs a study of this kind. */
export async function conduct(spec: Spec, study: Study, context: RunContext): Promise<RunRecord> {
  const named = lookup("equation", delayEquations, spec.equation);
  const parameters = parametersOf(named, spec.parameters);
  const { tau } = parameters as { tau: number };
  const history = spec.history ?? named.history;
  const dim = named.components.length;
  if (history.length !== dim)
    refuse(["system", "history"], `${history.length} numbers given; ${named.name} has ${dim}: ${named.components.join(", ")}`);
  if (!(tau > 0 && tau < Infinity))
    refuse(["system", "parameters", "tau"], `${tau} given; the delay must be above 0; without one use the kind flow`);
  const dt = tau / spec.rows;
  const planned = Math.round(spec.time / dt);
  if (planned < 1 || planned > MOST_ROWS)
    refuse(
      ["system", "time"],
      `${spec.time} with ${spec.rows} rows in the delay ${tau} is ${planned} rows; allowed: 1 to ${MOST_ROWS}`,
    );
  const asked = (study.questions as unknown as readonly (Spectrum | { type: "delay-trajectory" })[]).find(
    (q): q is Spectrum => q.type === "delay-spectrum",
  );
  if (asked && planned < 40 * spec.rows)
    refuse(["system", "time"], `${spec.time} given; error bars of exponents need 40 delays, ${40 * tau}`);
  const started = new Date();
  const base = blame(["system"], () =>
    delay({
      field: named.field(parameters),
      lags: [tau],
      history,
      dt,
      steps: spec.steps,
      solver: lookup("solver", solvers, spec.solver),
      threads: context.threads,
    }),
  );
  const k = asked?.k ?? 0;
  if (asked && k > base.dim)
    refuse(["questions", study.questions.indexOf(asked as never), "k"], `${k} given; the state has ${base.dim} numbers`);
  const riding = k > 0 ? base.tangent(k) : undefined;
  const system = riding ?? base;
  if (riding) {
    fillNormal(riding.tangents, random(study.seed));
    orthonormalize(riding.tangents, k, riding.dim);
  }
  const warm = Math.round(spec.transient / dt);
  const total = warm + planned;
  const times = new Float64Array(planned + 1).fill(NaN);
  const states = new Float64Array((planned + 1) * dim).fill(NaN);
  const exponents = new Float64Array((planned + 1) * k).fill(NaN);
  const along = lyapunovAlong(Math.max(1, k), system.dim);
  const every = spec.rows * Math.max(1, Math.floor(planned / spec.rows / 400));
  let status = system.step(0);
  let done = 0;
  const keep = (row: number): void => {
    times[row] = system.time;
    states.set(system.state.subarray(0, dim), row * dim);
  };
  if (warm === 0) keep(0);
  while (done < total && status === "ok" && !context.signal?.aborted) {
    status = system.step();
    done++;
    if (status !== "ok") break;
    const row = done - warm;
    if (row >= 0) keep(row);
    // The frame is put right once a delay; the growth before the first row does not count.
    if (riding && (row === 0 || done % spec.rows === 0) && row <= 0) orthonormalize(riding.tangents, k, riding.dim);
    else if (riding && row > 0 && row % spec.rows === 0) {
      along.push(riding.tangents, tau);
      if (row % every === 0 && row >= 40 * spec.rows) exponents.set(along.estimate().value, row * k);
    }
    if (done % AT_ONCE === 0) {
      context.onProgress?.({ done, total, unit: "row", note: `t = ${system.time.toPrecision(4)}` });
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const failure = status === "ok" ? undefined : (system.explanation ?? status).replace(/\.$/, "");
  const found = riding ? along.estimate(status, failure) : undefined;
  const rows = Math.max(0, done - warm) + (status === "ok" && done >= warm ? 1 : 0);
  return conclude({
    study,
    context,
    started,
    named,
    parameters,
    status,
    failure,
    planned,
    warm,
    done,
    rows,
    times,
    states,
    exponents,
    k,
    found,
    end: system.time,
    perDelay: spec.rows,
    steps: base.steps * spec.rows,
    size: base.dim,
    layout: base.layout,
  });
}
