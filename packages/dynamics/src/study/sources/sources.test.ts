import { describe, expect, it } from "vitest";
import { StudyError } from "../problem.js";
import { order, type ReadTable, type Table } from "../table.js";
import { chebyshevPolynomial } from "./chebyshev.js";
import { csv } from "./csv.js";
import { digits } from "./digits.js";
import { modularArithmetic } from "./modular-arithmetic.js";
import { planar } from "./planar.js";

const table = (rows: number[][], names?: string[]): Table => ({
  rows: rows.length,
  columns: rows[0]!.length,
  values: Float64Array.from(rows.flat()),
  sha256: "0".repeat(64),
  ...(names ? { names } : {}),
});
const reading = (t: Table): { seed: number; read: ReadTable } => ({
  seed: 5,
  read: () => Promise.resolve(t),
});
const problem = (made: Promise<unknown>): Promise<string> =>
  made.then(
    () => "",
    (error: unknown) => (error instanceof StudyError ? error.message : String(error)),
  );

describe("order", () => {
  it("is the identity, or a permutation that the seed decides", () => {
    expect([...order(5, false, 1)]).toEqual([0, 1, 2, 3, 4]);
    const shuffled = order(1000, true, 1);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(order(1000, true, 1)).toEqual(shuffled);
    expect(order(1000, true, 2)).not.toEqual(shuffled);
  });

  it("is uniform: each of 6 permutations of 3 within 4 standard errors of a sixth", () => {
    const counts = new Map<string, number>();
    const n = 6000;
    for (let seed = 0; seed < n; seed++) {
      const key = order(3, true, seed).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const c of counts.values()) expect(Math.abs(c - n / 6)).toBeLessThan(4 * Math.sqrt((n * 5) / 36));
  });
});

