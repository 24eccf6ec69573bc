import { constant, type CompileOptions } from "#engine";
import type { StartGrid } from "../../analysis/starts.js";
import { families } from "../../catalogue/families.js";
import { flows } from "../../catalogue/flows.js";
import { lookup } from "../../core/lookup.js";
import { map } from "../../core/map.js";
import type { System } from "../../core/system.js";
import { adaptive } from "../../flow/controllers.js";
import { flow } from "../../flow/flow.js";
import { solvers } from "../../flow/solvers/index.js";
import { parametersOf } from "../parameters.js";
import { refuse } from "../problem.js";
import { show } from "../words.js";
import { basinsSystem, type BasinsSpec } from "./system.js";

/** What a study of basins is about. */
export interface Subject {
  readonly system: System;
  readonly name: string;
  /** With its parameters, in words. */
  readonly described: string;
  readonly components: readonly string[];
  /** The range of each component where nothing else is said. */
  readonly usual: readonly (readonly [number, number])[];
}

/** Refuses what is said of a map in a study of a flow, and of a flow in one of a map: it would change nothing. */
function refuseOther(spec: BasinsSpec): void {
  if (spec.flow !== undefined && spec.parameter !== undefined)
    refuse(["system", "parameter"], `${spec.parameter} given for a flow; name what is meant: parameters: { ... }`);
  if (spec.map === undefined) return;
  const names = Object.keys(spec.parameters);
  if (names.length > 0) refuse(["system", "parameters"], `${names.join(", ")} given for a map, which has one number: parameter`);
  for (const key of ["dt", "solver", "rtol", "atol"] as const)
    if (spec[key] !== basinsSystem.schema.shape[key].parse(undefined))
      refuse(["system", key], `${spec[key]} given for a map; it belongs to flows`);
}

/** The system that the study names. */
function subject(spec: BasinsSpec, threads: CompileOptions["threads"]): Subject {
  if ((spec.flow === undefined) === (spec.map === undefined))
    refuse(["system"], `${spec.flow === undefined ? "neither flow nor map" : "both flow and map"} given; name one of them`);
  refuseOther(spec);
  const settings = threads ? { threads } : {};
  if (spec.flow !== undefined) {
    const named = lookup("flow", flows, spec.flow);
    const parameters = parametersOf(named, spec.parameters);
    const { dt, rtol, atol } = spec;
    return {
      system: flow({
        field: named.field(parameters),
        initial: named.initial,
        dt,
        solver: lookup("solver", solvers, spec.solver),
        controller: adaptive({ rtol, atol }),
        ...settings,
      }),
      name: named.name,
      described: `The flow ${named.name} (${named.description}) with ${Object.entries(parameters)
        .map(([name, value]) => `${name} = ${show(value)}`)
        .join(", ")}`,
      components: named.components,
      usual: named.components.map(() => [-2, 2] as const),
    };
  }
  const named = lookup("map", families, spec.map!);
  const { parameter } = spec;
  if (parameter === undefined)
    return refuse(
      ["system", "parameter"],
      `expected the ${named.parameter} of ${named.name}; usual values are ${named.range.join(" to ")}`,
    );
  return {
    system: map({ f: (x) => named.f(x, constant(parameter)), initial: named.initial, ...settings }),
    name: named.name,
    described: `The map ${named.name} (${named.description}) with ${named.parameter} ${show(parameter)}`,
    components: named.components,
    usual: named.box,
  };
}

/** The rectangle of starts. */
function plane(spec: BasinsSpec, components: readonly string[], usual: Subject["usual"]): StartGrid {
  if (components.length < 2) refuse(["system", "map"], `${spec.map} has one component; a picture needs two`);
  const axes = (["x", "y"] as const).map((key, i) => {
    const { component, from, to } = spec[key] ?? { component: components[i]!, from: usual[i]![0], to: usual[i]![1] };
    const at = components.indexOf(component);
    if (at < 0) refuse(["system", key, "component"], `"${component}" given; expected one of ${components.join(", ")}`);
    if (!(to > from)) refuse(["system", key, "to"], `from ${from} to ${to} given; to must be larger than from`);
    return { at, range: [from, to] as const };
  });
  if (axes[0]!.at === axes[1]!.at) refuse(["system", "y", "component"], `x and y are both ${components[axes[0]!.at]}; name two`);
  const base = spec.initial ?? components.map(() => 0);
  if (base.length !== components.length)
    refuse(
      ["system", "initial"],
      `${base.length} numbers given; there are ${components.length} components: ${components.join(", ")}`,
    );
  return {
    base,
    axes: [axes[0]!.at, axes[1]!.at],
    ranges: [axes[0]!.range, axes[1]!.range],
    columns: spec.columns,
    rows: spec.rows,
  };
}

/**
 * The system of a study of basins and the rectangle of its starts, to be looked at by hand.
 *
 * *Definition*: as the study describes it, with the box in which attractors are looked for: the rectangle, and the fixed coordinates of its starts.
 * *Arguments*: `spec`: the `system` of a study of kind basins; `threads`: those of the engine, default one.
 * *Returns*: the system, its name and parameters in words, the names of its components, the rectangle and the box. Throws a StudyError where the
 * study cannot be.
 * *Cost*: the system is compiled.
 * *Example*: `const { study } = parseStudy("system: { kind: basins, map: newton-cubic, parameter: 1 }\nquestions: [{ type: basins-of-attraction }]", "study.yaml");
 * buildBasins(study.system).components // ["re", "im"]`
 */
export function buildBasins(
  spec: BasinsSpec,
  threads?: CompileOptions["threads"],
): Subject & { readonly picture: StartGrid; readonly box: readonly (readonly [number, number])[] } {
  const made = subject(spec, threads);
  const picture = plane(spec, made.components, made.usual);
  const box = made.components.map((_, c) => {
    const at = picture.axes.indexOf(c);
    return at < 0 ? ([picture.base[c]!, picture.base[c]!] as const) : picture.ranges[at as 0 | 1];
  });
  return { ...made, picture, box };
}
