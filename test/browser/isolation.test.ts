import { expect, test } from "vitest";

test("the page of the browser tests is isolated, so SharedArrayBuffer and shared WebAssembly memory exist", () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
  expect(new SharedArrayBuffer(8).byteLength).toBe(8);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("the browser has WebAssembly SIMD", () => {
  // (module (func (result v128) i32.const 0 i8x16.splat))
  const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 8, 1, 6, 0, 0x41, 0, 0xfd, 15, 0x0b];
  expect(WebAssembly.validate(new Uint8Array(bytes))).toBe(true);
});
