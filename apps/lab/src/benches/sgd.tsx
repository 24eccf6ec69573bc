import { useEffect, useMemo, useState } from "preact/hooks";
import { desk } from "../engine.js";
import { Choice } from "../parts/controls.js";
import type { Columns } from "../parts/columns.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import { remember } from "../route.js";
import type { SgdDone } from "../worker/protocol/sgd.js";
import { AsStudy } from "./as-study.js";
import { Fates } from "./fates.js";
import type { ViewProps } from "./index.js";
import { formatMatrix, parseCell, parseMatrix, studyOf, type Matrix } from "./sgd-address.js";
import { COLUMNS, Raster, type Cells } from "./sgd-raster.js";

const STEPS = 2 ** 13;

/** Small minima to begin with; any symmetric matrix J J^T can be typed in. */
const presets: readonly { readonly name: string; readonly words: string; readonly matrix: readonly (readonly number[])[] }[] = [
  {
    name: "pair",
    words: "two samples that pull together",
    matrix: [
      [1.5, 0.9],
      [0.9, 2.5],
    ],
  },
  {
    name: "strangers",
    words: "two samples that do not meet",
    matrix: [
      [1, 0],
      [0, 3],
    ],
  },
  {
    name: "triple",
    words: "three samples",
    matrix: [
      [2, 0.8, -0.4],
      [0.8, 1.5, 0.5],
      [-0.4, 0.5, 3],
    ],
  },
  {
    name: "outlier",
    words: "four samples, one steep",
    matrix: [
      [1, 0.3, 0.2, 0.4],
      [0.3, 1, 0.3, 0.2],
      [0.2, 0.3, 1, 0.5],
      [0.4, 0.2, 0.5, 6],
    ],
  },
];

/** Where SGD can stay: its exponent over learning rate and batch size at a minimum. */
export function SgdBench({ query }: ViewProps) {
  const [matrix, set] = useState<Matrix>(() => parseMatrix(query.get("gram")) ?? presets[0]!.matrix);
  const [cells, fill] = useState<Cells>();
  const [ended, end] = useState<SgdDone>();
  const [failure, fail] = useState<string>();
  const [row, look] = useState(0);
  const [pointed, point] = useState<number>();
  const [cell, pick] = useState(() => parseCell(query));
  // Of a smaller matrix the batch may be none.
  const chosen = cell && cell.batchSize <= matrix.length ? cell : undefined;

  useEffect(
    () =>
      remember(["sgd"], {
        gram: formatMatrix(matrix),
        ...(chosen ? { rate: chosen.stepSize, batch: chosen.batchSize } : {}),
      }),
    [matrix, chosen],
  );
  useEffect(() => {
    const worker = desk();
    let state: Cells | undefined;
    let asked = 0;
    end(undefined);
    fail(undefined);
    fill(undefined);
    point(undefined);
    look(0);
    const most = 1.6 * reach(matrix);
    worker
      .call("sgd", { matrix, most, columns: COLUMNS, steps: STEPS, seed: 0 }, (news) => {
        if (news.kind === "thresholds") {
          const empty = (): Float64Array[] => news.batchSizes.map(() => new Float64Array(COLUMNS).fill(NaN));
          state = {
            thresholds: news,
            exponents: empty(),
            errors: empty(),
            known: news.batchSizes.map(() => new Uint8Array(COLUMNS)),
            done: 0,
          };
        } else if (state) {
          news.index.forEach((column, i) => {
            state!.exponents[news.batch]![column] = news.exponents[i]!;
            state!.errors[news.batch]![column] = news.errors[i]!;
            state!.known[news.batch]![column] = 1;
          });
          state = { ...state, done: news.done };
        }
        asked ||= requestAnimationFrame(() => {
          asked = 0;
          fill(state && { ...state });
        });
      })
      .result.then(end, (error: Error) => fail(error.message));
    return () => {
      cancelAnimationFrame(asked);
      worker.close();
    };
  }, [matrix]);

  const preset = presets.find((p) => formatMatrix(p.matrix) === formatMatrix(matrix));
  const change = (i: number, j: number, text: string): void => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value)) return;
    set(matrix.map((r, a) => r.map((v, b) => ((a === i && b === j) || (a === j && b === i) ? value : v))));
  };
  const batch = cells?.thresholds.batchSizes[row];
  return (
    <>
      <h1>SGD stability</h1>
      <div class="bench">
        <div class="side">
          <Choice
            id="preset"
            label="A minimum through all its data"
            value={preset?.name ?? "own"}
            options={[...(preset ? [] : [["own", "your own"] as const]), ...presets.map((p) => [p.name, p.words] as const)]}
            onChange={(name) => {
              set(presets.find((p) => p.name === name)!.matrix);
              pick(undefined);
            }}
          />
          <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
            <legend>Gram matrix of the sample gradients, J Jᵀ</legend>
            <div class="matrix" style={{ gridTemplateColumns: `repeat(${matrix.length}, auto)` }}>
              {matrix.flatMap((r, i) =>
                r.map((v, j) => (
                  <input
                    key={`${i} ${j}`}
                    type="text"
                    inputMode="decimal"
                    aria-label={`row ${i + 1}, column ${j + 1}`}
                    value={String(v)}
                    onChange={(e) => change(i, j, e.currentTarget.value)}
                  />
                )),
              )}
            </div>
          </fieldset>
          <p class="soft">
            The diagonal holds how steep each sample is, the rest how much two samples pull together. Stability needs to know no
            more of a network.
          </p>
          {cells && (
            <Choice
              id="batch"
              label="Batch size in the chart below"
              value={String(row)}
              options={cells.thresholds.batchSizes.map((b, i) => [String(i), `${b} of ${matrix.length}`])}
              onChange={(i) => look(Number(i))}
            />
          )}
          <div role="status">
            {failure ? (
              <p class="problem">{failure}</p>
            ) : !ended ? (
              <p class="soft">Sharpening … {Math.round(100 * (cells?.done ?? 0))} %</p>
            ) : null}
          </div>
          {cells && <Thresholds cells={cells} ended={ended} row={row} />}
          <p class="buttons">
            <AsStudy text={() => studyOf(cells!.thresholds, chosen, row)} disabled={!cells?.thresholds.samples} />
          </p>
        </div>
        <div class="plots">
          {cells && (
            <Raster
              cells={cells}
              row={row}
              choose={look}
              pointed={pointed}
              point={point}
              chosen={chosen && { stepSize: chosen.stepSize, row: cells.thresholds.batchSizes.indexOf(chosen.batchSize) }}
              pick={(column, line) =>
                pick({
                  stepSize: Number(cells.thresholds.stepSizes[column]!.toPrecision(4)),
                  batchSize: cells.thresholds.batchSizes[line]!,
                })
              }
            />
          )}
          <Fates matrix={matrix} cell={chosen} />
          {cells && batch !== undefined && <Section cells={cells} row={row} ended={ended} full={batch === matrix.length} />}
        </div>
      </div>
    </>
  );
}

