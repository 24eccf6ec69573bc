import type { NamedBytes } from "../data-file.js";

/** Data files that were dropped without a model. */
export interface SuggestInput {
  readonly files: readonly NamedBytes[];
}

/** A study that trains a network on them. */
export interface Suggested {
  readonly text: string;
}
