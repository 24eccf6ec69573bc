/** Sweeps that several processes run by way of a real server. Without one the tests of it are skipped: see test/support/queue-servers.ts. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { separatrix } from "../support/command.js";
import { freePort, queueServers } from "../support/queue-servers.js";

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

/** All files of the sweep below a folder but the clock. */
const bytes = (parent: string): Record<string, string> => {
  const [name] = readdirSync(parent).filter((n) => !n.startsWith("."));
  const path = join(parent, name!);
  return Object.fromEntries(
    readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.\w+$/.test(file) && file !== "clock.json")
      .sort()
      .map((file) => [file, readFileSync(join(path, file), "base64")]),
  );
};

/** Tells a worker to end, once: the second time it ends at once. */
const ending = (when: () => boolean) => {
  let told = false;
  return (kill: (signal?: NodeJS.Signals) => void): void => {
    if (told || !when()) return;
    told = true;
    kill("SIGINT");
  };
};

describe.each(queueServers)("separatrix sweep --queue, by $name", ({ name, missing, start, dead }) => {
  if (missing) console.log(`The queue by ${name} was not tested: ${missing}`);
  const folder = mkdtempSync(join(tmpdir(), "separatrix-queue-"));
  let [address, stop] = ["", (): void => undefined];
  beforeAll(async () => {
    if (missing) return;
    ({ address, stop } = await start());
    writeFileSync(join(folder, "grid.yaml"), sweep);
    writeFileSync(join(folder, "points.csv"), Array.from({ length: 12 }, (_, i) => `${i / 11},${(i * 5) % 7}`).join("\n"));
  }, 60_000);
  afterAll(() => {
    stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(missing)(
    "ends with the bytes of a local sweep, though a worker is killed at its work",
    { timeout: 120_000 },
    async () => {
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
      const end = ending(() => readdirSync(folder).includes("enough"));
      const survivor = separatrix(folder, ["worker", "--queue", address, "--workers", "1"], {
        look: (kill, _stderr, stdout) => {
          served = stdout;
          end(kill);
        },
      });
      expect((await shared).code).toBe(0);
      mkdirSync(enough);
      expect((await survivor).code).toBe(130);
      expect(bytes(join(folder, "shared"))).toEqual(bytes(join(folder, "whole")));
      // One cell was done by the first worker, the others by the second one, that of the killed worker among them.
      expect(served.match(/^done/gm)).toHaveLength(8);
    },
  );

  it.skipIf(missing)("refuses cells made from other data than the sweep has", { timeout: 60_000 }, async () => {
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "points.csv"), "0,1\n1,2\n");
    writeFileSync(join(folder, "one.yaml"), sweep.replace("from: 0, to: 2", "values: [9]").replace("0.1, 0.5, 60", "0.3"));
    const ended = join(folder, "ended");
    const worker = separatrix(folder, ["worker", "--queue", address, "--data", other, "--workers", "1"], {
      look: ending(() => readdirSync(folder).includes("ended")),
    });
    const { code, stdout } = await separatrix(folder, ["sweep", "one.yaml", "--out", "one", "--quiet", "--queue", address]);
    mkdirSync(ended);
    await worker;
    rmSync(ended, { recursive: true });
    // It is not kept: with the right data the same command ends well.
    const right = separatrix(folder, ["worker", "--queue", address, "--workers", "1"], {
      look: ending(() => readdirSync(folder).includes("ended")),
    });
    const again = await separatrix(folder, ["sweep", "one.yaml", "--out", "one", "--quiet", "--queue", address]);
    mkdirSync(ended);
    await right;
    expect(again.code).toBe(0);
    expect(code).toBe(5);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("its worker read another points.csv than is here");
  });

  it.skipIf(missing)("says at once where nobody answers, and what an address is", async () => {
    for (const command of [["sweep", "grid.yaml"], ["worker"]]) {
      const nobody = await separatrix(folder, [...command, "--queue", dead(await freePort())]);
      expect(nobody, command[0]).toMatchObject({ code: 2, stderr: expect.stringContaining("does not answer (") as string });
    }
    const wrong: [string[], string][] = [
      [["--queue", "http://localhost"], "expected redis://"],
      [["--queue", "redis://127.0.0.1/cells"], 'got "cells" for the database of Redis; expected a number'],
      [["--queue", address, "--data", "nowhere"], "--data: there is no folder nowhere"],
    ];
    for (const [options, message] of wrong)
      expect(await separatrix(folder, ["worker", ...options])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(message) as string,
      });
  });
});
