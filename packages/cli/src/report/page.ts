import { Document, isScalar, visit } from "yaml";
import { count, show, withError, type Answer } from "#dynamics";
import type { StoredRun } from "../files/run-folder.js";
import { charts, draw, type Drawing } from "./charts.js";
import { escape, htmlDocument } from "./html.js";

const STATUS: Record<string, string> = {
  ok: "finished",
  aborted: "stopped early",
  diverged: "diverged",
  "not-converged": "without a minimum",
};

/**
 * The report of a run as one HTML file that needs nothing else: no script, no font, no link to follow.
 *
 * *Returns*: the same bytes for the same run, but for the date, which is marked as such.
 */
export function report(run: StoredRun): string {
  const { manifest, clock, command } = run;
  const { title, status, steps, network } = manifest;
  const date = clock.started.slice(0, 10);
  const figures = charts(run)
    .map((chart, i): Drawing => (i === 0 ? { ...chart, wide: true } : chart))
    .map((chart, i) => draw(chart, `figure-${i + 1}`, chart.wide ? { width: 860, height: 350 } : undefined))
    .filter(Boolean);
  return htmlDocument(
    title,
    `<header>
<h1>${escape(title)}</h1>
<p class="meta"><span class="status ${status}">${STATUS[status] ?? status}</span> · ${escape(network.name)}, ${count(network.parameters, network.unit ?? "parameter")} · ${steps.done === steps.planned ? "" : `${show(steps.done, 15)} of `}${count(steps.planned, steps.unit)} · date of the run: <time datetime="${date}">${date}</time></p>
</header>
<section class="verdict ${status}" aria-label="Verdict">
${manifest.verdict.map((sentence) => `<p>${escape(sentence)}</p>`).join("\n")}
</section>
<section aria-labelledby="charts">
<h2 id="charts">What happened</h2>
<div class="charts">
${figures.join("\n") || "<p>Nothing was measured that could be drawn.</p>"}
</div>
</section>
<section aria-labelledby="numbers">
<h2 id="numbers">The numbers</h2>
${table(manifest.answers)}
</section>
${taken(run)}<section aria-labelledby="study">
<h2 id="study">The study</h2>
<p>This command computes it again, with the same digits:</p>
<pre><code>${escape(command)}</code></pre>
<p>The study, with every default filled in:</p>
<pre><code>${escape(yaml(manifest.study))}</code></pre>
</section>
<section aria-labelledby="provenance">
<h2 id="provenance">Where it comes from</h2>
${provenance(run)}
</section>`,
  );
}

function table(answers: readonly Answer[]): string {
  const rows = answers.map(
    (a) =>
      `<tr><th scope="row">${escape(a.label)}</th><td class="number">${escape(withError(a.value, a.error))}</td><td>${escape(a.unit === "1" ? "" : a.unit)}</td><td>${escape(
        [a.status === "ok" ? "" : `${a.status}: `, a.method, a.explanation ? `; ${a.explanation}` : ""].join(""),
      )}</td><td>${escape(a.sources.join("; "))}</td></tr>`,
  );
  return `<div class="scroll"><table>
<caption>Value ± error. What the error means stands under method: one standard error, or a bound.</caption>
<thead><tr><th scope="col">quantity</th><th scope="col" class="number">value ± error</th><th scope="col">unit</th><th scope="col">method</th><th scope="col">source</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>`;
}

/** What the parts of an inspection took: a budget can then be chosen. */
function taken({ manifest, clock }: StoredRun): string {
  if ((manifest.study.system as { readonly kind: string }).kind !== "model") return "";
  const rows = Object.entries(clock.questions).map(
    ([name, seconds]) => `<tr><th scope="row">${escape(name)}</th><td class="number">${seconds.toFixed(1)}</td></tr>`,
  );
  return `<section aria-labelledby="cost">
<h2 id="cost">What it took</h2>
<table><caption>On the machine it was run on, with ${count(clock.threads, "thread")}.</caption><thead><tr><th scope="col">part</th><th scope="col" class="number">seconds</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>
</section>
`;
}

function provenance({ manifest, digests }: StoredRun): string {
  const entries: [string, string][] = [
    ["program", `separatrix ${manifest.versions.separatrix}`],
    ["seed", String(manifest.seed)],
    ...manifest.inputs.map((f): [string, string] => [
      `data ${f.name}`,
      `${f.rows} rows of ${f.columns} numbers, SHA-256 ${f.sha256}`,
    ]),
    ...Object.entries(digests).map(([name, digest]): [string, string] => [name, `SHA-256 ${digest}`]),
  ];
  return `<dl>\n${entries.map(([term, text]) => `<dt>${escape(term)}</dt><dd>${escape(text)}</dd>`).join("\n")}\n</dl>`;
}

/** A study as one would write it: lists of numbers on one line. */
function yaml(study: object): string {
  const document = new Document(study);
  visit(document, {
    Seq(_, list) {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({ flowCollectionPadding: false });
}
