import type { PopulationEntry } from "../growing.js";
import { digraphEntry } from "./digraph.js";
import { graphLayersEntry } from "./graph-layers.js";
import { kuramotoEntry } from "./kuramoto.js";
import { linearEntry } from "./linear-mean-field.js";
import { trainedLayerEntry } from "./trained-layer.js";
import { twoLayerEntry } from "./two-layer.js";

/** One line an entry: populations that can be made of any size beside their limit. */
export const growingPopulations = [
  kuramotoEntry,
  digraphEntry,
  twoLayerEntry,
  trainedLayerEntry,
  graphLayersEntry,
  linearEntry,
] as const satisfies readonly PopulationEntry[];
