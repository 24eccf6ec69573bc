/** The ```ts blocks of a document as one program, run as a reader would: by Node, on the built package. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transformWithOxc } from "vite";
import { root } from "./examples.js";
import { agrees, print } from "./shown.js";

interface Result {
  readonly line: number;
  readonly printed: string;
  readonly shown: string;
}

const PRELUDE = `
const results = [];
const console = { log() {} };
const missing = (name, from) => { throw new Error(from + " has no export " + name); };
const note = (line, values, shown) => results.push({ line, printed: values.map(print).join(", "), shown });
${print.toString()}
`;

/** A block with its imports as constants, so that it can stand inside another, and its shown values noted. */
function runnable(block: string, firstLine: number): string {
  return block
    .split("\n")
    .map((text, i) =>
      text.replace(
        /^(\s*)console\.log\((.*)\);? \/\/ (.+)$/,
        (_, indent, values, shown) => `${indent}note(${firstLine + i}, [${values}], ${JSON.stringify(shown)});`,
      ),
    )
    .join("\n")
    .replace(/^import \{([^}]*)\} from ("[^"]+");?$/gm, (_, names: string, from: string) => {
      const constants = names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name && !name.startsWith("type "));
      const each = constants.map((name) => `${name.replace(" as ", ": ")} = missing("${name}", ${from})`);
      return `const { ${each.join(", ")} } = await import(${from});`;
    })
    .replace(/^import type .*$/gm, "");
}

/** Each block stands inside the one before it: it sees the names made there and may make its own again. */
function program(markdown: string): string {
  const blocks = [...markdown.matchAll(/^```ts\n([^]*?)^```$/gm)].map(({ 1: code, index }) =>
    runnable(code!, markdown.slice(0, index).split("\n").length + 1),
  );
  return `${PRELUDE}${blocks.map((code) => `{\n${code}`).join("")}${"}".repeat(blocks.length)}
process.stdout.write(JSON.stringify(results));`;
}

/** What is wrong with the values that a document shows; throws when a block fails. */
export async function wrongIn(name: string): Promise<string[]> {
  const { code } = await transformWithOxc(program(readFileSync(join(root, name), "utf8")), "document.ts", {
    target: "es2022",
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module"], {
    cwd: root,
    input: code,
    encoding: "utf8",
  });
  if (status !== 0)
    throw new Error(`${name}: a \`\`\`ts block fails on the built package (npm run build makes it anew)\n${stderr}`);
  return (JSON.parse(stdout) as Result[])
    .filter(({ printed, shown }) => !agrees(printed, shown))
    .map(({ line, printed, shown }) => `${name}:${line} gives ${printed}, shown: ${shown}`);
}
