import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { alias, browserArguments, testFiles } from "./vitest.config.ts";

const executablePath = process.env.CHROME_PATH;
if (!executablePath) {
  throw new Error("The browser tests need CHROME_PATH, the path of a Chrome or Chromium; `npm test` finds one and sets it.");
}

// SharedArrayBuffer exists only in a page that is isolated from other origins.
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export default defineConfig({
  resolve: { alias },
  server: { headers: isolation },
  test: {
    include: testFiles.browser,
    exclude: [...testFiles.excluded, testFiles.nodeOnly],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: true,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath,
          args: browserArguments,
        },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
});
