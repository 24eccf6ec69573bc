import { show, type RunRecord } from "#dynamics";
import type { ContourMap } from "./contour.js";

/** The contour lines of a trained network with its critical points; none unless a run asked for them over two inputs. */
export function criticalPointsMap({ arrays }: Pick<RunRecord, "arrays">): ContourMap[] {
  const [surface, region, table] = [arrays["network_surface"], arrays["network_region"], arrays["critical_points"]];
  if (!surface || !region || !table) return [];
  const [a, b, c, d] = region.data as unknown as [number, number, number, number];
  const points = Array.from({ length: table.shape[0]! }, (_, i) => {
    const [x, y, , index, corank] = table.data.subarray(6 * i, 6 * i + 6) as unknown as [number, number, number, number, number];
    return { x, y, sign: corank > 0 ? ("degenerate" as const) : (["minimum", "saddle", "maximum"] as const)[index]! };
  });
  const curve = arrays["critical_manifolds"];
  for (let i = 0; curve && i < curve.shape[0]!; i++)
    points.push({ x: curve.data[2 * i]!, y: curve.data[2 * i + 1]!, sign: "degenerate" });
  const number = (sign: string): number => points.filter((p) => p.sign === sign).length;
  return [
    {
      title: "What the network has learnt, with its critical points",
      description: `Contour lines of the network's output over the inputs [${show(a)}, ${show(b)}] and [${show(c)}, ${show(d)}]: ${number("minimum")} minima, ${number("saddle")} saddles, ${number("maximum")} maxima.`,
      caption:
        "Lines join inputs of equal output. At a marked point the output does not change to first order: lines close around minima and maxima and cross at saddles.",
      x: "first input",
      y: "second input",
      surface: surface.data,
      columns: surface.shape[1]!,
      rows: surface.shape[0]!,
      region: [
        [a, b],
        [c, d],
      ],
      points,
    },
  ];
}
