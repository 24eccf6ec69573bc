import { color, frame, rgb } from "../parts/canvas.js";
import type { PopulationStart } from "../worker/protocol/oscillators.js";

/** A graph above the diagonal and its limit below it, both as pictures of weights: nothing to the largest weight. */
export function drawGraph(canvas: HTMLCanvasElement, size: number, graph: NonNullable<PopulationStart["graph"]>): void {
  const { cells, own, limit } = graph;
  const height = size - 16;
  const shown = frame(canvas, size, height, {
    x: [0, 1],
    y: [0, 1],
    xLabel: "place of who acts",
    yLabel: "place of who is acted on",
  });
  const { context, left, top, width, height: h } = shown;
  const most = Math.max(...own, ...limit) || 1;
  const [ground, full] = [rgb(color("--ground")), rgb(color("--c1"))];
  const picture = new ImageData(cells, cells);
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      // Rows of the picture run down, places up.
      const i = cells - 1 - row;
      const weight = (i > column ? own : limit)[i * cells + column]! / most;
      const at = 4 * (row * cells + column);
      for (let c = 0; c < 3; c++) picture.data[at + c] = Math.round(ground[c]! + weight * (full[c]! - ground[c]!));
      picture.data[at + 3] = 255;
    }
  }
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = cells;
  sheet.getContext("2d")!.putImageData(picture, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, left, top, width, h);
  context.strokeStyle = color("--ink");
  context.beginPath();
  context.moveTo(left, top + h);
  context.lineTo(left + width, top);
  context.stroke();
}
