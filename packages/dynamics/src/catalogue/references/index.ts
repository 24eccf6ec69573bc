import { chaos } from "./chaos.js";
import { delays } from "./delays.js";
import { flows } from "./flows.js";
import { generative } from "./generative.js";
import { gradientDescent } from "./gradient-descent.js";
import { networks } from "./networks.js";
import { noise } from "./noise.js";
import { numerics } from "./numerics.js";
import { populations } from "./populations.js";
import type { Reference } from "./reference.js";
import { stochasticTraining } from "./stochastic-training.js";

/** What estimates and claims name as "Surname, Surname year", by subject. */
export const references: readonly Reference[] = [
  ...gradientDescent,
  ...stochasticTraining,
  ...networks,
  ...generative,
  ...populations,
  ...flows,
  ...delays,
  ...noise,
  ...chaos,
  ...numerics,
];
