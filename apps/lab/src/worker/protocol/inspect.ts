import type { InspectionOptions } from "#report";
import type { NamedBytes } from "../data-file.js";
import type { Finished } from "./study.js";

/** What an inspection of a model can look at. */
export interface PartCard {
  readonly name: string;
  readonly description: string;
}

/** What stands behind the page's button: files that the visitor chose, or the sample that lies beside the page. */
export interface InspectInput {
  readonly files: InspectedFiles | "sample";
  /** Names of the target's column or array and of the inputs' array, as the command takes them. */
  readonly target?: string;
  readonly inputs?: string;
  readonly options: InspectionOptions;
  readonly processors: number;
  /** Width of the figures in CSS pixels. */
  readonly width: number;
}

export interface InspectedFiles {
  readonly model: NamedBytes;
  /** Widths and layers of a .safetensors file. */
  readonly structure?: NamedBytes;
  /** Files in which an ONNX file keeps its weights. */
  readonly weights?: readonly NamedBytes[];
  readonly data?: NamedBytes;
  /** The file of the targets, where that of the data holds one array. */
  readonly targets?: NamedBytes;
}

/** A part of the plan in words. */
export interface PlannedLine {
  readonly name: string;
  readonly level: "full" | "quick" | undefined;
  /** Seconds, about. */
  readonly seconds: number;
  readonly why: string | undefined;
}

/** What an inspection tells on the way. */
export type InspectNews =
  | { readonly compiling: string; readonly samples: number }
  | { readonly plan: readonly PlannedLine[] }
  | { readonly done: number; readonly total: number; readonly unit: string; readonly note: string }
  | { readonly soFar: Pick<Finished, "manifest" | "figures" | "clock"> };
