import type { CharacteristicExponent, Fate } from "#dynamics";

export interface FateInput {
  readonly matrix: readonly (readonly number[])[];
}

/** A cell of the picture over learning rate and batch size. */
export interface FateOrder {
  readonly stepSize: number;
  readonly batchSize: number;
}

export interface FateSoFar {
  readonly kind: "so-far";
  readonly order: FateOrder;
  /** Share of the steps that is done. */
  readonly done: number;
}

/** What became of the runs, beside the exponent that says what should. */
export interface FateFound {
  readonly kind: "found";
  readonly order: FateOrder;
  readonly fate: Fate;
  readonly exponent: CharacteristicExponent;
  readonly steps: number;
  /** Of the interval of the fraction. */
  readonly level: number;
}

export interface FateFailed {
  readonly kind: "failed";
  readonly order: FateOrder;
  readonly reason: string;
}
