/** Runs as pictures, pages and files, for the command and for the laboratory: nothing here needs Node. */
export { UserError } from "../exit.js";
export { npz } from "../files/npz.js";
export { parquet } from "../files/parquet.js";
export { parseArray } from "../files/parse-array.js";
export { parseCsv } from "../files/parse-csv.js";
export { parseGraphml } from "../files/parse-graphml.js";
export { parseParquet } from "../files/parse-parquet.js";
export type { StoredRun } from "../files/run-folder.js";
export { charts, draw, type Drawing } from "./charts.js";
export { report } from "./page.js";
