import { parse } from "yaml";
import type { Description, JsonSchema } from "../worker/protocol/study.js";
import { edited, valuesOf, type Path } from "./edit-text.js";

type Edit = (path: Path, value: unknown) => void;

/** learningRate as "learning rate". */
const words = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();

const at = (value: unknown, key: string | number): unknown =>
  value !== null && typeof value === "object" ? (value as Record<string | number, unknown>)[key] : undefined;

/** The key that tells the members of a choice apart, and their values. */
function tagOf(options: readonly JsonSchema[]): string {
  const keys = Object.keys(options[0]?.properties ?? {});
  return keys.find((key) => options.every((o) => o.properties?.[key]?.const !== undefined)) ?? "type";
}

const shown = (value: unknown): string =>
  value === undefined
    ? ""
    : Array.isArray(value)
      ? value.map((v) => (Array.isArray(v) ? `[${shown(v)}]` : String(v))).join(", ")
      : typeof value === "object" && value !== null
        ? Object.entries(value)
            .map(([key, v]) => `${key}: ${shown(v)}`)
            .join(", ")
        : String(value);

/** What was typed into a field that takes a value, a list or names with values. */
function typed(text: string, list: boolean, named: boolean): unknown {
  if (text.trim() === "") return undefined;
  try {
    if (named) return parse(`{${text.replace(/^\s*\{|\}\s*$/g, "")}}`) as unknown;
    return parse(list || text.includes(",") ? `[${text.replace(/^\s*\[|\]\s*$/g, "")}]` : text) as unknown;
  } catch {
    return text;
  }
}

interface FieldProps {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly path: Path;
  readonly value: unknown;
  readonly required: boolean;
  readonly edit: Edit;
}

/** One value of a study: the control follows from its schema. */
function Field(props: FieldProps) {
  const { name, schema, path, value, required, edit } = props;
  const id = `field-${path.join("-")}`;
  if (schema.const !== undefined) return null;
  if (schema.oneOf) return <Choice {...props} options={schema.oneOf} />;
  if (schema.type === "object" && schema.properties) {
    const optional = !required && schema.default === undefined && (schema.required?.length ?? 0) > 0;
    if (optional && value === undefined)
      return (
        <p class="check">
          <button type="button" class="small" onClick={() => edit(path, filled(schema))}>
            Add {words(name)}
          </button>
          <small>{schema.description}</small>
        </p>
      );
    return (
      <fieldset>
        <legend>{words(name)}</legend>
        {optional && (
          <button type="button" class="small" onClick={() => edit(path, undefined)}>
            Remove {words(name)}
          </button>
        )}
        <Fields schema={schema} path={path} value={value} edit={edit} />
      </fieldset>
    );
  }
  const help = schema.description && <small id={`${id}-help`}>{schema.description}</small>;
  const described = schema.description ? { "aria-describedby": `${id}-help` } : {};
  if (schema.type === "boolean")
    return (
      <div class="field">
        <label for={id}>{words(name)}</label>
        <span>
          <input
            id={id}
            type="checkbox"
            checked={Boolean(value ?? schema.default)}
            onChange={(e) => edit(path, e.currentTarget.checked)}
            {...described}
          />
        </span>
        {help}
      </div>
    );
  if (schema.enum)
    return (
      <div class="field">
        <label for={id}>{words(name)}</label>
        <select
          id={id}
          value={String(value ?? schema.default ?? "")}
          onChange={(e) => edit(path, e.currentTarget.value)}
          {...described}
        >
          {schema.enum.map((option) => (
            <option key={String(option)} value={String(option)}>
              {String(option)}
            </option>
          ))}
        </select>
        {help}
      </div>
    );
  const [list, named] = [schema.type === "array", schema.type === "object"];
  const numeric = schema.type === "number" || schema.type === "integer";
  return (
    <div class="field">
      <label for={id}>
        {words(name)}
        {required && value === undefined ? " (needed)" : ""}
      </label>
      <input
        id={id}
        type="text"
        inputMode={numeric ? "decimal" : "text"}
        autocomplete="off"
        spellcheck={false}
        value={shown(value)}
        placeholder={schema.default === undefined ? "" : shown(schema.default)}
        onChange={(e) =>
          edit(path, schema.type === "string" ? e.currentTarget.value || undefined : typed(e.currentTarget.value, list, named))
        }
        {...described}
      />
      {help}
    </div>
  );
}

/** A group with its smallest content: what is needed, at its least. */
function filled(schema: JsonSchema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.oneOf) return filled(schema.oneOf[0]!);
  if (schema.enum) return schema.enum[0];
  if (schema.type === "object")
    return Object.fromEntries((schema.required ?? []).map((key) => [key, filled(schema.properties![key]!)]));
  if (schema.type === "number") return schema.exclusiveMinimum === undefined ? (schema.minimum ?? 0.1) : 0.1;
  if (schema.type === "integer") return Math.max(schema.minimum ?? 1, 10);
  return schema.type === "boolean" ? false : "";
}

