import { useEffect, useRef, useState } from "preact/hooks";
import { holdsOneArray } from "#report";
import type { ViewProps } from "../benches/index.js";
import { description, here, partCards } from "../engine.js";
import { bytesOf, DATA, handedOver, kindOf, MODEL, offer, openWith } from "../files.js";
import { Chooser } from "../parts/chooser.js";
import { remember } from "../route.js";
import type { InspectedFiles, InspectInput, InspectNews, PartCard, PlannedLine } from "../worker/protocol/inspect.js";
import type { Description } from "../worker/protocol/study.js";
import { asked, InspectOptions, standard, type Typed } from "./inspect-options.js";
import { Plan } from "./plan.js";
import { Findings, Results } from "./results.js";
import { Progress, useRunner } from "./runner.js";

const ROLES = ["model", "structure", "data", "targets"] as const;
type Role = (typeof ROLES)[number];
type Chosen = Partial<Readonly<Record<Role, File>>>;

const TITLES: Readonly<Record<Role, string>> = {
  model: "Model",
  structure: "Widths and layers",
  data: "Data",
  targets: "Targets",
};

/** What the sample is looked at with: pixels go from 0 to 16, and it answers at once. */
const SAMPLE: Typed = { ...standard, budget: "10", samples: "360", divideBy: "16" };

/** Files by what they are for. Of two files of arrays the smaller one holds the targets. */
function sorted(known: Chosen, files: readonly File[]): Chosen {
  const of = (kind: string) => files.filter((f) => kindOf(f.name) === kind);
  const [model] = of("model");
  const [structure] = of("structure");
  const data = of("data");
  const beside = known.data && !known.targets && data.length === 1 && [known.data, ...data].every((f) => holdsOneArray(f.name));
  const pair = (beside ? [known.data!, ...data] : data).sort((a, b) => b.size - a.size);
  const { model: oldModel, structure: oldStructure, data: oldData, targets: oldTargets } = known;
  const samples = pair.length > 0 ? { data: pair[0], targets: pair[1] } : { data: oldData, targets: oldTargets };
  const all = { model: model ?? oldModel, structure: structure ?? oldStructure, ...samples };
  return Object.fromEntries(Object.entries(all).filter(([, f]) => f !== undefined));
}

/** Files of weights beside a model, each name once: of two the later one. */
const besides = (known: readonly File[], files: readonly File[]): readonly File[] => {
  const fresh = files.filter((f) => kindOf(f.name) === "weights");
  return [...known.filter((f) => fresh.every((g) => g.name !== f.name)), ...fresh];
};

async function read(chosen: Chosen, weights: readonly File[]): Promise<InspectedFiles> {
  const entries = Object.entries(chosen).map(async ([role, file]) => [role, await bytesOf(file)] as const);
  const files = Object.fromEntries(await Promise.all(entries)) as unknown as InspectedFiles;
  return { ...files, weights: await Promise.all(weights.map(bytesOf)) };
}

