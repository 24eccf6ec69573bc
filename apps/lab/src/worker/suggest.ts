import type { Table } from "#dynamics";
import { holdsOneArray, parseSamples, tableOf, UserError, type DataFile } from "#report";
import { dataFile } from "./data-file.js";
import type { Work } from "./protocol/jobs.js";

/** More classes than this are numbers to be met rather than classes. */
const MOST_CLASSES = 100;
/** Samples of a study that answers while one watches. */
const MOST_SAMPLES = 2000;
const TARGETS = ["target", "targets", "label", "labels", "class", "y"];

/** Words in a study: JSON's texts are YAML's. */
const word = (text: string): string =>
  /^[A-Za-z][\w.-]*$/.test(text) && !/^(true|false|null)$/i.test(text) ? text : JSON.stringify(text);

/** Data made into a study: what of them is the target, where that stands, and what to write for another one. */
interface Found {
  readonly name: string;
  readonly rows: number;
  readonly inputs: number;
  /** Number of classes, 0 where the targets are numbers. */
  readonly classes: number;
  readonly outputs: number;
  /** Keys of the study's data besides the rows. */
  readonly keys: readonly string[];
  readonly about: readonly string[];
}

/** Writes a study that trains a network on data files, and says in its comments what it takes for the targets. */
export const suggest: Work<"suggest"> = async ({ files }) => {
  const read = await Promise.all(files.map(dataFile));
  const table = read.find((f) => /\.(csv|parquet)$/i.test(f.name.replace(/\.gz$/i, "")));
  return { text: study(table ? ofTable(table.name, await tableOf(table)) : await ofArrays(read)) };
};

/** Whole numbers from 0, of which not nearly every one is another. */
function classesOf(values: ArrayLike<number>): number {
  const seen = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (!Number.isInteger(v) || v < 0 || v >= MOST_CLASSES) return 0;
    seen.add(v);
  }
  return seen.size < 2 || 2 * seen.size > values.length ? 0 : 1 + Math.max(...seen);
}

function ofTable(name: string, { rows, columns, values, names }: Table): Found {
  if (columns < 2) throw new UserError(`${name}: one column; expected inputs and a target`);
  const usual = names?.findIndex((n) => TARGETS.includes(n.toLowerCase())) ?? -1;
  const at = usual >= 0 ? usual : columns - 1;
  const column = Float64Array.from({ length: rows }, (_, i) => values[i * columns + at]!);
  const classes = classesOf(column);
  const unique = names && names[at] !== "" && names.indexOf(names[at]!) === names.lastIndexOf(names[at]!);
  const called = unique ? word(names[at]!) : String(at);
  const source = /\.parquet$/i.test(name) ? "parquet" : "csv";
  return {
    name,
    rows,
    inputs: columns - 1,
    classes,
    outputs: classes || 1,
    keys: [
      `source: ${source}`,
      `path: ${word(name)}`,
      ...(source === "csv" ? [`header: ${names !== undefined}`] : []),
      classes ? `label: ${called}` : `targets: [${called}]`,
    ],
    about: [
      `The target is ${usual >= 0 ? "" : "the last column, "}number ${at} of 0 to ${columns - 1}${unique ? ` (${word(names[at]!)})` : ""}; all others are inputs.`,
      classes
        ? `It holds whole numbers from 0 to ${classes - 1}, so they are taken for classes (label). If they are amounts, write  targets: [${called}]  for  label: ${called}.`
        : `It is taken for a number to be met (targets). Several columns can be: targets: [${called}, …]. A column of classes, whole numbers from 0, is a label.`,
      `Another column goes there by its number${names ? " or its name" : ""}.`,
    ],
  };
}

async function ofArrays(files: readonly DataFile[]): Promise<Found> {
  // Of two files the one with fewer numbers a sample holds the targets, whichever was named first.
  const [first, second] = [...files].sort((a, b) => b.bytes.length - a.bytes.length);
  const file = first!;
  if (holdsOneArray(file.name) && !second)
    throw new UserError(
      `${file.name}: it holds one array; a study needs inputs and targets, so drop the file of the targets together with it`,
    );
  const { inputs, targets, files: entries } = await parseSamples(file, {}, holdsOneArray(file.name) ? second : undefined);
  if (inputs.rows !== targets.rows)
    throw new UserError(`${entries[1]!.name} has ${targets.rows} rows; ${entries[0]!.name} has ${inputs.rows}`);
  const classes = targets.columns === 1 ? classesOf(targets.values) : 0;
  const [x, y] = entries.map((e) => {
    const [path, array] = e.name.split("#");
    return array === undefined ? word(path!) : `{ path: ${word(path!)}, array: ${word(array)} }`;
  });
  return {
    name: file.name,
    rows: inputs.rows,
    inputs: inputs.columns,
    classes,
    outputs: classes || targets.columns,
    keys: ["source: arrays", `inputs: ${x}`, `${classes ? "label" : "targets"}: ${y}`],
    about: [
      `The inputs are ${entries[0]!.name}, ${inputs.columns} numbers a sample; the targets are ${entries[1]!.name}.`,
      classes
        ? `They are whole numbers from 0 to ${classes - 1}, so they are taken for classes (label). If they are amounts, write  targets  for  label.`
        : `They are taken for numbers to be met (targets); classes, whole numbers from 0, would be a label.`,
    ],
  };
}

function study({ name, rows, inputs, classes, outputs, keys, about }: Found): string {
  const test = rows < 10 ? 0 : Math.min(Math.floor(rows / 5), MOST_SAMPLES / 4);
  const train = Math.min(rows - test, MOST_SAMPLES);
  // The more inputs of variance 1, the sharper the loss at the start.
  const rate = inputs <= 16 ? 0.1 : Number((1.6 / inputs).toPrecision(1));
  const comments = [
    `A network trained on ${word(name)}: ${rows} samples of ${inputs} inputs. The file stays in this page; a link to this study does not hold it.`,
    ...about,
    ...(train + test < rows ? [`Of its rows ${train} train and ${test} test, drawn by the seed: split takes more.`] : []),
  ];
  return `${comments.map((line) => `# ${line.replace(/[\r\n]+/g, " ")}\n`).join("")}title: ${JSON.stringify(`Training on ${name}`)}
seed: 0
system:
  kind: training
  architecture: { widths: [${inputs}, 16, 16, ${outputs}], activation: tanh }
  data:
${[...keys, "standardise: true", "shuffle: true", `split: { train: ${train}, test: ${test} }`].map((key) => `    ${key}\n`).join("")}  optimizer: { type: gradient-descent, learningRate: ${rate} }
  steps: 1000
questions:
  - { type: sharpness, every: 20 }
  - { type: edge-of-stability }
${classes && test > 0 ? "  - { type: accuracy, every: 20 }\n" : ""}  - { type: gradient-growth }
`;
}
