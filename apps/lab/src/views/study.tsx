import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ViewProps } from "../benches/index.js";
import { description, here, reading } from "../engine.js";
import { examples } from "../examples.js";
import { bytesOf, DATA, handedOver, kindOf, offer } from "../files.js";
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
  const [given] = useState(handedOver);
  const [opened, open] = useState<{ text?: string; problem?: string; files?: Files }>(
    path[0] || given.length > 0 ? {} : { text: FIRST },
  );
  useEffect(() => {
    if (given.length > 0) void trainingOn(given).then(open);
    else if (path[0])
      unpack(path[0]).then(
        (text) => open({ text }),
        () => open({ text: FIRST, problem: "This link is damaged: the study in it cannot be read. Here is another one." }),
      );
  }, []);
  return opened.text === undefined ? (
    <p class="soft">Opening …</p>
  ) : (
    <Desk first={opened.text} chosen={opened.files ?? {}} run={query.has("run") && !opened.problem} problem={opened.problem} />
  );
}

/** A study that trains on data which were dropped or chosen without a model. */
async function trainingOn(given: readonly File[]): Promise<{ text: string; problem?: string; files?: Files }> {
  try {
    const files = await Promise.all(given.map(bytesOf));
    const { text } = await reading().call("suggest", { files }).result;
    return { text, files: Object.fromEntries(files.map((f) => [f.name, f.bytes])) };
  } catch (error) {
    return { text: FIRST, problem: `${(error as Error).message}\nHere is a study of another kind.` };
  }
}

interface DeskProps {
  readonly first: string;
  readonly chosen: Files;
  readonly run: boolean;
  readonly problem: string | undefined;
}

function Desk({ first, chosen, run, problem }: DeskProps) {
  const [text, change] = useState(first);
  const [tab, choose] = useState<"form" | "yaml">("form");
  const [about, know] = useState<Description>();
  const [checked, see] = useState<Checked>();
  const [files, add] = useState<Files>(chosen);
  const [unread, complain] = useState("");
  const [copied, say] = useState("");
  const runner = useRunner("run");
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
  const asked = runner.busy !== undefined || runner.finished?.input.text === text;
  useEffect(() => {
    let here = true;
    void pack(text).then((part) => here && remember(["study", part], asked ? { run: 1 } : {}));
    return () => void (here = false);
  }, [text, asked]);
  const begin = (): void => runner.start({ text, files, ...here() });
  useEffect(() => {
    if (run) begin();
  }, []);
  const take = (more: readonly File[]): Promise<void> =>
    Promise.all(more.map(bytesOf)).then(
      (read) => (add((known) => ({ ...known, ...Object.fromEntries(read.map((f) => [f.name, f.bytes])) })), complain("")),
      (error: Error) => complain(error.message),
    );
  // What is dropped here and named in the study is its data; anything else opens in a place of its own.
  useEffect(
    () =>
      offer((dropped) => {
        if (!dropped.every((f) => kindOf(f.name) === "data" && text.includes(f.name))) return false;
        void take(dropped);
        return true;
      }),
    [text],
  );

  const ready = checked !== undefined && checked.problems.length === 0;
  const start = (): void => {
    begin();
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
  const stale = runner.finished && runner.finished.input.text !== text;
  return (
    <>
      <h1>Study</h1>
      {problem && <p class="problem">{problem}</p>}
      <div class="desk">
        <div>
          <p class="below">
            <button type="button" class="small" onClick={() => results.current?.focus()}>
              Go to Run and results
            </button>
          </p>
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
              accept={DATA}
              multiple
              aria-describedby="files-chosen"
              onChange={(e) => void take([...(e.currentTarget.files ?? [])])}
            />
            <small id="files-chosen">
              {Object.keys(files).length > 0 && <>Chosen: {Object.keys(files).join(", ")}. </>}
              For data of the sources csv, arrays and parquet, by their name. They stay in this page.
            </small>
          </p>
          {unread && (
            <p class="problem" role="alert">
              {unread}
            </p>
          )}
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
          {runner.finished && <Results run={runner.finished.run} text={runner.finished.input.text} />}
        </div>
      </div>
    </>
  );
}
