import { z } from "zod";
import { memoryless } from "../../../core/memory.js";
import { compile, constant, grad, reshape, sum, type Tensor } from "#engine";
import { boundaryDegree } from "../../../analysis/boundary-degree.js";
import { criticalPoints as search, type CriticalPoints } from "../../../analysis/critical-points.js";
import { proveCriticalPoints, type ZeroProof } from "../../../analysis/prove-zeros.js";
import { classify } from "../../../networks/classify.js";
import type { Answer, Conclusion, NamedArray } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { count, show } from "../../words.js";
import type { Bench } from "../bench.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("critical-points"),
    box: z
      .array(z.tuple([z.number(), z.number()]))
      .min(1)
      .max(6)
      .optional()
      .describe("Inputs among which they are looked for, [lower, upper] each; default: those of the samples"),
    starts: z.int().min(1).max(1_000_000).default(600).describe("Newton searches"),
    prove: z
      .boolean()
      .default(true)
      .describe("Whether to prove by interval arithmetic that none is missing (up to three inputs)"),
    boxes: z.int().min(1).max(1_000_000).default(20_000).describe("Most boxes that the proof may look at"),
  })
  .describe("Critical points of the trained network's output over its inputs: how many, of which index, and whether that is all");

type Spec = z.infer<typeof schema>;
type Box = readonly (readonly [number, number])[];

/** Points along each side of the grid from which contour lines are drawn. */
const GRID = 81;

export const criticalPoints: Question<Spec> = {
  name: "critical-points",
  description: "critical points of the trained network over its inputs, with index, and a proof that none is missing",
  schema,
  attach({ box, starts, prove, boxes }, bench) {
    const { inputs, outputs } = bench.run.architecture;
    if (outputs !== 1) refuse(["type"], `critical-points needs a network with 1 output; this one has ${outputs}`);
    if (inputs > 6) refuse(["type"], `critical-points needs a network of at most 6 inputs; this one has ${inputs}`);
    if (box && box.length !== inputs) refuse(["box"], `${box.length} sides given; the network has ${inputs} inputs`);
    const wrong = box?.findIndex(([a, b]) => !(a < b)) ?? -1;
    if (wrong >= 0) refuse(["box", wrong], `${box![wrong]![0]} to ${box![wrong]![1]} given; the lower bound comes first`);
    return {
      ...memoryless,
      conclude({ status }) {
        if (status === "diverged") return { answers: [], sentences: [] };
        const region = box ?? rangeOf(bench.data.train.inputs, inputs);
        const theta = Float64Array.from(bench.run.network.parameters);
        const f = (x: Tensor): Tensor => sum(bench.run.network.architecture.apply(constant(theta), reshape(x, [1, inputs])));
        const found = search({ f, box: region, starts, seed: bench.seed });
        const degree = inputs <= 2 ? boundaryDegree({ f: (x) => grad(f)(x), box: region }) : undefined;
        const proof = prove && inputs <= 3 && enclosable(bench) ? proveCriticalPoints({ f, box: region, boxes }) : undefined;
        return {
          answers: answers(found),
          sentences: [...tell(found, region), ...check(found, degree?.value), ...proved(found, proof), ...expected(bench, theta)],
          arrays: { ...table(found, inputs), ...(inputs === 2 ? surface(f, region) : {}) },
          facts: {
            critical_points: found.points.length,
            critical_manifolds: found.manifolds.length,
            critical_points_proved: proof ? proof.verdict : "not asked",
          },
        };
      },
    };
  },
};

/** Smooth activations whose gradient is written without jumps. */
const enclosable = ({ run }: Bench): boolean =>
  ["tanh", "erf", "sigmoid", "identity", "sine", "gaussian"].includes(run.architecture.activation ?? "");

function rangeOf(values: ArrayLike<number>, dim: number): Box {
  return Array.from({ length: dim }, (_, j): [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = j; i < values.length; i += dim) [low, high] = [Math.min(low, values[i]!), Math.max(high, values[i]!)];
    return low < high ? [low, high] : [low - 1, low + 1];
  });
}

/** "2 minima, 1 saddle" */
function kinds({ points }: CriticalPoints): string {
  const names = [
    ["minimum", "minima"],
    ["saddle", "saddles"],
    ["maximum", "maxima"],
    ["degenerate", "degenerate ones"],
  ] as const;
  return names
    .map(([type, several]) => [points.filter((p) => p.type === type).length, type, several] as const)
    .filter(([n]) => n > 0)
    .map(([n, one, several]) => `${n} ${n === 1 ? (one === "degenerate" ? "degenerate one" : one) : several}`)
    .join(", ");
}

const showBox = (box: Box): string => box.map(([a, b]) => `[${show(a)}, ${show(b)}]`).join(" x ");

