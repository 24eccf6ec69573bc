import { chebyshev } from "./chebyshev.js";
import { csv } from "./csv.js";
import { digits } from "./digits.js";
import { inline } from "./inline.js";
import { planar } from "./planar.js";
import type { DataSource } from "./source.js";

/** One line an entry. */
export const dataSources = [digits, csv, chebyshev, planar, inline] as const satisfies readonly DataSource<never>[];
