import { z } from "zod";
import { refuse } from "../problem.js";
import { cut, order, type Table } from "../table.js";
import type { DataSource } from "./source.js";

const CLASSES = 10;
const INPUTS = 784;

const schema = z
  .strictObject({
    source: z.literal("fashion-mnist"),
    folder: z
      .string()
      .min(1)
      .max(1000)
      .default("/usr/share/datasets/fashion-mnist")
      .describe("Folder of the four IDX files; default: where Debian's package dataset-fashion-mnist puts them"),
    split: z
      .strictObject({ train: z.int().min(1).max(60_000), test: z.int().min(0).max(10_000) })
      .prefault({ train: 5000, test: 1000 })
      .describe("Samples of the published training part, and of its test part"),
    shuffle: z.boolean().default(false).describe("Draw the samples with the seed; default: the first ones"),
  })
  .describe("Fashion-MNIST: 28 x 28 pixels of ten kinds of clothes, from 0 to 1; classes are one-hot");

type Spec = z.infer<typeof schema>;

/** Pictures of clothes, with the split as published. */
export const fashionMnist: DataSource<Spec> = {
  name: "fashion-mnist",
  description: "Fashion-MNIST (Xiao, Rasul, Vollgraf 2017), 784 pixels and ten classes, where its files are installed",
  schema,
  async load({ folder, split, shuffle }, { seed, read }) {
    const file = (name: string) => `${folder}/${name}-ubyte.gz`;
    const names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map(file);
    const used = split.test > 0 ? names : names.slice(0, 2);
    const tables: Table[] = [];
    for (const path of used)
      tables.push(
        await read({ path, array: null }).catch((error: unknown) =>
          refuse(
            ["folder"],
            `${error instanceof Error ? error.message : String(error)}; on Debian: apt-get install dataset-fashion-mnist, elsewhere give the folder of the four IDX files`,
          ),
        ),
      );
    const part = (images: Table, classes: Table, samples: number) => {
      if (images.columns !== INPUTS || classes.columns !== 1 || images.rows !== classes.rows)
        refuse(
          ["folder"],
          `${folder} has ${images.rows} x ${images.columns} pixels and ${classes.rows} classes; expected n x ${INPUTS} and n`,
        );
      if (samples > images.rows) refuse(["split"], `${samples} samples asked for; there are ${images.rows}`);
      const widths = { inputs: INPUTS, outputs: CLASSES };
      return cut(order(images.rows, shuffle, seed), { train: samples, test: 0 }, widths, (row, inputs, targets) => {
        for (let j = 0; j < INPUTS; j++) inputs[j] = images.values[row * INPUTS + j]! / 255;
        targets[classes.values[row]!] = 1;
      }).train;
    };
    return {
      train: part(tables[0]!, tables[1]!, split.train),
      test: split.test > 0 ? part(tables[2]!, tables[3]!, split.test) : null,
      inputs: INPUTS,
      outputs: CLASSES,
      files: tables.map(({ sha256, rows, columns }, i) => ({ name: used[i]!, sha256, rows, columns })),
    };
  },
};
