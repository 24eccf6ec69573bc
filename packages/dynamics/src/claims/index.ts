import { basins } from "./basins.js";
import { catapult } from "./catapult.js";
import type { Claim } from "./claim.js";
import { deepLinear } from "./deep-linear.js";
import { delaySolutions } from "./delay-solutions.js";
import { diffusions } from "./diffusions.js";
import { errorsOfExponents } from "./errors-of-exponents.js";
import { exactMaps } from "./exact-maps.js";
import { flip } from "./flip.js";
import { folds } from "./folds.js";
import { gaussHermiteRule } from "./gauss-hermite.js";
import { gaussianProducts } from "./gaussian-products.js";
import { henon } from "./henon.js";
import { hopfPoints } from "./hopf-points.js";
import { kaplanYorkeDimension } from "./kaplan-yorke.js";
import { kramers } from "./kramers.js";
import { ladder } from "./ladder.js";
import { linearDelay } from "./linear-delay.js";
import { logistic } from "./logistic.js";
import { lorenz } from "./lorenz.js";
import { mackeyGlass } from "./mackey-glass.js";
import { meanSquare } from "./mean-square.js";
import { momentumThresholds } from "./momentum.js";
import { probabilisticStability } from "./probabilistic-stability.js";
import { quadratic } from "./quadratic.js";
import { rungeKutta } from "./runge-kutta.js";
import { selfStabilisation } from "./self-stabilisation.js";
import { sgdOrthogonal } from "./sgd-orthogonal.js";
import { sgdParallel } from "./sgd-parallel.js";
import { sgdProjections } from "./sgd-projections.js";
import { sgdSumRule } from "./sgd-sum-rule.js";
import { smallestNetwork } from "./smallest-network.js";
import { vanDerPol } from "./van-der-pol.js";

/** One line an entry: theorems that the program checks on itself, in the order of their items. */
export const claims: readonly Claim[] = [
  gaussianProducts,
  quadratic,
  smallestNetwork,
  sgdProjections,
  sgdParallel,
  sgdOrthogonal,
  sgdSumRule,
  meanSquare,
  momentumThresholds,
  deepLinear,
  ladder,
  selfStabilisation,
  catapult,
  flip,
  probabilisticStability,
  rungeKutta,
  vanDerPol,
  lorenz,
  henon,
  logistic,
  exactMaps,
  mackeyGlass,
  linearDelay,
  delaySolutions,
  diffusions,
  kramers,
  folds,
  hopfPoints,
  errorsOfExponents,
  gaussHermiteRule,
  kaplanYorkeDimension,
  basins,
];
