import { at, mul, sum } from "#engine";
import { lyapunovAlong, type LyapunovSpectrum } from "../../analysis/lyapunov.js";
import { tangentWatch, watched } from "../../analysis/tangent-watch.js";
import { flows, type NamedFlow } from "../../catalogue/flows.js";
import { lookup } from "../../core/lookup.js";
import { fillNormal, random } from "../../core/random.js";
import { orthonormalize } from "../../core/rows.js";
import type { TangentSystem } from "../../core/system.js";
import { adjointLedger } from "../../flow/adjoint-ledger.js";
import { adaptive } from "../../flow/controllers.js";
import { flow, type FlowSystem } from "../../flow/flow.js";
import { solvers } from "../../flow/solvers/index.js";
import { parametersOf } from "../parameters.js";
import { refuse } from "../problem.js";
import { blame } from "../supervised.js";
import { show } from "../words.js";
import { MOST_ROWS } from "../record.js";
import { ledgerConclusion, type LedgerSpec } from "../adjoint-ledger.js";
import type { Conclusion } from "../conclusion.js";
import { conclude } from "./conclude.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import type { RunRecord } from "../record.js";
import type { Spec, Spectrum } from "./system.js";

/** Intervals between two breaths. */
const AT_ONCE = 200;

/** Runs a study of this kind. */
export async function conduct(spec: Spec, study: Study, context: RunContext): Promise<RunRecord> {
  const named = lookup("field", flows, spec.field);
  const initial = spec.initial ?? named.initial;
  const dim = named.components.length;
  if (initial.length !== dim)
    refuse(["system", "initial"], `${initial.length} numbers given; ${named.name} has ${dim}: ${named.components.join(", ")}`);
  const dt = spec.dt ?? named.dt;
  const planned = Math.round(spec.time / dt);
  if (planned < 1 || planned > MOST_ROWS)
    refuse(["system", "time"], `${spec.time} in steps of dt = ${dt} is ${planned} rows; allowed: 1 to ${MOST_ROWS}`);
  const asked = (study.questions as unknown as readonly (Spectrum | { type: "trajectory" })[]).find(
    (q): q is Spectrum => q.type === "lyapunov-spectrum",
  );
  const k = asked ? (asked.k ?? dim) : 0;
  if (k > dim) refuse(["questions", study.questions.indexOf(asked as never), "k"], `${k} given; the flow has dimension ${dim}`);
  if (asked && planned < 40)
    refuse(["system", "time"], `${planned} rows give no error bars of exponents; at least 40 are needed`);

  const started = new Date();
  const parameters = parametersOf(named, spec.parameters);
  const base: FlowSystem = flow({
    field: named.field(parameters),
    initial,
    dt,
    solver: lookup("solver", solvers, spec.solver),
    controller: adaptive({ rtol: spec.rtol, atol: spec.atol }),
    threads: context.threads,
  });
  const system: FlowSystem | (FlowSystem & TangentSystem) = k > 0 ? (base.tangent(k) as FlowSystem & TangentSystem) : base;
  const tangents = k > 0 ? (system as FlowSystem & TangentSystem).tangents : undefined;
  if (tangents) {
    fillNormal(tangents, random(study.seed));
    orthonormalize(tangents, k, dim);
  }
  const warm = Math.round(spec.transient / dt);
  const total = warm + planned;
  const times = new Float64Array(planned + 1).fill(NaN);
  const states = new Float64Array((planned + 1) * dim).fill(NaN);
  const exponents = new Float64Array((planned + 1) * k).fill(NaN);
  const along = lyapunovAlong(Math.max(1, k), dim);
  const watch = tangentWatch(k);
  let status = system.step(0);
  let done = 0;
  const keep = (row: number): void => {
    times[row] = system.time;
    states.set(system.state, row * dim);
  };
  if (warm === 0) keep(0);
  while (done < total && status === "ok" && !context.signal?.aborted) {
    const before = system.time;
    status = system.step();
    done++;
    if (status !== "ok") break;
    if (tangents && done <= warm) orthonormalize(tangents, k, dim);
    if (done >= warm) keep(done - warm);
    if (tangents && done > warm) {
      along.push(tangents, system.time - before);
      if ((done - warm) % Math.ceil(planned / 64) === 0) watch.look(system as FlowSystem & TangentSystem);
      if ((done - warm) % Math.ceil(planned / 400) === 0 && done - warm >= 40)
        exponents.set(along.estimate().value, (done - warm) * k);
    }
    if (done % AT_ONCE === 0) {
      context.onProgress?.({ done, total, unit: "interval", note: `t = ${system.time.toPrecision(4)}` });
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const ledger = study.questions.find((q) => q.type === "adjoint-ledger") as LedgerSpec | undefined;
  const ended = (): LyapunovSpectrum =>
    status === "ok" ? watched(along, watch, "flow") : along.estimate(status, system.explanation);
  const found = tangents ? ended() : undefined;
  return conclude({
    study,
    context,
    started,
    named,
    parameters,
    system,
    status,
    planned,
    warm,
    done,
    dt,
    times,
    states,
    exponents,
    k,
    found,
    gradients: ledger && status === "ok" ? gradientsOf(named, parameters, spec, initial, ledger) : undefined,
  });
}

/** Half the squared distance of the end from 0, differentiated by the parameters and the start in every way. */
function gradientsOf(
  named: NamedFlow,
  parameters: Readonly<Record<string, number>>,
  { time, solver, rtol, atol }: Spec,
  initial: readonly number[],
  { megabytes }: LedgerSpec,
): Conclusion {
  const names = Object.keys(parameters);
  const ledger = blame(["system"], () =>
    adjointLedger({
      field: (x, t, theta) => named.field(Object.fromEntries(names.map((name, i) => [name, at(theta, i)])))(x, t),
      loss: (end) => mul(0.5, sum(mul(end, end))),
      initial,
      parameters: names.map((name) => parameters[name]!),
      solver: lookup("solver", solvers, solver),
      to: time,
      controller: adaptive({ rtol, atol, maxSteps: 65_536 }),
      memory: megabytes * 1e6,
    }),
  );
  return ledgerConclusion(ledger, `half the squared length of the end at t = ${show(time)} by ${names.join(", ")} and the start`);
}
