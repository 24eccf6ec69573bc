/** Files read, models inspected, runs as pictures, pages and files, for the command and for the laboratory: nothing here needs Node. */
export { UserError } from "../exit.js";
export { LONGEST } from "../files/longest.js";
export { npz } from "../files/npz.js";
export { parquet } from "../files/parquet.js";
export { parseArray } from "../files/parse-array.js";
export { parseCsv } from "../files/parse-csv.js";
export { parseGraphml } from "../files/graphml-later.js";
export { parseParquet } from "../files/parse-parquet.js";
export { holdsOneArray, parseSamples, tableOf, type DataFile, type Samples } from "../files/parse-samples.js";
export { unpack } from "../files/unpack.js";
export { again, type InspectionWords } from "../inspection/again.js";
export { inspectFiles, type InspectionOptions } from "../inspection/inspect-files.js";
export type { StoredRun } from "../files/run-folder.js";
export { charts, draw, type Drawing } from "./charts.js";
export { report } from "./page.js";
