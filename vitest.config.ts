import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

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

/** Of the browsers that tests start: nothing that asks the network. */
export const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Files that take minutes come first, so that no processor waits for them at the end. */
const LONG = ["test/cli/examples.node.test.ts", "test/cli/resume.node.test.ts", "test/cli/command.node.test.ts"];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.includes(name));
      return at < 0 ? LONG.length : at;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

const LABORATORY = "test/lab/**/*.test.ts";

export default defineConfig({
  resolve: { alias },
  test: {
    exclude: [...testFiles.excluded, testFiles.browserOnly],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: true,
    // Modules are loaded once a worker and not once a file, which took a third of the time. Tests leave nothing behind: no globals, no environment.
    isolate: false,
    sequence: { sequencer: LongFirst },
    // The pages are watched for long tasks, so their tests have the machine to themselves; all others share its processors.
    projects: [
      {
        extends: true,
        test: {
          name: "laboratory",
          include: [LABORATORY],
          globalSetup: [fileURLToPath(new URL("test/lab/folder.ts", import.meta.url))],
          maxWorkers: 1,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "library",
          include: testFiles.node,
          exclude: [LABORATORY],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
