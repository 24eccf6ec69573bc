import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, describe, expect, it } from "vitest";
import { parseSweep, random } from "#dynamics";
import { separatrix as start, type Company, type Ended } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-sweep-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sweep = `title: Small grid
study:
  system:
    kind: training
    architecture: { widths: [1, 8, 1] }
    data: { source: chebyshev, points: 12 }
    optimizer: { learningRate: 0.2 }
    steps: 2500
  questions:
    - { type: sharpness, every: 20 }
    - { type: edge-of-stability }
    - { type: lyapunov, interval: 5 }
axes:
  - { path: system.optimizer.learningRate, values: [0.1, 0.5, 60] }
  - { path: seed, from: 0, to: 1 }
`;
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};
const run = (args: readonly string[], company?: Company): Promise<Ended> => start(folder, ["sweep", ...args], company);
const folderIn = (stdout: string): string => join(folder, /^Sweep folder {2}(.*)$/m.exec(stdout)![1]!);
/** All files of a sweep but the clock. */
const bytes = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.\w+$/.test(name) && name !== "clock.json")
      .sort()
      .map((name) => [name, readFileSync(join(path, name), "base64")]),
  );
const reused = (path: string): number =>
  (JSON.parse(readFileSync(join(path, "clock.json"), "utf8")) as { reused: number }).reused;
const table = async (path: string): Promise<Record<string, unknown>[]> => {
  const file = readFileSync(join(path, "cells.parquet"));
  return parquetReadObjects({ file: file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer });
};
const unfinished = (parent: string): string[] => readdirSync(join(folder, parent)).filter((n) => n.startsWith(".unfinished-"));

