import { describe, expect, test } from "vitest";
import { threads } from "./index.js";
import { trainingDigest } from "../../../test/support/training-digest.js";

// Written down once, so that every engine, browser and number of threads is compared with the same bits.
const SMALL = "d175a5e6";
const LARGE = "76f6205c";

describe("the same bits everywhere", () => {
  test("2,000 steps of gradient descent at the edge of stability, 2-16-16-1 on 64 points", () => {
    expect(trainingDigest([2, 16, 16, 1], 64, 2000, 0.2)).toBe(SMALL);
  });

  test("a network large enough to be shared out, on 1, 2 and 3 threads", async () => {
    expect(trainingDigest([64, 40, 40, 10], 500, 40, 0.05)).toBe(LARGE);
    for (const count of [2, 3]) {
      const pool = await threads(count);
      expect(trainingDigest([64, 40, 40, 10], 500, 40, 0.05, pool), `${count} threads`).toBe(LARGE);
      expect(trainingDigest([2, 16, 16, 1], 64, 2000, 0.2, pool), `${count} threads`).toBe(SMALL);
      pool.close();
    }
  });

  test("misuse of threads names what is allowed", async () => {
    await expect(threads(0)).rejects.toThrow("an integer from 1 to 256, got 0");
  });
});
