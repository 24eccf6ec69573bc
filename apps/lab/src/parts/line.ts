/** A curve of a chart. */
export interface Line {
  readonly label: string;
  /** Name of the variable of the page's colour. */
  readonly color: string;
  readonly dash?: readonly number[];
  readonly width?: number;
  /** Steps instead of straight lines. */
  readonly stepped?: boolean;
  /** Not in the legend nor among the values under the pointer: the edge of a band, for instance. */
  readonly silent?: boolean;
  /** The space between this line and the one before is tinted. */
  readonly band?: boolean;
}
