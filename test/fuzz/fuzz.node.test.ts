import { describe, expect, test } from "vitest";
import { attack, CASES } from "../support/mutations.js";
import { readers } from "./readers.js";

/** A checksum of all of it finds nearly every damage. */
const SEALED = "cell";

describe("damaged files are refused by name, or read within bounds", () => {
  test.each(readers.map((r) => [r.name, CASES ?? r.few, r] as const))(
    "%s: %i of them",
    async (name, cases, { files, refusal, use, json }) => {
      for (const whole of files) await use(whole);
      const tally = await attack(files, refusal, use, cases, json);
      // Both happen, so that neither side of the promise is empty.
      expect(tally.accepted + tally.refused).toBe(cases);
      expect(tally.refused).toBeGreaterThan(cases / 10);
      if (name !== SEALED) expect(tally.accepted).toBeGreaterThan(0);
      if (CASES !== undefined) console.log(`fuzz | ${name} | ${tally.accepted} read | ${tally.refused} refused`);
    },
    7_200_000,
  );
});
