import { color } from "./canvas.js";
import type { Sheet } from "./sheet.js";

/** Hands a file to the visitor. */
export function save(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A chart of the page as a file of its own: the page's colours written into it as they are, on a ground. Not every program knows a style sheet. */
export function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const ground = document.createElementNS(SVG, "rect");
  const { x, y, width, height } = svg.viewBox.baseVal;
  for (const [key, value] of Object.entries({ x, y, width, height, fill: "var(--ground)" }))
    ground.setAttribute(key, String(value));
  copy.prepend(ground);
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("color", "var(--ink)");
  if (!copy.hasAttribute("font-family")) copy.setAttribute("font-family", "system-ui, sans-serif");
  return new XMLSerializer().serializeToString(copy).replace(/var\((--[\w-]+)\)/g, (_, name: string) => color(name));
}

const SVG = "http://www.w3.org/2000/svg";

/** A picture as a PNG of `scale` times its size; what is laid over its lines keeps its own pixels. */
export async function png(svg: SVGSVGElement, laid: Sheet["laid"] = [], scale = 2): Promise<Blob> {
  const { width, height } = svg.viewBox.baseVal;
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: scale * width, height: scale * height });
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  context.drawImage(image, 0, 0, width, height);
  for (const { canvas: picture, x, y, width: w, height: h } of laid) {
    // A cell of a map stays a square.
    context.imageSmoothingEnabled = picture.width >= w;
    context.drawImage(picture, x, y, w, h);
  }
  return pngOf(canvas);
}

const pngOf = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("this picture could not be made into a PNG"))), "image/png"),
  );

/** A name for files from a title. */
export const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 50) || "study";
