import { useMemo, useState } from "preact/hooks";
import type { Columns } from "../parts/columns.js";
import { Estimates } from "../parts/estimates.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import type { FateFailed, FateFound, FateOrder, FateSoFar } from "../worker/protocol/fates.js";
import { useAsked } from "./use-asked.js";

const SIGNS = {
  negative: "below 0, so SGD can stay",
  positive: "above 0, so SGD leaves for ever",
  undecided: "not told from 0",
};

const percent = (share: number): string => `${show(100 * share, 3)} %`;

/** Runs of SGD that start near the minimum at a chosen cell: how many stay, beside the sign of the exponent. */
export function Fates({
  matrix,
  cell,
}: {
  readonly matrix: readonly (readonly number[])[];
  readonly cell: FateOrder | undefined;
}) {
  const [news, hear] = useState<FateSoFar | FateFound | FateFailed>();
  const failure = useAsked("fates", { matrix }, matrix, cell, 100, () => hear(undefined), hear);
  const found = news?.kind === "found" ? news : undefined;
  return (
    <section aria-label="Fates">
      <h2>Fates</h2>
      {failure && <p class="problem">{failure}</p>}
      {news?.kind === "failed" && <p class="problem">{news.reason}</p>}
      {!cell ? (
        <p class="soft">
          Choose a cell above: 200 runs of SGD then start near the minimum, on a linear model that has this Gram matrix, and one
          sees how many stay.
        </p>
      ) : found ? (
        <Found found={found} />
      ) : !failure && news?.kind !== "failed" ? (
        <p class="soft">
          200 runs with learning rate {show(cell.stepSize, 4)} and batches of {cell.batchSize} …{" "}
          {Math.round(100 * (news?.kind === "so-far" ? news.done : 0))} %
        </p>
      ) : null}
    </section>
  );
}

function Found({ found }: { readonly found: FateFound }) {
  const { fate, exponent, order, steps, level } = found;
  const [low, high] = fate.interval;
  const leaves = fate.runs - fate.stays;
  const curve = useMemo((): Columns => {
    const last = Float64Array.from(fate.survived).sort();
    const [x, y]: [number[], number[]] = [[1], [1]];
    last.forEach((after, i) => {
      if (after >= steps) return;
      x.push(after + 1);
      y.push((fate.runs - i - 1) / fate.runs);
    });
    return x.at(-1)! < steps
      ? [
          [...x, steps],
          [...y, y.at(-1)!],
        ]
      : [x, y];
  }, [found]);
  const agrees =
    exponent.sign === "undecided"
      ? "The sign is open here, and runs may do either for long."
      : exponent.sign === "negative" && leaves > 0
        ? "Though it is below 0, excursions carried some out: the nearer runs start, the fewer."
        : exponent.sign === "positive" && fate.stays > 0
          ? "Though it is above 0, not all have been driven out yet: more steps would."
          : "The runs do as the sign says.";
  return (
    <>
      <p data-fate={fate.stays}>
        Learning rate {show(order.stepSize, 4)}, batches of {order.batchSize}:{" "}
        <strong>
          {fate.stays} of {fate.runs} runs stay, {leaves} leave
        </strong>{" "}
        ({percent(fate.value)} stay; between {percent(low)} and {percent(high)} with {percent(level)} confidence).{" "}
        {Number.isFinite(exponent.value) ? (
          <>
            λ is {show(exponent.value, 4)}, between {show(exponent.interval[0], 4)} and {show(exponent.interval[1], 4)} with{" "}
            {percent(exponent.level)} confidence: <strong>{SIGNS[exponent.sign]}</strong>. {agrees}
          </>
        ) : (
          <>
            λ is {exponent.value === -Infinity ? "−∞" : "unknown"}: {exponent.explanation}.
          </>
        )}
      </p>
      <LineChart
        title="Runs that have not left yet"
        summary={`Share of the runs still near the minimum over the steps: 1 at the start, ${show(fate.value, 3)} after ${steps}.`}
        x="step"
        y="share"
        data={curve}
        logX
        range={[0, 1.04]}
        height={190}
        lines={[{ label: "share of the runs within the radius", color: "--c1", width: 2.2, stepped: true }]}
      />
      <Estimates
        name="Fates in numbers"
        caption={`Starts at distance ${fate.distance.toExponential(0)} from the minimum; a run has left when it was once farther than ${fate.radius.toExponential(0)}. The interval of the share is Clopper's and Pearson's.`}
        rows={[
          { label: "share that stays", estimate: fate },
          { label: "exponent λ", estimate: exponent },
        ]}
      />
    </>
  );
}
