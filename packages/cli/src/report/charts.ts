import type { RunRecord } from "#dynamics";
import { basinsCharts } from "./basins-charts.js";
import { bundle, type Bundle } from "./bundle.js";
import { figure, type Chart } from "./chart.js";
import { delayCharts } from "./delay-charts.js";
import { contourFigure, type ContourMap } from "./contour.js";
import { criticalPointsMap } from "./critical-points.js";
import { depthLimitChart } from "./depth-limit-chart.js";
import { diffusionCharts } from "./diffusion-charts.js";
import { ensembleCharts } from "./ensemble-charts.js";
import { familyCharts } from "./family-charts.js";
import { fieldFigure, type Field } from "./field.js";
import { flowCharts } from "./flow-charts.js";
import { modelCharts } from "./model-charts.js";
import { generativeCharts } from "./generative-charts.js";
import { ledgerChart } from "./ledger-chart.js";
import { limitCharts } from "./limit-charts.js";
import { memoryCharts } from "./memory-charts.js";
import { minimumCharts } from "./minimum-charts.js";
import { orbitFigure, type OrbitDiagram } from "./orbit-diagram.js";
import { phaseDiagram, type PhaseDiagram } from "./phase-diagram.js";
import { pixelFigure, type Pixels } from "./pixels.js";
import { quadraticsCharts } from "./quadratics-charts.js";
import { representationCharts } from "./representation-charts.js";
import { populationCharts } from "./population-charts.js";
import { tokensCharts } from "./tokens-charts.js";
import { portrait, type Portrait } from "./portrait.js";
import { propagationCharts } from "./propagation-charts.js";
import { trainingCharts } from "./training-charts.js";

/** What a report draws. */
export type Drawing = Chart | PhaseDiagram | OrbitDiagram | Portrait | Bundle | Field | ContourMap | Pixels;

type Charts = (run: Pick<RunRecord, "manifest" | "series" | "arrays">) => Drawing[];

/** One line an entry: how a kind of system is drawn. */
const kinds: Record<string, Charts> = {
  training: (run) => [...trainingCharts(run), ...ledgerChart(run), ...criticalPointsMap(run)],
  minimum: minimumCharts,
  ensemble: ensembleCharts,
  quadratics: quadraticsCharts,
  diffusion: diffusionCharts,
  generative: generativeCharts,
  family: familyCharts,
  representation: representationCharts,
  population: populationCharts,
  tokens: tokensCharts,
  limit: limitCharts,
  flow: (run) => [...flowCharts(run), ...ledgerChart(run)],
  delay: delayCharts,
  memory: memoryCharts,
  propagation: (run) => [...depthLimitChart(run), ...propagationCharts(run)],
  model: modelCharts,
  basins: basinsCharts,
};

/** The charts of a run: one for each thing that it measured. */
export const charts: Charts = (run) => kinds[run.manifest.study.system.kind]?.(run) ?? [];

/** A drawing as an HTML figure; "" when there is nothing to see. */
export function draw(drawing: Drawing, id: string, size?: { width: number; height: number }): string {
  if ("cells" in drawing) return phaseDiagram(drawing, id, size);
  if ("states" in drawing) return orbitFigure(drawing, id, size);
  if ("path" in drawing) return portrait(drawing, id, size);
  if ("pixels" in drawing) return pixelFigure(drawing, id, size);
  if ("xRange" in drawing) return fieldFigure(drawing, id, size);
  if ("thin" in drawing) return bundle(drawing, id, size);
  if ("surface" in drawing) return contourFigure(drawing, id);
  return figure(drawing, id, size);
}
