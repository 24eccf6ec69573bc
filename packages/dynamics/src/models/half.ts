/**
 * Sixteen-bit floating-point numbers from their bits; every one is a float64 exactly.
 *
 * *Definition*: `half` is IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits); `brain` is bfloat16, the upper half of a binary32.
 */
export const scalarBits = {
  half(bits: number): number {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
  },
  brain(bits: number): number {
    WORD.setUint32(0, (bits & 0xffff) * 65536);
    return WORD.getFloat32(0);
  },
};

const WORD = new DataView(new ArrayBuffer(4));
