import type { StartGrid } from "../../analysis/starts.js";
import type { Box } from "../../analysis/low-discrepancy.js";
import { refuse, type Path } from "../problem.js";
import type { Study } from "../schema.js";
import { show } from "../words.js";
import type { BasinsAsked, EdgeAsked, PerturbationAsked } from "./system.js";

/** The side of the boxes of the basin entropy that small pictures have smaller. */
const USUAL_SIDE = 5;

/** Refuses questions that the system and its picture have no answer to, before anything runs. */
export function checkQuestions(
  { questions }: Study,
  { components, picture, box }: { readonly components: readonly string[]; readonly picture: StartGrid; readonly box: Box },
): void {
  questions.forEach((q, i) => {
    const path: Path = ["questions", i];
    if (q.type === "basins-of-attraction") checkSearch(q as unknown as BasinsAsked, picture, box, path);
    if (q.type === "edge-state") checkEnds(q as unknown as EdgeAsked, components, path);
    if (q.type === "minimal-perturbation") checkAlong(q as unknown as PerturbationAsked, components, path);
  });
}

function checkSearch({ bound, looks, stay, side }: BasinsAsked, { columns, rows }: StartGrid, box: Box, path: Path): void {
  const farthest = box.reduce((m, [low, high]) => Math.max(m, Math.abs(low), Math.abs(high)), 0);
  if (bound < farthest)
    refuse(
      [...path, "bound"],
      `${show(bound)} given, and starts reach to ${show(farthest)}, so that they count as gone to infinity; allowed: from ${show(farthest)}`,
    );
  if (stay > looks) refuse([...path, "stay"], `${stay} given; allowed: at most as many as looks, which are ${looks}`);
  const most = Math.max(USUAL_SIDE, Math.min(columns, rows));
  if (side > most)
    refuse([...path, "side"], `${side} given; allowed: at most ${most} in a picture of ${columns} columns and ${rows} rows`);
}

function checkEnds(asked: EdgeAsked, components: readonly string[], path: Path): void {
  for (const key of ["from", "to"] as const) {
    const end = asked[key];
    if (typeof end !== "number" && end.length !== components.length)
      refuse([...path, key], `${end.length} numbers given; there are ${components.length} components: ${components.join(", ")}`);
  }
}

function checkAlong({ along = [] }: PerturbationAsked, components: readonly string[], path: Path): void {
  const unknown = along.find((name) => !components.includes(name));
  if (unknown !== undefined) refuse([...path, "along"], `"${unknown}" given; expected some of ${components.join(", ")}`);
  if (new Set(along).size < along.length) refuse([...path, "along"], `${along.join(", ")} given; name each component once`);
}
