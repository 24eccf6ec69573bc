/** Sweeps that several processes run by way of a real redis-server. Without one on the path this is skipped: install Debian's redis-server. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { separatrix } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-queue-"));
const there = spawnSync("redis-server", ["--version"]).status === 0;

const sweep = `title: Shared grid
study:
  system:
    kind: training
    architecture: { widths: [1, 8, 1] }
    data: { source: csv, path: points.csv, targets: [1] }
    optimizer: { learningRate: 0.2 }
    steps: 6000
  questions:
    - { type: sharpness, every: 20 }
axes:
  - { path: system.optimizer.learningRate, values: [0.1, 0.5, 60] }
  - { path: seed, from: 0, to: 2 }
`;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** All files of the sweep below a folder but the clock. */
const bytes = (parent: string): Record<string, string> => {
  const [name] = readdirSync(join(folder, parent)).filter((n) => !n.startsWith("."));
  const path = join(folder, parent, name!);
  return Object.fromEntries(
    readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.\w+$/.test(file) && file !== "clock.json")
      .sort()
      .map((file) => [file, readFileSync(join(path, file), "base64")]),
  );
};

describe.skipIf(!there)("separatrix sweep --queue", () => {
  let redis: ReturnType<typeof spawn>;
  let address = "";
  beforeAll(async () => {
    const port = await freePort();
    address = `redis://127.0.0.1:${port}`;
    redis = spawn("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder], { stdio: "pipe" });
    await new Promise<void>((ready) => redis.stdout!.on("data", (text) => String(text).includes("Ready to accept") && ready()));
    writeFileSync(join(folder, "grid.yaml"), sweep);
    writeFileSync(join(folder, "points.csv"), Array.from({ length: 12 }, (_, i) => `${i / 11},${(i * 5) % 7}`).join("\n"));
  });
  afterAll(() => {
    redis.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("ends with the bytes of a local sweep, though a worker is killed at its work", { timeout: 120_000 }, async () => {
    const whole = await separatrix(folder, ["sweep", "grid.yaml", "--out", "whole", "--quiet"]);
    expect(whole.code).toBe(0);
    const enough = join(folder, "enough");
    let served = "";
    // The first worker is killed when it has ended one cell, and so has begun another.
    const doomed = separatrix(folder, ["worker", "--queue", address, "--workers", "1"], {
      look: (kill, _stderr, stdout) => stdout.includes("done") && kill(),
    });
    const shared = separatrix(folder, ["sweep", "grid.yaml", "--out", "shared", "--quiet", "--queue", address]);
    expect((await doomed).code).toBe(null);
    const survivor = separatrix(folder, ["worker", "--queue", address, "--workers", "1"], {
      look: (kill, _stderr, stdout) => {
        served = stdout;
        if (readdirSync(folder).includes("enough")) kill("SIGINT");
      },
    });
    expect((await shared).code).toBe(0);
    mkdirSync(enough);
    expect((await survivor).code).toBe(130);
    expect(bytes("shared")).toEqual(bytes("whole"));
    // One cell was done by the first worker, the others by the second one, that of the killed worker among them.
    expect(served.match(/^done/gm)).toHaveLength(8);
  });

  it("refuses cells made from other data than the sweep has", { timeout: 60_000 }, async () => {
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "points.csv"), "0,1\n1,2\n");
    writeFileSync(join(folder, "one.yaml"), sweep.replace("from: 0, to: 2", "values: [9]").replace("0.1, 0.5, 60", "0.3"));
    const ended = join(folder, "ended");
    const worker = separatrix(folder, ["worker", "--queue", address, "--data", other, "--workers", "1"], {
      look: (kill) => readdirSync(folder).includes("ended") && kill("SIGINT"),
    });
    const { code, stdout } = await separatrix(folder, ["sweep", "one.yaml", "--out", "one", "--quiet", "--queue", address]);
    mkdirSync(ended);
    await worker;
    rmSync(ended, { recursive: true });
    // It is not kept: with the right data the same command ends well.
    const right = separatrix(folder, ["worker", "--queue", address, "--workers", "1"], {
      look: (kill) => readdirSync(folder).includes("ended") && kill("SIGINT"),
    });
    const again = await separatrix(folder, ["sweep", "one.yaml", "--out", "one", "--quiet", "--queue", address]);
    mkdirSync(ended);
    await right;
    expect(again.code).toBe(0);
    expect(code).toBe(5);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("its worker read another points.csv than is here");
  });

  it("says at once where nobody answers, and what an address is", async () => {
    const dead = await separatrix(folder, ["sweep", "grid.yaml", "--queue", `redis://127.0.0.1:${await freePort()}`]);
    expect(dead).toMatchObject({ code: 2, stderr: expect.stringContaining("does not answer") as string });
    const wrong = await separatrix(folder, ["worker", "--queue", "http://localhost"]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("expected redis://") as string });
  });
});
