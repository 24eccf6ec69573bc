import type { Attractors } from "../../analysis/attractors.js";
import { edgeStateInParts, type EdgeState } from "../../analysis/edge-state.js";
import { minimalPerturbationInParts, type MinimalPerturbation } from "../../analysis/minimal-perturbation.js";
import { TO_INFINITY, UNDECIDED } from "../../analysis/outcomes.js";
import type { Conclusion } from "../conclusion.js";
import { count, show, withError } from "../words.js";
import type { EdgeAsked, PerturbationAsked } from "./system.js";

/** What the questions on the boundary share. */
export interface BoundarySetting {
  readonly found: Attractors;
  readonly looks: number;
  readonly stay: number;
  readonly seed: number;
  readonly components: readonly string[];
  /** Components of the picture. */
  readonly axes: readonly number[];
  readonly unit: string;
}

const ending = (label: number): string =>
  label === TO_INFINITY
    ? "infinity"
    : label >= 0
      ? `attractor ${label + 1}`
      : label === UNDECIDED
        ? "nowhere known"
        : "a failure";

/** A state in words; what is not above the error is 0. */
const place = (state: ArrayLike<number>, components: readonly string[], error = 0): string =>
  components.map((name, c) => `${name} = ${Math.abs(state[c]!) < Math.max(5e-5, error) ? "0" : show(state[c]!)}`).join(", ");

const number = ({ attractors: { length } }: Attractors): string =>
  `${count(length, "attractor")} ${length === 1 ? "was" : "were"}`;

/** Tracks the boundary between two ends. */
export function* trackEdge(asked: EdgeAsked, setting: BoundarySetting): Generator<number, Conclusion> {
  const { found, looks, stay, components, unit } = setting;
  const [from, to] = (["from", "to"] as const).map((key) => {
    const end = asked[key];
    if (typeof end === "number") return found.attractors[end - 1]?.state;
    return Float64Array.from(end);
  });
  if (!from || !to)
    return {
      answers: [],
      sentences: [`No edge state: from ${asked.from as number} to ${asked.to as number} was asked, and ${number(found)} found.`],
    };
  const { rounds, separation } = asked;
  const edge = yield* edgeStateInParts(found, {
    from,
    to,
    rounds,
    looks,
    stay,
    ...(separation === undefined ? {} : { separation }),
  });
  return {
    answers: [{ ...edge, name: "edge_exponent", label: "unstable exponent of the edge state" }],
    sentences: [edgeSentence(edge, components, unit)],
    arrays: edge.status === "ok" ? edgePoints(edge, components.length) : {},
  };
}

function edgeSentence(edge: EdgeState, components: readonly string[], unit: string): string {
  const between = `the boundary between the basins of ${edge.sides.map(ending).join(" and ")}`;
  if (edge.status !== "ok") return `No edge state on ${between}: ${edge.explanation}.`;
  const at = place(edge.state, components, edge.stateError);
  const where = edge.extent === "point" ? `a point, ${at}` : `a set, through ${at}`;
  return `The edge state on ${between} is ${where}. Orbits leave it at the rate ${withError(edge.value, edge.error)} per ${unit}; found in ${edge.rounds} bisections.${edge.explanation ? ` Of the search: ${edge.explanation}.` : ""}`;
}

const edgePoints = ({ extent, state, orbit }: EdgeState, dim: number): Conclusion["arrays"] => {
  const data = extent === "point" ? state : orbit;
  return { edge_state: { shape: [data.length / dim, dim], data } };
};

/** The shortest ways found out of the basins that were asked for. */
export function* leaveBasins(asked: PerturbationAsked, setting: BoundarySetting): Generator<number, Conclusion> {
  const { found, looks, stay, seed, components, axes } = setting;
  const dim = components.length;
  const along = asked.along?.map((name) => components.indexOf(name));
  const directions = (along ?? axes).flatMap((c) => Array.from({ length: dim }, (_, i) => (i === c ? 1 : 0)));
  const wanted = found.attractors.flatMap((_, k) => (asked.attractor === undefined || asked.attractor === k + 1 ? [k] : []));
  const { norm, rays, refined, largest } = asked;
  const ends: { readonly k: number; readonly least: MinimalPerturbation }[] = [];
  for (const k of wanted) {
    const run = minimalPerturbationInParts(found, {
      state: found.attractors[k]!.state,
      directions,
      norm,
      rays,
      refined,
      seed,
      looks,
      stay,
      ...(largest === undefined ? {} : { largest }),
    });
    let part = run.next();
    for (; !part.done; part = run.next()) yield (ends.length + part.value) / wanted.length;
    ends.push({ k, least: part.value });
  }
  const rows = ends.flatMap(({ k, least }) => {
    const { state } = found.attractors[k]!;
    return Number.isFinite(least.value) ? [[k + 1, ...state, ...state.map((v, c) => v + least.displacement[c]!)]] : [];
  });
  const names = (along ?? axes).map((c) => components[c]!).join(", ");
  return {
    answers: ends.map(({ k, least }) => ({
      ...least,
      name: `minimal_perturbation_${k + 1}`,
      label: `smallest displacement found that leaves the basin of attractor ${k + 1}`,
    })),
    sentences:
      ends.length === 0
        ? [`No minimal perturbation: attractor ${asked.attractor} was asked for, and ${number(found)} found.`]
        : ends.map(({ k, least }) =>
            Number.isFinite(least.value)
              ? `Attractor ${k + 1} is left by a displacement of ${show(least.value)} (${norm} norm, along ${names}): to ${place(
                  found.attractors[k]!.state.map((v, c) => v + least.displacement[c]!),
                  components,
                )}, which ends at ${ending(least.to)}. It is the smallest found, an upper bound of the smallest there is.${least.explanation ? ` Of the search: ${least.explanation}.` : ""}`
              : `No displacement found that leaves the basin of attractor ${k + 1}: ${least.explanation}.`,
          ),
    arrays: rows.length > 0 ? { ways_out: { shape: [rows.length, 2 * dim + 1], data: Float64Array.from(rows.flat()) } } : {},
  };
}
