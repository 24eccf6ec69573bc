import type { Buffer } from "./place.js";

const round = (n: number): number => 64 * Math.ceil(n / 64);

/**
 * Gives every buffer its address: fixed ones side by side, the others first-fit so that two share memory only if
 * they are never wanted at the same moment. Threads that run rounds of one loop are at different moments of it, so they share none.
 *
 * *Returns*: the end of the memory in bytes. *Cost*: quadratic in the number of temporary buffers.
 */
export function planMemory(buffers: readonly Buffer[], start: number): number {
  let end = round(start);
  for (const b of buffers) {
    if (!b.fixed || b.inside) continue;
    b.address = end;
    end = round(end + b.bytes);
  }
  const base = end;
  // A part keeps the whole around for as long as it is used itself.
  for (const b of [...buffers].reverse()) {
    if (!b.inside) continue;
    const whole = b.inside.buffer;
    whole.first = Math.min(whole.first, b.first);
    whole.last = Math.max(whole.last, b.last);
  }
  const placed: Buffer[] = [];
  const temporary = buffers.filter((b) => !b.fixed && !b.inside).sort((a, b) => b.bytes - a.bytes);
  for (const b of temporary) {
    let at = base;
    for (const other of placed) {
      const atOnce = b.own && other.own && b.own.loop === other.own.loop && b.own.thread !== other.own.thread;
      if (!atOnce && (other.last < b.first || b.last < other.first)) continue;
      if (other.address < at + b.bytes && at < other.address + other.bytes) at = round(other.address + other.bytes);
    }
    b.address = at;
    placed.push(b);
    placed.sort((x, y) => x.address - y.address);
    end = Math.max(end, round(at + b.bytes));
  }
  return end;
}
