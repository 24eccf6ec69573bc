import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { random } from "#dynamics";
import { separatrix as start, type Company, type Ended } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-resume-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How often the run is killed: KILLS=50 for a thorough look. */
const KILLS = Number(process.env["KILLS"] ?? 8);

const separatrix = (args: readonly string[], look?: Company["look"]): Promise<Ended> => start(folder, args, look ? { look } : {});

const study = `title: Killed
seed: 5
system:
  kind: training
  architecture: { widths: [2, 16, 2] }
  data:
    source: inline
    inputs: [[0, 1], [1, 0], [1, 1], [-1, 0.5], [0.3, -1], [-0.7, -0.2]]
    targets: [[1, 0], [0, 1], [0, 1], [1, 0], [0, 1], [1, 0]]
  optimizer: { learningRate: 0.3 }
  steps: 25000
  threads: 1
questions:
  - { type: sharpness, k: 2, every: 25, furtherEvery: 100 }
  - type: edge-of-stability
  - { type: accuracy, every: 25 }
  - { type: lyapunov, k: 2, interval: 5 }
  - type: gradient-growth
`;
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};
const endless = study
  .replace("steps: 25000", "steps: 1000000000")
  .replaceAll("every: 25", "every: 10000")
  .replace("interval: 5", "interval: 10000");
const unfinished = (parent: string): string[] =>
  existsSync(join(folder, parent)) ? readdirSync(join(folder, parent)).filter((n) => n.startsWith(".unfinished-")) : [];
const folderIn = (stdout: string): string => /^Run folder {4}(.*)$/m.exec(stdout)![1]!;
const bytes = (path: string): Buffer[] =>
  ["manifest.json", "series.parquet", "arrays.npz"].map((name) => readFileSync(join(folder, path, name)));
/** Kills the endless study once it has put something away. */
const killedLater = (parent: string): Promise<Ended> =>
  separatrix(["run", write("endless.yaml", endless), "--out", parent, "--checkpoint-every", "0"], (kill) => {
    const [name] = unfinished(parent);
    if (name && existsSync(join(folder, parent, name, "checkpoint"))) kill();
  });

