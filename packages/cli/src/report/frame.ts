import { parseHTML } from "linkedom";
import { escape } from "./html.js";

/** What every figure says. */
export interface Labels {
  readonly title: string;
  /** For those who do not see it: what it shows, in a sentence or two. */
  readonly description: string;
  readonly caption: string;
  readonly x: string;
  readonly y: string;
  /** As wide as the page. The first figure always is. */
  readonly wide?: boolean;
}

/** A page for Plot to draw on where there is no browser. */
const page = (): Document => parseHTML("<!doctype html><html><body></body></html>").document as unknown as Document;

/** What all plots have in common. */
export const base = ({ x, y }: Labels, size: { readonly width: number; readonly height: number }) => ({
  document: page(),
  ...size,
  marginLeft: 64,
  marginBottom: 42,
  marginTop: 26,
  className: "chart",
  x: { label: x, labelAnchor: "center", labelArrow: "none", nice: false } as const,
  y: { label: y, labelArrow: "none" } as const,
});

/** A figure: an inline SVG with title and description, a legend in text, and a caption. */
export function framed(drawn: Element, { title, description, caption, wide }: Labels, id: string, legend: string): string {
  const svg = drawn as SVGSVGElement;
  // The page's own style sheet takes the place of Plot's fonts and sizes.
  for (const style of svg.querySelectorAll("style")) style.remove();
  // Plot names its groups after their marks ("line"), which says nothing to a reader and stands where no name may stand.
  for (const group of svg.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label");
  for (const name of ["font-size", "font-family"]) svg.removeAttribute(name);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", `${id}-title ${id}-description`);
  const inner = svg.innerHTML;
  svg.innerHTML = "";
  const open = svg.outerHTML.replace(/\s*\/>$|><\/svg>$/, ">");
  return [
    `<figure id="${id}"${wide ? ' class="wide"' : ""}>`,
    `<h3>${escape(title)}</h3>`,
    legend,
    `${open}<title id="${id}-title">${escape(title)}</title><desc id="${id}-description">${escape(description)}</desc>${inner}</svg>`,
    `<figcaption>${escape(caption)}</figcaption>`,
    "</figure>",
  ].join("\n");
}
