import { count, show, sweepPictures, withError, type ParsedSweep, type SweepPicture, type TableColumn } from "#dynamics";
import type { Drawing } from "./charts.js";
import { draw } from "./charts.js";
import { escape, htmlDocument } from "./html.js";

/** What the report of a sweep is made of; the same, the same bytes. */
export interface SweepReport {
  readonly parsed: ParsedSweep;
  readonly table: readonly TableColumn[];
  readonly command: string;
  readonly version: string;
  readonly digests: Readonly<Record<string, string>>;
}

/** Most rows that the page shows; the file has them all. */
const MOST_ROWS = 500;

/** The report of a sweep as one HTML file. */
export function sweepPage(report: SweepReport): string {
  const { parsed, table, command } = report;
  const { sweep, axes, cells } = parsed;
  const status = table.find((c) => c.name === "status")!.values as string[];
  const failed = status.filter((s) => s === "failed").length;
  const pictures = sweepPictures(parsed, table);
  const figures = pictures
    .map(drawing)
    .map((d, i) => draw(i === 0 ? { ...d, wide: true } : d, `figure-${i + 1}`, i === 0 ? { width: 860, height: 350 } : undefined))
    .filter(Boolean);
  return htmlDocument(
    sweep.title,
    `<header>
<h1>${escape(sweep.title)}</h1>
<p class="meta">${escape(count(cells.length, "cell"))}: ${escape(axes.map((a) => `${a.name} (${a.values.length})`).join(" × "))}</p>
</header>
<section class="verdict${failed > 0 ? " aborted" : ""}" aria-label="Verdict">
${verdict(status)
  .map((s) => `<p>${escape(s)}</p>`)
  .join("\n")}
</section>
<section aria-labelledby="charts">
<h2 id="charts">Over the axes</h2>
<div class="charts">
${figures.join("\n") || "<p>No axis has numbers to draw over; the table has it all.</p>"}
</div>
</section>
<section aria-labelledby="cells">
<h2 id="cells">The cells</h2>
${rows(table, cells.length, pictures, axes.length)}
</section>
<section aria-labelledby="again">
<h2 id="again">Where it comes from</h2>
<p>This command computes it again, with the same digests:</p>
<pre><code>${escape(command)}</code></pre>
<dl>
<dt>program</dt><dd>separatrix ${escape(report.version)}</dd>
${axes.map((a) => `<dt>${escape(a.name)}</dt><dd>${escape(a.path)}: ${escape(a.values.map(text).join(", "))}</dd>`).join("\n")}
${Object.entries(report.digests)
  .map(([name, d]) => `<dt>${escape(name)}</dt><dd>SHA-256 ${d}</dd>`)
  .join("\n")}
</dl>
</section>`,
  );
}

const text = (value: unknown): string =>
  typeof value === "number" ? show(value, 6) : typeof value === "string" ? value : JSON.stringify(value);

/** How the cells ended, in words. */
export function verdict(status: readonly string[]): string[] {
  const of = (s: string): number => status.filter((x) => x === s).length;
  const kinds = [...new Set(status)].sort();
  const failed = of("failed");
  const said: Record<string, string> = {
    ok: "finished",
    diverged: "diverged",
    failed: "failed",
    "not-converged": "found no minimum",
  };
  return [
    `Of ${count(status.length, "cell")}, ${kinds.map((k) => `${of(k)} ${said[k] ?? k}`).join(", ")}.`,
    ...(failed > 0 ? ["Why cells failed stands in the table; the same command runs these again, and no others."] : []),
  ];
}