/** A model file, and data if there are any: what `separatrix inspect` tells of them, part by part as it is found. */
export function InspectView({ query }: ViewProps) {
  const sample = query.get("sample") === "digits";
  const [first] = useState(handedOver);
  const [chosen, choose] = useState<Chosen>(() => sorted({}, first));
  const [weights, weigh] = useState<readonly File[]>(() => besides([], first));
  const [trial, setTrial] = useState(sample);
  const [typed, type] = useState<Typed>(sample ? SAMPLE : standard);
  const [about, know] = useState<Description>();
  const [parts, offerParts] = useState<readonly PartCard[]>([]);
  const [problem, complain] = useState("");
  const [plan, setPlan] = useState<readonly PlannedLine[]>();
  const [compiling, compile] = useState("");
  const [soFar, see] = useState<Extract<InspectNews, { soFar: unknown }>["soFar"]>();
  const [stale, age] = useState(false);
  const results = useRef<HTMLDivElement>(null);
  const runner = useRunner("inspect", (news) => {
    if ("plan" in news) setPlan(news.plan);
    else if ("compiling" in news) compile(`Compiling ${news.compiling} on ${news.samples.toLocaleString("en-US")} samples …`);
    else if ("soFar" in news) see(news.soFar);
  });
  const { busy, finished, failure } = runner;
  const { mistakes } = asked(typed);

  const start = (files: InspectInput["files"], words: Typed): void => {
    const { options: wanted } = asked(words);
    complain("");
    setPlan(undefined);
    compile("");
    see(undefined);
    age(false);
    runner.start({
      files,
      ...(words.target === "" ? {} : { target: words.target }),
      ...(words.inputs === "" ? {} : { inputs: words.inputs }),
      options: wanted,
      ...here(),
    });
  };
  const begin = (): void => {
    if (trial) start("sample", typed);
    else
      read(chosen, weights).then(
        (files) => start(files, typed),
        (error: Error) => complain(error.message),
      );
    results.current?.focus();
  };
  const trySample = (): void => {
    choose({});
    weigh([]);
    setTrial(true);
    type(SAMPLE);
    remember(["inspect"], { sample: "digits" });
    start("sample", SAMPLE);
  };
  const take = (files: readonly File[]): void => {
    choose((known) => sorted(known, files));
    weigh((known) => besides(known, files));
    if (trial) type(standard);
    setTrial(false);
    complain("");
    age(true);
    remember(["inspect"]);
  };

  useEffect(() => {
    void description().then(know);
    void partCards().then(offerParts);
  }, []);
  useEffect(() => {
    if (sample) trySample();
  }, []);
  useEffect(
    () =>
      offer((files) => {
        const kinds = files.map((f) => kindOf(f.name));
        // Data alone are trained on, unless they join a model.
        if (kinds.includes("study") || !(chosen.model || kinds.includes("model") || kinds.includes("weights"))) return false;
        take(files);
        return true;
      }),
    [chosen],
  );

  const drop = (role: Role): void => {
    const { [role]: _, ...rest } = chosen;
    choose(rest);
    // What stands beside a model goes with it.
    if (role === "model") weigh([]);
    age(true);
  };
  const shown = [
    ...ROLES.flatMap((role) => (chosen[role] ? [{ title: TITLES[role], file: chosen[role], remove: () => drop(role) }] : [])),
    ...weights.map((file) => ({
      title: "Weights of the model",
      file,
      remove: () => (weigh(weights.filter((f) => f !== file)), age(true)),
    })),
  ];
  return (
    <>
      <h1>Inspect a model</h1>
      <p class="own">
        What <code>separatrix inspect</code> tells, computed in this page: the class of the model's input-output map, Lyapunov
        exponents of its layers, sharpness with the largest stable learning rates, stability of SGD, the order of samples that its
        units keep, the spectrum of the Hessian, and the noise that samples bear. Choose a model (.onnx, with the file of its
        weights if they stand in one of their own, or .safetensors with the .json of its layers) and data with inputs and targets,
        or drop them anywhere.
      </p>
      <div class="desk">
        <div>
          <p class="buttons">
            <Chooser id="model-file" accept={MODEL} multiple onChoose={take}>
              Choose a model
            </Chooser>
            <Chooser id="data-file" accept={DATA} multiple onChoose={take}>
              Choose data
            </Chooser>
            <button type="button" onClick={trySample}>
              Try a sample
            </button>
          </p>
          {shown.length > 0 ? (
            <ul class="chosen" aria-label="Chosen files">
              {shown.map(({ title, file, remove }) => (
                <li key={`${title} ${file.name}`}>
                  <span>
                    {title}: <strong>{file.name}</strong> <span class="soft">{file.size.toLocaleString("en-US")} bytes</span>
                  </span>
                  <button type="button" class="small" aria-label={`Remove ${file.name}`} onClick={remove}>
                    Remove
                  </button>
                </li>
              ))}
            </ul>
          ) : (
            <p class="soft">
              {trial
                ? "The sample: a network of PyTorch, 64-32-32-10, and 360 of the handwritten digits that it was trained on."
                : "No files are chosen. The sample is a network of PyTorch with handwritten digits, 70 kB."}
            </p>
          )}
          {chosen.model && !chosen.data && (
            <p class="soft">Without data only what the file itself tells is told; everything else is measured on data.</p>
          )}
          {weights.length > 0 && !chosen.model && (
            <p class="soft">These are weights of a model: choose the model (.onnx) that they belong to as well.</p>
          )}
          {chosen.data && !chosen.model && (
            <p class="buttons">
              <button
                type="button"
                onClick={() => openWith("#/study", [chosen.data!, ...(chosen.targets ? [chosen.targets] : [])])}
              >
                Train a network on these data
              </button>
            </p>
          )}
          <InspectOptions typed={typed} about={about} parts={parts} change={(words) => (type(words), age(true))} />
        </div>
        <div ref={results} tabIndex={-1} class="plot">
          <div class="buttons">
            {busy ? (
              <button type="button" class="primary" onClick={() => runner.stop()}>
                {busy.stopping ? "Stop at once" : "Stop"}
              </button>
            ) : (
              <button type="button" class="primary" disabled={!(trial || chosen.model) || mistakes.length > 0} onClick={begin}>
                Inspect
              </button>
            )}
          </div>
          {[...mistakes, problem, failure].filter(Boolean).map((message) => (
            <p key={message} class="problem" role="alert">
              {message}
            </p>
          ))}
          {busy && <Progress busy={busy} />}
          {busy && !plan && <p class="soft">{compiling}</p>}
          {plan && (
            <Plan
              lines={plan}
              taken={(busy ? soFar : finished?.run)?.clock.questions ?? {}}
              now={busy?.news?.note}
              ended={!busy}
            />
          )}
          {!busy && !finished && !failure && <p class="soft">What is found appears here, part by part.</p>}
          {stale && finished && !busy && <p class="soft">The results below are those of before your change.</p>}
          {busy && soFar && <Findings run={soFar} headline="Known so far" />}
          {!busy && finished && <Results run={finished.run} />}
        </div>
      </div>
    </>
  );
}
