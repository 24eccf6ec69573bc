import { expect, it } from "vitest";
import { placesMet } from "./places-met.js";
import { random } from "./random.js";

it.each([1, 31, 32, 33, 64, 100, 1000])("of %i places those met below each are counted, again after a clear", (n) => {
  const met = placesMet(n);
  const stream = random(n);
  for (let round = 0; round < 2; round++) {
    const seen = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      const place = Math.floor(n * stream.uniform());
      if (!seen[place]) met.add(place);
      seen[place] = 1;
      const asked = Math.floor((n + 1) * stream.uniform());
      expect(met.below(asked)).toBe(seen.subarray(0, asked).reduce((s, v) => s + v, 0));
    }
    expect(met.below(n)).toBe(seen.reduce((s, v) => s + v, 0));
    met.clear();
  }
});
