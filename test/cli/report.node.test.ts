import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRun, writeRun, type StoredRun } from "../../packages/cli/src/files/run-folder.js";
import { charts, draw } from "../../packages/cli/src/report/charts.js";
import { figure } from "../../packages/cli/src/report/chart.js";
import { report } from "../../packages/cli/src/report/page.js";
import { style } from "../../packages/cli/src/report/style.js";
import { trainingCharts } from "../../packages/cli/src/report/training-charts.js";
import { run as runStudyText } from "../support/studies.js";
import { smallRecord } from "./record.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

let run: StoredRun;
let html: string;
let path: string;
beforeAll(async () => {
  path = await writeRun(folder, await smallRecord(), "npx separatrix run small.yaml");
  run = await readRun(path);
  html = report(run);
});

describe("the report of a run with a preconditioner", () => {
  it("sets the effective sharpness and the sharpness beside the threshold on one axis, and the sharpness alone against nothing", async () => {
    const found = trainingCharts(await smallRecord(40, "{ type: adam, learningRate: 0.01 }"));
    const [effective, plain] = found as [(typeof found)[0], (typeof found)[0]];
    expect(effective.title).toBe("Effective sharpness against the stability threshold");
    expect(effective.level!.name).toBe("threshold of adam = 3,800");
    expect(effective.level!.value).toBeCloseTo(3800, 8);
    expect(effective.curves.map((c) => c.name)).toEqual([
      "λ₁ of the preconditioned Hessian, the effective sharpness",
      "λ₁ of the Hessian itself, the sharpness",
    ]);
    expect(plain.title).toBe("Sharpness of the loss itself");
    expect(plain.level).toBeUndefined();
  });
});

describe("the report of a spectrum of SGD", () => {
  const study = (exponents: number, more = "") => `
system:
  kind: minimum
  architecture: { widths: [3, 1], activation: identity, bias: false }
  data: { source: inline, inputs: [[1, 0, 0], [0.5, 1, 0], [0, 0.3, 0.7]], targets: [[1], [2], [0.5]] }
questions:
  ${more}
  - { type: product-spectrum, learningRate: 0.4, exponents: ${exponents}, steps: 2000 }
`;

  it("draws exponents with bars and the largest marked, and their sums beside the determinants where these are all", async () => {
    const record = await runStudyText(
      study(3, "- { type: stability, learningRate: 0.4, budget: 4000, thresholdProducts: 1000 }"),
    );
    const [spectrum, sums] = charts(record).slice(-2) as ReturnType<typeof trainingCharts>;
    const exponents = Array.from(record.arrays["spectrum_exponents"]!.data);
    expect(spectrum!.curves[0]).toMatchObject({ x: [1, 2, 3], y: exponents, bars: true, dots: true });
    expect(spectrum!.level!.value).toBe(0);
    const lambda = record.manifest.answers.find((a) => a.name === "lambda")!;
    expect(spectrum!.curves[1]).toMatchObject({ x: [1], y: [lambda.value], band: [2 * lambda.error] });
    expect(Array.from(sums!.curves[0]!.y).at(-1)).toBeCloseTo(
      exponents.reduce((a, b) => a + b, 0),
      12,
    );
    // Single samples: the mean of log |1 - 0.4 |g|^2| over the three.
    const exact = [1, 1.25, 0.58].reduce((s, g) => s + Math.log(Math.abs(1 - 0.4 * g)), 0) / 3;
    expect(sums!.level!.value).toBeCloseTo(exact, 12);
    // A line, a bar at each exponent with an error, and dots.
    expect(draw(spectrum!, "s")).toMatch(/<circle/);
  });

  it("draws no sum where exponents are left out, and takes its own first where no other was asked for", async () => {
    const record = await runStudyText(study(2));
    const found = charts(record) as ReturnType<typeof trainingCharts>;
    expect(found.map((c) => c.title)).toEqual(["The spectrum of exponents"]);
    expect(found[0]!.curves[1]!.y).toEqual([record.arrays["spectrum_exponents"]!.data[0]]);
  });
});

