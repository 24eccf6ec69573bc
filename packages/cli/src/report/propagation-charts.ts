import { show, type RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";
import type { Field } from "./field.js";

type Run = Pick<RunRecord, "manifest" | "series" | "arrays">;

/** The charts of the signal in a network: its place between order and chaos with what happens layer by layer, and its exponents over the inputs. */
export const propagationCharts = (run: Run): (Chart | Field)[] => [
  ...edge(run),
  ...growthOverGain(run),
  ...layers(run),
  ...depthScales(run),
  ...ftle(run),
];

const MOST_LAYERS = 1000;

function edge({ manifest, arrays }: Run): Field[] {
  const scale = arrays["edge_gradient_depth_scale"];
  if (!scale) return [];
  const data = (name: string): Float64Array => arrays[name]!.data;
  const [x, y, line] = ["edge_weight_variance", "edge_bias_variance", "edge_critical_line"].map(data) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const n = x.length;
  const end = (axis: Float64Array): number => axis[n - 1]! + axis[0]!;
  const { weightVariance, biasVariance, phase, activation } = manifest.facts;
  const here = weightVariance !== null && weightVariance !== undefined;
  const curve = {
    x: Array.from({ length: line.length / 2 }, (_, i) => line[2 * i]!),
    y: Array.from({ length: line.length / 2 }, (_, i) => line[2 * i + 1]!),
  };
  return [
    {
      title: `Order, chaos and the edge between them for ${String(activation)} networks`,
      description: `Depth scale of gradients over weight variance up to ${show(end(x))} and bias variance up to ${show(end(y))}${here ? `; this network, at ${show(Number(weightVariance))} and ${show(Number(biasVariance))}, is ${String(phase)}` : ""}.`,
      caption:
        "Each point is a law of random weights and biases. Light: gradients pass through many layers before they change by a factor of e. Left of the light ridge they die out with depth (order), right of it they grow (chaos).",
      x: "weight variance σ_w² (inputs times the variance of a weight)",
      y: "bias variance σ_b²",
      xRange: [0, end(x)],
      yRange: [0, end(y)],
      columns: n,
      rows: n,
      values: scale.data.map((s) => Math.log10(Math.max(0.1, Math.min(MOST_LAYERS, s)))),
      colors: {
        label: "layers until a squared gradient changes by e",
        format: (v) => `${show(10 ** v, 2)}${10 ** v >= MOST_LAYERS ? " or more" : ""}`,
      },
      ...(curve.x.length > 1 ? { curves: [{ name: "edge of chaos, χ₁ = 1", ...curve }], labels: sides(curve, end(x)) } : {}),
      ...(here
        ? {
            dots: [
              {
                name: "this network",
                x: [Number(weightVariance)],
                y: [Number(biasVariance)],
                symbol: "circle" as const,
                large: true,
              },
            ],
          }
        : {}),
    },
  ];
}

/** The names of the phases, half-way between the line and the ends of the axis. */
function sides({ x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }, end: number) {
  const upper = Math.floor(0.8 * (x.length - 1));
  const lower = Math.floor(0.55 * (x.length - 1));
  return [
    { text: "order", x: 0.5 * x[upper]!, y: y[upper]! },
    { text: "chaos", x: 0.5 * (x[lower]! + end), y: y[upper]! },
  ];
}

/** Growth of gradients over the weight variance: theory as a line, networks of each initializer as points. */
function growthOverGain({ manifest, arrays }: Run): Chart[] {
  const table = arrays["edge_growth"];
  if (!table) return [];
  const names = String(manifest.facts["comparedWeights"]).split(", ");
  const rows = Array.from({ length: table.shape[0]! }, (_, i) => Array.from(table.data.subarray(7 * i, 7 * i + 7)));
  const of = (k: number, column: number): number[] => rows.filter((row) => row[0] === k).map((row) => row[column]!);
  const same = (k: number): boolean => of(k, 2).every((x, i) => x === of(0, 2)[i]) && of(k, 3).every((y, i) => y === of(0, 3)[i]);
  return [
    {
      title: "Where gradients begin to grow",
      description: `Growth of the norm of a gradient a hidden layer over the weight variance, for ${names.join(" and ")} weights, in theory and measured.`,
      caption:
        "Above 0 gradients explode on their way back, below they vanish; in networks of many plain layers the line crosses 0 at the edge of chaos, while that of a residual network stays above 0. Mean over the second half of the hidden layers. Points: the same networks drawn, their weights scaled; bands: how far single networks scatter.",
      x: "weight variance σ_w² (inputs times the variance of a weight)",
      y: "growth a layer (nat)",
      curves: names.flatMap((name, k) => [
        ...(k === 0 || !same(k)
          ? [{ name: names.every((_, j) => same(j)) ? "theory, infinite width" : `theory, ${name}`, x: of(k, 2), y: of(k, 3) }]
          : []),
        { name: `${name}, drawn`, x: of(k, 2), y: of(k, 4), band: Float64Array.from(of(k, 6)), dots: true },
      ]),
      level: { name: "neither grows nor vanishes", value: 0 },
    },
  ];
}

function layers({ series }: Run): Chart[] {
  const column = (name: string): Float64Array | undefined => series.find((s) => s.name === name)?.values;
  const layer = column("layer");
  if (!layer) return [];
  const draw = (name: string, title: string, y: string, caption: string): Chart => {
    const [theory, measured, error] = [name + "_theory", name, name + "_error"].map((n) => column(n)!) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const last = layer.length - 1;
    return {
      title,
      description: `${title}: in theory from ${show(theory[0]!)} in layer 1 to ${show(theory[last]!)} in layer ${last + 1}, measured from ${show(measured[0]!)} to ${show(measured[last]!)}.`,
      caption,
      x: "layer",
      y,
      curves: [
        { name: "theory, infinite width", x: layer, y: theory },
        { name: "networks drawn ± standard error", x: layer, y: measured, band: error, dots: true },
      ],
    };
  };
  // Rates going back, summed from the output: the gradient that arrives at each layer.
  const summed = (rates: Float64Array): Float64Array => {
    const out = new Float64Array(rates.length);
    let s = 0;
    for (let l = rates.length - 1; l >= 0; l--) out[l] = s += rates[l]!;
    return out;
  };
  const errors = column("gradient_rate_error")!;
  const spread = summed(errors.map((e) => e * e)).map(Math.sqrt);
  const [theory, measured] = [summed(column("gradient_rate_theory")!), summed(column("gradient_rate")!)];
  const signals = column("length") !== undefined;
  return [
    ...(signals
      ? [
          draw(
            "correlation",
            "How alike two inputs look",
            "correlation",
            "Correlation of the sums of two inputs. In order it goes to 1: the network forgets what it was shown; in chaos to a value below 1: near inputs part.",
          ),
        ]
      : []),
    {
      title: "Gradients on their way back",
      description: `Logarithm of the norm of the gradient at the input of each layer relative to the output: ${show(theory[0]!)} at the first layer in theory, ${show(measured[0]!)} measured.`,
      caption: "Starting with 0 at the output, right of the last layer. A straight line is exponential growth or decay.",
      x: "layer",
      y: "log |gradient| (nat)",
      curves: [
        { name: "theory, infinite width", x: layer, y: theory },
        { name: "networks drawn ± standard error", x: layer, y: measured, band: spread, dots: true },
      ],
      level: { name: "as large as at the output", value: 0 },
    },
    ...(signals
      ? [
          draw(
            "length",
            "How long the signal is",
            "mean square of the sums",
            "It settles within a few layers: to q*, where there is one.",
          ),
        ]
      : []),
  ];
}

function depthScales({ manifest, arrays }: Run): Chart[] {
  const x = arrays["edge_weight_variance"]?.data;
  if (!x) return [];
  const scales = arrays["edge_correlation_depth_scale"]!.data.map((s) => (s > 0 && s < MOST_LAYERS ? s : NaN));
  const own = manifest.answers.find((a) => a.name === "depth_scale_correlation")?.value ?? NaN;
  const { weightVariance, biasVariance } = manifest.facts;
  return [
    {
      title: "How deep a difference is felt",
      description: `Depth scale of correlations over the weight variance at bias variance ${show(Number(biasVariance))}; ${show(own)} layers for this network.`,
      caption: `Depth scale ξ_c of the correlation of two inputs, at bias variance ${show(Number(biasVariance))}. It diverges at the edge of chaos; plain networks could be trained up to about 6 ξ_c layers (Schoenholz et al. 2017).`,
      x: "weight variance σ_w²",
      y: "layers",
      log: true,
      curves: [
        { name: "ξ_c", x, y: scales },
        { name: "6 ξ_c, rule for the trainable depth", x, y: scales.map((s) => 6 * s) },
        ...(Number.isFinite(own) ? [{ name: "this network", x: [Number(weightVariance)], y: [own], dots: true }] : []),
      ],
    },
  ];
}

function ftle({ manifest, arrays }: Run): Field[] {
  const image = arrays["ftle"];
  if (!image) return [];
  const [rows, columns] = image.shape as [number, number];
  const range = (name: string): [number, number] => Array.from(arrays[name]!.data) as [number, number];
  const output = arrays["ftle_output"]?.data;
  const samples = arrays["ftle_samples"]?.data;
  const classes = arrays["ftle_classes"]?.data;
  const ofClass = (c: number): { x: number[]; y: number[] } => {
    const chosen = Array.from(classes ?? [], (k, i) => [k, i]).filter(([k]) => k === c);
    return { x: chosen.map(([, i]) => samples![2 * i!]!), y: chosen.map(([, i]) => samples![2 * i! + 1]!) };
  };
  const shown = {
    x: "first input",
    y: "second input",
    xRange: range("ftle_x"),
    yRange: range("ftle_y"),
    rows,
    columns,
    ...(samples
      ? {
          dots: [
            { name: "samples of class 0", ...ofClass(0), symbol: "circle" as const },
            { name: "samples of class 1", ...ofClass(1), symbol: "cross" as const },
          ],
        }
      : {}),
    ...(output ? { zero: { name: "boundary between the classes", values: output } } : {}),
  };
  const value = (name: string): number => manifest.answers.find((a) => a.name === name)!.value;
  return [
    {
      ...shown,
      title: "Where the network stretches its inputs",
      description: `Finite-time Lyapunov exponent over the plane of inputs, from ${show(value("ftle_smallest"))} to ${show(value("ftle_largest"))} nat a layer.`,
      caption:
        "Finite-time Lyapunov exponent: the logarithm of the largest factor by which a small step in the input grows until the output, a layer. Light: inputs a hair apart end far apart. Dark: they end together.",
      values: image.data,
      colors: { label: "exponent (nat a layer)" },
    },
    ...(output
      ? [
          {
            ...shown,
            title: "What the network answers",
            description: "Difference of the two outputs over the plane of inputs: its sign is the class.",
            caption: "Blue: class 0. Brown: class 1. The black line is where both are equally likely.",
            values: output,
            colors: { label: "output for class 1 less that for class 0", symmetric: true },
          },
        ]
      : []),
  ];
}