/** A table of the axes, how each cell ended, and what is drawn. */
function rows(table: readonly TableColumn[], cells: number, pictures: readonly SweepPicture[], axes: number): string {
  const failures = table.find((c) => c.name === "reason")!;
  const drawn = pictures.map((p) => p.column).filter((c) => c.name !== "status");
  const shown = [
    ...table.slice(0, axes),
    table.find((c) => c.name === "status")!,
    ...(failures.values.some(Boolean) ? [failures] : []),
    ...drawn,
  ];
  const error = (c: TableColumn): TableColumn | undefined => table.find((e) => e.name === `${c.name}_error`);
  const entry = (c: TableColumn, i: number): string => {
    const value = c.values[i];
    if (value === null || value === undefined) return '<td class="number"></td>';
    if (typeof value === "string") return `<td>${escape(value)}</td>`;
    return `<td class="number">${escape(withError(value, (error(c)?.values[i] as number | null | undefined) ?? NaN))}</td>`;
  };
  const body = Array.from({ length: Math.min(cells, MOST_ROWS) }, (_, i) => `<tr>${shown.map((c) => entry(c, i)).join("")}</tr>`);
  return `<div class="scroll"><table>
<caption>${cells > MOST_ROWS ? `The first ${MOST_ROWS} of ${cells}; cells.parquet has them all, with every column.` : "Value ± error, as each cell measured it; cells.parquet has every column."}</caption>
<thead><tr>${shown.map((c) => `<th scope="col" title="${escape(c.description)}">${escape(c.name)}</th>`).join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table></div>`;
}

const COLORS = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

/** A column over the axes: words as a phase diagram, numbers as lines. */
function drawing({ column, x, by, lines, over }: SweepPicture): Drawing {
  const means = over.length > 0 ? ` Each point stands for all values of ${over.join(", ")}` : "";
  const name = column.name.replace(/^fact_/, "");
  const labels = { title: `${name} over ${x.name}${by ? `, by ${by}` : ""}`, x: x.name, wide: false };
  const meaning = column.description === name ? "What the runs conclude" : sentence(column.description);
  const words = [...new Set(lines.flatMap((l) => l.word))].filter(Boolean).sort();
  if (words.length > 0) {
    const edges = edgesOf(x.values, x.log);
    return {
      ...labels,
      y: by ?? "",
      logX: x.log,
      description: `For each ${x.name}${by ? ` and ${by}` : ""}: ${column.description}.`,
      caption: `${meaning}.${means && `${means}: what most of them say; mixed where none does.`}`,
      rows: lines.map((l) => l.label.replace(`${by} = `, "")),
      cells: lines.flatMap((l) =>
        l.word.flatMap((phase, i) =>
          phase ? [{ row: l.label.replace(`${by} = `, ""), x1: edges[i]!, x2: edges[i + 1]!, phase }] : [],
        ),
      ),
      phases: words.map((name, i) => ({ name, label: name, color: COLORS[i % COLORS.length]! })),
      marks: [],
    };
  }
  const all = lines.flatMap((l) => l.mean).filter(Number.isFinite);
  const log = all.length > 0 && Math.min(...all) > 0 && Math.max(...all) / Math.min(...all) > 100;
  const spread = lines.some((l) => l.error.some(Number.isFinite));
  return {
    ...labels,
    y: column.unit && !["1", column.name].includes(column.unit) ? `${column.name} (${column.unit})` : column.name,
    logX: x.log,
    log,
    description: `${column.description}, over ${x.name}${by ? `, a line for each ${by}` : ""}.`,
    caption: `${meaning}, of the cells that did not diverge.${means && `${means}: their mean${spread ? ", in a band of one standard error of it" : ""}.`}`,
    curves: lines.map((l) => ({ name: l.label, x: x.values, y: l.mean, dots: true, ...(spread ? { band: l.error } : {}) })),
  };
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** The ends of the stretches that stand for values: halfway between neighbours, in ratio or in difference. */
function edgesOf(values: readonly number[], log: boolean): number[] {
  const n = values.length;
  if (n === 1) return log ? [values[0]! / 2, values[0]! * 2] : [values[0]! - 0.5, values[0]! + 0.5];
  const between = (a: number, b: number): number => (log ? Math.sqrt(a * b) : (a + b) / 2);
  const beyond = (a: number, edge: number): number => (log ? (a * a) / edge : 2 * a - edge);
  const inner = values.slice(1).map((v, i) => between(values[i]!, v));
  return [beyond(values[0]!, inner[0]!), ...inner, beyond(values[n - 1]!, inner[n - 2]!)];
}
