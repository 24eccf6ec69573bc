const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = (n & 1) === 0 ? n >>> 1 : (n >>> 1) ^ 0xedb88320;
  return n;
});

/** The checksum of ZIP and gzip: the remainder modulo the polynomial 0x04c11db7, bits reversed; `before`: that of the bytes in front. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
