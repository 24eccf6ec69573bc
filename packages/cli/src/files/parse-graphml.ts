import { readGraphml, type Table, type TableReference } from "#dynamics";
import { UserError } from "../exit.js";

/** What is wanted of a GraphML file. */
export type GraphmlReference = Extract<TableReference, { readonly format: "graphml" }>;

/**
 * The edges of a GraphML text as a table (source, target, weight, directed), or one number of each node (node, value); nodes are numbered as they stand in
 * the file. Throws a UserError `name:line:column: …` where `readGraphml` refuses.
 */
export function parseGraphml(text: string, name: string, { of, attribute }: GraphmlReference): Omit<Table, "sha256"> {
  try {
    if (of === "nodes") {
      const { labels, nodeValues } = readGraphml(text, { name });
      const values = nodeValues(attribute);
      return {
        rows: labels.length,
        columns: 2,
        values: Float64Array.from({ length: 2 * labels.length }, (_, i) => (i % 2 === 0 ? i / 2 : values[(i - 1) / 2]!)),
        names: ["node", attribute],
        nodes: labels,
      };
    }
    const file = readGraphml(text, { name, ...(attribute === null ? {} : { weight: attribute }) });
    const columns = [file.source, file.target, file.weight, file.directed];
    return {
      rows: file.line.length,
      columns: columns.length,
      values: Float64Array.from({ length: columns.length * file.line.length }, (_, i) =>
        Number(columns[i % 4]![Math.floor(i / 4)]),
      ),
      names: ["source", "target", attribute ?? "weight", "directed"],
      nodes: file.labels,
      lines: file.line,
    };
  } catch (error) {
    throw error instanceof RangeError ? new UserError(error.message) : error;
  }
}
