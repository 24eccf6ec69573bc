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
  readonly seed: number;
}

/** The edge of chaos: sigma_w^2 and sigma_b^2, two numbers a point. */
export interface PropagationEdge {
  readonly kind: "edge";
  readonly points: Float64Array;
}

/** Theory, what was measured, and its standard error. */
export type Layered = readonly [Float64Array, Float64Array, Float64Array];

/** What theory and networks drawn say about an initialisation, one entry a layer. */
export interface PropagationFound {
  readonly kind: "found";
  readonly order: PropagationOrder;
  readonly sentences: readonly string[];
  readonly numbers: readonly { readonly name: string; readonly value: number; readonly error: number }[];
  /** Mean squares, correlations, and the squared gradient in log10 relative to the output. */
  readonly lengths: Layered;
  readonly correlations: Layered;
  readonly gradients: Layered;
}

/** One network, drawn: two inputs, then `depth` layers of `width` units. */
export interface DrawnNetwork extends PropagationOrder {
  readonly activation: string;
}

/** Points of a ring of inputs, and on the side of a grid of them. */
export const RING = 360;
export const GRID = 20;

/** Inputs of a plane to be sent through: a circle of this radius about the origin, or a grid over the square from -radius to radius. */
export interface LayersOrder extends DrawnNetwork {
  readonly shape: "ring" | "grid";
  readonly radius: number;
}

/** What a layer makes of them; layer 0 is the inputs themselves. */
export interface LayerImage {
  readonly kind: "image";
  readonly order: LayersOrder;
  readonly layer: number;
  /** Along the two leading principal directions, from the mean, divided by the root of the width (inputs: as they are, by that of two): two numbers an input. */
  readonly points: Float64Array;
  /** Share of the variance along these two. */
  readonly share: number;
  /** Mean square of the sums: of these inputs, in theory. */
  readonly square: readonly [number, number] | undefined;
  /** Length of the ring's image over that of the ring, in root mean squares over the units: of this network, in theory. */
  readonly stretch: readonly [number, number] | undefined;
  /** SHA-256 of the sums, inputs x units. */
  readonly digest: string | undefined;
}

/** From this layer on the sums are no finite numbers. */
export interface LayersLost {
  readonly kind: "lost";
  readonly order: LayersOrder;
  readonly layer: number;
}

/** An image of exponents over the square from -radius to radius, with so many cells on a side. */
export interface StretchingOrder extends DrawnNetwork {
  readonly radius: number;
  readonly cells: number;
}

/** Cells of the image: each stands for a square of `width` until finer ones come. */
export interface StretchingCells {
  readonly kind: "cells";
  readonly order: StretchingOrder;
  readonly width: number;
  /** Column and row, two numbers a cell; rows from below. */
  readonly places: Int32Array;
  /** Nat a layer. */
  readonly values: Float64Array;
  readonly done: number;
}

/** The whole image: its mean, theory for infinitely wide layers of this depth, half the logarithm of chi_1, SHA-256 of the exponents row by row from below. */
export interface StretchingWhole {
  readonly kind: "whole";
  readonly order: StretchingOrder;
  readonly mean: number;
  readonly theory: number;
  readonly deep: number;
  readonly digest: string;
}
