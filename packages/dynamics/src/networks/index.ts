import type { Architecture } from "./architecture.js";
import { mlp, type MlpOptions } from "./mlp.js";
import { recurrent } from "./recurrent.js";

/** A family of networks, as the CLI lists it and a study names it. */
export interface ArchitectureEntry {
  readonly name: string;
  readonly description: string;
  make(options: MlpOptions): Architecture;
}

/** One line an entry. */
export const architectures: readonly ArchitectureEntry[] = [
  {
    name: "mlp",
    description: "multilayer perceptron: affine maps and an activation between them",
    make: mlp,
  },
  {
    name: "recurrent",
    description: "one layer applied again and again with the same parameters: all widths are equal",
    make: recurrent,
  },
];
