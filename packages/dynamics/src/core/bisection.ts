/**
 * Where a monotone condition changes, to the last bits.
 *
 * *Definition*: the x in [low, high] up to which `holds` is true; `low` when it is false from the start, `high` when it stays true.
 * *Arguments*: `holds(x)`: true below some x and false above it.
 * *Error*: one rounding of x: it ends when no number lies between the two sides.
 * *Cost*: at most 1,100 calls, usually about 60.
 * *Example*: `boundary((x) => x * x < 2, 0, 2) // 1.41421356237`
 */
export function boundary(holds: (x: number) => boolean, low: number, high: number): number {
  if (!(low <= high)) throw new RangeError(`boundary: the interval [${low}, ${high}] given; low must not be above high`);
  if (!holds(low)) return low;
  if (holds(high)) return high;
  for (;;) {
    const middle = low + 0.5 * (high - low);
    if (!(middle > low && middle < high)) return middle;
    if (holds(middle)) low = middle;
    else high = middle;
  }
}
