/** A neuron, y = a(w1 h + b1), or two of them added: y = a(w1 h + b1) + a(w2 h + b2). */
export interface NeuronOrder {
  readonly activation: string;
  readonly weights: readonly [number, number] | readonly [number, number, number, number];
  /** Local fields lie evenly from -spread to spread. */
  readonly spread: number;
}

export interface NeuronNews {
  readonly fields: Float64Array;
  readonly values: Float64Array;
  readonly tau: number;
  /** Shares of the pairs of fields: kept in order, made equal, reversed. */
  readonly strict: number;
  readonly merged: number;
  readonly reversed: number;
  readonly preserves: boolean;
}
