/** The laboratory built from the sources, served, and a browser to open it in. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { chromium, type Browser, type Page } from "playwright";
import { build } from "vite";
import { alias, browserArguments } from "../../vitest.config.js";
import { serve } from "../../packages/cli/src/commands/lab.js";

export const root = join(import.meta.dirname, "../..");

/** The browser that the other tests use; empty where there is none. */
export const chrome = spawnSync(process.execPath, [join(root, "scripts/chrome.mjs")], { encoding: "utf8" }).stdout.trim();

if (!chrome) console.log("The laboratory was not tested: no Chrome or Chromium was found (set CHROME_PATH to name one).");

export const buildSite = (folder: string): Promise<unknown> =>
  build({
    configFile: join(root, "apps/lab/vite.config.ts"),
    root: join(root, "apps/lab"),
    logLevel: "silent",
    resolve: { alias },
    build: { outDir: folder, emptyOutDir: true },
  });

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** As `separatrix lab` serves it. */
export async function served(folder: string): Promise<Site> {
  const { server, url } = await serve(folder, 0);
  return { url, close: () => new Promise((done) => (server.close(() => done()), server.closeAllConnections())) };
}

/** As any host might: below a path, without the headers that isolate a page. */
export async function hosted(folder: string, path: string): Promise<Site> {
  const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
  const server = createServer((request, response) => {
    const name = request.url!.replace(/[?#].*$/, "");
    if (!name.startsWith(path)) return void response.writeHead(404).end();
    const file = join(folder, name.slice(path.length) || "index.html");
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  return { url, close: () => new Promise((done) => (server.close(() => done()), server.closeAllConnections())) };
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chrome,
    args: browserArguments,
  });

/** A page that keeps what should not be: messages on the console, faults, requests to elsewhere. */
export async function open(
  browser: Browser,
  address: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const complaints: string[] = [];
  const origin = new URL(address).origin;
  page.on("console", (m) => void (["error", "warning"].includes(m.type()) && complaints.push(`console: ${m.text()}`)));
  page.on("pageerror", (e) => void complaints.push(`fault: ${e.message}`));
  page.on(
    "request",
    (r) => void (/^(blob|data):/.test(r.url()) || new URL(r.url()).origin === origin || complaints.push(`request to ${r.url()}`)),
  );
  await page.goto(address);
  return { page, complaints };
}
