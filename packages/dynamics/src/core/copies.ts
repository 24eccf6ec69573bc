/** Copies of arrays, side by side in one piece of memory: to ask for many small pieces, and to give them back, costs more than to copy what is in them. */
export function copies(arrays: readonly Float64Array[]): Float64Array[] {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  return arrays.map((values) => {
    const own = all.subarray(end, (end += values.length));
    own.set(values);
    return own;
  });
}
