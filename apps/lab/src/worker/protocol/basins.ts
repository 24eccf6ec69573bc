export interface BasinsInput {
  /** A study of kind basins. */
  readonly text: string;
}

/** A part of the plane of starts, to be looked at with this many cells. */
export interface BasinsOrder {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly columns: number;
  readonly rows: number;
}

export interface BasinsStart {
  readonly kind: "start";
  readonly described: string;
  /** Names of the two coordinates that vary. */
  readonly axes: readonly [string, string];
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** In words, and points of each along the two coordinates. */
  readonly attractors: readonly { readonly words: string; readonly points: Float64Array }[];
}

/** Cells of a picture: each stands for a square of `width` until finer ones come. */
export interface BasinsCells {
  readonly kind: "cells";
  readonly width: number;
  /** Column and row, two numbers a cell; rows from below. */
  readonly places: Int32Array;
  /** Number of the attractor from 0; -1: infinity; less: undecided. */
  readonly values: Int32Array;
  readonly done: number;
}

/** A whole picture. */
export interface BasinsWhole {
  readonly kind: "whole";
  readonly shares: readonly { readonly label: number; readonly share: number; readonly error: number }[];
  /** Basin entropy and that of the boxes on a boundary, with errors. */
  readonly entropy: readonly [number, number];
  readonly boundary: readonly [number, number];
  readonly fractal: boolean;
}
