import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { color, useScheme, useWidth } from "./canvas.js";
import type { Columns } from "./columns.js";
import { ChartButtons } from "./chart-buttons.js";
import type { ChartFacts } from "./chart-file.js";
import { Legend } from "./legend.js";
import type { Line } from "./line.js";
import { show } from "./numbers.js";

interface Props {
  readonly title: string;
  /** What is to be seen, for those who do not see it. */
  readonly summary: string;
  readonly lines: readonly Line[];
  readonly data: Columns;
  readonly x: string;
  readonly y: string;
  readonly log?: boolean;
  /** A logarithmic axis below as well. */
  readonly logX?: boolean;
  /** Where the axis at the side ends, whatever the data. */
  readonly range?: readonly [number, number];
  readonly height?: number;
}

const HEIGHT = 230;

/** Ticks of a logarithmic axis: only powers of ten have room for a label. */
const decades = (_u: UPlot, at: number[]): string[] =>
  at.map((v) => (Math.log10(v) % 1 === 0 ? v.toExponential().replace("e+", "e") : ""));

/** Curves over one axis that may grow while one looks. */
export function LineChart({ title, summary, lines, data, x, y, log = false, logX = false, range, height = HEIGHT }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const under = useRef<HTMLParagraphElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const width = useWidth(box);
  const scheme = useScheme();
  const key = lines.map((l) => l.label + l.color).join();
  const shown = lines.filter((l) => !l.silent);
  useEffect(() => {
    if (width < 50) return;
    const font = "12px system-ui, sans-serif";
    const axis = {
      stroke: color("--soft"),
      font,
      labelFont: font,
      ticks: { stroke: color("--line") },
      grid: { stroke: color("--line"), width: 1 },
    };
    plot.current = new UPlot(
      {
        width,
        height,
        legend: { show: false },
        cursor: { drag: { x: true, y: false } },
        scales: {
          x: { time: false, distr: logX ? 3 : 1 },
          y: { distr: log ? 3 : 1, ...(range ? { range: [range[0], range[1]] as [number, number] } : {}) },
        },
        axes: [
          { ...axis, label: x, labelSize: 18, size: 34, space: 70, ...(logX ? { values: decades } : {}) },
          {
            ...axis,
            label: y,
            labelSize: 18,
            size: 54,
            ...(log ? { values: decades } : {}),
          },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            label: line.label,
            stroke: color(line.color),
            width: line.width ?? 1.6,
            ...(line.dash ? { dash: [...line.dash] } : {}),
            ...(line.stepped ? { paths: UPlot.paths.stepped!({ align: 1 }) } : {}),
            spanGaps: true,
            // One or two numbers make no line that is seen.
            points: { show: (u: UPlot) => u.data[0].length < 3 },
          })),
        ],
        bands: lines.flatMap((line, i) =>
          line.band ? [{ series: [i + 1, i] as [number, number], fill: `${color(line.color)}2e` }] : [],
        ),
        hooks: {
          setCursor: [
            (u) => {
              const i = u.cursor.idx;
              if (!under.current) return;
              under.current.textContent =
                i === null || i === undefined
                  ? " "
                  : [
                      `${x} ${show(u.data[0]![i]!, 7)}`,
                      ...lines
                        .map((line, j) => [line.silent ? "" : line.label, u.data[j + 1]![i]] as const)
                        .filter(([name, v]) => name && v !== null && v !== undefined)
                        .map(([name, v]) => `${name} ${show(v as number)}`),
                    ].join(" · ");
            },
          ],
        },
      },
      data as unknown as UPlot.AlignedData,
      box.current!,
    );
    return () => {
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [width < 50, scheme, key, log, logX, height]);
  useEffect(() => {
    if (width >= 50) plot.current?.setSize({ width, height });
  }, [width]);
  const facts = (): ChartFacts | undefined => {
    const seen = (of: "x" | "y"): readonly [number, number] | undefined => {
      const { min, max } = plot.current?.scales[of] ?? {};
      return typeof min === "number" && typeof max === "number" ? [min, max] : undefined;
    };
    const [across, up] = [seen("x"), seen("y")];
    // Nothing is drawn before the first numbers.
    return across && up && { title, x, y, log, logX, data, lines, seen: { x: across, y: up } };
  };
  useEffect(() => plot.current?.setData(data as unknown as UPlot.AlignedData), [data]);
  return (
    <section class="plot">
      <h2>{title}</h2>
      <Legend entries={shown} />
      {data[0].length === 0 && <p class="under">No numbers yet.</p>}
      <div ref={box} role="img" aria-label={summary} style={{ minHeight: `${height}px` }} />
      <p class="under" ref={under}>
        {" "}
      </p>
      <ChartButtons title={title} facts={facts} />
    </section>
  );
}