describe.skipIf(process.platform === "win32")("a run that is killed", () => {
  it(
    `with kill -9 at ${KILLS} random moments ends with the bytes of one that was not`,
    { timeout: 600_000 + KILLS * 20_000 },
    async () => {
      const file = write("killed.yaml", study);
      const start = performance.now();
      const whole = await separatrix(["run", file, "--out", "whole", "--quiet"]);
      // Only when a command is killed follows from how long it takes here, never what is expected of it.
      const longest = 0.6 * (performance.now() - start);
      expect(whole.code).toBe(0);
      mkdirSync(join(folder, "killed"));
      const draw = random(KILLS);
      let resumed = 0;
      let runs = 0;
      for (let kills = 0; kills < KILLS; runs++) {
        // Its time begins when it has a folder of its own, which is before it compiles anything.
        const before = unfinished("killed");
        const patience = longest * draw.uniform();
        let since: number | undefined;
        const { code, stderr } = await separatrix(
          ["run", file, "--out", "killed", "--quiet", "--checkpoint-every", "0.02"],
          (kill) => {
            if (unfinished("killed").some((name) => !before.includes(name))) since ??= performance.now();
            if (since !== undefined && performance.now() - since > patience) kill();
          },
        );
        if (code === null) kills++;
        if (stderr.includes('Going on with "Killed"')) resumed++;
        else if (runs > 0)
          expect(stderr).toMatch(/^$|^Removed .*: (.* killed before its first checkpoint|a killed command left it), and/);
        // A run that ended before its time was up is compared too, and the next one begins anew.
        for (const name of readdirSync(join(folder, "killed")).filter((n) => !n.startsWith(".")))
          expect(bytes(join("killed", name))).toEqual(bytes(folderIn(whole.stdout)));
      }
      expect(resumed).toBeGreaterThanOrEqual(KILLS / 4);
      const last = await separatrix(["run", file, "--out", "killed", "--quiet"]);
      expect(last.code).toBe(0);
      expect(bytes(folderIn(last.stdout))).toEqual(bytes(folderIn(whole.stdout)));
      expect(unfinished("killed")).toEqual([]);
    },
  );

  it("is named when another study runs, and goes on with --resume, also from elsewhere", async () => {
    await killedLater("other");
    const [name] = unfinished("other");
    const { stderr } = await separatrix(["run", write("short.yaml", study.replace("25000", "200")), "--out", "other", "--quiet"]);
    expect(stderr).toMatch(
      new RegExp(
        `^other/${name} holds an unfinished run of "Killed", \\d+ steps? done\\. Go on with it:  separatrix run --resume other/${name} `,
      ),
    );
    const ended = await separatrix(["run", "--resume", join("other", name!)], (kill, text) => {
      if (text.includes("Going on")) kill();
    });
    expect(ended.stderr).toMatch(/^Going on with "Killed" from other\/\.unfinished-\S+, step \d+ of 1000000000\./);
    // The folder has changed hands.
    expect(unfinished("other")).not.toContain(name);
    const gone = await separatrix(["run", "--resume", join("other", name!)]);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining("there is no such folder")]);
  });

  it("is left alone while it is at work, and starts anew with --fresh", async () => {
    let meanwhile: Promise<Ended> | undefined;
    await separatrix(["run", write("endless.yaml", endless), "--out", "fresh", "--checkpoint-every", "0"], (kill) => {
      const [name] = unfinished("fresh");
      if (!name || !existsSync(join(folder, "fresh", name, "checkpoint"))) return;
      meanwhile ??= separatrix(["run", "--resume", join("fresh", name)]).finally(kill);
    });
    const refused = await meanwhile!;
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/process \d+ is still at work on it/)]);
    const again = await separatrix(["run", "endless.yaml", "--out", "fresh", "--fresh"], (kill, text) => {
      if (text.includes("--fresh was given")) kill();
    });
    expect(again.stderr).toMatch(/^Removed fresh\/\.unfinished-\S+, an unfinished run of this study: --fresh was given\.\n/);
  });

  it("leaves nothing for ever: what holds nothing to go on from is removed, with a message", async () => {
    mkdirSync(join(folder, "debris/.unfinished-old/deep"), { recursive: true });
    writeFileSync(join(folder, "debris/.unfinished-old/ticket.json"), '{"format": "something else"}');
    // A checkpoint is hours of somebody's work, whatever became of the ticket beside it.
    mkdirSync(join(folder, "debris/.unfinished-damaged"));
    writeFileSync(join(folder, "debris/.unfinished-damaged/ticket.json"), '{"format": "separatrix-unfinished/1"');
    writeFileSync(join(folder, "debris/.unfinished-damaged/checkpoint"), "");
    const young = join(folder, "debris/.unfinished-young");
    mkdirSync(young);
    const old = new Date(Date.now() - 3_600_000);
    utimesSync(join(folder, "debris/.unfinished-old"), old, old);
    const { code, stderr } = await separatrix([
      "run",
      write("short.yaml", study.replace("25000", "200")),
      "--out",
      "debris",
      "--quiet",
    ]);
    expect([code, stderr]).toEqual([
      0,
      "Removed debris/.unfinished-old: a killed command left it, and there is nothing to go on from.\ndebris/.unfinished-damaged holds what a killed command computed, but its ticket.json, which says of what, is missing or damaged: nothing can go on with it. Delete the folder, or put the file back.\n",
    ]);
    // Another command may just be making this one.
    expect(unfinished("debris")).toEqual([".unfinished-damaged", ".unfinished-young"]);
  });

  it.each([
    [["run"], /missing required argument 'study' \(or --resume <folder>\)/],
    [["run", "a.yaml", "--resume", "b", "--seed", "3"], /--resume goes on with a run as it began; leave out a study, seed/],
    [["run", "--resume", "."], /\.: this is not the folder of an unfinished run/],
    [["run", "--resume", "nowhere"], /nowhere: there is no such folder/],
    [["run", "a.yaml", "--checkpoint-every", "often"], /expected a number from 0 to 1000000/],
  ])("is told of misuse: %j", async (args, wanted) => {
    const { code, stderr } = await separatrix(args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(wanted)]);
  });
});
