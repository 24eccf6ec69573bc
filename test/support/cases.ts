import { control } from "./cases/control.js";
import { elementwise } from "./cases/elementwise.js";
import { products } from "./cases/products.js";
import { reductionCases, views } from "./cases/structure.js";
import type { Case } from "./cases/case.js";

export { draw, drawEdges, EDGES, generator, type Case } from "./cases/case.js";
export { networks } from "./cases/networks.js";

/** The cases of every operation of the public interface, by its exported name. */
export const catalogue: Record<string, readonly Case[]> = {
  ...elementwise,
  ...reductionCases,
  ...views,
  ...products,
  ...control,
};
export const operations: readonly Case[] = Object.values(catalogue).flat();
