/** A canvas at its place on a sheet, in CSS pixels. */
export interface Laid {
  readonly canvas: HTMLCanvasElement;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture that stands for itself: its title, what its colours mean, and what a part of the page shows. */
export interface Sheet {
  readonly svg: SVGSVGElement;
  /** Canvases, to be painted over the lines. */
  readonly laid: readonly Laid[];
}

const [PAD, GAP, LINE, SMALL] = [14, 18, 19, 13];
const FONT = "system-ui, sans-serif";
/** The widest row of pictures, and the narrowest caption. */
const [WIDEST, NARROWEST] = [1100, 150];

/** Something in a line of words: a word, or a small picture. */
type Piece = string | SVGSVGElement | HTMLCanvasElement;

const SVG = "http://www.w3.org/2000/svg";
const make = (name: string, attributes: Readonly<Record<string, string | number>>, text = ""): SVGElement => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
};

/** How large a picture is on a sheet: a chart as it was made, all else as it is on the page. */
function sizeOf(picture: SVGSVGElement | HTMLCanvasElement): { readonly width: number; readonly height: number } {
  if (picture.matches("svg.chart")) return (picture as SVGSVGElement).viewBox.baseVal;
  return picture.getBoundingClientRect();
}

/** The words and small pictures of an element, in order. */
function piecesOf(element: Element): Piece[] {
  const pieces: Piece[] = [];
  let text = "";
  const words = (): void => void pieces.push(...text.split(/\s+/).filter(Boolean));
  for (const node of element.childNodes) {
    if (node instanceof SVGSVGElement || node instanceof HTMLCanvasElement) {
      words();
      text = "";
      pieces.push(node);
    } else text += node.textContent ?? "";
  }
  words();
  return pieces;
}

/** What a part of the page shows, as a picture of its own: its first heading, its legends, its canvases or its chart, and their captions. */
export function sheetOf(part: Element): Sheet {
  const svg = make("svg", { xmlns: SVG, "font-family": FONT, "font-size": SMALL, fill: "var(--ink)" }) as SVGSVGElement;
  const laid: Laid[] = [];
  const measure = document.createElement("canvas").getContext("2d")!;
  const widthOf = (piece: Piece, font: string): number => {
    measure.font = font;
    return typeof piece === "string" ? measure.measureText(piece).width : sizeOf(piece).width;
  };
  const place = (picture: SVGSVGElement | HTMLCanvasElement, x: number, y: number): void => {
    const { width, height } = sizeOf(picture);
    if (picture instanceof HTMLCanvasElement) return void laid.push({ canvas: picture, x, y, width, height });
    const copy = picture.cloneNode(true) as SVGSVGElement;
    for (const [key, value] of Object.entries({ x, y, width, height })) copy.setAttribute(key, String(value));
    if (!copy.hasAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.append(copy);
  };
  /** Groups of pieces from left to right, a new line where one does not fit; gives the foot of the last line. */
  const flow = (
    groups: readonly (readonly Piece[])[],
    [left, top, right]: readonly [number, number, number],
    { size = SMALL, weight = "normal", fill = "var(--ink)" } = {},
  ): number => {
    const [font, line] = [`${weight} ${size}px ${FONT}`, (LINE * size) / SMALL];
    const space = widthOf(" ", font);
    let [x, y] = [left, top];
    // Words that follow each other in a line are one text.
    let text: SVGElement | undefined;
    const feed = (): void => {
      [x, y, text] = [left, y + line, undefined];
    };
    for (const group of groups) {
      const whole = group.reduce((sum, piece) => sum + widthOf(piece, font) + space, -space);
      text = undefined;
      if (x > left && x + whole > right) feed();
      for (const piece of group) {
        const width = widthOf(piece, font);
        if (x > left && x + width > right) feed();
        if (typeof piece !== "string") {
          text = undefined;
          place(piece, x, y + 0.5 * (line - sizeOf(piece).height));
        } else if (text) text.textContent += ` ${piece}`;
        else {
          text = make("text", { x, y: y + 0.75 * line, "font-size": size, "font-weight": weight, fill }, piece);
          svg.append(text);
        }
        x += width + space;
      }
      x += GAP - space;
    }
    return groups.length > 0 ? y + line : top;
  };

  const pictures = [...part.querySelectorAll<SVGSVGElement | HTMLCanvasElement>("canvas, svg.chart")].filter(
    (p) => !p.closest(".scale, .over") && p.getBoundingClientRect().width > 0,
  );
  const columns: { readonly x: number; readonly row: number; readonly width: number }[] = [];
  let [x, row, right] = [PAD, 0, 320];
  for (const picture of pictures) {
    const width = Math.max(NARROWEST, sizeOf(picture).width);
    if (x > PAD && x + width > WIDEST) [x, row] = [PAD, row + 1];
    columns.push({ x, row, width });
    right = Math.max(right, x + width);
    x += width + GAP;
  }
  const words = (selector: string): Piece[][] => [...part.querySelectorAll(selector)].map(piecesOf);
  let y = flow(words("h2, h3").slice(0, 1), [PAD, PAD, right], { size: 16, weight: "600" });
  y = flow(words(".legend > li"), [PAD, y + 2, right]);
  for (const scale of words(".scale")) y = flow([scale], [PAD, y + 2, right]);
  for (let r = 0; r <= row; r++) {
    let foot = (y += 8);
    columns.forEach((column, i) => {
      if (column.row !== r) return;
      const picture = pictures[i]!;
      place(picture, column.x, y);
      for (const over of picture.parentElement!.querySelectorAll<HTMLCanvasElement>(":scope > canvas.over"))
        place(over, column.x, y);
      const under = y + sizeOf(picture).height;
      const caption = picture.dataset["caption"]?.split(/\s+/);
      const room = [column.x, under + 4, column.x + column.width] as const;
      foot = Math.max(foot, flow(caption ? [caption] : [], room, { fill: "var(--soft)" }));
    });
    y = foot;
  }
  const [width, height] = [Math.ceil(right + PAD), Math.ceil(y + PAD)];
  for (const [key, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
    svg.setAttribute(key, String(value));
  return { svg, laid };
}
