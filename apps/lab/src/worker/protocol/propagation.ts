export interface PropagationInput {
  readonly activation: string;
  /** Where the picture ends in sigma_b^2. */
  readonly biasEnd: number;
}

/** An initialisation that is asked about. */
export interface PropagationOrder {
  readonly weightVariance: number;
  readonly biasVariance: number;
  readonly depth: number;
  readonly width: number;
}

/** The edge of chaos: sigma_w^2 and sigma_b^2, two numbers a point. */
export interface PropagationEdge {
  readonly kind: "edge";
  readonly points: Float64Array;
}

/** What theory and networks drawn say about an initialisation, one entry a layer. */
export interface PropagationFound {
  readonly kind: "found";
  readonly order: PropagationOrder;
  readonly sentences: readonly string[];
  readonly numbers: readonly { readonly name: string; readonly value: number; readonly error: number }[];
  /** Mean squares, correlations, and the squared gradient in log10 relative to the output: theory, measured. */
  readonly lengths: readonly [Float64Array, Float64Array];
  readonly correlations: readonly [Float64Array, Float64Array];
  readonly gradients: readonly [Float64Array, Float64Array];
}