/** A choice of one kind of thing; what the kinds have in common stays when another is chosen. */
function Choice({
  name,
  schema,
  path,
  value,
  required,
  edit,
  options,
}: FieldProps & { readonly options: readonly JsonSchema[] }) {
  const tag = tagOf(options);
  const named = (o: JsonSchema): string => String(o.properties![tag]!.const);
  const chosen = options.find((o) => named(o) === at(value, tag)) ?? (value === undefined && !required ? undefined : options[0]);
  const id = `field-${path.join("-")}`;
  const choose = (to: string): void => {
    const option = options.find((o) => named(o) === to);
    if (!option) return edit(path, undefined);
    const kept = Object.entries((value ?? {}) as object).filter(([key]) => key !== tag && option.properties![key]);
    const needed = (option.required ?? [])
      .filter((key) => key !== tag && at(value, key) === undefined)
      .map((key) => [key, filled(option.properties![key]!)] as const)
      .filter(([, v]) => v !== "");
    edit(path, { [tag]: to, ...Object.fromEntries(needed), ...Object.fromEntries(kept) });
  };
  return (
    <fieldset>
      <legend>
        <label for={id}>{words(name)}</label>
      </legend>
      <select id={id} value={chosen ? named(chosen) : ""} onChange={(e) => choose(e.currentTarget.value)}>
        {!required && <option value="">none</option>}
        {options.map((o) => (
          <option key={named(o)} value={named(o)}>
            {named(o)}
          </option>
        ))}
      </select>
      {(chosen?.description ?? schema.description) && <small class="soft"> {chosen?.description ?? schema.description}</small>}
      {chosen && <Fields schema={chosen} path={path} value={value} edit={edit} />}
    </fieldset>
  );
}

function Fields({ schema, path, value, edit }: Pick<FieldProps, "schema" | "path" | "value" | "edit">) {
  return (
    <>
      {Object.entries(schema.properties ?? {}).map(([name, inner]) => (
        <Field
          key={name}
          name={name}
          schema={inner}
          path={[...path, name]}
          value={at(value, name)}
          required={schema.required?.includes(name) ?? false}
          edit={edit}
        />
      ))}
    </>
  );
}

/** The questions that the chosen kind of system knows, to be ticked. */
function Questions({ schema, known, value, edit }: { schema: JsonSchema; known: readonly string[]; value: unknown; edit: Edit }) {
  const asked = Array.isArray(value) ? (value as unknown[]) : [];
  const options = (schema.items?.oneOf ?? []).filter((o) => known.includes(String(o.properties!["type"]!.const)));
  return (
    <fieldset>
      <legend>questions</legend>
      {options.map((option) => {
        const name = String(option.properties!["type"]!.const);
        const i = asked.findIndex((q) => at(q, "type") === name);
        const id = `question-${name}`;
        const toggle = (on: boolean): void =>
          edit(
            ["questions"],
            on
              ? [...asked, filled({ ...option, required: [...new Set(["type", ...(option.required ?? [])])] })]
              : asked.filter((_, j) => j !== i),
          );
        return (
          <div key={name}>
            <p class="check">
              <input id={id} type="checkbox" checked={i >= 0} onChange={(e) => toggle(e.currentTarget.checked)} />
              <label for={id}>
                {name} <small>{option.description}</small>
              </label>
            </p>
            {i >= 0 && Object.keys(option.properties!).length > 1 && (
              <fieldset aria-label={name}>
                <Fields schema={option} path={["questions", i]} value={asked[i]} edit={edit} />
              </fieldset>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}

/** A study as a form. Everything in it comes from the schema: a new kind or question appears by itself. */
export function StudyForm({ about, text, change }: { about: Description; text: string; change: (text: string) => void }) {
  const value = valuesOf(text);
  const edit: Edit = (path, to) => change(edited(text, path, to));
  const { title, seed, system, questions } = about.schema.properties!;
  const kind = String(at(at(value, "system"), "kind") ?? about.kinds[0]!.name);
  const known = about.kinds.find((k) => k.name === kind)?.questions ?? [];
  return (
    <form class="form" onSubmit={(e) => e.preventDefault()}>
      <Field name="title" schema={title!} path={["title"]} value={at(value, "title")} required={false} edit={edit} />
      <Field name="seed" schema={seed!} path={["seed"]} value={at(value, "seed")} required={false} edit={edit} />
      <Field name="system" schema={system!} path={["system"]} value={at(value, "system")} required={true} edit={edit} />
      <Questions schema={questions!} known={known} value={at(value, "questions")} edit={edit} />
    </form>
  );
}
