#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT, UserError } from "./exit.js";
import type { ClaimsFlags } from "./commands/claims.js";
import type { InspectFlags } from "./commands/inspect.js";
import type { InspectModelFlags } from "./commands/inspect-model.js";
import type { QueryFlags } from "./commands/query.js";
import type { RunFlags } from "./commands/run.js";
import type { SweepFlags } from "./commands/sweep.js";
import type { WeightsFlags } from "./commands/weights.js";
import type { WorkerFlags } from "./commands/worker.js";
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

/** A number in a range, from the command line. */
const real =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most))
      throw new InvalidArgumentError(`expected a number from ${least} to ${most}`);
    return value;
  };

/** A length of time, in seconds, from the command line: 60s, 5min, 1h, or plain seconds. */
const duration = (text: string): number => {
  const found = /^(\d+(?:\.\d+)?) *(s|min|m|h)?$/.exec(text.trim());
  const seconds = Number(found?.[1]) * { s: 1, min: 60, m: 60, h: 3600 }[found?.[2] ?? "s"]!;
  if (!(seconds > 0)) throw new InvalidArgumentError("expected a time above 0, as 60s, 5min or 1h");
  return seconds;
};

/** Names with commas between them. */
const list = (text: string): string[] => text.split(",").map((name) => name.trim());

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
  5    some cells of a sweep could not be run; its folder says which and why
  6    a claim of theory disagrees with what was measured
  130  stopped by Ctrl-C: the run folder holds everything computed so far (143: by a termination signal)
  1    a fault of the program

