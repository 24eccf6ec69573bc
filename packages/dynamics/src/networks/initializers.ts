import { fillNormal, type RandomStream } from "../core/random.js";
import { orthonormalize } from "../core/rows.js";

/** How a weight matrix [inputs, outputs] starts, up to the gain. */
export interface Initializer {
  readonly name: string;
  readonly description: string;
  /** Mean square of a weight. Times the inputs it is sigma_w^2 of the mean-field theory. */
  variance(inputs: number, outputs: number): number;
  fill(weights: Float64Array, inputs: number, outputs: number, stream: RandomStream): void;
  /** Whether it draws weights with mean 0, as theories of random networks suppose. */
  readonly random: boolean;
}

const normal = (variance: Initializer["variance"]): Pick<Initializer, "variance" | "fill" | "random"> => ({
  variance,
  random: true,
  fill(weights, inputs, outputs, stream) {
    const s = Math.sqrt(variance(inputs, outputs));
    stream.normals(weights);
    for (let i = 0; i < weights.length; i++) weights[i] = s * weights[i]!;
  },
});

/** Columns or rows, whichever are shorter, become orthonormal; the sign of the QR diagonal is positive, so the law is Haar's. */
function orthogonal(weights: Float64Array, inputs: number, outputs: number, stream: RandomStream): void {
  const [count, length] = inputs <= outputs ? [inputs, outputs] : [outputs, inputs];
  const rows = fillNormal(new Float64Array(count * length), stream);
  orthonormalize(rows, count, length);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < length; j++) weights[inputs <= outputs ? i * outputs + j : j * outputs + i] = rows[i * length + j]!;
  }
}

/** One line an entry. */
export const initializers: readonly Initializer[] = [
  {
    name: "xavier-normal",
    description: "normal, variance 2 / (inputs + outputs) (Glorot, Bengio 2010)",
    ...normal((i, o) => 2 / (i + o)),
  },
  {
    name: "he-normal",
    description: "normal, variance 2 / inputs (He et al. 2015)",
    ...normal((i) => 2 / i),
  },
  {
    name: "lecun-normal",
    description: "normal, variance 1 / inputs (LeCun et al. 1998); with gain sigma_w the mean-field convention",
    ...normal((i) => 1 / i),
  },
  {
    name: "orthogonal",
    description: "orthonormal rows or columns, uniform over such matrices (Saxe et al. 2014)",
    variance: (i, o) => 1 / Math.max(i, o),
    fill: orthogonal,
    random: true,
  },
  {
    name: "constant",
    description: "all weights one, so that with a gain all are equal to it",
    variance: () => 1,
    fill: (weights) => void weights.fill(1),
    random: false,
  },
  { name: "zero", description: "all weights zero", variance: () => 0, fill: (weights) => void weights.fill(0), random: false },
];
