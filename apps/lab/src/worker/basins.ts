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
import type { BasinsOrder, BasinsStart } from "./protocol/basins.js";
import type { Host, Work } from "./protocol/jobs.js";

/** Starts followed between two looks at the messages, and the widths of the passes. */
const TOGETHER = 2048;
const WIDTHS = [16, 8, 4, 2, 1];
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
    let [order, wake]: [BasinsOrder | undefined, () => void] = [undefined, () => undefined];
    host.onOrder((next) => {
      order = next;
      wake();
    });
    for (;;) {
      const view = order;
      if (view === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (await sharpen(view, built, found, { looks, stay }, host, () => order !== view)) order = undefined;
    }
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

/** All passes over a view; false where another view was asked for meanwhile. */
async function sharpen(
  { x, y, columns, rows }: BasinsOrder,
  { picture }: Built,
  found: Attractors,
  settings: { readonly looks: number; readonly stay: number },
  host: Host<"basins">,
  outdated: () => boolean,
): Promise<boolean> {
  const dim = picture.base.length;
  const all = gridStarts({ ...picture, ranges: [x, y], columns, rows });
  const labels = new Int32Array(columns * rows).fill(UNDECIDED);
  let done = 0;
  for (const width of WIDTHS) {
    const cells: number[] = [];
    for (let row = 0; row < rows; row += width)
      for (let column = 0; column < columns; column += width)
        if (width === WIDTHS[0] || row % (2 * width) !== 0 || column % (2 * width) !== 0) cells.push(row * columns + column);
    for (let first = 0; first < cells.length; first += TOGETHER) {
      await host.breathe();
      if (outdated()) return false;
      const part = cells.slice(first, first + TOGETHER);
      const starts = new Float64Array(part.length * dim);
      part.forEach((cell, i) => starts.set(all.subarray(cell * dim, (cell + 1) * dim), i * dim));
      const found1 = basinsOf(found, { ...settings, starts }).labels;
      part.forEach((cell, i) => (labels[cell] = found1[i]!));
      done += part.length;
      host.news({
        kind: "cells",
        width,
        places: Int32Array.from({ length: 2 * part.length }, (_, i) =>
          i % 2 === 0 ? part[i >> 1]! % columns : Math.floor(part[i >> 1]! / columns),
        ),
        labels: found1,
        done: done / (columns * rows),
      });
    }
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
  return true;
}
