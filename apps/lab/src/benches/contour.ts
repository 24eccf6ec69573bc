/** The line on which a function over a grid is 0, as segments x1, y1, x2, y2 in units of cells (marching squares). */
export function zeroLine(values: ArrayLike<number>, cells: number, stride = 1, offset = 0): number[] {
  const at = (i: number, j: number): number => values[(j * cells + i) * stride + offset]!;
  const segments: number[] = [];
  for (let j = 0; j + 1 < cells; j++) {
    for (let i = 0; i + 1 < cells; i++) {
      const corners: readonly (readonly [number, number, number])[] = [
        [i, j, at(i, j)],
        [i + 1, j, at(i + 1, j)],
        [i + 1, j + 1, at(i + 1, j + 1)],
        [i, j + 1, at(i, j + 1)],
      ];
      const crossings: number[][] = [];
      corners.forEach(([x, y, v], k) => {
        const [nx, ny, w] = corners[(k + 1) % 4]!;
        // A corner that is exactly 0 counts as above.
        if (v < 0 === w < 0) return;
        const s = v / (v - w);
        crossings.push([x + s * (nx - x), y + s * (ny - y)]);
      });
      for (let k = 0; k + 1 < crossings.length; k += 2) segments.push(...crossings[k]!, ...crossings[k + 1]!);
    }
  }
  return segments;
}
