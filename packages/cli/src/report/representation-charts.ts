import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

type Run = Pick<RunRecord, "manifest" | "series" | "arrays">;

/** Most solutions that a picture of the embedding shows. */
const LINES = 17;

/** The charts of a function that networks are to represent: the functions, and how solutions get there. */
export function representationCharts({ manifest, series, arrays }: Run): Chart[] {
  const column = (name: string): Float64Array | undefined => series.find((s) => s.name === name)?.values;
  const { inputs, outputs, target } = manifest.facts;
  const [x, wanted] = [column("x_1")!, column("target_1")!];
  const plane = inputs === 1 && outputs === 1;
  const embedded = column("embedded_1");
  const charts: Chart[] = [];
  if (embedded && plane) charts.push(embedding(x, wanted, embedded, String(target)), carried(x, wanted));
  if (embedded && !plane) charts.push(...agreement(series, Number(outputs)));
  if (column("neural_ode")) charts.push(...obstruction({ manifest, series, arrays }, x, wanted));
  return charts;
}

/** The line on which inputs lie, as the flow lifts it. */
function embedding(x: Float64Array, wanted: Float64Array, embedded: Float64Array, name: string): Chart {
  const some = Array.from({ length: 33 }, (_, k) => Math.round((k * (x.length - 1)) / 32));
  return {
    title: "A flat line becomes the function",
    description: `The second unit over the first at times 0, 1/3, 2/3 and 1: from 0 to the function ${name}, whose values are marked.`,
    caption:
      "Each curve shows all states of the flow at one time: the first unit is the input, the second starts at 0. At time 1 it is read off. The dots are the function; they lie on the curve up to rounding.",
    x: "first unit: the input x",
    y: "second unit",
    curves: [
      { name: "time 1: the output", x, y: embedded },
      ...[2, 1, 0].map((k): Curve => ({
        name: k === 0 ? "time 0" : `time ${k}/3`,
        x,
        y: wanted.map((v) => (v * k) / 3),
      })),
      { name: "the function", x: some.map((i) => x[i]!), y: some.map((i) => wanted[i]!), dots: true },
    ],
  };
}

/** Solutions of the shear from (x, 0) to (x, psi(x)), over time. */
function carried(x: Float64Array, wanted: Float64Array): Chart {
  const [times, values]: [number[], number[]] = [[], []];
  for (let k = 0; k < LINES; k++) {
    const i = Math.round((k * (x.length - 1)) / (LINES - 1));
    times.push(0, 1, 1);
    values.push(0, wanted[i]!, NaN);
  }
  return {
    title: "How the flow does it",
    description: "The second unit of the flow over time for several inputs: straight lines from 0 to the function's value.",
    caption:
      "The first unit holds the input and stays where it is; the second starts at 0 and grows at the rate of the function's value there. Lines from different inputs may meet in this picture: the inputs keep them apart.",
    wide: true,
    x: "time t",
    y: "second unit",
    curves: [{ name: `solutions from ${LINES} inputs`, x: times, y: values, broken: true }],
  };
}

/** For functions of several numbers: outputs against what they should be. */
function agreement(series: Run["series"], outputs: number): Chart[] {
  return Array.from({ length: outputs }, (_, j): Chart => {
    const [wanted, got] = [`target_${j + 1}`, `embedded_${j + 1}`].map((name) => series.find((s) => s.name === name)!.values);
    const order = Array.from(wanted!.keys()).sort((a, b) => wanted![a]! - wanted![b]!);
    const sorted = (v: Float64Array): Float64Array => Float64Array.from(order, (i) => v[i]!);
    return {
      title: `Output ${j + 1}`,
      description: `Output ${j + 1} of the network over the function's value at the same points: the diagonal.`,
      caption: "Every point of comparison lies on the diagonal: the network's output is the function's value.",
      x: "the function's value",
      y: "the network's output",
      curves: [{ name: `output ${j + 1}`, x: sorted(wanted!), y: sorted(got!) }],
    };
  });
}

function obstruction({ manifest, series, arrays }: Run, x: Float64Array, wanted: Float64Array): Chart[] {
  const column = (name: string): Float64Array => series.find((s) => s.name === name)!.values;
  const value = (name: string): number => manifest.answers.find((a) => a.name === name)!.value;
  const [bound, narrow, wide] = [value("least_error"), value("neural_ode_error"), value("augmented_error")];
  const curves: Curve[] = [
    { name: "function", x, y: wanted },
    { name: `neural ODE with one unit (error ${show(narrow, 3)})`, x, y: column("neural_ode") },
    { name: `with two units (error ${show(wide, 2)})`, x, y: column("augmented") },
    { name: `a best monotone function (error ${show(bound, 3)})`, x, y: column("best_monotone") },
  ];
  const history = (name: string, label: string): Curve => {
    const y = arrays[`history_${name}`]!.data;
    return { name: label, x: y.map((_, i) => 100 * i), y };
  };
  return [
    {
      title: "What one unit can do, and two",
      description: `The function, a neural ODE with one unit that misses it by ${show(narrow, 3)}, one with two units that follows it, and a best monotone function.`,
      caption: `With one unit the output must rise or fall throughout. No such function comes closer than ${show(bound, 3)} everywhere.`,
      x: "input x",
      y: "output",
      curves,
    },
    {
      title: "The largest error in training",
      description: `The largest error at the samples over training steps: with one unit it stays above ${show(bound, 3)}, with two it falls.`,
      caption: "The dotted line is the least error of any neural ODE with one unit, trained in any way for any time.",
      wide: true,
      log: true,
      x: "optimizer step",
      y: "largest error",
      curves: [history("neural_ode", "one unit"), history("augmented", "two units")],
      level: { name: `least error of monotone functions, ${show(bound, 3)}`, value: bound },
    },
    solutions(
      arrays["paths_neural_ode"]!,
      "One unit: solutions do not cross",
      "What would be read off at each time, from several inputs. The lines keep their order, so the outputs do.",
    ),
    solutions(
      arrays["paths_augmented"]!,
      "Two units: they pass each other",
      "The same with a second unit. The lines cross here because the second unit, not drawn, keeps the states apart.",
    ),
  ];
}

function solutions({ shape, data }: Run["arrays"][string], title: string, caption: string): Chart {
  const [count, times] = shape as [number, number];
  const [x, y]: [number[], number[]] = [[], []];
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < times; k++) {
      x.push(k / (times - 1));
      y.push(data[i * times + k]!);
    }
    x.push(1);
    y.push(NaN);
  }
  return {
    title,
    description: `${count} solutions of the trained flow over time, as read off at each time.`,
    caption,
    x: "time t",
    y: "readout of the state",
    curves: [{ name: `solutions from ${count} inputs`, x, y, broken: true }],
  };
}
