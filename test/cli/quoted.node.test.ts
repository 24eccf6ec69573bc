import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { quoted } from "../../packages/cli/src/commands/quoted.js";
import { UserError } from "../../packages/cli/src/exit.js";

test.each([
  "a.onnx",
  "my model.onnx",
  "$(touch x).onnx",
  "`id`.csv",
  'it\'s "mine" & $HOME!.npz',
  "a;b|c>d.csv",
  "größer 2.csv",
  "'",
])("%s: a shell reads the word that was meant", (word) => {
  expect(spawnSync("sh", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8" }).stdout).toBe(word);
});

test("a message shows no control characters but its line ends", () =>
  expect(new UserError("a\u001b[2J.csv:1:\r b\n\u009b2Jc").message).toBe("a\uFFFD[2J.csv:1:\uFFFD b\n\uFFFD2Jc"));
