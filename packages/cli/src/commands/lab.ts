import { createReadStream, existsSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";
import { UserError } from "../exit.js";
import { inPackage } from "../package-root.js";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** Isolation gives the page shared memory, and with it threads; nothing is kept, so that a new version is seen at once. */
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  // What else a page may do stands in its own policy; that none may show it inside itself can only be said here.
  "Content-Security-Policy": "frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-cache",
};

/**
 * Serves the files of a folder on 127.0.0.1, to this machine alone.
 *
 * *Arguments*: `folder`; `port`: 0 for any that is free.
 * *Returns*: the server and its address. Rejects with a UserError when the port is taken.
 * Only GET and HEAD are answered; a path that leads out of the folder, by dots or by links, is not found; a request for another host name is
 * refused, so that no page elsewhere can reach the server under a name of its own.
 */
export async function serve(folder: string, port: number): Promise<{ readonly server: Server; readonly url: string }> {
  const root = await realpath(folder);
  const server = createServer((request, response) => void answer(root, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new UserError(
          error.code === "EADDRINUSE"
            ? `port ${port} is taken; name another with --port, or leave the option out for any that is free`
            : `the laboratory cannot listen on port ${port} (${error.code ?? error.message})`,
        ),
      ),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const end = (status: number, text: string): void => {
    response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  };
  if (request.method !== "GET" && request.method !== "HEAD") return end(405, "only GET and HEAD are answered");
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? ""))
    return end(421, "this server answers to 127.0.0.1 alone");
  const file = await find(root, request.url ?? "/");
  if (!file) return end(404, "there is no such file");
  const { size } = await stat(file);
  response.writeHead(200, {
    ...HEADERS,
    "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
    "Content-Length": size,
  });
  if (request.method === "HEAD") return void response.end();
  createReadStream(file)
    .on("error", () => response.destroy())
    .pipe(response);
}

/** The file that an address means, if it lies in the folder, links followed. */
async function find(root: string, url: string): Promise<string | undefined> {
  let path: string;
  try {
    path = decodeURIComponent(url.replace(/[?#].*$/, ""));
  } catch {
    return undefined;
  }
  if (path.includes("\0")) return undefined;
  try {
    const file = await realpath(join(root, path.endsWith("/") ? `${path}index.html` : path));
    return file.startsWith(root + sep) && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Serves the laboratory until a signal ends it. It was built with the package: nothing is built here. */
export async function lab(port: number): Promise<void> {
  const folder = inPackage("apps/lab/dist");
  if (!existsSync(join(folder, "index.html")))
    throw new UserError("the laboratory is not built in this checkout; run  npm run build:lab  once");
  const { server, url } = await serve(folder, port);
  console.log(`The laboratory is at ${url}\nCtrl-C ends it. It is served to this machine alone, and sends nothing anywhere.`);
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  await new Promise<void>((resolve) => server.once("close", resolve));
}
