import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { diverging, useScheme } from "../parts/canvas.js";
import { show } from "../parts/numbers.js";
import { PngButton } from "../parts/picture-buttons.js";
import type { WeightTile } from "../worker/protocol/train.js";

/** Colours from the one end of a scale to the other. */
const COLORS = 255;
const MIDDLE = (COLORS - 1) / 2;
/** A cell is at most so large, and a map so high, in CSS pixels. */
const CELL = 26;
const HEIGHT = 260;

/** The least of 1, 2, 5, 10, ... that is not below: a scale that does not tremble with its values. */
function roundUp(value: number): number {
  if (!(value > 0 && value < Infinity)) return 1;
  const power = Number(`1e${Math.floor(Math.log10(value))}`);
  return Number(([1, 2, 5, 10].find((m) => m * power >= value)! * power).toPrecision(1));
}

/** All colours of a scale, as the bytes of pixels. */
function palette(): Uint32Array {
  const colorOf = diverging("--c1", "--c2");
  const bytes = new Uint8ClampedArray(4 * COLORS);
  for (let i = 0; i < COLORS; i++) bytes.set([...colorOf((i - MIDDLE) / MIDDLE), 255], 4 * i);
  return new Uint32Array(bytes.buffer);
}

/** Every matrix of a network as a heat map, while it trains. */
export function Weights({ tiles, cells }: { readonly tiles: readonly WeightTile[]; readonly cells: Float64Array }) {
  const scheme = useScheme();
  const colors = useMemo(palette, [scheme]);
  const bar = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const image = new ImageData(new Uint8ClampedArray(colors.slice().buffer), COLORS, 1);
    bar.current?.getContext("2d")!.putImageData(image, 0, 0);
  }, [colors]);
  const layers: { readonly tile: WeightTile; readonly part: Float64Array }[][] = [];
  let first = 0;
  for (const tile of tiles) {
    const part = cells.subarray(first, (first += tile.width * tile.height));
    const before = layers.at(-1);
    // Biases stand under the matrix whose units they shift.
    if (tile.rows === 1 && before?.[0]!.tile.columns === tile.columns) before.push({ tile, part });
    else layers.push([{ tile, part }]);
  }
  return (
    <section class="plot">
      <h2>Weights</h2>
      <p class="scale under">
        −scale <canvas ref={bar} width={COLORS} height={1} aria-hidden="true" /> +scale. The scale of each map stands under it;
        the colour grows with the square root of the value, so that small ones can be seen. Rows: what a layer is given. Columns:
        its units.
      </p>
      <div class="tiles">
        {layers.map((layer) => (
          <div key={layer[0]!.tile.name}>
            {layer.map(({ tile, part }) => (
              <Tile key={tile.name} tile={tile} cells={part} colors={colors} />
            ))}
          </div>
        ))}
      </div>
      <PngButton name="the weights" />
    </section>
  );
}

function Tile({
  tile,
  cells,
  colors,
}: {
  readonly tile: WeightTile;
  readonly cells: Float64Array;
  readonly colors: Uint32Array;
}) {
  const { name, rows, columns, width, height, block } = tile;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cursor, point] = useState<readonly [row: number, column: number]>();
  let [least, most] = [Infinity, -Infinity];
  for (const v of cells) {
    if (v < least) least = v;
    if (v > most) most = v;
  }
  const scale = roundUp(Math.max(Math.abs(least), Math.abs(most)));
  useEffect(() => {
    const pixels = new Uint32Array(cells.length);
    for (let i = 0; i < cells.length; i++) {
      const t = Math.max(-1, Math.min(1, cells[i]! / scale));
      pixels[i] = colors[Math.round(MIDDLE + MIDDLE * (t === t ? t : 0))]!;
    }
    canvas.current?.getContext("2d")!.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  }, [cells, colors, width, height, scale]);
  const blocks = block[0] * block[1] > 1;
  const move = (dr: number, dc: number): void =>
    point(([r, c] = [0, 0]) => [Math.max(0, Math.min(height - 1, r + dr)), Math.max(0, Math.min(width - 1, c + dc))]);
  const moves: Record<string, readonly [number, number]> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
  };
  const value = cursor && cells[cursor[0] * width + cursor[1]]!;
  return (
    <figure class="tile">
      <div class="map" style={{ maxWidth: `${Math.round(width * Math.min(CELL, HEIGHT / height))}px` }}>
        <canvas
          ref={canvas}
          width={width}
          height={height}
          tabIndex={0}
          role="img"
          data-caption={`${name}, ${rows} × ${columns}, scale ${show(scale, 1)}`}
          aria-label={`${name}, ${rows} × ${columns}: from ${show(least, 2)} to ${show(most, 2)}`}
          style={{ aspectRatio: `${width} / ${height}` }}
          onFocus={() => point((at) => at ?? [0, 0])}
          onBlur={() => point(undefined)}
          onPointerMove={(e) => {
            const { left, top, width: w, height: h } = e.currentTarget.getBoundingClientRect();
            const [r, c] = [Math.floor(((e.clientY - top) / h) * height), Math.floor(((e.clientX - left) / w) * width)];
            point([Math.max(0, Math.min(height - 1, r)), Math.max(0, Math.min(width - 1, c))]);
          }}
          onPointerLeave={(e) => e.currentTarget !== document.activeElement && point(undefined)}
          onKeyDown={(e) => {
            const by = moves[e.key];
            if (!by) return;
            e.preventDefault();
            move(...by);
          }}
        />
        {cursor && (
          <span
            class="cell"
            style={{
              left: `${(100 * cursor[1]) / width}%`,
              top: `${(100 * cursor[0]) / height}%`,
              width: `${100 / width}%`,
              height: `${100 / height}%`,
            }}
          />
        )}
      </div>
      <figcaption>
        {name}, {rows} × {columns}, scale {show(scale, 1)}
        {blocks ? `, a cell for ${block[0]} × ${block[1]}: the farthest from 0` : ""}
        <br />
        {cursor ? `row ${cursor[0] * block[0] + 1}, column ${cursor[1] * block[1] + 1}: ${show(value!, 6)}` : " "}
      </figcaption>
    </figure>
  );
}
