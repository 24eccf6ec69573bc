import { arcs } from "./arcs.js";
import { classical } from "./classical.js";
import { control } from "./control.js";
import { diagonals } from "./diagonals.js";
import { elementwise } from "./elementwise.js";
import { indexing } from "./indexing.js";
import { linear } from "./linear.js";
import { normalization } from "./normalization.js";
import type { Operator } from "./operator.js";
import { picking } from "./picking.js";
import { recurrences } from "./recurrent.js";
import { reductions } from "./reductions.js";
import { resizing } from "./resize.js";
import { shapes } from "./shapes.js";
import { windowed } from "./windows.js";

export interface OnnxOperatorFamily {
  readonly name: string;
  /** The operators, as ONNX names them. */
  readonly description: string;
  readonly operators: readonly Operator[];
}

const family = (name: string, operators: readonly Operator[]): OnnxOperatorFamily => ({
  name,
  description: `operators ${operators.map((o) => o.name).join(", ")}`,
  operators,
});

/** The operators that a model may use: one line a family. */
export const onnxOperators: readonly OnnxOperatorFamily[] = [
  family("elementwise", elementwise),
  family("arcs", arcs),
  family("linear", linear),
  family("normalization", normalization),
  family("reductions", reductions),
  family("shapes", shapes),
  family("diagonals", diagonals),
  family("indexing", indexing),
  family("picking", picking),
  family("windows", windowed),
  family("resizing", resizing),
  family("recurrent", recurrences),
  family("classical", classical),
  family("control", control),
];
