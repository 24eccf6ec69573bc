import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url));

// Tests run from the sources: a test never sees a stale build.
export const alias = {
  "#engine": source("engine"),
  "#dynamics": source("dynamics"),
  "#report": fileURLToPath(new URL("packages/cli/src/report/index.ts", import.meta.url)),
};

export const testFiles = {
  node: ["packages/**/src/**/*.test.ts", "test/**/*.test.ts"],
  browserOnly: "test/browser/**",
  nodeOnly: "**/*.node.test.ts",
  browser: ["packages/engine/src/**/*.test.ts", "test/browser/**/*.test.ts"],
  excluded: ["**/node_modules/**", "**/dist/**"],
};

export default defineConfig({
  resolve: { alias },
  test: {
    include: testFiles.node,
    exclude: [...testFiles.excluded, testFiles.browserOnly],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: true,
    globalSetup: [fileURLToPath(new URL("test/lab/folder.ts", import.meta.url))],
  },
});
