import type { LivePopulation } from "#dynamics";
import type { PopulationStart } from "./protocol/oscillators.js";

/** Cells along a side of the picture, at most. */
const MOST = 100;

/** A graph as a picture: the mean of its weights in each of cells x cells, and its limit in the middle of the cell. */
export function graphPicture(graph: LivePopulation["graph"]): PopulationStart["graph"] {
  if (!graph) return null;
  const { nodes, offsets, columns, weights } = graph.edges;
  const cells = Math.min(MOST, nodes);
  const of = (node: number): number => Math.floor((node * cells) / nodes);
  const sizes = new Float64Array(cells);
  for (let i = 0; i < nodes; i++) sizes[of(i)]!++;
  const own = new Float64Array(cells * cells);
  for (let i = 0; i < nodes; i++)
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) own[of(i) * cells + of(columns[e]!)]! += weights[e]!;
  const limit = own.map((_, at) => {
    const [i, j] = [Math.floor(at / cells), at % cells];
    return graph.limit.value((i + 0.5) / cells, (j + 0.5) / cells);
  });
  return {
    cells,
    edges: columns.length,
    own: own.map((w, at) => w / (sizes[Math.floor(at / cells)]! * sizes[at % cells]!)),
    limit,
  };
}
