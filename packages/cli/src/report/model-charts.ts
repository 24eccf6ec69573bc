import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

type Run = Pick<RunRecord, "manifest" | "series" | "arrays">;

/** The charts of an inspected model: the spectrum, what happens layer by layer, and how much noise samples bear. */
export function modelCharts(run: Run): Chart[] {
  return [...spectrum(run), ...growth(run), ...orders(run), ...radii(run)];
}

/** How many eigenvalues are larger than each node of the density. */
function spectrum({ manifest, arrays }: Run): Chart[] {
  const nodes = arrays["density_nodes"]?.data;
  const weights = arrays["density_weights"]?.data;
  if (!nodes || !weights) return [];
  const size = manifest.network.parameters;
  const tail = (sign: 1 | -1): Curve | undefined => {
    const points: { x: number; y: number }[] = [];
    const scale = nodes.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    let count = 0;
    const order = [...nodes.keys()].sort((a, b) => sign * (nodes[b]! - nodes[a]!));
    for (const i of order) {
      // What is smaller than this is zero to the precision of the method.
      if (!(sign * nodes[i]! > 1e-6 * scale)) break;
      count += size * weights[i]!;
      points.push({ x: sign * nodes[i]!, y: count });
    }
    return points.length < 2
      ? undefined
      : { name: sign > 0 ? "positive" : "negative, by size", x: points.map((p) => p.x), y: points.map((p) => p.y) };
  };
  const curves = [tail(1), tail(-1)].filter((c) => c !== undefined);
  if (curves.length === 0) return [];
  return [
    {
      title: "How many Hessian eigenvalues are larger",
      description: `Number of Hessian eigenvalues larger than a value, over that value, both on logarithmic axes, for ${show(size, 12)} parameters.`,
      caption:
        "An average over random probes, so numbers below 1 are chances. On the right the few directions that decide which step size is stable; on the left the many in which the loss hardly curves.",
      x: "size of the eigenvalue",
      y: "eigenvalues at least as large",
      log: true,
      logX: true,
      curves,
    },
  ];
}

/** Layers that have no names but numbers need none. */
const named = (layers: string): string => (/^[\d, ]*$/.test(layers) ? "layer" : `layer (${layers})`);

const columnOf = ({ series }: Run, name: string): Float64Array | undefined => series.find((s) => s.name === name)?.values;

function growth(run: Run): Chart[] {
  const layer = columnOf(run, "layer")!;
  const back = columnOf(run, "gradient_rate");
  if (!back || layer.length < 2) return [];
  const tangents = run.series.filter((s) => s.name.startsWith("tangent_rate_"));
  const [first, last] = [tangents[0], tangents.at(-1)];
  return [
    {
      title: "What each layer does to small differences",
      description: `Growth in nat of gradients going back and of tangents going forward, by layer; going back from ${show(back[0]!)} in layer 1 to ${show(back.at(-1)!)} in the last.`,
      caption:
        "Above 0 a layer makes small differences larger. Gradients going back: the mean over samples with its standard error. Tangents going forward: the direction that grows most, and the last that was followed.",
      x: named(String(run.manifest.facts["layers"])),
      y: "growth (nat)",
      discrete: true,
      curves: [
        { name: "gradient, going back", x: layer, y: back, band: columnOf(run, "gradient_rate_error")!, dots: true },
        ...(first ? [{ name: "tangent 1, going forward", x: layer, y: first.values, dots: true }] : []),
        ...(last && last !== first
          ? [{ name: `tangent ${tangents.length}, going forward`, x: layer, y: last.values, dots: true }]
          : []),
      ],
      level: { name: "unchanged", value: 0 },
    },
  ];
}

/** Numbers by layer, or by activation where those are no layers. */
function orders(run: Run): Chart[] {
  const { arrays } = run;
  const numbers = arrays["activation"]?.data;
  const of = (name: string) => (numbers ? arrays[name]?.data : columnOf(run, name));
  const x = numbers ?? columnOf(run, "layer")!;
  const place = numbers ? "activation" : "layer";
  const kinds = { unit: "single units", layer: `${place} against its linear part`, projection: `${place} against the input` };
  const curves = Object.entries(kinds).flatMap(([kind, name]): Curve[] => {
    const y = of(`order_${kind}`);
    return y ? [{ name, x, y, band: of(`order_${kind}_error`)!, dots: true }] : [];
  });
  if (curves.length === 0) return [];
  return [
    {
      title: `How much of the samples' order each ${place} keeps`,
      description: `Share of pairs of samples that stay in order, by ${place}: ${curves.map((c) => `${c.name} ${show(100 * Array.from(c.y).find((v) => Number.isFinite(v))!)} % in ${place} ${x[0]}`).join("; ")}.`,
      caption: `100 % is what a single monotone unit does, 50 % is chance. Against the input: with the order that the network would give without activations up to that ${place}.`,
      x: numbers ? `activation (${String(run.manifest.facts["activations"])})` : "layer",
      y: "pairs in order (%)",
      percent: true,
      discrete: true,
      curves,
      level: { name: "chance", value: 0.5 },
    },
  ];
}

function radii({ arrays }: Run): Chart[] {
  const data = arrays["basin_radii"]?.data;
  if (!data) return [];
  const sorted = Array.from(data)
    .map((r) => (Number.isNaN(r) ? Infinity : r))
    .sort((a, b) => a - b);
  const finite = sorted.filter(Number.isFinite);
  if (finite.length < 2) return [];
  const n = sorted.length;
  return [
    {
      title: "How much noise the samples bear",
      description: `Share of ${n} samples that keep their class under noise, over its amplitude; half of them up to ${Number.isFinite(sorted[Math.floor(n / 2)]!) ? show(sorted[Math.floor(n / 2)]!) : "any amplitude"}.`,
      caption:
        "A sample keeps its class as long as it has it with a chance of one half or more under Gaussian noise of this amplitude in every input. Samples of another class to begin with count as 0.",
      x: "amplitude of the noise",
      y: "samples that keep their class (%)",
      percent: true,
      curves: [
        {
          name: `${n} samples`,
          x: [0, ...finite.flatMap((r) => [r, r])],
          y: [1, ...finite.flatMap((_, i) => [1 - i / n, 1 - (i + 1) / n])],
        },
      ],
    },
  ];
}