function tell(found: CriticalPoints, box: Box): string[] {
  const { points, manifolds, threshold } = found;
  const flattest = Math.min(...points.map((p) => Math.min(...p.eigenvalues.map(Math.abs))));
  return [
    points.length > 0
      ? `Over the inputs ${showBox(box)} the trained network has ${count(points.length, "critical point")}: ${kinds(found)}.`
      : `Over the inputs ${showBox(box)} the trained network has no critical point that ${count(
          Object.values(found.searches).reduce((a, b) => a + b, 0),
          "search",
        ).replace("searchs", "searches")} could find.`,
    ...(manifolds.length > 0
      ? [
          `Beside them ${manifolds.length === 1 ? "a whole curve or surface is" : `${manifolds.length} whole curves or surfaces are`} critical: corank ${manifolds.map((m) => m.corank).join(", ")}.`,
        ]
      : []),
    ...(points.length > 0 && found.morse
      ? [
          `All of them are non-degenerate: the Hessian eigenvalue nearest to 0 is ${show(flattest)} in modulus, against ${show(threshold)} that would count as 0.`,
        ]
      : []),
  ];
}

/** The count with signs against the turns of the gradient on the boundary. */
function check({ signedCount, points }: CriticalPoints, degree: number | undefined): string[] {
  if (degree === undefined || Number.isNaN(degree) || Number.isNaN(signedCount)) return [];
  const even = points.filter((p) => p.index % 2 === 0).length;
  const sum = `${even} of even index less ${points.length - even} of odd index`;
  return degree === signedCount
    ? [
        `Morse's count agrees: ${sum} make ${signedCount}, which is how often the gradient turns around along the boundary of this region.`,
      ]
    : [
        `Morse's count DISAGREES: ${sum} make ${signedCount}, but the gradient on the boundary asks for ${degree}; some are missing, so search with more starts.`,
      ];
}

function proved({ points }: CriticalPoints, proof: ZeroProof | undefined): string[] {
  if (!proof) return [];
  const work = `interval arithmetic over ${count(proof.boxes, "box").replace("boxs", "boxes")}`;
  if (proof.verdict === "undecided")
    return [`A proof that these are all was not reached: ${work} left ${count(proof.undecided.length, "place")} undecided.`];
  if (proof.zeros.length === points.length)
    return [
      points.length === 0
        ? `That there is none is proved by ${work}.`
        : `That these are all, one at each place, is proved by ${work}.`,
    ];
  return [`By ${work} there are exactly ${proof.zeros.length}: the searches found ${points.length}, so search with more starts.`];
}

/** What theory says of such a network. */
function expected({ run }: Bench, theta: Float64Array): string[] {
  const { activation } = run.architecture;
  if (activation === undefined || run.architecture.running) return [];
  const { applies, sentence, form, fullRank, source } = classify(run.architecture, theta, activation);
  if (!applies) return [];
  const widths = form.widths.join("-");
  return [
    `${fullRank ? `Its widths are ${widths}` : `Some of its weights have lost rank: it acts like the widths ${widths}`}. ${sentence} (${source})`,
  ];
}

const answers = ({ points, searches }: CriticalPoints): Answer[] =>
  points.slice(0, 40).map((p, i) => ({
    name: `critical_point_${i + 1}`,
    label: `network output at the ${p.type} (${Array.from(p.point, (v) => show(v)).join(", ")})${p.type === "saddle" ? ` of index ${p.index}` : ""}`,
    value: p.value,
    // Flat to first order: what is left is rounding.
    error: 4 * Number.EPSILON * Math.max(1, Math.abs(p.value)),
    unit: "output",
    status: "ok",
    method: "Newton's method from many starts with exact derivatives; the error is a rounding bound on an output of size 1",
    sources: ["Milnor 1963, Morse theory"],
    cost: { steps: Object.values(searches).reduce((a, b) => a + b, 0) },
  }));

/** One row a critical point: its inputs, output, index, corank, and the error of the inputs. */
function table({ points, manifolds }: CriticalPoints, dim: number): Conclusion["arrays"] {
  const rows = points.flatMap((p) => [...p.point, p.value, p.index, p.corank, Number.isNaN(p.error) ? 0 : p.error]);
  const curves = manifolds.flatMap((m) => Array.from(m.points));
  return {
    critical_points: { shape: [points.length, dim + 4], data: Float64Array.from(rows) },
    ...(curves.length > 0 ? { critical_manifolds: { shape: [curves.length / dim, dim], data: Float64Array.from(curves) } } : {}),
  };
}

/** The output on a grid over the region, row by row from the lower bound of the second input, and the region itself. */
function surface(f: (x: Tensor) => Tensor, box: Box): Record<string, NamedArray> {
  const program = compile((x) => f(x), [{ shape: [2] }], { state: 0 });
  const data = new Float64Array(GRID * GRID);
  const [[a, b], [c, d]] = box as [readonly [number, number], readonly [number, number]];
  for (let e = 0; e < data.length; e++) {
    program.inputs[0]!.set([a + ((b - a) * (e % GRID)) / (GRID - 1), c + ((d - c) * Math.floor(e / GRID)) / (GRID - 1)]);
    program.run();
    data[e] = program.outputs[0]![0]!;
  }
  return {
    network_surface: { shape: [GRID, GRID], data },
    network_region: { shape: [2, 2], data: Float64Array.of(a, b, c, d) },
  };
}
