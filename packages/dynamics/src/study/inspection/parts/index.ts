import type { Part } from "../part.js";
import { basins } from "./basins.js";
import { density } from "./density.js";
import { layers } from "./layers.js";
import { linear } from "./linear.js";
import { order } from "./order.js";
import { ranks } from "./ranks.js";
import { sgd } from "./sgd.js";
import { sharpness } from "./sharpness.js";
import { structure } from "./structure.js";
import { weights } from "./weights.js";

/** One line an entry, in the order in which they are asked: what a small budget is spent on first. */
export const inspectionParts: readonly Part[] = [
  structure,
  layers,
  sharpness,
  sgd,
  order,
  ranks,
  linear,
  weights,
  density,
  basins,
];
