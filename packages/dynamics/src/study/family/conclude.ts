import type { OrbitDiagram } from "../../analysis/orbit-diagram.js";
import type { LocatedDoubling } from "../../analysis/period-doublings.js";
import type { NamedFamily } from "../../catalogue/families.js";
import type { Estimate } from "../../core/estimate.js";
import type { Answer, Column } from "../conclusion.js";
import { recordOf, seriesFrom, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { count, show } from "../words.js";
import { report, type Followed } from "./continuation.js";
import { transverseColumns, transverseSentences } from "./transverse.js";
import { MOST_DOUBLINGS } from "./diagrams.js";

const columns = ({ parameter }: NamedFamily): Column[] => [
  { name: "parameter", unit: "1", description: parameter },
  { name: "period", unit: "step", description: "least period found; 0 where there is none" },
  { name: "lyapunov_1", unit: "1/step", description: "largest Lyapunov exponent of the orbit" },
  { name: "lyapunov_1_error", unit: "1/step", description: "its standard error by batch means" },
];

/** The logarithm of the growth of a small error, over the steps that an exponent is had from, that chaos shows: more than a hundredfold. */
const GROWTH = 5;

/** What a diagram and its period doublings say, as a run's record. */
export function conclude(
  study: Study,
  family: NamedFamily,
  found: OrbitDiagram,
  flips: readonly LocatedDoubling[],
  { followed, across }: { readonly followed: Followed | undefined; readonly across: Estimate<Float64Array> | undefined },
  context: RunContext,
  started: Date,
  planned: number,
): RunRecord {
  const { parameters, periods, exponents, orbits, record, dim, statuses } = found;
  const n = parameters.length;
  const share = (of: (i: number) => boolean): string => `${count(Array.from(parameters.keys()).filter(of).length, "parameter")}`;
  const value = exponents.value;
  const error = exponents.error;
  const { steps } = study.questions.find((q) => q.type === "orbit-diagram") as unknown as { steps: number };
  // On closed curves and near locked cycles, where the exponent is 0, small ones are left over whose errors are smaller still.
  const chaotic = (i: number): boolean => periods[i] === 0 && value[i]! > 2 * error[i]! && value[i]! * steps > GROWTH;
  const undecided = Array.from(parameters.keys()).filter(
    (i) => statuses[i] !== "diverged" && periods[i] === 0 && !chaotic(i),
  ).length;
  const columnValues = [parameters, Float64Array.from(periods), value, error, ...(across ? [across.value, across.error] : [])];
  const answers = flips.map(({ orbit: _orbit, period, ...estimate }, i): Answer => ({
    ...estimate,
    name: `flip_${i + 1}`,
    label: `${family.parameter} at which the orbit of period ${period} doubles`,
    unit: "1",
  }));
  const more = followed && report(family, followed, flips);
  const arrays = { orbits: { shape: [n, record, dim], data: orbits }, ...more?.arrays };
  return recordOf(study, context, started, {
    status: n < planned ? "aborted" : "ok",
    steps: { planned, done: n, unit: "parameter" },
    network: { name: family.name, parameters: dim, unit: "component", layout: [{ name: "x", shape: [dim], offset: 0 }] },
    verdict: [
      ...(n < planned ? [`The run was STOPPED after ${n} of ${planned} parameters; what follows holds for these.`] : []),
      `The family ${family.name} (${family.description}), ${family.parameter} from ${show(parameters[0]!)} to ${show(parameters[n - 1]!)}.`,
      `Of ${count(n, "parameter")} the orbit is periodic at ${share((i) => periods[i]! > 0)}, chaotic (exponent more than two standard errors above 0, and small errors more than a hundredfold after ${count(steps, "step")}) at ${share(chaotic)}, and leaves the finite numbers at ${share((i) => statuses[i] === "diverged")}${undecided > 0 ? `; ${undecided} are undecided (no period found, and no such exponent: closed curves, slow approach, longer periods)` : ""}.`,
      flips.length > 0
        ? `${flips.length === MOST_DOUBLINGS ? `The first ${MOST_DOUBLINGS} period` : "Period"} doublings: ${flips.map((f) => `${f.period} to ${2 * f.period} at ${show(f.value, 8)}`).join("; ")}.`
        : "No period doubling was found between neighbouring parameters.",
      ...creeping(family, found),
      ...(across ? transverseSentences(family, parameters, across) : []),
      ...(more?.sentences ?? []),
    ],
    facts: { map: family.name, parameter: family.parameter },
    answers: [...answers, ...(more?.answers ?? [])],
    series: seriesFrom([...columns(family), ...(across ? transverseColumns(family) : [])], columnValues),
    arrays,
  });
}

/** Orbits that have come to nothing yet, and where. */
function creeping({ parameter }: NamedFamily, { statuses, parameters }: OrbitDiagram): string[] {
  const slow = statuses.filter((s) => s === "not-converged").length;
  const first = parameters[statuses.indexOf("not-converged")];
  return slow === 0
    ? []
    : [
        `At ${count(slow, "parameter")}, first at ${parameter} = ${show(first!)}, the orbit still creeps towards a cycle or away from one, as it does near a bifurcation: a longer transient tells its period.`,
      ];
}
