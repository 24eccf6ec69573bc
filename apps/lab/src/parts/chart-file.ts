import type { Columns } from "./columns.js";
import { ticks } from "./canvas.js";
import type { Line } from "./line.js";
import { show } from "./numbers.js";

/** What a chart of curves shows, as its files tell it. */
export interface ChartFacts {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly log: boolean;
  readonly logX: boolean;
  readonly data: Columns;
  readonly lines: readonly Line[];
  /** What is seen: where the axes begin and end. */
  readonly seen: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
}

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Columns as a text with commas; where there is nothing, nothing stands. */
export function csvOf(names: readonly string[], columns: readonly ArrayLike<number | null>[]): string {
  const rows = [names.map(cell).join(",")];
  for (let i = 0; i < (columns[0]?.length ?? 0); i++)
    rows.push(
      columns
        .map((c) => c[i])
        .map((v) => (v === null || v === undefined || Number.isNaN(v) ? "" : String(v)))
        .join(","),
    );
  return `${rows.join("\n")}\n`;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const [WIDTH, HEIGHT] = [820, 420];
const BOX = { left: 76, right: 16, top: 66, bottom: 52 };

interface Axis {
  readonly at: (v: number) => number;
  readonly marks: readonly number[];
  readonly words: (v: number) => string;
}

function axis([from, to]: readonly [number, number], log: boolean, [start, end]: readonly [number, number], count: number): Axis {
  const [a, b] = log ? [Math.log10(from), Math.log10(to)] : [from, to];
  const marks = log
    ? Array.from({ length: Math.max(0, Math.floor(b) - Math.ceil(a) + 1) }, (_, i) => 10 ** (Math.ceil(a) + i))
    : ticks(from, to, count);
  return {
    at: (v) => start + (((log ? Math.log10(v) : v) - a) / (b - a)) * (end - start),
    marks,
    words: (v) => (log ? v.toExponential().replace("e+", "e") : show(v)),
  };
}

/** A chart as SVG in the page's colours; those are variables, for `standalone` to write in. */
export function svgOf({ title, x, y, log, logX, data, lines, seen }: ChartFacts): string {
  const [right, low] = [WIDTH - BOX.right, HEIGHT - BOX.bottom];
  const [across, up] = [axis(seen.x, logX, [BOX.left, right], 8), axis(seen.y, log, [low, BOX.top], 6)];
  const point = (i: number, column: ArrayLike<number | null>): readonly [number, number] | undefined => {
    const [a, b] = [data[0][i]!, column[i]];
    if (b === null || b === undefined) return undefined;
    const place = [across.at(a), up.at(b)] as const;
    return place.every(Number.isFinite) ? place : undefined;
  };
  const path = (column: ArrayLike<number | null>, stepped = false): string[] => {
    const found: string[] = [];
    let last = 0;
    for (let i = 0; i < data[0].length; i++) {
      const place = point(i, column);
      if (!place) continue;
      const [px, py] = place.map((v) => Number(v.toFixed(2))) as [number, number];
      if (stepped && found.length > 0) found.push(`${px},${last}`);
      found.push(`${px},${py}`);
      last = py;
    }
    return found;
  };
  const curves = lines.map((line, j) => {
    const own = path(data[j + 1] ?? [], line.stepped);
    const tint = line.band
      ? `<polygon fill="var(${line.color})" fill-opacity="0.18" points="${[...own, ...path(data[j] ?? []).reverse()].join(" ")}"/>`
      : "";
    const dash = line.dash?.length ? ` stroke-dasharray="${line.dash.join(" ")}"` : "";
    return `${tint}<polyline fill="none" stroke="var(${line.color})" stroke-width="${line.width ?? 1.6}"${dash} points="${own.join(" ")}"/>`;
  });
  let place = BOX.left;
  const legend = lines
    .filter((line) => !line.silent)
    .map((line) => {
      const at = place;
      place += 48 + 7 * line.label.length;
      const dash = line.dash?.length ? ` stroke-dasharray="${line.dash.join(" ")}"` : "";
      return `<line x1="${at}" x2="${at + 24}" y1="46" y2="46" stroke="var(${line.color})" stroke-width="3"${dash}/><text x="${at + 30}" y="50">${escaped(line.label)}</text>`;
    });
  const marks = [
    ...across.marks.map(
      (v) =>
        `<line x1="${across.at(v)}" x2="${across.at(v)}" y1="${BOX.top}" y2="${low}" stroke="var(--line)"/><text x="${across.at(v)}" y="${low + 18}" text-anchor="middle">${across.words(v)}</text>`,
    ),
    ...up.marks.map(
      (v) =>
        `<line x1="${BOX.left}" x2="${right}" y1="${up.at(v)}" y2="${up.at(v)}" stroke="var(--line)"/><text x="${BOX.left - 8}" y="${up.at(v) + 4}" text-anchor="end">${up.words(v)}</text>`,
    ),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-size="13" fill="var(--ink)">`,
    `<title>${escaped(title)}</title>`,
    `<text x="${BOX.left}" y="24" font-size="16" font-weight="600">${escaped(title)}</text>`,
    ...legend,
    ...marks,
    `<svg x="${BOX.left}" y="${BOX.top}" width="${right - BOX.left}" height="${low - BOX.top}" viewBox="${BOX.left} ${BOX.top} ${right - BOX.left} ${low - BOX.top}">`,
    ...curves,
    "</svg>",
    `<text x="${(BOX.left + right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(x)}</text>`,
    `<text x="18" y="${(BOX.top + low) / 2}" text-anchor="middle" transform="rotate(-90 18 ${(BOX.top + low) / 2})">${escaped(y)}</text>`,
    "</svg>",
  ].join("\n");
}
