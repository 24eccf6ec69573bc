import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ViewProps } from "../benches/index.js";
import { description, reading } from "../engine.js";
import { examples } from "../examples.js";
import { pack, unpack } from "../link.js";
import { formatHash, remember } from "../route.js";
import type { Checked, Description, Files } from "../worker/protocol/study.js";
import { editable } from "./edit-text.js";
import { StudyForm } from "./form.js";
import { Results } from "./results.js";
import { Progress, useRunner } from "./runner.js";

const FIRST = examples.find((e) => e.name === "chebyshev")?.text ?? examples[0]!.text;

/** A study: its form, its text, its run, its results. The address holds all of it. */
export function StudyView({ path, query }: ViewProps) {
  const [opened, open] = useState<{ text?: string; problem?: string }>(path[0] ? {} : { text: FIRST });
  useEffect(() => {
    if (path[0])
      unpack(path[0]).then(
        (text) => open({ text }),
        () => open({ text: FIRST, problem: "This link is damaged: the study in it cannot be read. Here is another one." }),
      );
  }, []);
  return opened.text === undefined ? (
    <p class="soft">Opening …</p>
  ) : (
    <Desk first={opened.text} run={query.has("run") && !opened.problem} problem={opened.problem} />
  );
}

function Desk({ first, run, problem }: { first: string; run: boolean; problem: string | undefined }) {
  const [text, change] = useState(first);
  const [tab, choose] = useState<"form" | "yaml">("form");
  const [about, know] = useState<Description>();
  const [checked, see] = useState<Checked>();
  const [files, add] = useState<Files>({});
  const [copied, say] = useState("");
  const runner = useRunner();
  const area = useRef<HTMLTextAreaElement>(null);
  const results = useRef<HTMLDivElement>(null);

  useEffect(() => void description().then(know), []);
  useEffect(() => {
    let here = true;
    const timer = setTimeout(() => {
      void reading()
        .call("check", { text })
        .result.then((answer) => here && see(answer));
    }, 120);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [text]);
  const asked = runner.busy !== undefined || runner.finished?.text === text;
  useEffect(() => {
    let here = true;
    void pack(text).then((part) => here && remember(["study", part], asked ? { run: 1 } : {}));
    return () => void (here = false);
  }, [text, asked]);
  useEffect(() => {
    if (run) runner.start(text);
  }, []);

  const ready = checked !== undefined && checked.problems.length === 0;
  const start = (): void => {
    runner.start(text, files);
    results.current?.focus();
  };
  const toLine = (message: string): void => {
    const line = Number(/^[^:]*:(\d+)/.exec(message)?.[1] ?? 1);
    choose("yaml");
    setTimeout(() => {
      const lines = text.split("\n");
      const from = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0);
      area.current?.focus();
      area.current?.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
    });
  };
  const copy = async (): Promise<void> => {
    const link = `${location.href.replace(/#.*/, "")}${formatHash(["study", await pack(text)], { run: 1 })}`;
    await navigator.clipboard.writeText(link).then(
      () => say("The link is copied: it holds the study and runs it."),
      () => say("The browser does not let this page copy; the address above is the link."),
    );
  };
  const form = useMemo(
    () =>
      !about ? (
        <p class="soft">Reading the schema …</p>
      ) : editable(text) ? (
        <StudyForm about={about} text={text} change={change} />
      ) : (
        <p class="soft">The text cannot be read as YAML; put it right in the other tab.</p>
      ),
    [about, text],
  );
  const tabs = [
    ["form", "Form"],
    ["yaml", "YAML"],
  ] as const;
  const stale = runner.finished && runner.finished.text !== text;
  return (
    <>
      <h1>Study</h1>
      {problem && <p class="problem">{problem}</p>}
      <div class="desk">
        <div>
          <div class="tabs" role="tablist" aria-label="The study as">
            {tabs.map(([name, title]) => (
              <button
                key={name}
                type="button"
                role="tab"
                id={`tab-${name}`}
                aria-selected={tab === name}
                aria-controls="study-panel"
                tabIndex={tab === name ? 0 : -1}
                onClick={() => choose(name)}
                onKeyDown={(e) => {
                  if (e.key !== "ArrowLeft" && e.key !== "ArrowRight") return;
                  const other = name === "form" ? "yaml" : "form";
                  choose(other);
                  document.getElementById(`tab-${other}`)?.focus();
                }}
              >
                {title}
              </button>
            ))}
          </div>
          <div role="tabpanel" id="study-panel" aria-labelledby={`tab-${tab}`}>
            {tab === "form" ? (
              form
            ) : (
              <textarea
                ref={area}
                class="code"
                aria-label="The study as YAML"
                spellcheck={false}
                value={text}
                onInput={(e) => change(e.currentTarget.value)}
              />
            )}
          </div>
          <p class="field">
            <label for="files">Data files</label>
            <input
              id="files"
              type="file"
              accept=".csv,.gz"
              multiple
              onChange={(e) => {
                const chosen = [...(e.currentTarget.files ?? [])];
                void Promise.all(chosen.map(async (f) => [f.name, new Uint8Array(await f.arrayBuffer())] as const)).then((read) =>
                  add((known) => ({ ...known, ...Object.fromEntries(read) })),
                );
              }}
            />
            <small>For data of the source csv, by their name. They stay in this page.</small>
          </p>
        </div>
        <div ref={results} tabIndex={-1} class="plot">
          <div class="buttons">
            {runner.busy ? (
              <button type="button" class="primary" onClick={() => runner.stop()}>
                {runner.busy.stopping ? "Stop at once" : "Stop"}
              </button>
            ) : (
              <button type="button" class="primary" disabled={!ready} onClick={start}>
                Run
              </button>
            )}
            {ready && "kind" in checked && checked.kind === "training" && (
              <button
                type="button"
                onClick={() => void pack(text).then((part) => (location.hash = formatHash(["training", part])))}
              >
                Watch live
              </button>
            )}
            <button type="button" onClick={() => void copy()}>
              Copy link
            </button>
            <span class="soft" role="status">
              {copied}
            </span>
          </div>
          {checked && checked.problems.length > 0 && (
            <ul class="problems" aria-label="Mistakes in the study">
              {checked.problems.map((message) => (
                <li key={message}>
                  <button type="button" onClick={() => toLine(message)}>
                    {message}
                  </button>
                </li>
              ))}
            </ul>
          )}
          {runner.busy && <Progress busy={runner.busy} />}
          {runner.failure && (
            <p class="problem" role="alert">
              {runner.failure}
            </p>
          )}
          {!runner.busy && !runner.finished && !runner.failure && (
            <p class="soft">Run the study to see its verdict, its charts and its numbers here.</p>
          )}
          {stale && <p class="soft">The results below are those of the study before your change.</p>}
          {runner.finished && <Results run={runner.finished.run} text={runner.finished.text} />}
        </div>
      </div>
    </>
  );
}
