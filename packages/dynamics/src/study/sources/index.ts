import { arrays } from "./arrays.js";
import { chebyshev } from "./chebyshev.js";
import { csv } from "./csv.js";
import { digits } from "./digits.js";
import { fashionMnist } from "./fashion-mnist.js";
import { flipSource } from "./flip.js";
import { hills } from "./hills.js";
import { inline } from "./inline.js";
import { parquet } from "./parquet.js";
import { modularArithmetic } from "./modular-arithmetic.js";
import { planar } from "./planar.js";
import type { DataSource } from "./source.js";
import { spheres } from "./spheres.js";

/** One line an entry. */
export const dataSources = [
  digits,
  csv,
  parquet,
  arrays,
  fashionMnist,
  chebyshev,
  planar,
  hills,
  spheres,
  modularArithmetic,
  flipSource,
  inline,
] as const satisfies readonly DataSource<never>[];