Example:
  separatrix run examples/digits-edge-of-stability.yaml`,
  );

program
  .command("run")
  .description("run a study and write a run folder: manifest.json, series.parquet, arrays.npz, report.html")
  .argument("[study]", "YAML or JSON file")
  .option("--resume <folder>", "go on with the unfinished run in this folder, in place of a study")
  .option("--fresh", "start anew where a killed run of the same study could be gone on with")
  .option(
    "--checkpoint-every <seconds>",
    "seconds between checkpoints, 20 by default; they take at most 2 % of the time",
    real(0, 1e6),
  )
  .option("--seed <n>", "seed, in place of the study's", whole(0, Number.MAX_SAFE_INTEGER))
  .option("--steps <n>", "length of the run, in place of the study's", whole(1, 1e9))
  .option("--threads <n>", "threads; the results do not depend on it", whole(1, 64))
  .option("--out <folder>", "folder that receives the run folder, in place of the study's")
  .option("--quiet", "no progress bar")
  .addHelpText(
    "after",
    "\nCtrl-C stops the run and writes what there is; a second Ctrl-C stops at once. A run that is killed goes on from its last\ncheckpoint when the same command is given again, and ends with the same bits.",
  )
  .action(async (study: string | undefined, flags: RunFlags & { resume?: string }) => {
    const { resume, run } = await import("./commands/run.js");
    if (flags.resume !== undefined) {
      const more = [
        ...(study === undefined ? [] : ["a study"]),
        ...(["seed", "steps", "out", "fresh"] as const).filter((f) => flags[f] !== undefined),
      ];
      if (more.length > 0) throw new UserError(`--resume goes on with a run as it began; leave out ${more.join(", ")}`);
      process.exitCode = await resume(flags.resume, flags);
    } else {
      if (study === undefined) throw new UserError("error: missing required argument 'study' (or --resume <folder>)");
      process.exitCode = await run(study, flags);
    }
  });

program
  .command("sweep")
  .description("run a grid of studies on all processors and write one table: cells.parquet, sweep.json, report.html")
  .argument("<sweep>", "YAML or JSON file")
  .option("--workers <n>", "cells run at a time, by default one a processor; the results do not depend on it", whole(1, 256))
  .option("--out <folder>", "folder that receives the folder of the sweep, in place of the sweep's")
  .option("--fresh", "run every cell, also those that were run before")
  .option("--checkpoint-every <seconds>", "seconds between checkpoints of a cell, 20 by default", real(0, 1e6))
  .option("--queue <address>", "let workers on any machine run the cells: redis://host:6379 or postgres://user@host/database")
  .option("--quiet", "no progress bar")
  .addHelpText(
    "after",
    "\nCtrl-C keeps the cells that are done. The same command goes on from there, also after kill -9: no cell is run twice.",
  )
  .action(async (file: string, flags: SweepFlags) => {
    const { sweep } = await import("./commands/sweep.js");
    process.exitCode = await sweep(file, flags);
  });

program
  .command("worker")
  .description("run the cells of sweeps that were started with --queue, until it is stopped")
  .requiredOption("--queue <address>", "redis://host:6379 or postgres://user@host/database")
  .option("--workers <n>", "cells run at a time, by default one a processor", whole(1, 256))
  .option("--data <folder>", "folder to which the paths of data files are relative; default: that of the sweep")
  .action(async (flags: WorkerFlags) => {
    const { worker } = await import("./commands/worker.js");
    process.exitCode = await worker(flags);
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
  .command("weights")
  .description("write the weights of a run by name, for other programs and for  separatrix inspect")
  .argument("<run>", "run folder")
  .argument("<file>", "name.safetensors, beside it name.json for --structure where the network is an mlp; or name.npz")
  .option("--array <name>", "which weights: parameters, at the end, or parameters_initial", "parameters")
  .option("--f32", "round to float32 (.safetensors)")
  .action(async (folder: string, file: string, flags: WeightsFlags) => {
    const { weights } = await import("./commands/weights.js");
    console.log((await weights(folder, file, flags)).join("\n"));
  });

program
  .command("query")
  .description("ask the tables of runs and sweeps a question in SQL, with DuckDB where it is installed")
  .argument("<sql>", "for instance  select folder, max(step) from series group by folder")
  .option("--runs <folder>", "folder of runs, or one run or sweep", "runs")
  .addOption(new Option("--format <name>", "how rows are printed").choices(["table", "csv", "json"]).default("table"))
  .addHelpText(
    "after",
    "\nTables:\n  series  the series of all runs, with their folder\n  cells   the cells of all sweeps, with their folder\n  runs    the manifests: title, status, seed, study, answers\n  and any file:  select * from 'runs/name/series.parquet'",
  )
  .action(async (sql: string, flags: QueryFlags) => {
    const { query } = await import("./commands/query.js");
    console.log(await query(sql, flags));
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
  .command("claims")
  .description("check what theory predicts against what this program measures: claim, predicted, measured, error, verdict")
  .option("--only <claims...>", "items or names, for instance B3")
  .option("--out <folder>", "folder that receives claims.html and claims.json", "runs/claims")
  .action(async (flags: ClaimsFlags) => {
    const { claims } = await import("./commands/claims.js");
    process.exitCode = await claims(flags);
  });

program
  .command("cite")
  .description("the sources of what a run or a sweep found, as BibTeX")
  .argument("<run>", "run folder or folder of a sweep")
  .action(async (folder: string) => {
    const { cite } = await import("./commands/cite.js");
    console.log(await cite(folder));
  });

program
  .command("inspect")
  .description("inspect a trained model on data, or tell what an initialisation does to signals and gradients")
  .argument("[model]", "an ONNX file, or .safetensors with --structure; without it an initialisation, given by --architecture")
  .option("--architecture <widths>", "widths from input to output: 784-300x20-10 has twenty hidden layers of 300")
  .option("--type <name>", "one of  separatrix list architectures (default mlp); theory for mlp, resnet and recurrent")
  .option("--set <name=value...>", "options of that type: --type dense-resnet --set depth=20 memory=5")
  .option("--width <n>", "units of every layer, in place of --architecture", whole(1, 100_000))
  .option("--depth <n>", "hidden layers, with --width", whole(1, 998))
  .option("--activation <name>", "one of  separatrix list activations", "tanh")
  .option("--init <name>", "one of  separatrix list initializers (default xavier-normal)")
  .option("--gain <g>", "factor on the weights (default 1)", real(0, 1e4))
  .option("--weight-variance <v>", "σ_w², inputs times the variance of a weight, in place of --gain", real(0, 1e8))
  .option("--bias-variance <v>", "σ_b², variance of a bias", real(0, 1e8), 0)
  .option("--input-square <v>", "mean square of an input's components", real(1e-9, 1e8), 1)
  .option("--draws <n>", "networks drawn for what is measured (default 10, fewer for large ones)", whole(2, 1000))
  .option("--seed <n>", "seed of the draws", whole(0, Number.MAX_SAFE_INTEGER - 1000), 0)
  .option("--json", "all numbers, with errors and methods, as JSON")
  .optionsGroup("Of a model file:")
  .option("--data <file>", "samples: .npz, .csv, .parquet, .npy or IDX; all but .npz and .parquet perhaps with .gz behind")
  .option(
    "--target <name>",
    "column (several: a,b) or array of the targets (default: the last column, y, targets or labels); a file for .npy and IDX",
  )
  .option("--inputs <name>", "array of the inputs in an .npz (default: the other one, x or inputs)")
  .option("--loss <name>", "one of  separatrix list losses  (default: by the model's end and the targets)")
  .option("--output <name>", "output of the model to look at (default: the first of floating point)")
  .option("--structure <file>", "widths and layers of a .safetensors file, as JSON")
  .option("--budget <time>", "time for all parts together, about: 60s or 5min; chooses what fits", duration)
  .option(
    "--parts <names>",
    "parts to ask instead: structure, layers, sharpness, sgd, order, ranks, linear, weights, density, basins; :quick behind a name does less",
    list,
  )
  .option("--samples <n>", "only the first n samples", whole(1, 1e9))
  .option("--divide-by <x>", "divide every input by this: 255 for bytes", real(1e-300, 1e300))
  .option("--threads <n>", "threads; the results do not depend on it", whole(1, 64))
  .option("--out <folder>", "folder that receives the run folder (default runs)")
  .option("--quiet", "no estimates and no progress bar")
  .addHelpText(
    "after",
    "\nExamples:\n  separatrix inspect model.onnx --data val.npz --budget 60s\n  separatrix inspect --architecture 784-300x20-10 --weight-variance 1.3 --bias-variance 0.05",
  )
  .action(async (model: string | undefined, flags: InspectFlags & InspectModelFlags) => {
    if (model !== undefined) {
      const { inspectFile } = await import("./commands/inspect-model.js");
      process.exitCode = await inspectFile(model, flags);
      return;
    }
    if (flags.data !== undefined) throw new UserError("--data is for a model file: separatrix inspect model.onnx --data val.npz");
    const { inspect } = await import("./commands/inspect.js");
    console.log(inspect(flags));
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
  .option("--sweep", "that of a sweep")
  .action(async ({ sweep }: { sweep?: boolean }) => {
    const { studyJsonSchema, sweepJsonSchema } = await import("#dynamics");
    console.log(JSON.stringify(sweep ? sweepJsonSchema() : studyJsonSchema(), null, 2));
  });

/** Whether a study is at fault. What knows that is loaded only here: a command that needs no study starts without it. */
async function isOfStudy(error: unknown): Promise<boolean> {
  const { StudyError } = await import("#dynamics");
  return error instanceof StudyError;
}

// A reader that closes early (| head) is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});
// Where nobody hears how far it is, it goes on.
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.misuse;
  } else if (error instanceof UserError || (await isOfStudy(error))) {
    console.error((error as Error).message);
    process.exitCode = EXIT.misuse;
  } else {
    console.error(error instanceof Error ? error.stack : error);
    process.exitCode = EXIT.fault;
  }
}
