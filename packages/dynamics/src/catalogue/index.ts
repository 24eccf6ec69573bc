import { schemes } from "../flow/schemes.js";
import { solvers } from "../flow/solvers/index.js";
import { frequencyDensities } from "../limits/frequencies.js";
import { activations } from "../networks/activations.js";
import { architectures } from "../networks/index.js";
import { initializers } from "../networks/initializers.js";
import { losses } from "../training/losses.js";
import { optimizers } from "../training/optimizers/index.js";
import { schedules } from "../training/schedules/index.js";
import { delayEquations } from "./delay-equations.js";
import { families } from "./families.js";
import { flows } from "./flows.js";
import { questions } from "./questions.js";
import { targets } from "./targets.js";

/** What every catalogue says about each of its entries. */
export interface Entry {
  readonly name: string;
  readonly description: string;
}

/** Everything that has a name, by kind: one line a kind. Menus and listings read this. */
export const catalogue = {
  architectures,
  activations,
  initializers,
  losses,
  optimizers,
  schedules,
  solvers,
  schemes,
  families,
  "delay-equations": delayEquations,
  targets,
  frequencies: frequencyDensities,
  flows,
  questions,
} satisfies Record<string, readonly Entry[]>;
