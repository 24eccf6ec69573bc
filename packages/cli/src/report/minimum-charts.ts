import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";
import type { Cell, PhaseDiagram } from "./phase-diagram.js";

type Run = Pick<RunRecord, "manifest" | "series" | "arrays">;

/** The charts of a minimum: the phase diagram, the exponent against the step size, how long runs stayed, and the spectrum of exponents. */
export function minimumCharts(run: Run): (Chart | PhaseDiagram)[] {
  const table = tableOf(run);
  return [...diagram(run, table), ...exponents(table), ...survival(run), ...spectrum(run, table)];
}

interface Row {
  readonly eta: number;
  readonly batch: number;
  readonly lambda: number;
  readonly error: number;
  readonly sign: number;
}

function tableOf({ series }: Run): Row[] {
  const column = (name: string): Float64Array => series.find((s) => s.name === name)?.values ?? new Float64Array(0);
  const [eta, batch, lambda, error, sign] = ["learning_rate", "batch_size", "lambda", "lambda_error", "sign"].map(column);
  return Array.from(eta!, (e, i) => ({
    eta: e,
    batch: batch![i]!,
    lambda: lambda![i]!,
    error: error![i]!,
    sign: sign![i]!,
  }));
}

/** The rows of a batch size by step size, each step size once. */
function line(table: readonly Row[], batch: number): Row[] {
  const rows = table.filter((r) => r.batch === batch).sort((a, b) => a.eta - b.eta);
  return rows.filter((r, i) => r.eta !== rows[i - 1]?.eta);
}

function diagram({ arrays }: Run, table: readonly Row[]): PhaseDiagram[] {
  const batches = arrays["diagram_batch_size"]?.data;
  if (!batches) return [];
  const of = (name: string): number[] => Array.from(arrays[`diagram_${name}`]!.data);
  const meanSquare = of("mean_square");
  const grid = new Set(of("learning_rate"));
  const cells = Array.from(batches, (batch, b): Cell[] => {
    const rows = line(table, batch).filter((r) => grid.has(r.eta));
    const edge = (i: number): number =>
      rows.length < 2
        ? rows[0]!.eta * (i + 0.5)
        : i <= 0
          ? 1.5 * rows[0]!.eta - 0.5 * rows[1]!.eta
          : i >= rows.length
            ? 1.5 * rows.at(-1)!.eta - 0.5 * rows.at(-2)!.eta
            : 0.5 * (rows[i - 1]!.eta + rows[i]!.eta);
    return rows.map((r, i) => ({
      row: String(batch),
      x1: edge(i),
      x2: edge(i + 1),
      // Mean-square stability implies a negative exponent, whatever the budget allowed to see of it.
      phase: r.sign > 0 ? "unstable" : r.eta <= meanSquare[b]! ? "stable" : r.sign < 0 ? "almost surely" : "undecided",
    }));
  }).flat();
  const share = (phase: string): number => cells.filter((c) => c.phase === phase).length;
  return [
    {
      title: "Where SGD can end: the sign of its exponent",
      description: `Phase diagram over learning rate and batch size: of ${cells.length} cells ${share("stable")} are stable in mean square, ${share("almost surely")} almost surely but not in mean square, ${share("unstable")} unstable and ${share("undecided")} undecided.`,
      caption:
        "Each cell is one exponent of SGD at this minimum, computed until its sign was certain or its budget spent. The lines are thresholds from theory.",
      x: "learning rate η",
      y: "batch size",
      rows: Array.from(batches, String),
      cells,
      phases: [
        { name: "stable", color: "var(--c1)", label: "stable in mean square, so λ < 0" },
        { name: "almost surely", color: "var(--c3)", label: "λ < 0, but not stable in mean square" },
        { name: "unstable", color: "var(--c2)", label: "λ > 0" },
        { name: "undecided", color: "var(--line)", label: "sign undecided" },
      ],
      marks: [
        { name: "Wu-Ma-E", at: of("wu_ma_e"), dash: "2 3" },
        { name: "mean-square threshold", at: meanSquare, dash: "none" },
        { name: "gradient descent 2/λmax", at: of("gradient_descent"), dash: "7 3" },
      ],
    },
  ];
}

function exponents(table: readonly Row[]): Chart[] {
  const batches = [...new Set(table.map((r) => r.batch))].sort((a, b) => a - b);
  const curves = batches.flatMap((batch): Curve[] => {
    const rows = line(table, batch).filter((r) => Number.isFinite(r.lambda));
    return rows.length < 2
      ? []
      : [
          {
            name: `batches of ${batch}`,
            x: rows.map((r) => r.eta),
            y: rows.map((r) => r.lambda),
            band: rows.map((r) => r.error),
          },
        ];
  });
  if (curves.length === 0) return [];
  return [
    {
      title: "Exponent against learning rate",
      description: `Characteristic exponent of SGD per step over the learning rate, a curve a batch size; for ${curves[0]!.name} it goes from ${show(curves[0]!.y[0]!)} to ${show(Array.from(curves[0]!.y).at(-1)!)}.`,
      caption:
        "Below 0 runs that come close are drawn in, above 0 they leave. Close to 0 from below the exponent is that of the slowest direction.",
      x: "learning rate η",
      y: "exponent λ (1/step)",
      curves,
      level: { name: "0", value: 0 },
    },
  ];
}

