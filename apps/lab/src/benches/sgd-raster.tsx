import { useEffect, useRef } from "preact/hooks";
import { color, diverging, frame, MARGIN, useScheme, useWidth } from "../parts/canvas.js";
import { PngButton } from "../parts/picture-buttons.js";
import { show, withError } from "../parts/numbers.js";
import type { SgdThresholds } from "../worker/protocol/sgd.js";

/** Step sizes of the picture, and the height of a row in CSS pixels. */
export const COLUMNS = 96;
const ROW = 54;

/** What is known of the exponents so far. */
export interface Cells {
  readonly thresholds: SgdThresholds;
  /** One list a batch size; NaN where nothing is known yet. */
  readonly exponents: readonly Float64Array[];
  readonly errors: readonly Float64Array[];
  readonly known: readonly Uint8Array[];
  readonly done: number;
}

/** The exponent over learning rate and batch size as colours, with the thresholds of theory as lines. */
export function Raster(props: {
  cells: Cells;
  row: number;
  choose: (row: number) => void;
  pointed: number | undefined;
  point: (column: number | undefined) => void;
  /** The cell whose runs are shown: its learning rate and row. */
  chosen: { readonly stepSize: number; readonly row: number } | undefined;
  pick: (column: number, row: number) => void;
}) {
  const { cells, row, choose, pointed, point, chosen, pick } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  const { batchSizes, stepSizes, meanSquare, wuMaE, gradientDescent } = cells.thresholds;
  const n = batchSizes.length;
  const height = ROW * n + MARGIN.top + MARGIN.bottom;
  const most = stepSizes.at(-1)!;
  useEffect(() => {
    if (width < 100 || !canvas.current) return;
    const f = frame(canvas.current, width, height, {
      x: [0, most],
      y: [-0.5, n - 0.5],
      xLabel: "learning rate η",
      yLabel: "batch size",
      rows: batchSizes.map(String),
    });
    const { context } = f;
    const scale = diverging("--c1", "--c2");
    const cell = f.width / COLUMNS;
    cells.exponents.forEach((line, b) => {
      let last: readonly number[] | undefined;
      for (let c = 0; c < COLUMNS; c++) {
        // What is not known yet looks like its neighbour on the left.
        if (cells.known[b]![c]) last = Number.isNaN(line[c]!) ? scale(1) : scale(line[c]! * 1.2);
        if (!last) continue;
        context.fillStyle = `rgb(${last.join(" ")})`;
        context.fillRect(f.left + c * cell, f.y(b + 0.46), cell + 0.6, f.y(b - 0.46) - f.y(b + 0.46));
      }
      const mark = (at: number, dash: readonly number[], name: string): void => {
        if (!(at > 0 && at <= most)) return;
        context.strokeStyle = color(name);
        context.lineWidth = 2;
        context.setLineDash([...dash]);
        context.beginPath();
        context.moveTo(f.x(at), f.y(b - 0.46));
        context.lineTo(f.x(at), f.y(b + 0.46));
        context.stroke();
        context.setLineDash([]);
      };
      mark(wuMaE[b]!, [2, 3], "--ink");
      mark(meanSquare[b]!, [], "--ink");
      mark(gradientDescent, [7, 4], "--level");
    });
    context.strokeStyle = color("--ink");
    context.lineWidth = 1.5;
    context.strokeRect(f.left + 0.5, f.y(row + 0.46), f.width - 1, f.y(row - 0.46) - f.y(row + 0.46));
    if (chosen && chosen.stepSize <= most) {
      const [x, size] = [f.x(chosen.stepSize) - cell, Math.max(cell, 5)];
      for (const [name, line] of [
        ["--ground", 5],
        ["--ink", 2],
      ] as const) {
        context.strokeStyle = color(name);
        context.lineWidth = line;
        context.strokeRect(
          x + 0.5 * (cell - size),
          f.y(chosen.row + 0.46),
          size,
          f.y(chosen.row - 0.46) - f.y(chosen.row + 0.46),
        );
      }
    }
  }, [cells, width, scheme, row, chosen?.stepSize, chosen?.row]);
  const place = (e: MouseEvent): [number, number] => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    const column = Math.floor(((e.clientX - left - MARGIN.left) / (width - MARGIN.left - MARGIN.right)) * COLUMNS);
    return [
      Math.min(COLUMNS - 1, Math.max(0, column)),
      n - 1 - Math.min(n - 1, Math.max(0, Math.floor((e.clientY - top - MARGIN.top) / ROW))),
    ];
  };
  const at = pointed ?? Math.floor(COLUMNS / 2);
  const text =
    pointed === undefined
      ? "Point at a cell, or focus the picture and use the arrow keys; a click or Enter starts 200 runs there."
      : `η = ${show(stepSizes[at]!, 3)}, batches of ${batchSizes[row]}: λ = ${cells.known[row]![at] ? withError(cells.exponents[row]![at]!, cells.errors[row]![at]!) : "not computed yet"} nat per step`;
  return (
    <section class="plot" ref={box}>
      <h2>The exponent λ of SGD</h2>
      <ul class="legend">
        <li>
          <Swatch name="--c1" /> λ &lt; 0: SGD stays
        </li>
        <li>
          <Swatch name="--c2" /> λ &gt; 0: SGD leaves
        </li>
        <li>
          <Mark name="--ink" dash="2 3" /> Wu, Ma, E
        </li>
        <li>
          <Mark name="--ink" /> mean square
        </li>
        <li>
          <Mark name="--level" dash="7 4" /> full batches
        </li>
      </ul>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={`Exponent of SGD over learning rates up to ${show(most, 3)} and ${n} batch sizes, as colours`}
        aria-describedby="sgd-readout"
        style={{ height: `${height}px` }}
        onPointerMove={(e) => {
          const [column, line] = place(e);
          point(column);
          choose(line);
        }}
        onClick={(e) => pick(...place(e))}
        onKeyDown={(e) => {
          const moves: Record<string, () => void> = {
            ArrowLeft: () => point(Math.max(0, at - 1)),
            ArrowRight: () => point(Math.min(COLUMNS - 1, at + 1)),
            ArrowUp: () => choose(Math.min(n - 1, row + 1)),
            ArrowDown: () => choose(Math.max(0, row - 1)),
            Enter: () => pick(at, row),
            " ": () => pick(at, row),
          };
          if (!moves[e.key]) return;
          e.preventDefault();
          point(at);
          moves[e.key]!();
        }}
      />
      <p class="under" id="sgd-readout" aria-live="polite">
        {text}
      </p>
      <PngButton name="the exponent of SGD" />
    </section>
  );
}

const Swatch = ({ name }: { name: string }) => (
  <svg width="14" height="12" aria-hidden="true">
    <rect width="14" height="12" fill={`var(${name})`} />
  </svg>
);
const Mark = ({ name, dash }: { name: string; dash?: string }) => (
  <svg width="10" height="14" aria-hidden="true">
    <line x1="5" x2="5" y1="0" y2="14" stroke={`var(${name})`} stroke-width="2" stroke-dasharray={dash} />
  </svg>
);
