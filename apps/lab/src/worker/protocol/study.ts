import type { Clock, Manifest, Series } from "#dynamics";
import type { DelayCard } from "./delay.js";
import type { FieldCard } from "./flow.js";

/** Files that the visitor chose, by name. They stay in this page. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** What the catalogues and the schema say: menus and forms are made from it. */
export interface Description {
  readonly schema: JsonSchema;
  readonly kinds: readonly { readonly name: string; readonly description: string; readonly questions: readonly string[] }[];
  readonly families: readonly FamilyCard[];
  readonly fields: readonly FieldCard[];
  readonly activations: readonly string[];
  readonly delays: readonly DelayCard[];
  readonly losses: readonly string[];
}

export interface FamilyCard {
  readonly name: string;
  readonly description: string;
  readonly parameter: string;
  readonly components: readonly string[];
  readonly range: readonly [number, number];
  readonly source: string;
}

/** The part of JSON Schema that studies use. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** A study read: its kind, or its mistakes with line numbers. */
export type Checked =
  | { readonly problems: readonly string[] }
  | { readonly problems: readonly []; readonly kind: string; readonly title: string };

/** A chart of a run, drawn: HTML with an SVG in it. */
export interface Figure {
  readonly title: string;
  readonly html: string;
}

/** A finished run as the page shows it. */
export interface Finished {
  readonly manifest: Manifest;
  readonly figures: readonly Figure[];
  /** The whole report, as the command writes it. */
  readonly page: string;
  readonly series: readonly Series[];
  readonly clock: Clock;
  readonly digests: Readonly<Record<string, string>>;
  /** What computes it again in a terminal. */
  readonly command: string;
  /** series.parquet and arrays.npz, the same bytes as in a run folder. */
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

export interface StudyInput {
  readonly text: string;
  readonly files: Files;
  readonly processors: number;
  /** Width of the figures in CSS pixels: their letters are then as large as those of the page. */
  readonly width: number;
}