describe("separatrix sweep", () => {
  const file = write("grid.yaml", sweep);
  const whole = run([file, "--out", "whole", "--workers", "1"]);

  it("runs every cell and writes one table, in the order of the grid", async () => {
    const { code, stdout, stderr } = await whole;
    expect(code).toBe(0);
    expect(stdout).toContain("Of 6 cells, 2 diverged, 4 finished.");
    expect(stderr).toMatch(/100 % \| cell 6\/6 \| .* cells\/s \| .* left/);
    const rows = await table(folderIn(stdout));
    expect(rows.map((r) => [r["learningRate"], r["seed"], r["status"]])).toEqual([
      ...[0.1, 0.5].flatMap((rate) => [0, 1].map((seed) => [rate, seed, "ok"])),
      ...[0, 1].map((seed) => [60, seed, "diverged"]),
    ]);
    for (const row of rows.slice(0, 4)) {
      // 2 / eta, and the ratio is the sharpness over it.
      expect(row["stability_threshold"]).toBeCloseTo(2 / (row["learningRate"] as number), 12);
      expect(row["lyapunov_1_error"]).toBeGreaterThan(0);
      expect(row["fact_regime"]).toMatch(/stable|edge|beyond/);
    }
    expect(unfinished("whole")).toEqual([]);
  });

  it("gives a cell the numbers of the run of that study alone", async () => {
    const path = folderIn((await whole).stdout);
    const [, , third] = parseSweep(sweep).cells;
    const { output: _, ...study } = third!.study;
    await start(folder, ["run", write("alone.json", JSON.stringify(study)), "--out", "alone", "--quiet"]);
    const manifest = JSON.parse(
      readFileSync(join(folder, "alone", readdirSync(join(folder, "alone"))[0]!, "manifest.json"), "utf8"),
    );
    const { cells } = JSON.parse(readFileSync(join(path, "sweep.json"), "utf8")) as {
      cells: { cell: string; digests: object }[];
    };
    expect(cells[2]!.digests).toEqual(manifest.digests);
    const { manifest: own } = JSON.parse(readFileSync(join(path, "cells", `${cells[2]!.cell.slice(0, 32)}.json`), "utf8"));
    expect(own.answers).toEqual(manifest.answers);
  });

  it.skipIf(process.platform === "win32")(
    "killed with kill -9 again and again ends with the same bytes, on any number of workers",
    { timeout: 120_000 },
    async () => {
      const wanted = bytes(folderIn((await whole).stdout));
      expect(Object.keys(wanted).length).toBe(3 + 6);
      const draw = random(4);
      for (let kills = 0, tries = 0; kills < 4 && tries < 20; tries++) {
        const workers = String(1 + Math.floor(3 * draw.uniform()));
        // Killed a while after the first cell has begun.
        const patience = Math.floor(40 * draw.uniform());
        let looks = 0;
        const { code } = await run([file, "--out", "killed", "--workers", workers, "--checkpoint-every", "0.05", "--quiet"], {
          look: (kill) => {
            if (existsSync(join(folder, "killed")) && unfinished("killed").length > 0 && looks++ > patience) kill();
          },
        });
        if (code === null) kills++;
      }
      const ended = await run([file, "--out", "killed", "--workers", "3"]);
      expect(ended.code).toBe(0);
      expect(bytes(folderIn(ended.stdout))).toEqual(wanted);
      expect(unfinished("killed")).toEqual([]);
    },
  );

  it.skipIf(process.platform === "win32")("keeps what is done at Ctrl-C, and runs no cell twice", async () => {
    let sent = false;
    const { code, stdout } = await run([file, "--out", "stopped", "--workers", "1", "--quiet"], {
      look: (kill) => {
        if (!existsSync(join(folder, "stopped")) || unfinished("stopped").length === 0) return;
        const cells = join(folder, "stopped", unfinished("stopped")[0]!, "cells");
        if (sent || !existsSync(cells) || readdirSync(cells).filter((n) => n.endsWith(".json")).length < 2) return;
        sent = true;
        kill("SIGINT");
      },
    });
    expect(code).toBe(130);
    const [, done] = /STOPPED after (\d) of 6 cells/.exec(stdout)!;
    // The command that goes on names the folder in which the cells lie.
    expect(stdout).toMatch(/\nGo on +npx separatrix sweep \S+ --out stopped\n/);
    const again = await run([file, "--out", "stopped"]);
    expect(again.stderr).toContain(`${done} cells of 6 had been run before.`);
    expect(reused(folderIn(again.stdout))).toBe(Number(done));
    expect(bytes(folderIn(again.stdout))).toEqual(bytes(folderIn((await whole).stdout)));
    const third = await run([file, "--out", "stopped"]);
    expect([third.code, third.stdout]).toEqual([0, expect.stringContaining("Every cell of this sweep is there already")]);
  });

  it("takes no cell that was changed or damaged: it is run again, alone", async () => {
    const path = folderIn((await whole).stdout);
    cpSync(join(folder, "whole"), join(folder, "damaged"), { recursive: true });
    const cells = join(folder, "damaged", basename(path), "cells");
    const [first, second] = readdirSync(cells).map((name) => join(cells, name));
    // One digit of one answer, and half a file.
    writeFileSync(
      first!,
      readFileSync(first!, "utf8").replace(/"value": (\d)/, (_, d: string) => `"value": ${9 - Number(d)}`),
    );
    writeFileSync(second!, readFileSync(second!).subarray(0, 2000));
    const again = await run([file, "--out", "damaged"]);
    expect(again.stderr).toContain("4 cells of 6 had been run before.");
    expect(folderIn(again.stdout)).toBe(join(folder, "damaged", `${basename(path)}-2`));
    expect(bytes(folderIn(again.stdout))).toEqual(bytes(path));
  });

  it("isolates cells that fail, says why, and runs these alone the next time", async () => {
    mkdirSync(join(folder, "data"), { recursive: true });
    writeFileSync(join(folder, "data/a.csv"), "0,1\n1,2\n2,3\n");
    const text = sweep
      .replace("{ source: chebyshev, points: 12 }", "{ source: csv, path: a.csv, targets: [1] }")
      .replace("steps: 2500", "steps: 100")
      .replace(
        "path: system.optimizer.learningRate, values: [0.1, 0.5, 60]",
        "path: system.data.path, name: file, values: [a.csv, b.csv]",
      );
    write("data/files.yaml", text);
    const first = await run(["data/files.yaml", "--out", "files", "--quiet"]);
    expect(first.code).toBe(5);
    expect(first.stdout).toMatch(/Of 4 cells, 2 failed, 2 finished\./);
    expect(first.stdout).toMatch(/2 cells: b\.csv: /);
    const rows = await table(folderIn(first.stdout));
    expect(rows.map((r) => r["status"])).toEqual(["ok", "ok", "failed", "failed"]);
    expect(rows[2]!["reason"]).toMatch(/^b\.csv: .*(ENOENT|no such file)/);
    writeFileSync(join(folder, "data/b.csv"), "0,1\n1,3\n2,3\n");
    const second = await run(["data/files.yaml", "--out", "files", "--quiet"]);
    expect([second.code, second.stderr]).toEqual([0, "2 cells of 4 had been run before.\n"]);
    // Data that change are seen: their cells are run again, and no others.
    writeFileSync(join(folder, "data/b.csv"), "0,1\n1,4\n2,3\n");
    const third = await run(["data/files.yaml", "--out", "files", "--quiet"]);
    expect(third.stderr).toBe("2 cells of 4 had been run before.\n");
    const losses = async (ended: Ended) => (await table(folderIn(ended.stdout))).map((r) => r["loss"]);
    expect((await losses(third)).slice(0, 2)).toEqual((await losses(second)).slice(0, 2));
    expect((await losses(third))[2]).not.toEqual((await losses(second))[2]);
  });

  it("takes the cells that a wider grid has in common with it from there", async () => {
    await whole;
    const { stderr } = await run([
      write("wider.yaml", sweep.replace("[0.1, 0.5, 60]", "[0.1, 0.3, 0.5]")),
      "--out",
      "whole",
      "--quiet",
    ]);
    expect(stderr).toBe("4 cells of 6 had been run before.\n");
  });

  it("runs the example: each optimizer is stable at the smallest step size and diverges at the largest, nesterov first", async () => {
    const example = join(import.meta.dirname, "../../examples/learning-rate-sweep.yaml");
    const { code, stdout } = await run([example, "--out", "example", "--quiet"]);
    expect(code).toBe(0);
    const rows = await table(folderIn(stdout));
    expect(rows.length).toBe(63);
    const regimes = (optimizer: string, rate: number): unknown[] =>
      rows.filter((r) => r["optimizer"] === optimizer && r["learningRate"] === rate).map((r) => r["fact_regime"]);
    for (const optimizer of ["gradient-descent", "nesterov", "heavy-ball"]) {
      expect(regimes(optimizer, 0.02)).toEqual(["stable", "stable", "stable"]);
      expect(regimes(optimizer, 2)).toEqual(["diverged", "diverged", "diverged"]);
    }
    // Thresholds at momentum 0.9: 3.8 / eta (heavy ball), 2 / eta, 1.357 / eta (Nesterov).
    expect(regimes("nesterov", 0.2)).toEqual(["diverged", "diverged", "diverged"]);
    for (const optimizer of ["gradient-descent", "heavy-ball"]) expect(regimes(optimizer, 0.2)).not.toContain("diverged");
  });

  it.each([
    ["path: seed", "path: sede", /^bad\.yaml:15:13 axes\[1\]\.path: unknown key "sede"; did you mean "seed"\?\n$/],
    ["every: 20", "evry: 20", /^bad\.yaml:10:26 study\.questions\[0\]\.evry: unknown key "evry"; did you mean "every"\?\n$/],
    ["axes:", "pictures: [height]\naxes:", /^bad\.yaml:13:11 pictures: there is no column height; expected one of status, /],
  ])("names the place of a mistake: %s", async (good, bad, message) => {
    const text = sweep.replace("steps: 2500", "steps: 60").replace(good, bad);
    const { code, stderr } = await run([write("bad.yaml", text), "--out", "bad", "--quiet"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
