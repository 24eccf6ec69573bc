/** Servers that keep a queue, started for tests on a port of their own and gone with them. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Started {
  readonly address: string;
  /** Ends it and removes its files. */
  stop(): void;
}

export interface QueueServer {
  readonly name: string;
  /** What would have to be installed; empty where nothing is missing. */
  readonly missing: string;
  start(): Promise<Started>;
  /** An address at which nobody answers. */
  dead(port: number): string;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Waits until a server says that it is ready. */
const said = (server: ChildProcess, words: string): Promise<void> =>
  new Promise((ready, fail) => {
    let all = "";
    const hear = (text: Buffer): void => {
      all += String(text);
      if (all.includes(words)) ready();
    };
    server.stdout!.on("data", hear);
    server.stderr!.on("data", hear);
    server.on("close", () => fail(new Error(`the server ended: ${all}`)));
  });

/** A folder of its own: that of a test is closed to other users. */
const filesOf = (): string => mkdtempSync(join(tmpdir(), "separatrix-server-"));

/** Postgres ends its children at SIGQUIT, Redis at once as well. */
const ended = (server: ChildProcess, folder: string) => (): void => {
  server.on("close", () => rmSync(folder, { recursive: true, force: true }));
  server.kill("SIGQUIT");
};

const redis: QueueServer = {
  name: "Redis",
  missing: spawnSync("redis-server", ["--version"]).status === 0 ? "" : "install Debian's redis-server",
  async start() {
    const port = await freePort();
    const folder = filesOf();
    const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder];
    const server = spawn("redis-server", options, { stdio: "pipe" });
    await said(server, "Ready to accept");
    return { address: `redis://127.0.0.1:${port}`, stop: ended(server, folder) };
  },
  dead: (port) => `redis://127.0.0.1:${port}`,
};

/** Debian keeps them off the path. */
const LIBRARY = "/usr/lib/postgresql";
const bin = existsSync(LIBRARY)
  ? readdirSync(LIBRARY)
      .map((v) => join(LIBRARY, v, "bin"))
      .find((path) => existsSync(join(path, "initdb")))
  : undefined;
const driver = await import("pg" as string).then(
  () => true,
  () => false,
);

/** Postgres refuses to be run by root: then by the user of this name. */
const user = ((): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout || NaN));
  return { uid: uid!, gid: gid! };
})();

const postgres: QueueServer = {
  name: "Postgres",
  missing: !bin
    ? "install Debian's postgresql"
    : !driver
      ? "npm install --no-save pg"
      : user && !Number.isInteger(user.uid)
        ? "there is no user postgres, and root may not run it"
        : "",
  async start() {
    const port = await freePort();
    const folder = filesOf();
    if (user) chownSync(folder, user.uid, user.gid);
    const as = { ...user, cwd: "/", encoding: "utf8" as const };
    const files = join(folder, "data");
    const made = spawnSync(join(bin!, "initdb"), ["-D", files, "-U", "sweeper", "--auth=trust", "--no-sync"], as);
    if (made.status !== 0) throw new Error(made.stderr);
    const options = ["-D", files, "-p", `${port}`, "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"];
    const server = spawn(join(bin!, "postgres"), options, { ...as, stdio: "pipe" });
    await said(server, "ready to accept connections");
    return { address: `postgres://sweeper@127.0.0.1:${port}/postgres`, stop: ended(server, folder) };
  },
  dead: (port) => `postgres://sweeper@127.0.0.1:${port}/postgres`,
};

export const queueServers: readonly QueueServer[] = [redis, postgres];