function survival({ manifest, arrays }: Run): Chart[] {
  const rates = arrays["fate_learning_rate"]?.data;
  const survived = arrays["fate_survived"];
  if (!rates || !survived) return [];
  const runs = survived.shape[1]!;
  const longest = Math.max(...survived.data);
  const curves = Array.from(rates, (rate, i): Curve => {
    const lengths = Array.from(survived.data.slice(i * runs, (i + 1) * runs)).sort((a, b) => a - b);
    // The share still there is a staircase that falls where a run leaves.
    const left = lengths.filter((n) => n < longest);
    const stairs = left.flatMap((n, k) => [
      { x: n, y: 1 - k / runs },
      { x: n, y: 1 - (k + 1) / runs },
    ]);
    const points = [{ x: 0, y: 1 }, ...stairs, { x: longest, y: 1 - left.length / runs }];
    return { name: `η = ${show(rate)}`, x: points.map((p) => p.x), y: points.map((p) => p.y) };
  });
  return [
    {
      title: "Runs that are still near the minimum",
      description: `Share of ${runs} SGD runs that have not left the neighbourhood of the minimum, over the steps; at the end ${curves.map((c) => `${show(100 * Array.from(c.y).at(-1)!)} % at ${c.name}`).join(", ")}.`,
      caption: `Runs on the full, nonlinear loss, started near the minimum, at ${rates.length} learning rates, for at most ${show(Number(manifest.facts["fateSteps"] ?? longest), 12)} steps.`,
      x: "step",
      y: "share of runs (%)",
      percent: true,
      curves,
    },
  ];
}

/** Exponents that are drawn one by one. */
const FEW = 12;

/** The exponents by index, and beside them their sums with the one that the determinants give. */
function spectrum({ manifest, arrays }: Run, table: readonly Row[]): Chart[] {
  const values = Array.from(arrays["spectrum_exponents"]?.data ?? []);
  const errors = Array.from(arrays["spectrum_errors"]?.data ?? []);
  if (!values.some(Number.isFinite)) return [];
  const answer = (name: string) => manifest.answers.find((a) => a.name === name);
  const { questions, system } = manifest.study;
  const { learningRate } = questions.find((q) => q.type === "product-spectrum") as unknown as { readonly learningRate: number };
  const { batchSize } = system as unknown as { readonly batchSize: number };
  const x = values.map((_, i) => i + 1);
  // The stability question may have computed the first with more products.
  const asked = table.find((r) => r.eta === learningRate && r.batch === batchSize && Number.isFinite(r.lambda));
  const first = asked ?? { lambda: values[0]!, error: errors[0]! };
  const at = `at η = ${show(learningRate)}, batches of ${batchSize}`;
  const infinite = values.filter((v) => v === -Infinity).length;
  const [sum, exact] = [answer("exponent_sum"), answer("exponent_sum_exact")];
  const sums = values.map((_, i) => values.slice(0, i + 1).reduce((a, b) => a + b, 0));
  const drawn = (n: number): Pick<Chart, "x" | "y" | "discrete" | "curves" | "level"> => ({
    x: "index of the exponent",
    y: "exponent (1/step)",
    discrete: n <= FEW,
    curves: [
      {
        name: "exponents ± two standard errors",
        x: x.slice(0, n),
        y: values.slice(0, n),
        band: errors.slice(0, n).map((e) => 2 * e),
        bars: true,
        dots: true,
      },
      {
        name: `λ = ${show(first.lambda)}${asked ? " of the question stability" : ""}`,
        x: [1],
        y: [first.lambda],
        band: [2 * first.error],
        bars: true,
        dots: true,
      },
    ],
    level: { name: "0", value: 0 },
  });
  const leading = Math.min(values.length, FEW);
  return [
    {
      title: leading < values.length ? `The ${leading} largest exponents` : "The spectrum of exponents",
      description: `The ${leading} largest exponents of SGD ${at}, from ${show(values[0]!)} to ${show(values[leading - 1]!)}; ${values.filter((v) => v < 0).length} of ${values.length} are below 0.`,
      caption: `How fast SGD leaves (above 0) or is drawn in (below 0) along each direction, ${at}. The largest is λ: its sign decides whether SGD can end here.${infinite > 0 ? ` ${infinite} of ${values.length} are minus infinity: a step comes to rest there at once.` : ""}`,
      ...drawn(leading),
    },
    ...(leading < values.length
      ? [
          {
            title: "The spectrum of exponents",
            description: `All ${values.length} exponents computed, from ${show(values[0]!)} to ${show(values.at(-1)!)}.`,
            caption: "The farther below 0, the sooner SGD is drawn in along that direction.",
            ...drawn(values.length),
          },
        ]
      : []),
    ...(sum && exact && Number.isFinite(sums.at(-1)!)
      ? [
          {
            title: "Sums of the exponents, and the determinants",
            description: `Sum of the exponents up to each index; together ${show(sum.value)}, and ${show(exact.value)} by the determinants.`,
            caption:
              "The sum of the largest exponents is the growth of volume in so many directions. That of all is known without any random product, as the mean of log |det| over the batches: the last point has to meet the dotted line.",
            x: "exponents summed",
            y: "sum (1/step)",
            discrete: values.length <= FEW,
            curves: [
              { name: "sum of the largest", x, y: sums, dots: true },
              {
                name: `sum of all ${values.length} ± two standard errors`,
                x: [values.length],
                y: [sum.value],
                band: [2 * sum.error],
                bars: true,
                dots: true,
              },
            ],
            level: { name: `by the determinants ${show(exact.value)}`, value: exact.value },
          },
        ]
      : []),
  ];
}
