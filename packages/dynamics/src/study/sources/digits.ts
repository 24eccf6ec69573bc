import { z } from "zod";
import { refuse } from "../problem.js";
import { cut, order } from "../table.js";
import type { DataSource } from "./source.js";

const ROWS = 1797;
const PIXELS = 64;
const CLASSES = 10;
const BRIGHTEST = 16;

const schema = z
  .strictObject({
    source: z.literal("digits"),
    split: z
      .strictObject({
        train: z.int().min(1).max(ROWS).describe("Samples to train on"),
        test: z.int().min(0).max(ROWS).describe("Samples held back"),
      })
      .prefault({ train: 1437, test: 360 }),
    labels: z
      .enum(["one-hot", "parity"])
      .default("one-hot")
      .describe("Targets: ten outputs of which the class is 1, or one output, 1 for odd digits and -1 for even ones"),
    shuffle: z
      .boolean()
      .default(true)
      .describe(
        "Shuffle with the seed before splitting. The file is ordered by writer, so without it the test set has other hands",
      ),
  })
  .describe("8 x 8 grey images of handwritten digits; inputs in [0, 1]");

type Spec = z.infer<typeof schema>;

/** The digits that come with the package (data/README.md names their source and licence). */
export const digits: DataSource<Spec> = {
  name: "digits",
  description: "1797 handwritten digits, 8 x 8 pixels, ten classes; comes with the package",
  schema,
  async load({ split, labels, shuffle }, { seed, read }) {
    if (split.train + split.test > ROWS)
      refuse(["split"], `${split.train} + ${split.test} samples asked for; the digits have ${ROWS}`);
    const { rows, columns, values, sha256 } = await read({ builtin: "digits" });
    if (rows !== ROWS || columns !== PIXELS + 1)
      refuse(["source"], `the digits have ${ROWS} rows of ${PIXELS + 1} numbers; the file has ${rows} of ${columns}`);
    const widths = { inputs: PIXELS, outputs: labels === "parity" ? 1 : CLASSES };
    const sets = cut(order(ROWS, shuffle, seed), split, widths, (row, inputs, targets) => {
      const from = row * columns;
      for (let j = 0; j < PIXELS; j++) inputs[j] = values[from + j]! / BRIGHTEST;
      const digit = values[from + PIXELS]!;
      if (labels === "parity") targets[0] = digit % 2 === 1 ? 1 : -1;
      else targets[digit] = 1;
    });
    return { ...sets, ...widths, files: [{ name: "digits.csv.gz", sha256, rows, columns }] };
  },
};
