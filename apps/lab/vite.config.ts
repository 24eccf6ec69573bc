import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderToString } from "katex";
import { defineConfig, type Plugin } from "vite";
import { stops } from "./src/tour/stops.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(at("../../package.json"), "utf8")) as { version: string };

/** Some hosts unpack what is named .gz, but its digest is that of the packed bytes. */
const assetFileNames = ({ names }: { readonly names: readonly string[] }): string =>
  names[0]?.endsWith(".gz") ? "assets/[name]-[hash].bin" : "assets/[name]-[hash][extname]";

/** Typesets the formulas of the tour when the site is built, so that a page needs no more than their fonts: docs/decisions/008. */
const formulas: Plugin = {
  name: "formulas",
  enforce: "pre",
  resolveId: (id) => (id === "virtual:formulas" ? `\0${id}` : undefined),
  load: (id) =>
    id === "\0virtual:formulas"
      ? `export default ${JSON.stringify(Object.fromEntries(stops.map(({ formula }) => [formula, renderToString(formula, { displayMode: true })])))}`
      : undefined,
  // Every browser that can run the laboratory reads WOFF2.
  transform: (code, id) =>
    id.includes("katex.min.css") ? code.replace(/,url\([^)]*\) format\("(woff|truetype)"\)/g, "") : undefined,
};

export default defineConfig({
  root: at("."),
  plugins: [formulas],
  // Every address is relative: the site works below any path of any host.
  base: "./",
  define: { __VERSION__: JSON.stringify(version) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es", rolldownOptions: { output: { assetFileNames } } },
  build: {
    target: "es2022",
    outDir: at("dist"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { output: { assetFileNames } },
  },
});