describe("digits", () => {
  // Row i has the pixels i mod 17 and the label i mod 10, so that every sample tells which row it is.
  const labels = "one-hot" as const;
  const fake = table(Array.from({ length: 1797 }, (_, i) => [...new Array<number>(64).fill(i % 17), i % 10]));

  it("scales pixels by 16, makes labels one-hot and splits in the order of the file without shuffling", async () => {
    const spec = { source: "digits" as const, split: { train: 20, test: 3 }, labels, shuffle: false };
    const { train, test, inputs, outputs, files } = await digits.load(spec, reading(fake));
    expect([train.samples, test!.samples, inputs, outputs]).toEqual([20, 3, 64, 10]);
    expect(train.inputs[5 * 64 + 7]).toBe(5 / 16);
    expect(Array.from(test!.targets).slice(0, 10)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(test!.inputs[0]).toBe((20 % 17) / 16);
    expect(files).toEqual([{ name: "digits.csv.gz", sha256: fake.sha256, rows: 1797, columns: 65 }]);
  });

  it("gives odd digits 1 and even ones -1 when asked for the parity", async () => {
    const spec = {
      source: "digits" as const,
      split: { train: 4, test: 0 },
      labels: "parity" as const,
      shuffle: false,
    };
    const { train, outputs } = await digits.load(spec, reading(fake));
    expect([outputs, ...Array.from(train.targets)]).toEqual([1, -1, 1, -1, 1]);
  });

  it("never trains on a sample that it tests on", async () => {
    const unique = table(Array.from({ length: 1797 }, (_, i) => [i, ...new Array<number>(63).fill(0), i % 10]));
    const { train, test } = await digits.load(
      { source: "digits", split: { train: 1437, test: 360 }, labels, shuffle: true },
      reading(unique),
    );
    const rows = (d: typeof train): number[] => Array.from({ length: d.samples }, (_, i) => d.inputs[i * 64]! * 16);
    expect(new Set([...rows(train), ...rows(test!)]).size).toBe(1797);
  });

  it("refuses more samples than there are, and a file that is not it", async () => {
    const spec = { source: "digits" as const, split: { train: 1797, test: 1 }, labels, shuffle: true };
    expect(await problem(digits.load(spec, reading(fake)))).toBe("split: 1797 + 1 samples asked for; the digits have 1797");
    expect(await problem(digits.load({ ...spec, split: { train: 1, test: 0 } }, reading(table([[1, 2]]))))).toMatch(
      /the file has 1 of 2$/,
    );
  });
});

describe("modular arithmetic", () => {
  const spec = {
    source: "modular-arithmetic",
    modulus: 5,
    operation: "subtract",
    trainFraction: 0.4,
    encoding: "one-hot",
    labels: "true",
  } as const;
  const load = (more: object = {}) => modularArithmetic.load({ ...spec, ...more }, reading(table([[0]])));
  const place = (row: ArrayLike<number>): number => Array.from(row).indexOf(1);

  it("has every pair once, in the training set or in the other, with the right result", async () => {
    const { train, test, inputs, outputs } = await load();
    expect([train.samples, test!.samples, inputs, outputs]).toEqual([10, 15, 10, 5]);
    const pairs = [train, test!].flatMap(({ samples, inputs: x, targets }) =>
      Array.from({ length: samples }, (_, i) => {
        const row = Array.from(x).slice(10 * i, 10 * i + 10);
        const [a, b] = [place(row.slice(0, 5)), place(row.slice(5))];
        expect(row.reduce((s, v) => s + v, 0)).toBe(2);
        expect(place(Array.from(targets).slice(5 * i, 5 * i + 5))).toBe((a - b + 5) % 5);
        return 5 * a + b;
      }),
    );
    expect(new Set(pairs).size).toBe(25);
  });

  it("counts values, or puts them on the circle", async () => {
    const shared = await load({ encoding: "shared", trainFraction: 1 });
    expect([shared.inputs, shared.test]).toEqual([5, null]);
    for (let i = 0; i < 25; i++)
      expect(
        Array.from(shared.train.inputs)
          .slice(5 * i, 5 * i + 5)
          .reduce((s, v) => s + v, 0),
      ).toBe(2);
    const circle = await load({ encoding: "circle", trainFraction: 1 });
    expect(circle.inputs).toBe(4);
    const x = circle.train.inputs;
    for (let i = 0; i < 50; i++) expect(x[2 * i]! * x[2 * i]! + x[2 * i + 1]! * x[2 * i + 1]!).toBeCloseTo(1, 12);
  });

  it("has as many of each result when they are random, and the same split", async () => {
    const [right, random] = [await load(), await load({ labels: "random" })];
    expect(random.train.inputs).toEqual(right.train.inputs);
    expect(random.train.targets).not.toEqual(right.train.targets);
    for (let k = 0; k < 5; k++) {
      const of = (t: ArrayLike<number>): number => Array.from(t).filter((v, i) => i % 5 === k && v === 1).length;
      expect(of(random.train.targets) + of(random.test!.targets)).toBe(5);
    }
  });
});

describe("csv", () => {
  const rows = [
    [10, 0, 30],
    [40, 2, 60],
    [70, 1, 90],
  ];
  const base = { source: "csv" as const, path: "a.csv", header: false, divideBy: 1, standardise: false, shuffle: false };

  it("takes a label as classes and the other columns as inputs", async () => {
    const { train, test, inputs, outputs } = await csv.load({ ...base, label: 1, divideBy: 10 }, reading(table(rows)));
    expect([inputs, outputs, test]).toEqual([2, 3, null]);
    expect(Array.from(train.inputs)).toEqual([1, 3, 4, 6, 7, 9]);
    expect(Array.from(train.targets)).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0]);
  });

  it("takes targets by name as they are, and splits", async () => {
    const spec = { ...base, header: true, targets: ["z", "x"], split: { train: 1, test: 2 } };
    const { train, test } = await csv.load(spec, reading(table(rows, ["x", "y", "z"])));
    expect([train.inputs, train.targets].map((a) => Array.from(a))).toEqual([[0], [30, 10]]);
    expect(Array.from(test!.targets)).toEqual([60, 40, 90, 70]);
  });

  it.each([
    [{ label: 3 }, "label: column 3 asked for; the file has columns 0 to 2"],
    [{ label: "y" }, 'label: column "y" asked for by name; set header: true, or give its number'],
    [{ label: 0, classes: 20 }, "label: row 2 has the label 40; allowed: whole numbers from 0 to 19"],
    [{ targets: [0, 1, 2] }, "path: a.csv has no column left for the inputs"],
    [{ label: 1, split: { train: 3, test: 1 } }, "split: 3 + 1 samples asked for; a.csv has 3 rows"],
  ])("refuses %j", async (more, wanted) => {
    expect(await problem(csv.load({ ...base, ...more }, reading(table(rows))))).toBe(wanted);
  });
});

