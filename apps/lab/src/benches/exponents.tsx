import { useMemo, useRef, useState } from "preact/hooks";
import type { Columns } from "../parts/columns.js";
import { Estimates, type Row } from "../parts/estimates.js";
import type { Line } from "../parts/line.js";
import { LineChart } from "../parts/line-chart.js";
import { show, withError } from "../parts/numbers.js";
import type { ExponentsFound, ExponentsSoFar } from "../worker/protocol/exponents.js";
import type { FieldCard } from "../worker/protocol/flow.js";
import type { Point } from "./flow-address.js";
import { useAsked } from "./use-asked.js";

/** Milliseconds for which a slider rests before exponents are asked for anew. */
const REST = 250;
const COLORS = ["--c1", "--c2", "--c3"];
const SUBSCRIPTS = ["₁", "₂", "₃"];

/** The Lyapunov exponents of a trajectory while they converge: with errors, and beside theory where that knows them. */
export function Exponents(props: {
  readonly card: FieldCard;
  readonly values: readonly number[];
  readonly start: Point | undefined;
}) {
  const { card, values, start } = props;
  const [parts, see] = useState<readonly ExponentsSoFar[]>([]);
  const [found, end] = useState<ExponentsFound>();
  const kept = useRef<ExponentsSoFar[]>([]);
  const frame = useRef(0);
  const failure = useAsked(
    "exponents",
    { field: card.name },
    card,
    start && { values, start },
    REST,
    () => {
      kept.current = [];
      see([]);
      end(undefined);
    },
    (news) => {
      if (news.kind === "found") return end(news);
      kept.current.push(news);
      frame.current ||= requestAnimationFrame(() => {
        frame.current = 0;
        see([...kept.current]);
      });
    },
  );

  const theory = found?.known ? Array.from(found.known.value) : [];
  const levels = [...new Set(found?.known?.kind === "open" ? [0] : theory.filter(Number.isFinite))];
  const k = card.components.length;
  const lines: Line[] = [
    ...Array.from({ length: k }, (_, i): Line[] => [
      { label: `λ${SUBSCRIPTS[i]} ± error`, color: COLORS[i]!, width: 2 },
      { label: `low ${i}`, color: COLORS[i]!, width: 0, silent: true },
      { label: `high ${i}`, color: COLORS[i]!, width: 0, silent: true, band: true },
    ]).flat(),
    ...levels.map((_, i): Line => ({ label: "theory", color: "--level", dash: [6, 4], width: 2, silent: i > 0 })),
  ];
  const data = useMemo((): Columns => {
    const rows = parts.filter((p) => p.time > 0);
    const column = (of: (p: ExponentsSoFar) => number): (number | null)[] =>
      rows.map((p) => (Number.isFinite(of(p)) ? of(p) : null));
    return [
      rows.map((p) => p.time),
      ...Array.from({ length: k }, (_, i) => [
        column((p) => p.value[i]!),
        column((p) => p.value[i]! - p.error[i]!),
        column((p) => p.value[i]! + p.error[i]!),
      ]).flat(),
      ...levels.map((level) => rows.map(() => level)),
    ];
  }, [parts, found, card]);
  const last = parts.at(-1);
  const words = (value: ArrayLike<number>): string => Array.from(value, (v) => show(v, 3)).join(", ");
  return (
    <div>
      <LineChart
        title="Its Lyapunov exponents, converging"
        summary={`Running Lyapunov exponents of the last trajectory with error bands over the time averaged${found ? `; at the end ${words(found.exponents.value)}` : ""}.`}
        x="time averaged"
        logX
        y="exponent"
        data={data}
        lines={lines}
      />
      {failure && <p class="problem">{failure}</p>}
      {!start ? (
        <p class="soft">Start a trajectory to see its exponents.</p>
      ) : !found ? (
        <p class="soft" aria-live="off">
          {last && last.time > 0
            ? `Averaging … ${Math.round(100 * last.done)} %: ${words(last.value)}`
            : "The trajectory settles before its exponents are averaged …"}
        </p>
      ) : (
        <>
          <p class="soft" data-exponents={found.exponents.status}>
            {found.known?.words ?? `No exponents: ${found.exponents.explanation ?? found.exponents.status}.`}
            {found.known && Number.isFinite(found.known.period) ? ` Period ${show(found.known.period, 6)}.` : ""}
          </p>
          <Estimates name="Exponents" rows={rowsOf(found)} together caption={captionOf(found)} />
        </>
      )}
    </div>
  );
}

const captionOf = ({ exponents, known }: ExponentsFound): string =>
  [
    `${exponents.status === "ok" ? "Measured" : exponents.status}: ${exponents.method} (${exponents.sources.join("; ")})`,
    "the steps hold a relative error of 1e-8 each",
    ...(exponents.explanation ? [exponents.explanation] : []),
    ...(known ? [`theory of the sum: ${known.sum.method} (${known.sum.sources.join("; ")})`] : []),
  ].join("; ");

const rowsOf = ({ exponents, sum, known }: ExponentsFound): Row[] => [
  ...Array.from(exponents.value, (value, i) => ({
    label: `λ${SUBSCRIPTS[i]}`,
    estimate: { ...exponents, value, error: exponents.error[i]! },
    ...(known && Number.isFinite(known.value[i]!) ? { theory: show(known.value[i]!, 6) } : {}),
  })),
  {
    label: "sum",
    estimate: sum,
    ...(known
      ? {
          theory:
            known.sum.error > 1e-9 && known.kind === "open"
              ? withError(known.sum.value, known.sum.error)
              : show(known.sum.value, 6),
        }
      : {}),
  },
];
