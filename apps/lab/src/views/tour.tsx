import { useEffect } from "preact/hooks";
import type { ViewProps } from "../benches/index.js";
import { here } from "../engine.js";
import { pack } from "../link.js";
import { Formula } from "../parts/math.js";
import { formatHash } from "../route.js";
import { stops } from "../tour/stops.js";
import { Chart } from "./results.js";
import { Progress, useRunner } from "./runner.js";

/** A walk along a few studies, each run on arrival. */
export function Tour({ path }: ViewProps) {
  const number = Math.min(stops.length, Math.max(1, Math.floor(Number(path[0] ?? 1)) || 1));
  const stop = stops[number - 1]!;
  const runner = useRunner("run");
  useEffect(() => runner.start({ text: stop.study, files: {}, ...here() }), []);
  const run = runner.finished?.run;
  const link = (to: number, text: string) => (
    <a class="button" href={formatHash(["tour", String(to)])}>
      {text}
    </a>
  );
  return (
    <>
      <nav aria-label="Stops of the tour">
        <ol class="stops">
          {stops.map((s, i) => (
            <li key={s.title}>
              <a
                href={formatHash(["tour", String(i + 1)])}
                aria-current={i + 1 === number ? "step" : undefined}
                title={s.title}
                aria-label={`Stop ${i + 1}: ${s.title}`}
              >
                {i + 1}
              </a>
            </li>
          ))}
        </ol>
      </nav>
      <article class="stop">
        <h1>{stop.title}</h1>
        {stop.text.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <Formula tex={stop.formula} label={stop.label} />
      </article>
      {runner.busy && <Progress busy={runner.busy} />}
      {runner.failure && (
        <p class="problem" role="alert">
          {runner.failure}
        </p>
      )}
      {run && (
        <section aria-labelledby="found">
          <h2 id="found">What the study found</h2>
          <div class={`verdict ${run.manifest.status}`}>
            {run.manifest.verdict.slice(0, 3).map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </div>
          <div class="charts">
            {run.figures.slice(0, stop.figures ?? run.figures.length).map((figure) => (
              <Chart key={figure.title} figure={figure} name={`tour-${number}`} />
            ))}
          </div>
        </section>
      )}
      <p class="buttons">
        {number > 1 && link(number - 1, "Back")}
        {number < stops.length ? (
          <a class="button primary" href={formatHash(["tour", String(number + 1)])}>
            Next: {stops[number]!.title}
          </a>
        ) : (
          <a class="button primary" href="#/">
            To the gallery
          </a>
        )}
        {stop.bench && (
          <a class="button" href={stop.bench.hash}>
            {stop.bench.title}
          </a>
        )}
        <button
          type="button"
          onClick={() => void pack(stop.study).then((part) => (location.hash = formatHash(["study", part], { run: 1 })))}
        >
          Edit this study
        </button>
      </p>
    </>
  );
}