/** The gradient-descent threshold 2 N / lambda_max, roughly: the span of the picture follows from it. */
function reach(matrix: Matrix): number {
  const n = matrix.length;
  let v = matrix.map((_, i) => 1 + 0.1 * i);
  for (let k = 0; k < 60; k++) {
    const w = matrix.map((row) => row.reduce((s, a, j) => s + a * v[j]!, 0));
    const size = Math.sqrt(w.reduce((s, x) => s + x * x, 0)) || 1;
    v = w.map((x) => x / size);
  }
  const largest = Math.abs(matrix.reduce((s, row, i) => s + v[i]! * row.reduce((t, a, j) => t + a * v[j]!, 0), 0));
  return Number(((2 * n) / (largest || 1)).toPrecision(3));
}

function Thresholds({ cells, ended, row }: { cells: Cells; ended: SgdDone | undefined; row: number }) {
  const { thresholds } = cells;
  const end = ended?.stochastic[row];
  return (
    <>
      <p class="soft">Largest stable learning rate for batches of {thresholds.batchSizes[row]}:</p>
      <dl class="facts">
        <dt>Wu, Ma, E</dt>
        <dd>{show(thresholds.wuMaE[row]!)}</dd>
        <dt>mean square</dt>
        <dd>{show(thresholds.meanSquare[row]!)}</dd>
        <dt>almost surely (λ = 0)</dt>
        <dd>{end ? `${show(end.value)}, within ${show(end.interval[0])} to ${show(end.interval[1])}` : "being computed"}</dd>
        <dt>full batches, 2/λ₁</dt>
        <dd>{show(thresholds.gradientDescent)}</dd>
      </dl>
    </>
  );
}

/** One row of the raster as curves: what was measured, and what is exact for full batches. */
function Section({ cells, row, ended, full }: { cells: Cells; row: number; ended: SgdDone | undefined; full: boolean }) {
  const { stepSizes, mu, meanSquare, batchSizes } = cells.thresholds;
  const data = useMemo((): Columns => {
    const value = (v: number): number | null => (Number.isFinite(v) ? v : null);
    const line = cells.exponents[row]!;
    const least = Math.min(...Array.from(line).filter(Number.isFinite), 0);
    return [
      stepSizes,
      Array.from(line, value),
      Array.from(mu, (v) => value(Math.max(v, least - 0.3))),
      Array.from(stepSizes, () => 0),
      Array.from(stepSizes, (s) => (s <= meanSquare[row]! ? least * 1.05 : null)),
    ];
  }, [cells, row]);
  const end = ended?.stochastic[row];
  return (
    <LineChart
      title={`Along batches of ${batchSizes[row]}`}
      summary={`Exponent over the learning rate for batches of ${batchSizes[row]}${end ? `; it passes 0 at ${show(end.value)}` : ""}; beside it the exact exponent of full batches.`}
      x="learning rate η"
      y="λ (nat/step)"
      height={260}
      data={data}
      lines={[
        { label: "λ of SGD, measured", color: "--c1", width: 2.2 },
        { label: full ? "μ of full batches, exact: the same" : "μ of full batches, exact", color: "--c2", dash: [6, 3] },
        { label: "0", color: "--level", dash: [2, 2] },
        { label: "stable in mean square, theory", color: "--c3", width: 4 },
      ]}
    />
  );
}