it("chebyshevPolynomial is cos(n arccos x)", () => {
  for (const n of [0, 1, 2, 5, 17]) {
    for (const x of [-1, -0.3, 0, 0.5, 1]) expect(chebyshevPolynomial(n, x)).toBeCloseTo(Math.cos(n * Math.acos(x)), 13);
  }
});

describe("planar", () => {
  const read = (): never => {
    throw new Error("reads no file");
  };
  const make = async (shape: "rings" | "moons" | "spirals" | "crosses" | "sines", noise: number, seed = 0) => {
    const { train } = await planar.load({ source: "planar", shape, points: 200, noise, targets: "signs" }, { seed, read });
    return Array.from(train.targets, (label, i) => ({ x: train.inputs[2 * i]!, y: train.inputs[2 * i + 1]!, label }));
  };
  const shapes = ["rings", "moons", "spirals", "crosses"] as const;

  it.each(shapes)("%s: no line parts the classes, which come in turn", async (shape) => {
    const samples = await make(shape, 0);
    expect(samples.every(({ label }, i) => label === (i % 2 === 0 ? -1 : 1))).toBe(true);
    // A line parts two sets exactly when their shadows along its normal do not overlap; 720 normals, half a degree apart.
    for (let k = 0; k < 720; k++) {
      const [c, s] = [Math.cos((Math.PI * k) / 720), Math.sin((Math.PI * k) / 720)];
      const shadow = (label: number): number[] => samples.filter((p) => p.label === label).map((p) => c * p.x + s * p.y);
      const [a, b] = [shadow(-1), shadow(1)];
      expect(Math.max(...a) > Math.min(...b) && Math.max(...b) > Math.min(...a)).toBe(true);
    }
  });

  it("rings without noise have the radii 0.4 and 1 to rounding", async () => {
    for (const { x, y, label } of await make("rings", 0)) expect(Math.hypot(x, y)).toBeCloseTo(label < 0 ? 0.4 : 1, 14);
  });

  it("sines without noise run 0.7 above and below sin(pi x)", async () => {
    for (const { x, y, label } of await make("sines", 0, 3)) {
      expect(Math.abs(x)).toBeLessThanOrEqual(1);
      expect(y - Math.sin(Math.PI * x)).toBeCloseTo(0.7 * label, 13);
    }
  });

  it("the noise has its deviation: mean square of 400 numbers within 4 standard errors, sqrt(2 / 400) each", async () => {
    const [clean, noisy] = [await make("crosses", 0, 7), await make("crosses", 0.1, 7)];
    // The heaps are points, and the nearest one is where a sample comes from: noise of 0.1 does not reach half of 0.99.
    const heaps = clean.slice(0, 40);
    const squares = noisy.flatMap(({ x, y }) => {
      const near = heaps.reduce((a, b) => (Math.hypot(a.x - x, a.y - y) < Math.hypot(b.x - x, b.y - y) ? a : b));
      return [(near.x - x) ** 2, (near.y - y) ** 2];
    });
    const mean = squares.reduce((a, b) => a + b) / squares.length / 0.01;
    expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(2 / 400));
  });

  it("gives the same classes as one-hot targets, -1 first", async () => {
    const load = (targets: "signs" | "one-hot") =>
      planar.load({ source: "planar", shape: "moons", points: 7, noise: 0.1, targets }, { seed: 3, read });
    const [signs, classes] = [await load("signs"), await load("one-hot")];
    expect([signs.outputs, classes.outputs]).toEqual([1, 2]);
    expect(classes.train.inputs).toEqual(signs.train.inputs);
    expect(Array.from(classes.train.targets)).toEqual(Array.from(signs.train.targets, (t) => (t < 0 ? [1, 0] : [0, 1])).flat());
  });

  it("the seed decides", async () => {
    expect(await make("moons", 0.1, 1)).toEqual(await make("moons", 0.1, 1));
    expect(await make("moons", 0.1, 1)).not.toEqual(await make("moons", 0.1, 2));
  });
});
