import { scalarMath } from "#engine";
import { z } from "zod";
import { cut, order } from "../table.js";
import type { DataSource } from "./source.js";

/** What is done with two numbers below the modulus p. */
const operations = {
  add: (a: number, b: number, p: number) => (a + b) % p,
  subtract: (a: number, b: number, p: number) => (a - b + p) % p,
  multiply: (a: number, b: number, p: number) => (a * b) % p,
  "sum-of-squares": (a: number, b: number, p: number) => (a * a + b * b) % p,
} as const;

const ENCODINGS = ["one-hot", "shared", "circle"] as const;

const schema = z
  .strictObject({
    source: z.literal("modular-arithmetic"),
    modulus: z.int().min(2).max(200).default(23).describe("p: operands and results are the whole numbers from 0 to p - 1"),
    operation: z.enum(Object.keys(operations) as [keyof typeof operations]).default("add"),
    trainFraction: z
      .number()
      .gt(0)
      .max(1)
      .default(0.4)
      .describe("Share of the p^2 pairs to train on; the others are held back. Below a critical share no training generalises"),
    encoding: z
      .enum(ENCODINGS)
      .default("one-hot")
      .describe(
        "Inputs: a unit for each value of each operand (2 p inputs), one for each value that counts how often it occurs (p), or both operands as points of the unit circle (4)",
      ),
    labels: z
      .enum(["true", "random"])
      .default("true")
      .describe("The results, or results in a random order: as many of each, with nothing to be found in them"),
  })
  .describe("All pairs of numbers below a modulus with a result modulo it, as classes: the task of grokking");

type Spec = z.infer<typeof schema>;

/** Added to the seed for the order of random labels, which is another than that of the split. */
const LABELS = 1_000_003;

/** a o b mod p as a classification task (Power, Burda, Edwards, Babuschkin, Misra 2022). */
export const modularArithmetic: DataSource<Spec> = {
  name: "modular-arithmetic",
  description: "all pairs of numbers below a modulus, and their sum or product modulo it: a task on which networks grok",
  schema,
  load({ modulus: p, operation, trainFraction, encoding, labels }, { seed }) {
    const pairs = p * p;
    const train = Math.min(pairs, Math.max(1, Math.round(trainFraction * pairs)));
    const inputs = { "one-hot": 2 * p, shared: p, circle: 4 }[encoding];
    const shuffled = labels === "random" ? order(pairs, true, seed + LABELS) : undefined;
    const result = (pair: number): number => operations[operation](Math.floor(pair / p), pair % p, p);
    const sets = cut(order(pairs, true, seed), { train, test: pairs - train }, { inputs, outputs: p }, (pair, x, y) => {
      const operands = [Math.floor(pair / p), pair % p];
      operands.forEach((value, i) => {
        if (encoding === "circle") {
          const angle = (2 * Math.PI * value) / p;
          x[2 * i] = scalarMath.cos(angle);
          x[2 * i + 1] = scalarMath.sin(angle);
        } else x[encoding === "one-hot" ? i * p + value : value]! += 1;
      });
      y[result(shuffled?.[pair] ?? pair)] = 1;
    });
    return Promise.resolve({ ...sets, inputs, outputs: p, files: [] });
  },
};
