import type { parseGraphml as parse } from "./parse-graphml.js";

/** `parseGraphml`, which a page loads with its XML parser when it is first needed. */
export const parseGraphml = async (...given: Parameters<typeof parse>): Promise<ReturnType<typeof parse>> =>
  (await import("./parse-graphml.js")).parseGraphml(...given);
