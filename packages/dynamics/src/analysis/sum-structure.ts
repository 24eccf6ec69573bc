import { checkPoints, type Points } from "./classifier.js";

/** Whether classes are a sum in disguise: f(a) + g(b) = h(class) for all samples, for one operand from each half of the inputs. */
export interface SumStructure {
  /** "sum": labels follow a sum; "none": they follow none; "unknown": too few samples to tell; "no operands": inputs are not two one-hot halves. */
  readonly verdict: "sum" | "none" | "unknown" | "no operands";
  /** The prime modulo which the sum holds; NaN without one. Below the number of classes it is a part of what the labels are: a sum modulo 24 is one modulo 3. */
  readonly modulus: number;
  /** Whether the samples leave but one sum modulo this prime, so that they decide what all other pairs are modulo it. */
  readonly determined: boolean;
  /** Of the samples, in their order, the number from which on that is so; NaN: never. */
  readonly needed: number;
}

/**
 * Whether the labels of pairs follow a sum, as in modular arithmetic, and whether the samples at hand decide all others.
 *
 * *Definition*: over the field of q elements every sample is a linear equation f(a) + g(b) - h(label) = 0 in unknowns f, g, h. Constants always
 * solve it, in two dimensions. Labels without structure leave only these as soon as there are as many samples as unknowns; a sum leaves its own
 * solution as well. When the solutions have three dimensions the sum is known up to its scale. Tried are the primes that divide the number of classes
 * (sums and differences) or that less one (products).
 * *Arguments*: `points`: inputs of two halves with a single 1 in each; `labels`: classes from 0, below `classes`. Samples of an operand with one label
 * for all, such as a factor 0, are left out.
 * *Returns*: see `SumStructure`.
 * *Error*: none: arithmetic with whole numbers. A sum of squares is a sum too; a law of another kind, such as a + a b, counts as none.
 * *Cost*: samples x (unknowns)^2 operations for each prime.
 * *Source*: Gaussian elimination; for the view of a task as equations among representations: Liu, Kitouni, Nolte, Michaud, Tegmark, Williams
 * 2022, Towards understanding grokking.
 * *Example*: `const pairs = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 1], [1, 2], [2, 2], [2, 0]];
 * const inputs = pairs.flatMap(([a, b]) => [0, 1, 2, 3, 4, 5].map((i) => Number(i === a || i === 3 + b)));
 * const { verdict, modulus } = sumStructure({ samples: 8, dim: 6, inputs }, pairs.map(([a, b]) => (a + b) % 3), 3); [verdict, modulus] // ["sum", 3]`
 */
export function sumStructure(points: Points, labels: ArrayLike<number>, classes: number): SumStructure {
  checkPoints("sumStructure", points);
  if (labels.length !== points.samples)
    throw new RangeError(`sumStructure: ${labels.length} labels given for ${points.samples} samples`);
  for (let i = 0; i < labels.length; i++)
    if (!Number.isInteger(labels[i]) || labels[i]! < 0 || labels[i]! >= classes)
      throw new RangeError(`sumStructure: label ${labels[i]} given; allowed: whole numbers from 0 to ${classes - 1}`);
  const pairs = operands(points);
  if (!pairs) return { verdict: "no operands", modulus: NaN, determined: false, needed: NaN };
  const size = points.dim / 2;
  const left = Array.from(labels, (k, i) => ({ a: pairs[i]![0], b: size + pairs[i]![1], c: 2 * size + k }));
  const varied = left.filter((e) => varies(left, "a", e.a) && varies(left, "b", e.b));
  const firsts = Array.from({ length: 2 * size }, (_, x) => left.findIndex((e) => e.a === x || e.b === x));
  const every = firsts.includes(-1) ? 0 : Math.max(...firsts) + 1;
  let unknown = false;
  for (const q of primes(classes)) {
    const found = eliminate(varied, 2 * size + classes, q);
    // An operand that no sample has is decided by none.
    if (found.verdict === "sum")
      return every ? { ...found, needed: Math.max(found.needed, every) } : { ...found, determined: false, needed: NaN };
    unknown ||= found.verdict === "unknown";
  }
  return { verdict: unknown ? "unknown" : "none", modulus: NaN, determined: false, needed: NaN };
}

interface Equation {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Where the single 1 of each half stands; undefined unless every sample is like that. */
function operands({ samples, dim, inputs }: Points): [number, number][] | undefined {
  if (dim % 2 !== 0) return undefined;
  const found: [number, number][] = [];
  for (let s = 0; s < samples; s++) {
    const ones = Array.from({ length: dim }, (_, i) => i).filter((i) => inputs[s * dim + i] !== 0);
    const [a, b] = ones;
    if (ones.length !== 2 || a! >= dim / 2 || b! < dim / 2 || inputs[s * dim + a!] !== 1 || inputs[s * dim + b!] !== 1)
      return undefined;
    found.push([a!, b! - dim / 2]);
  }
  return found;
}

function varies(all: readonly Equation[], side: "a" | "b", value: number): boolean {
  const results = all.filter((e) => e[side] === value).map((e) => e.c);
  return results.length < 2 || results.some((c) => c !== results[0]);
}

/** The primes that divide n or n - 1, the largest first. */
function primes(n: number): number[] {
  const prime = (q: number): boolean => Array.from({ length: Math.floor(Math.sqrt(q)) - 1 }, (_, i) => i + 2).every((d) => q % d);
  return Array.from({ length: n - 1 }, (_, i) => n - i).filter((q) => (n % q === 0 || (n - 1) % q === 0) && prime(q));
}

function eliminate(equations: readonly Equation[], unknowns: number, q: number): SumStructure {
  const used = new Set(equations.flatMap((e) => [e.a, e.b, e.c])).size;
  /** Rows by the place of their leading 1. */
  const rows = new Map<number, Int32Array>();
  let needed = NaN;
  equations.forEach(({ a, b, c }, i) => {
    const row = new Int32Array(unknowns);
    [row[a], row[b], row[c]] = [1, 1, q - 1];
    for (let j = 0; j < unknowns; j++) {
      const value = row[j]!;
      if (value === 0) continue;
      const known = rows.get(j);
      if (known) for (let k = j; k < unknowns; k++) row[k] = (row[k]! + (q - value) * known[k]!) % q;
      else {
        const inverse = invert(value, q);
        rows.set(
          j,
          row.map((v) => (v * inverse) % q),
        );
        break;
      }
    }
    if (Number.isNaN(needed) && rows.size === used - 3) needed = i + 1;
  });
  const rank = rows.size;
  const enough = equations.length >= used - 2;
  const verdict = rank < Math.min(equations.length, used - 2) ? "sum" : enough ? "none" : "unknown";
  const determined = verdict === "sum" && rank === used - 3;
  return { verdict, modulus: q, determined, needed: determined ? needed : NaN };
}

function invert(value: number, q: number): number {
  for (let x = 1; x < q; x++) if ((value * x) % q === 1) return x;
  return 1;
}
