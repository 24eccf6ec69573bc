import { suggestion } from "../../core/nearest.js";
import { show } from "../words.js";
import type { ParsedSweep } from "./parse.js";
import type { TableColumn } from "./table.js";

/** A column of a sweep over its axes, ready to be drawn. */
export interface SweepPicture {
  readonly column: TableColumn;
  /** Name of the axis that goes to the right, its values in order, and whether they are spread over ratios. */
  readonly x: { readonly name: string; readonly values: readonly number[]; readonly log: boolean };
  /** Name of the axis that tells the lines apart; undefined: there is one line. */
  readonly by: string | undefined;
  /** One for each value of that axis. */
  readonly lines: readonly {
    readonly label: string;
    /** Mean over the other axes, and its standard error; NaN where there is no number. */
    readonly mean: readonly number[];
    readonly error: readonly number[];
    /** For text: what most cells say, "mixed" where none has more than the others; "" where there is none. */
    readonly word: readonly string[];
  }[];
  /** The axes over which means are taken. */
  readonly over: readonly string[];
}

/** Most pictures that are drawn unasked. */
const MOST = 4;
const NEVER = new Set(["reason", "cell", "done"]);

const words = ({ values }: TableColumn): boolean => values.some((v) => typeof v === "string");

/**
 * What a report draws of a sweep.
 *
 * *Definition*: the axis of numbers with most values goes to the right, the next longest tells lines apart, means are taken over the others; the
 * seed is always among those where there is another axis. Numbers of cells that did not end well (status other than "ok") are left out: the
 * loss of a run that diverged is no loss to compare.
 * *Arguments*: `table`: from `sweepTable`; which columns is the sweep's own wish (`pictures`), else words that differ, and answers.
 * *Returns*: pictures; none where no axis has numbers. Throws a RangeError that lists the columns when one is asked for that is not there.
 * *Example*: `const sweep = parseSweep("study:\n" + study.replaceAll(/^/gm, "  ") + "\naxes: [{ path: system.steps, values: [1, 2] }]");
 * const table = sweepTable(sweep, sweep.cells.map(() => ({ hash: "", failure: "" }))); sweepPictures(sweep, table)[0].x.name // "steps"`
 */
export function sweepPictures({ sweep, axes, cells }: ParsedSweep, table: readonly TableColumn[]): SweepPicture[] {
  const numeric = axes.filter((a) => a.values.every((v) => typeof v === "number"));
  const length = (a: { readonly path: string; readonly values: readonly unknown[] }): number =>
    a.path === "seed" ? 0 : a.values.length;
  const longest = <A extends (typeof axes)[number]>(list: readonly A[]): A | undefined =>
    list.reduce<A | undefined>((best, a) => (best && length(best) >= length(a) ? best : a), undefined);
  const status = table.find((c) => c.name === "status")!.values;
  const x = longest(numeric);
  if (!x) return [];
  const by = longest(axes.filter((a) => a !== x && a.path !== "seed" && a.values.length > 1));
  const over = axes.filter((a) => a !== x && a !== by && a.values.length > 1).map((a) => a.name);
  const order = (x.values as number[]).map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const [xAt, byAt] = [axes.indexOf(x), by ? axes.indexOf(by) : -1];
  return chosen(sweep.pictures, table, axes.length).map((column): SweepPicture => ({
    column,
    x: { name: x.name, values: order.map((o) => o.value), log: spread(order.map((o) => o.value)) },
    by: by?.name,
    lines: (by?.values ?? [undefined]).map((label, line) => {
      const here = (i: number): (number | string | null)[] =>
        column.values.filter(
          (v, n) =>
            cells[n]!.at[xAt] === i && (byAt < 0 || cells[n]!.at[byAt] === line) && (typeof v === "string" || status[n] === "ok"),
        );
      const points = order.map(({ i }) => summary(here(i)));
      return {
        label: by
          ? `${by.name} = ${typeof label === "number" ? show(label, 6) : typeof label === "string" ? label : JSON.stringify(label)}`
          : column.name,
        mean: points.map((p) => p.mean),
        error: points.map((p) => p.error),
        word: points.map((p) => p.word),
      };
    }),
    over,
  }));
}

function chosen(wanted: readonly string[] | undefined, table: readonly TableColumn[], axes: number): TableColumn[] {
  const found = table.slice(axes);
  if (wanted)
    return wanted.map((name) => {
      const column = found.find((c) => c.name === name);
      const names = found.map((c) => c.name);
      if (!column)
        throw new RangeError(`there is no column ${name}; expected one of ${names.join(", ")}${suggestion(name, names)}`);
      return column;
    });
  const differ = found.filter((c) => new Set(c.values).size > 1 && !NEVER.has(c.name) && !c.name.endsWith("_error"));
  const spoken = differ.filter(words);
  const answers = differ.filter((c) => !words(c) && !c.name.startsWith("fact_"));
  const all = [...spoken.slice(0, 2), ...answers].slice(0, MOST);
  return all.length > 0 ? all : found.filter((c) => c.name === "status");
}

/** Whether neighbours are nearer in ratio than in difference: ten or more between the ends, and the middle below the middle. */
const spread = (values: readonly number[]): boolean => {
  const [first, last] = [values[0]!, values.at(-1)!];
  return values.length > 2 && first > 0 && last / first >= 4 && values[values.length >> 1]! < first + 0.4 * (last - first);
};

function summary(values: readonly (number | string | null)[]): { mean: number; error: number; word: string } {
  const numbers = values.filter((v): v is number => typeof v === "number" && Number.isFinite(v));
  const n = numbers.length;
  const mean = n === 0 ? NaN : numbers.reduce((a, b) => a + b, 0) / n;
  const squares = numbers.reduce((s, v) => s + (v - mean) * (v - mean), 0);
  const counts = new Map<string, number>();
  for (const v of values) if (typeof v === "string") counts.set(v, (counts.get(v) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const leaders = [...counts].filter(([, c]) => c === most).map(([w]) => w);
  return {
    mean,
    error: n > 1 ? Math.sqrt(squares / (n * (n - 1))) : NaN,
    word: leaders.length > 1 ? "mixed" : (leaders[0] ?? ""),
  };
}
