import type { Architecture } from "./architecture.js";
import { mlp, type MlpOptions } from "./mlp.js";

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
];
