import type { RunRecord } from "#dynamics";
import { figure, type Chart } from "./chart.js";
import { familyCharts } from "./family-charts.js";
import { minimumCharts } from "./minimum-charts.js";
import { orbitFigure, type OrbitDiagram } from "./orbit-diagram.js";
import { phaseDiagram, type PhaseDiagram } from "./phase-diagram.js";
import { representationCharts } from "./representation-charts.js";
import { trainingCharts } from "./training-charts.js";

/** What a report draws. */
export type Drawing = Chart | PhaseDiagram | OrbitDiagram;

type Charts = (run: Pick<RunRecord, "manifest" | "series" | "arrays">) => Drawing[];

/** One line an entry: how a kind of system is drawn. */
const kinds: Record<string, Charts> = {
  training: trainingCharts,
  minimum: minimumCharts,
  family: familyCharts,
  representation: representationCharts,
};

/** The charts of a run: one for each thing that it measured. */
export const charts: Charts = (run) => kinds[run.manifest.study.system.kind]?.(run) ?? [];

/** A drawing as an HTML figure; "" when there is nothing to see. */
export const draw = (drawing: Drawing, id: string, size?: { width: number; height: number }): string =>
  "cells" in drawing
    ? phaseDiagram(drawing, id, size)
    : "states" in drawing
      ? orbitFigure(drawing, id, size)
      : figure(drawing, id, size);
