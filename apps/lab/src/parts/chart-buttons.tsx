import { csvOf, svgOf, type ChartFacts } from "./chart-file.js";
import { png, save, slug, standalone } from "./download.js";

/** Buttons that hand the visitor a chart of curves: as a picture of lines, of pixels, or as its numbers. */
export function ChartButtons({ title, facts }: { readonly title: string; readonly facts: () => ChartFacts | undefined }) {
  const drawn = (chart: ChartFacts): SVGSVGElement => {
    const box = document.createElement("div");
    box.innerHTML = svgOf(chart);
    return box.querySelector("svg")!;
  };
  const kinds: readonly (readonly [string, (chart: ChartFacts, name: string) => unknown])[] = [
    ["SVG", (chart, name) => save(`${name}.svg`, standalone(drawn(chart)), "image/svg+xml")],
    ["PNG", (chart, name) => png(drawn(chart)).then((blob) => save(`${name}.png`, blob, "image/png"))],
    ["CSV", ({ x, lines, data }, name) => save(`${name}.csv`, csvOf([x, ...lines.map((l) => l.label)], data), "text/csv")],
  ];
  return (
    <p class="saves">
      {kinds.map(([kind, make]) => (
        <button
          key={kind}
          type="button"
          class="small"
          aria-label={`${kind} of ${title}`}
          onClick={() => {
            const chart = facts();
            if (chart) void make(chart, slug(title));
          }}
        >
          {kind}
        </button>
      ))}
    </p>
  );
}