describe("the report", () => {
  it("is the file in the run folder, byte for byte", () => {
    expect(readFileSync(join(path, "report.html"), "utf8")).toBe(html);
  });

  it("differs by nothing but its labelled date when the clock differs", () => {
    const other = report({
      ...run,
      clock: {
        ...run.clock,
        started: "2001-02-03T04:05:06.000Z",
        finished: "2001-02-03T05:05:06.000Z",
        total: 3600,
        threads: 7,
      },
    });
    const date = run.clock.started.slice(0, 10);
    expect(other).not.toBe(html);
    expect(other.replaceAll("2001-02-03", date)).toBe(html);
    expect(html).toContain(`date of the run: <time datetime="${date}">${date}</time>`);
  });

  it("fetches nothing: no address, no script, no style sheet or image of another file", () => {
    const withoutNamespaces = html
      .replaceAll('xmlns="http://www.w3.org/2000/svg"', "")
      .replaceAll('xmlns:xlink="http://www.w3.org/1999/xlink"', "");
    expect(withoutNamespaces).not.toMatch(/https?:|url\(|@import|\/\/[a-z]/i);
    const { document } = parseHTML(html);
    expect(
      [...document.querySelectorAll("script, link, img, iframe, object, embed, [src], [href], [onload]")].map((e) => e.outerHTML),
    ).toEqual([]);
    expect(document.querySelector('meta[http-equiv="Content-Security-Policy"]')!.getAttribute("content")).toBe(
      "default-src 'none'; style-src 'unsafe-inline'",
    );
  });

  it("shows a title with markup as text", () => {
    expect(html).toContain("<h1>Small &lt;b&gt;run&lt;/b&gt; &amp; more</h1>");
    expect(html).not.toContain("<b>");
  });

  it("has a chart of each thing measured, each with title, description and heading", () => {
    const { document } = parseHTML(html);
    const figures = [...document.querySelectorAll("figure")];
    expect(figures.map((f) => f.querySelector("h3")!.textContent)).toEqual([
      "Sharpness against the stability threshold",
      "Loss",
      "Accuracy",
      "Lyapunov exponent of the training run",
      "Gradient norm per layer",
    ]);
    for (const f of figures) {
      const svg = f.querySelector("svg.chart")!;
      expect(svg.getAttribute("role")).toBe("img");
      for (const id of svg.getAttribute("aria-labelledby")!.split(" "))
        expect(svg.querySelector(`#${id}`)!.textContent!.length).toBeGreaterThan(3);
      expect(svg.querySelectorAll("path").length).toBeGreaterThan(0);
    }
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("has headings in order, a language, and a table whose cells have headers", () => {
    const { document } = parseHTML(html);
    const levels = [...document.querySelectorAll("h1, h2, h3")].map((h) => Number(h.tagName[1]));
    expect(levels[0]).toBe(1);
    levels.slice(1).forEach((level, i) => expect(level - levels[i]!).toBeLessThanOrEqual(1));
    expect(document.documentElement.getAttribute("lang")).toBe("en");
    expect(document.querySelectorAll("thead th[scope=col]").length).toBe(5);
    const rows = [...document.querySelectorAll("tbody tr")];
    expect(rows.length).toBe(run.manifest.answers.length);
    for (const row of rows) expect(row.querySelectorAll("th[scope=row], td").length).toBe(5);
  });

  it("says the verdict, the study with its defaults, the command and the digests", () => {
    const { document } = parseHTML(html);
    const text = document.body.textContent!;
    for (const sentence of run.manifest.verdict) expect(text).toContain(sentence);
    for (const part of ["npx separatrix run small.yaml", "xavier-normal", run.digests["series.parquet"]!])
      expect(text).toContain(part);
  });

  it("does without charts when nothing was measured", () => {
    const bare = {
      ...run,
      series: run.series.map((s) => ({ ...s, values: new Float64Array(0) })),
      arrays: {},
    };
    expect(report(bare)).toContain("Nothing was measured that could be drawn.");
  });
});

describe("the style sheet", () => {
  /** Contrast ratio of the Web Content Accessibility Guidelines 2.2. */
  const contrast = (a: string, b: string): number => {
    const luminance = (hex: string): number => {
      const [r, g, bl] = [1, 3, 5].map((i) => {
        const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * bl!;
    };
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light! + 0.05) / (dark! + 0.05);
  };

  it.each(["light", "dark"])("has a contrast of 4.5 for text and 3 for lines in the %s scheme", (scheme) => {
    const blocks = [...style.matchAll(/:root \{([^}]*)\}/g)].map((m) => m[1]!);
    const colours = Object.fromEntries(
      [...blocks[scheme === "light" ? 0 : 1]!.matchAll(/--([\w]+): (#[0-9a-f]{6})/g)].map((m) => [m[1]!, m[2]!]),
    );
    for (const ground of ["ground", "panel"]) {
      for (const text of ["ink", "soft", "good", "warn", "bad"])
        expect(contrast(colours[text]!, colours[ground]!), `${text} on ${ground}`).toBeGreaterThan(4.5);
      for (const line of ["c1", "c2", "c3", "c4", "c5", "level"])
        expect(contrast(colours[line]!, colours[ground]!), `${line} on ${ground}`).toBeGreaterThan(3);
    }
  });
});

describe("a chart of many points", () => {
  it("draws numbers too small to have all their digits as 0: their axes have no ticks", () => {
    const tiny = figure(
      { title: "t", description: "d", caption: "c", x: "x", y: "y", curves: [{ name: "c", x: [1, 2], y: [1e-309, -1e-309] }] },
      "t",
    );
    expect(tiny).toContain("<svg");
  });

  it("stays small and keeps spikes", () => {
    const n = 200_000;
    const y = Float64Array.from({ length: n }, (_, i) => (i === 123_457 ? 50 : 1 + (i % 7) / 100));
    const svg = figure(
      {
        title: "t",
        description: "d",
        caption: "c",
        x: "x",
        y: "y",
        curves: [{ name: "n", x: y.keys() as unknown as number[], y }],
      },
      "f",
    );
    expect(svg).toBe("");
    const drawn = figure(
      {
        title: "t",
        description: "d",
        caption: "c",
        x: "x",
        y: "y",
        curves: [{ name: "n", x: Array.from(y.keys()), y }],
      },
      "f",
    );
    expect(drawn.length).toBeLessThan(60_000);
    const flat = figure(
      {
        title: "t",
        description: "d",
        caption: "c",
        x: "x",
        y: "y",
        curves: [{ name: "n", x: Array.from(y.keys()), y: y.map((v) => Math.min(v, 2)) }],
      },
      "f",
    );
    expect(drawn).toContain(">50<");
    expect(flat).not.toContain(">50<");
  });

  it("shows only what a logarithm has", () => {
    const drawn = figure(
      {
        title: "t",
        description: "d",
        caption: "c",
        x: "x",
        y: "y",
        log: true,
        curves: [{ name: "n", x: [0, 1, 2, 3], y: [1, 0, NaN, 1e-9] }],
      },
      "f",
    );
    expect(drawn).toMatch(/<path [^>]*d="M[\d.,]+L[\d.,]+"/);
    expect(
      figure(
        {
          title: "t",
          description: "d",
          caption: "c",
          x: "x",
          y: "y",
          log: true,
          curves: [{ name: "n", x: [0], y: [0] }],
        },
        "f",
      ),
    ).toBe("");
  });

  it("is drawn of a run that was measured once", () => {
    expect(
      charts({ ...run, series: run.series.map((s) => ({ ...s, values: s.values.slice(0, 1) })) }).every(
        (c) => draw(c, "f").length > 0,
      ),
    ).toBe(true);
  });
});
