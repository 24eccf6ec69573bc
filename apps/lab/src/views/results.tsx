import { csvOf } from "../parts/chart-file.js";
import { png, save, slug, standalone } from "../parts/download.js";
import { Estimates } from "../parts/estimates.js";
import { jsonText } from "../parts/numbers.js";
import { sheetOf } from "../parts/sheet.js";
import type { Figure, Finished } from "../worker/protocol/study.js";

/** A figure of the report with its downloads. */
export function Chart({ figure, name }: { figure: Figure; name: string }) {
  const svgOf = (e: { currentTarget: HTMLElement }): SVGSVGElement => sheetOf(e.currentTarget.closest(".chartbox")!).svg;
  return (
    <div class="chartbox">
      <div dangerouslySetInnerHTML={{ __html: figure.html }} />
      <p class="saves">
        <button
          type="button"
          class="small"
          aria-label={`SVG of ${figure.title}`}
          onClick={(e) => save(`${name}-${slug(figure.title)}.svg`, standalone(svgOf(e)), "image/svg+xml")}
        >
          SVG
        </button>
        <button
          type="button"
          class="small"
          aria-label={`PNG of ${figure.title}`}
          onClick={(e) => void png(svgOf(e)).then((blob) => save(`${name}-${slug(figure.title)}.png`, blob, "image/png"))}
        >
          PNG
        </button>
      </p>
    </div>
  );
}

/** What a run found, or has found so far: sentences, pictures, numbers. */
export function Findings({ run, headline }: { run: Pick<Finished, "manifest" | "figures">; headline?: string }) {
  const { manifest, figures } = run;
  const name = slug(manifest.title);
  return (
    <>
      <div class={`verdict ${manifest.status}`}>
        {manifest.verdict.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {figures.length > 0 && <h2>{headline ?? "What happened"}</h2>}
      <div class="charts">
        {figures.map((figure) => (
          <Chart key={figure.title} figure={figure} name={name} />
        ))}
      </div>
      <h2>The numbers</h2>
      <Estimates
        name="The numbers"
        caption="Value ± error. What the error means stands under method: one standard error, or a bound."
        rows={manifest.answers.map((a) => ({ label: a.label, estimate: a }))}
      />
    </>
  );
}

/** What a run found, with its files; `text` is the study, where it was one. */
export function Results({ run, text }: { run: Finished; text?: string }) {
  const { manifest, digests, files, clock, page, command } = run;
  const name = slug(manifest.title);
  return (
    <section aria-label="Results">
      <Findings run={run} />
      <h2>Take it with you</h2>
      <p class="buttons">
        {text !== undefined && (
          <button type="button" onClick={() => save(`${name}.yaml`, text, "text/yaml")}>
            Study (YAML)
          </button>
        )}
        <button
          type="button"
          onClick={() =>
            save(
              `${name}.csv`,
              csvOf(
                run.series.map((s) => s.name),
                run.series.map((s) => s.values),
              ),
              "text/csv",
            )
          }
        >
          Series (CSV)
        </button>
        <button
          type="button"
          onClick={() =>
            save(
              `${name}-manifest.json`,
              `${jsonText({ ...manifest, ...(text === undefined ? { command } : {}), digests })}\n`,
              "application/json",
            )
          }
        >
          Manifest (JSON)
        </button>
        {Object.entries(files).map(([file, bytes]) => (
          <button key={file} type="button" onClick={() => save(`${name}-${file}`, bytes, "application/octet-stream")}>
            {file}
          </button>
        ))}
        <button type="button" onClick={() => save(`${name}.html`, page, "text/html")}>
          Full report (HTML)
        </button>
      </p>
      <h2>Where it comes from</h2>
      <dl class="facts">
        <dt>time</dt>
        <dd>
          {clock.total.toFixed(1)} s on {clock.threads} {clock.threads === 1 ? "thread" : "threads"} of this browser
        </dd>
        <dt>seed</dt>
        <dd>{manifest.seed}</dd>
        {manifest.inputs.map((f) => (
          <>
            <dt>data {f.name}</dt>
            <dd>
              {f.rows} rows of {f.columns} numbers, SHA-256 {f.sha256}
            </dd>
          </>
        ))}
        {Object.entries(digests).map(([file, digest]) => (
          <>
            <dt>{file}</dt>
            <dd>
              SHA-256 <span data-digest={file}>{digest}</span>
            </dd>
          </>
        ))}
      </dl>
      <p class="soft">
        <code>{command}</code> {text === undefined ? "with these files" : "with this study"} writes files with the same digests.
      </p>
    </section>
  );
}
