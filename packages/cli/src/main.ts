#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { StudyError, studyJsonSchema } from "#dynamics";
import { EXIT, UserError } from "./exit.js";
import type { RunFlags } from "./commands/run.js";
import { version } from "./package-root.js";

/** A whole number in a range, from the command line. */
const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    return value;
  };

const program = new Command("separatrix")
  .description("Neural networks as dynamical systems: runs studies and reports what theory says about them.")
  .version(version())
  .showHelpAfterError("(separatrix --help lists the commands)")
  .exitOverride()
  .addHelpText(
    "after",
    `
Exit codes:
  0    the run finished
  2    a study, a data file or an option cannot be used; the message names the place
  3    the run diverged: its folder says at which step, with the last finite loss
  4    no minimum found that passes through the data; the run folder says how far it came
  130  stopped by Ctrl-C: the run folder holds everything computed so far (143: by a termination signal)
  1    a fault of the program

Example:
  separatrix run examples/digits-edge-of-stability.yaml`,
  );

program
  .command("run")
  .description("run a study and write a run folder: manifest.json, series.parquet, arrays.npz, report.html")
  .argument("<study>", "YAML or JSON file")
  .option("--seed <n>", "seed, in place of the study's", whole(0, Number.MAX_SAFE_INTEGER))
  .option("--steps <n>", "length of the run, in place of the study's", whole(1, 1e9))
  .option("--threads <n>", "threads; the results do not depend on it", whole(1, 64))
  .option("--out <folder>", "folder that receives the run folder, in place of the study's")
  .option("--quiet", "no progress bar")
  .addHelpText("after", "\nCtrl-C stops the run and writes what there is; a second Ctrl-C stops at once.")
  .action(async (study: string, flags: RunFlags) => {
    const { run } = await import("./commands/run.js");
    process.exitCode = await run(study, flags);
  });

program
  .command("report")
  .description("make the report.html of a run folder anew")
  .argument("<run>", "run folder")
  .action(async (folder: string) => {
    const { report } = await import("./commands/report.js");
    console.log(await report(folder));
  });

program
  .command("lab")
  .description("serve the laboratory, a page to play and run studies in, to this machine")
  .option("--port <n>", "port on 127.0.0.1; default: any that is free", whole(0, 65_535))
  .action(async ({ port = 0 }: { port?: number }) => {
    const { lab } = await import("./commands/lab.js");
    await lab(port);
  });

program
  .command("list")
  .description("what a study can name: systems, data sources, architectures, activations, optimizers, questions, ...")
  .argument("[kind]", "one of the catalogues")
  .action(async (kind?: string) => {
    const { list } = await import("./commands/list.js");
    console.log(list(kind));
  });

program
  .command("schema")
  .description("print the JSON Schema of a study, for editors")
  .action(() => console.log(JSON.stringify(studyJsonSchema(), null, 2)));

// A reader that closes early (| head) is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.misuse;
  } else if (error instanceof UserError || error instanceof StudyError) {
    console.error(error.message);
    process.exitCode = EXIT.misuse;
  } else {
    console.error(error instanceof Error ? error.stack : error);
    process.exitCode = EXIT.fault;
  }
}
