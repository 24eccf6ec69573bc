import type { InspectionOptions } from "#report";
import type { PartCard } from "../worker/protocol/inspect.js";
import type { Description } from "../worker/protocol/study.js";

/** What stands in the fields, as it was typed. */
export interface Typed {
  /** Seconds; "" for no limit. */
  readonly budget: string;
  readonly parts: readonly string[];
  readonly target: string;
  readonly inputs: string;
  readonly samples: string;
  readonly divideBy: string;
  readonly loss: string;
  readonly output: string;
  readonly seed: string;
}

export const standard: Typed = {
  budget: "60",
  parts: [],
  target: "",
  inputs: "",
  samples: "",
  divideBy: "",
  loss: "",
  output: "",
  seed: "0",
};

/** The options of the command, and what in the fields is none. */
export function asked(typed: Typed): { readonly options: InspectionOptions; readonly mistakes: readonly string[] } {
  const mistakes: string[] = [];
  const number = (key: "samples" | "divideBy" | "seed", name: string, whole: boolean, least: number, most: number) => {
    const text = typed[key].trim();
    if (text === "") return {};
    const value = Number(text);
    if (Number.isFinite(value) && (!whole || Number.isInteger(value)) && value >= least && value <= most) return { [key]: value };
    mistakes.push(`${name}: "${text}" given; expected a ${whole ? "whole " : ""}number from ${least} to ${most}`);
    return {};
  };
  const options = {
    seed: 0,
    ...number("seed", "Seed", true, 0, Number.MAX_SAFE_INTEGER - 1000),
    ...number("samples", "First samples", true, 1, 1e9),
    ...number("divideBy", "Divide inputs by", false, 1e-300, 1e300),
    ...(typed.budget === "" ? {} : { budget: Number(typed.budget) }),
    ...(typed.parts.length === 0 ? {} : { parts: typed.parts }),
    ...(typed.loss === "" ? {} : { loss: typed.loss }),
    ...(typed.output.trim() === "" ? {} : { output: typed.output.trim() }),
  };
  return { options, mistakes };
}

const BUDGETS = [
  ["10", "10 seconds"],
  ["60", "a minute"],
  ["300", "5 minutes"],
  ["", "no limit"],
] as const;

/** The options of `separatrix inspect` as fields. */
export function InspectOptions(props: {
  readonly typed: Typed;
  readonly about: Description | undefined;
  readonly parts: readonly PartCard[];
  readonly change: (typed: Typed) => void;
}) {
  const { typed, about, parts, change } = props;
  const field = (key: Exclude<keyof Typed, "parts">, title: string, help: string, numeric = false) => (
    <div class="field">
      <label for={`inspect-${key}`}>{title}</label>
      <input
        id={`inspect-${key}`}
        type="text"
        inputMode={numeric ? "decimal" : "text"}
        autocomplete="off"
        spellcheck={false}
        value={typed[key]}
        aria-describedby={`inspect-${key}-help`}
        onInput={(e) => change({ ...typed, [key]: e.currentTarget.value })}
      />
      <small id={`inspect-${key}-help`}>{help}</small>
    </div>
  );
  return (
    <form class="form" onSubmit={(e) => e.preventDefault()}>
      <div class="field">
        <label for="inspect-budget">Budget</label>
        <select
          id="inspect-budget"
          value={typed.budget}
          disabled={typed.parts.length > 0}
          aria-describedby="inspect-budget-help"
          onChange={(e) => change({ ...typed, budget: e.currentTarget.value })}
        >
          {BUDGETS.map(([seconds, words]) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
        </select>
        <small id="inspect-budget-help">Chooses what fits (--budget), and says what was left out.</small>
      </div>
      {field("target", "Target", "Column or array of the targets (--target); by itself the last column, y, targets or labels.")}
      {field("samples", "First samples", "Only so many (--samples); all where it is empty.", true)}
      {field("divideBy", "Divide inputs by", "255 for bytes (--divide-by).", true)}
      <details>
        <summary>More</summary>
        {field("inputs", "Inputs", "Array of the inputs in an .npz (--inputs).")}
        <div class="field">
          <label for="inspect-loss">Loss</label>
          <select id="inspect-loss" value={typed.loss} onChange={(e) => change({ ...typed, loss: e.currentTarget.value })}>
            <option value="">by the model's end and the targets</option>
            {about?.losses.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </div>
        {field("output", "Output", "Output of the model to look at (--output); by itself the first of floating point.")}
        {field("seed", "Seed", "Of everything random.", true)}
        <fieldset>
          <legend>Parts</legend>
          <small class="soft">None ticked: as many as the budget allows. Some ticked: these, whatever they take (--parts).</small>
          {parts.map(({ name, description }) => (
            <p class="check" key={name}>
              <input
                id={`part-${name}`}
                type="checkbox"
                checked={typed.parts.includes(name)}
                onChange={(e) =>
                  change({
                    ...typed,
                    parts: e.currentTarget.checked ? [...typed.parts, name] : typed.parts.filter((p) => p !== name),
                  })
                }
              />
              <label for={`part-${name}`}>
                {name} <small>{description}</small>
              </label>
            </p>
          ))}
        </fieldset>
      </details>
    </form>
  );
}
