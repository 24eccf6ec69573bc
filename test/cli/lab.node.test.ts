import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "../../packages/cli/src/commands/lab.js";

const outside = mkdtempSync(join(tmpdir(), "separatrix-serve-"));
const folder = join(outside, "site");
let served: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "index.html"), "<p>home</p>");
  writeFileSync(join(folder, "assets/a b.js"), "1;");
  writeFileSync(join(outside, "secret.txt"), "secret");
  symlinkSync(join(outside, "secret.txt"), join(folder, "link.txt"));
  served = await serve(folder, 0);
});
afterAll(() => {
  served.server.close();
  served.server.closeAllConnections();
  rmSync(outside, { recursive: true, force: true });
});

/** A request as it stands: no client tidies up its path. */
function ask(path: string, { method = "GET", host }: { method?: string; host?: string } = {}) {
  const { port } = new URL(served.url);
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, ...(host ? { headers: { host } } : {}) }, (response) => {
      let body = "";
      response.on("data", (part) => (body += String(part)));
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("it listens on 127.0.0.1 and gives files with the headers that isolate a page", async () => {
  expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  expect((served.server.address() as { address: string }).address).toBe("127.0.0.1");
  const home = await ask("/?x=1");
  expect([home.status, home.body]).toEqual([200, "<p>home</p>"]);
  expect(home.headers).toMatchObject({
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "content-type": "text/html; charset=utf-8",
    "x-content-type-options": "nosniff",
    "content-security-policy": "frame-ancestors 'none'",
  });
  expect(await ask("/assets/a%20b.js")).toMatchObject({
    status: 200,
    body: "1;",
    headers: { "content-type": "text/javascript; charset=utf-8" },
  });
  expect(await ask("/", { method: "HEAD" })).toMatchObject({ status: 200, body: "", headers: { "content-length": "11" } });
});

test.each([
  "/../secret.txt",
  "/..%2fsecret.txt",
  "/%2e%2e/secret.txt",
  "/assets/../../secret.txt",
  "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
  "//secret.txt",
  "/link.txt",
  "/assets",
  "/none",
  "/%",
  "/a%00b",
])("%s is not found", async (path) => {
  const { status, body } = await ask(path);
  expect(status).toBe(404);
  expect(body).not.toContain("secret");
});

test("other methods and other names of this machine are refused", async () => {
  expect((await ask("/", { method: "POST" })).status).toBe(405);
  expect((await ask("/", { host: "evil.example" })).status).toBe(421);
  expect((await ask("/", { host: "localhost:80" })).status).toBe(200);
});

test("a port that is taken is named", async () => {
  const { port } = new URL(served.url);
  await expect(serve(folder, Number(port))).rejects.toThrow(`port ${port} is taken; name another with --port`);
});
