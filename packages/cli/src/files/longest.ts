/** Most bytes of a data file that are read, unpacked. */
export const LONGEST = 1 << 28;
