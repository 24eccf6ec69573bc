import type { ComponentChildren } from "preact";

/** A slider with its value in words. */
export function Slider(props: {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value in words. */
  readonly words: string;
  readonly onInput?: (value: number) => void;
  readonly onChange?: (value: number) => void;
  readonly help?: string;
}) {
  const { id, label, words, help, onInput, onChange, ...range } = props;
  return (
    <div class="control">
      <div class="row">
        <label for={id}>{label}</label>
        <output for={id}>{words}</output>
      </div>
      <input
        id={id}
        type="range"
        aria-valuetext={words}
        {...range}
        onInput={(e) => onInput?.(Number(e.currentTarget.value))}
        onChange={(e) => onChange?.(Number(e.currentTarget.value))}
      />
      {help && <small class="soft">{help}</small>}
    </div>
  );
}

const pace = (speed: number): string => (speed === Infinity ? "as fast as it goes" : `${speed.toLocaleString("en-US")} steps/s`);

/** A slider over speeds; it tells the place in the list. */
export function Speed(props: {
  readonly speeds: readonly number[];
  readonly at: number;
  /** The speed in words; default: steps a second. */
  readonly words?: string;
  readonly onInput: (at: number) => void;
}) {
  const { speeds, at, words = pace(speeds[at]!), onInput } = props;
  return <Slider id="speed" label="Speed" value={at} min={0} max={speeds.length - 1} step={1} words={words} onInput={onInput} />;
}

/** A menu. */
export function Choice(props: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}) {
  const { id, label, value, options, onChange } = props;
  return (
    <div class="control">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(e) => onChange(e.currentTarget.value)}>
        {options.map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Numbers that change, in tiles. */
export function Readout({ entries }: { readonly entries: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="readout">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
