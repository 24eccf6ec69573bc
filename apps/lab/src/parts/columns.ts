/** x, then one list a line; null where there is nothing. */
export type Columns = readonly [ArrayLike<number>, ...(readonly ArrayLike<number | null>[])];
