import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(at("../../package.json"), "utf8")) as { version: string };

/** Some hosts unpack what is named .gz, but its digest is that of the packed bytes. */
const assetFileNames = ({ names }: { readonly names: readonly string[] }): string =>
  names[0]?.endsWith(".gz") ? "assets/[name]-[hash].bin" : "assets/[name]-[hash][extname]";

export default defineConfig({
  root: at("."),
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
