import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "separatrix-package-"));
const project = join(folder, "project");

/** Runs a command in the fresh project; throws with all it said when it fails. */
function run(command: string, args: string[], { cwd = project, shell = false } = {}) {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    // What an outer npm says about its own project must not reach the inner one.
    if (/^npm_(package|lifecycle|config_local)/.test(name)) delete env[name];
  }
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, shell, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error ?? status}\n${stdout}\n${stderr}`);
  return stdout;
}

const node = (...args: string[]) => run(process.execPath, args);

/** npm or npx: of the npm that runs this test, where there is one. */
function npm(name: "npm" | "npx", args: string[], cwd = project) {
  const outer = process.env.npm_execpath;
  if (!outer?.endsWith("npm-cli.js")) return run(name, args, { cwd, shell: process.platform === "win32" });
  return run(process.execPath, [join(dirname(outer), `${name}-cli.js`), ...args], { cwd });
}

const PROGRAM = `
import { compile, mul, sum } from "separatrix/engine";
import * as dynamics from "separatrix";

const program = compile((x) => [sum(mul(x, x))], [{ shape: [3] }]);
program.inputs[0].set([1, 2, 3]);
program.run();
export const answer = program.outputs[0][0];
export const names = Object.keys(dynamics);
`;

beforeAll(() => {
  mkdirSync(project);
  const packed = npm("npm", ["pack", "--silent", "--pack-destination", folder], root);
  const tarball = join(folder, basename(packed.trim().split("\n").at(-1)!));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "fresh", private: true, type: "module" }));
  npm("npm", ["install", tarball, "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(join(project, "program.js"), PROGRAM);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a fresh project imports separatrix and separatrix/engine and runs a program", () => {
  writeFileSync(
    join(project, "main.js"),
    'import { answer, names } from "./program.js"; console.log(JSON.stringify({ answer, count: names.length }));',
  );
  const { answer, count } = JSON.parse(node("main.js")) as { answer: number; count: number };
  expect(answer).toBe(14);
  expect(count).toBeGreaterThan(0);
});

test("only the two entries and package.json are public", () => {
  const attempt = 'import("separatrix/packages/engine/dist/index.js").catch((e) => console.log(e.code))';
  expect(node("--input-type=module", "-e", attempt).trim()).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
});

test("the package holds what it runs on and no tests", () => {
  const inside = join(project, "node_modules", "separatrix");
  for (const name of ["LICENSE", "packages/engine/src/index.ts", "packages/cli/bundle/main.js", "data", "examples"]) {
    expect(existsSync(join(inside, name)), name).toBe(true);
  }
  const tests = node("-e", 'console.log(fs.readdirSync("node_modules/separatrix", { recursive: true }).join("\\n"))');
  expect(tests.split("\n").filter((name) => /\.test\.|tsbuildinfo/.test(name))).toEqual([]);
});

test.each([
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
])("its types serve a strict project with module %s and moduleResolution %s, library check included", (module, resolution) => {
  writeFileSync(
    join(project, "typed.ts"),
    `${PROGRAM}
const value: number = program.outputs[0]![0]!;
// @ts-expect-error a shape is a list of numbers
compile((x) => [x], [{ shape: "3" }]);
// @ts-expect-error a program has no such member
program.nothing;
console.log(value);
`,
  );
  const target = ["--target", "es2022", "--lib", "es2023,dom", "--module", module, "--moduleResolution", resolution];
  const checks = ["--ignoreConfig", "--strict", "--noEmit", "--skipLibCheck", "false"];
  node(join(root, "node_modules/typescript/bin/tsc"), ...checks, ...target, "typed.ts");
});

/** The chunks that run before the page asks for anything: the entry and its static imports. */
function staticChunks(chunks: readonly Rolldown.OutputChunk[]) {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const reached = new Set(chunks.filter((chunk) => chunk.isEntry));
  for (const chunk of reached) {
    for (const name of chunk.imports) if (byName.has(name)) reached.add(byName.get(name)!);
  }
  return [...reached];
}

async function bundle() {
  writeFileSync(join(project, "index.html"), '<p id="answer"></p><script type="module" src="./page.js"></script>');
  writeFileSync(
    join(project, "page.js"),
    'import { answer, names } from "./program.js"; document.querySelector("#answer").textContent = `answer ${answer} of ${names.length > 0}`;',
  );
  const result = await build({
    root: project,
    configFile: false,
    logLevel: "silent",
    build: { target: "es2022", minify: false },
  });
  return (result as Rolldown.RolldownOutput).output.filter((one) => one.type === "chunk");
}

test("vite bundles both entries for a page, and nothing of Node is left at the top level", async () => {
  const chunks = staticChunks(await bundle());
  expect(chunks.length).toBeGreaterThan(0);
  const modules = chunks.flatMap((chunk) => chunk.moduleIds);
  expect(modules.filter((name) => name.includes("browser-external"))).toEqual([]);
  for (const chunk of chunks) {
    expect(chunk.imports.filter((name) => name.startsWith("node:"))).toEqual([]);
    expect(chunk.code).not.toMatch(/^\s*import\b[^(]*["']node:|\brequire\(["']node:/m);
  }
});

const chrome = spawnSync(process.execPath, [join(root, "scripts/chrome.mjs")], {
  encoding: "utf8",
}).stdout.trim();

test.skipIf(!chrome)("the bundled page runs in a browser", async () => {
  await bundle();
  const types: Record<string, string> = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
  };
  const server = createServer((request, response) => {
    const name = request.url === "/" ? "/index.html" : request.url!;
    const file = join(project, "dist", name);
    if (!existsSync(file)) return void response.writeHead(404).end();
    const isolation = {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    };
    response.writeHead(200, { "Content-Type": types[extname(name)] ?? "text/plain", ...isolation });
    response.end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const profile = `--user-data-dir=${join(folder, "profile")}`;
  // Not spawnSync: this process is the page's server.
  const browser = spawn(chrome, [...flags, ...quiet, profile, "--virtual-time-budget=10000", "--dump-dom", address], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let page = "";
  for await (const part of browser.stdout) page += String(part);
  server.close();
  expect(page).toContain("answer 14 of true");
});

test("npx runs the command separatrix", () => {
  const help = npm("npx", ["--no-install", "separatrix", "--help"]);
  for (const command of ["run", "list", "report"]) expect(help).toMatch(new RegExp(`\\b${command}\\b`));
});
