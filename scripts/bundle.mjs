// The command in few files: node loads 600 modules in a second, and these in a third of it. Called by setup.mjs after the compiler.
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const cli = join(dirname(fileURLToPath(import.meta.url)), "..", "packages", "cli");

await build({
  root: cli,
  configFile: false,
  logLevel: "warn",
  build: {
    ssr: true,
    target: "node20",
    outDir: "bundle",
    minify: false,
    rolldownOptions: {
      // The command, and the scripts of its threads.
      input: Object.fromEntries(
        ["main", "sweep/worker", "sweep/queued-cell"].map((name) => [name, join(cli, "dist", `${name}.js`)]),
      ),
      // What others wrote is imported where it is installed: some of it is optional.
      external: (id) => !/^[.#]/.test(id) && !isAbsolute(id),
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
