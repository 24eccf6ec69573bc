import {
  attractors,
  basinEntropy,
  basinFractions,
  basins as basinsOf,
  buildBasins,
  gridStarts,
  parseStudy,
  show,
  StudyError,
  UNDECIDED,
  type Attractors,
  type BasinsAsked,
  type BasinsSpec,
} from "#dynamics";
import { answering } from "./answering.js";
import { passes, placesOf } from "./passes.js";
import type { BasinsOrder, BasinsStart } from "./protocol/basins.js";
import type { Host, Work } from "./protocol/jobs.js";

/** Starts followed between two looks at the messages. */
const TOGETHER = 2048;
/** Starts on the side of a box of the basin entropy. */
const SIDE = 5;

type Built = ReturnType<typeof buildBasins>;

/** Pictures of basins of attraction that sharpen, of whatever part of the plane is asked for. */
export const basins: Work<"basins"> = async ({ text }, host) => {
  const { study, locate } = parseStudy(text, "study.yaml");
  if (study.system.kind !== "basins")
    throw new Error(`a study of kind ${study.system.kind} was given; the basins bench shows studies of kind basins`);
  const asked = study.questions.find((q) => q.type === "basins-of-attraction") as unknown as BasinsAsked;
  try {
    const built = buildBasins(study.system as unknown as BasinsSpec);
    const { type: _type, looks, stay, side: _side, tolerance, ...searching } = asked;
    const found = attractors({
      ...searching,
      ...(tolerance === undefined ? {} : { tolerance }),
      system: built.system,
      box: built.box,
      seed: study.seed,
    });
    host.news(startOf(built, found));
    return await answering(host, (view, outdated) => sharpen(view, built, found, { looks, stay }, host, outdated));
  } catch (error) {
    throw error instanceof StudyError ? new Error(error.problems.map(locate).join("\n"), { cause: error }) : error;
  }
};

function startOf({ described, components, picture: { axes, ranges } }: Built, found: Attractors): BasinsStart {
  return {
    kind: "start",
    described,
    axes: [components[axes[0]]!, components[axes[1]]!],
    x: ranges[0],
    y: ranges[1],
    attractors: found.attractors.map(({ extent, low, high, net }) => ({
      words: components
        .map((name, c) =>
          extent === "point"
            ? `${name} = ${near0(0.5 * (low[c]! + high[c]!))}`
            : `${name} ${near0(low[c]!)} to ${near0(high[c]!)}`,
        )
        .join(", "),
      points: Float64Array.from({ length: 2 * net.size }, (_, i) => net.points[(i >> 1) * components.length + axes[i % 2]!]!),
    })),
  };
}

const near0 = (v: number): string => (Math.abs(v) < 5e-4 ? "0" : show(v, 3));

/** All passes over a view, as long as no other is asked for. */
async function sharpen(
  { x, y, columns, rows }: BasinsOrder,
  { picture }: Built,
  found: Attractors,
  settings: { readonly looks: number; readonly stay: number },
  host: Host<"basins">,
  outdated: () => boolean,
): Promise<void> {
  const dim = picture.base.length;
  const all = gridStarts({ ...picture, ranges: [x, y], columns, rows });
  const labels = new Int32Array(columns * rows).fill(UNDECIDED);
  for (const { width, cells, done } of passes(columns, rows, TOGETHER)) {
    await host.breathe();
    if (outdated()) return;
    const starts = new Float64Array(cells.length * dim);
    cells.forEach((cell, i) => starts.set(all.subarray(cell * dim, (cell + 1) * dim), i * dim));
    const found1 = basinsOf(found, { ...settings, starts }).labels;
    cells.forEach((cell, i) => (labels[cell] = found1[i]!));
    host.news({ kind: "cells", width, places: placesOf(cells, columns), values: found1, done });
  }
  const entropy = basinEntropy({ labels, columns, rows, side: Math.min(SIDE, columns, rows) });
  host.news({
    kind: "whole",
    shares: basinFractions(labels, found.attractors.length)
      .filter((f) => f.count > 0 || f.label >= 0)
      .map(({ label, value, error }) => ({ label, share: value, error })),
    entropy: [entropy.value, entropy.error],
    boundary: [entropy.boundary.value, entropy.boundary.error],
    fractal: entropy.mixed > 1 && entropy.fractal,
  });
}
