// Installs and builds what is missing or out of date, and nothing else. Runs before `npm start`,
// `npm test` and `npm pack`; when all is up to date it only compares two digests.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const stamps = join(modules, ".separatrix");
const packages = ["engine", "dynamics", "cli"].map((name) => join(root, "packages", name));

/** What `separatrix` starts, made of the command's modules by bundle.mjs. */
const command = join(root, "packages", "cli", "bundle", "main.js");

/** The extensions of what the compiler writes. */
const OUTPUT = /\.(js|js\.map|d\.ts|d\.ts\.map)$/;

function stop(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(
      `Node ${process.versions.node} is too old: Separatrix needs Node 20.19 or newer (22.12 if it is a 22). Install one from nodejs.org and run this again.`,
    );
  }
}

function run(command, args, options) {
  const { status, error, signal } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, SEPARATRIX_SETUP: "1" },
    ...options,
  });
  return error ? error.message : signal ? `stopped by ${signal}` : status === 0 ? "" : `exit code ${status}`;
}

/** npm by way of this very Node, so that no shell and no other Node of the PATH takes part. */
function npm(args) {
  const beside = join(dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  const given = process.env.npm_execpath;
  const cli = given && basename(given) === "npm-cli.js" ? given : existsSync(beside) ? beside : null;
  if (cli) return run(process.execPath, [cli, ...args]);
  // Only Windows needs a shell here: npm is a .cmd file there. The arguments are constants.
  return run("npm", args, { shell: process.platform === "win32" });
}

const digest = (parts) => parts.reduce((hash, part) => hash.update(part).update("\0"), createHash("sha256")).digest("hex");

const stampOf = (name) => {
  const file = join(stamps, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

function stamp(name, value) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), value);
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function install() {
  const lock = readFileSync(join(root, "package-lock.json"));
  // Native binaries make the platform a part of what is installed.
  const wanted = digest([lock, process.platform, process.arch]);
  if (stampOf("install") === wanted) return;
  console.log(`setup: npm ci (${existsSync(modules) ? "package-lock.json changed" : "first run"})`);
  const failure = npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (failure) {
    stop(`npm ci failed (${failure}); its message is above. Check the network or proxy and run this again.`);
  }
  stamp("install", wanted);
}

/** The digest of all that the build reads, and the outputs (without extension) that it has to leave. */
function inspectBuild() {
  const read = ["package.json", "package-lock.json", "tsconfig.base.json", "tsconfig.json", "scripts/bundle.mjs"].map((name) =>
    join(root, name),
  );
  const outputs = new Set();
  for (const folder of packages) {
    read.push(join(folder, "tsconfig.json"));
    for (const file of filesIn(join(folder, "src"))) {
      if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
      read.push(file);
      if (!file.endsWith(".d.ts")) outputs.add(join(folder, "dist", relative(join(folder, "src"), file).slice(0, -3)));
    }
  }
  // The contents, and not the dates: a checkout or a copy can give an old date to a new text.
  const wanted = digest(read.sort().flatMap((file) => [relative(root, file), readFileSync(file)]));
  return { wanted, outputs };
}

/** A source that is gone must not live on in the package. */
function removeOrphans(outputs) {
  for (const file of packages.flatMap((folder) => filesIn(join(folder, "dist")))) {
    if (OUTPUT.test(file) && !outputs.has(file.replace(OUTPUT, ""))) rmSync(file);
  }
}

function reasonToBuild(wanted, outputs) {
  const last = stampOf("build");
  if (last === "") return "no good build yet";
  if (last !== wanted) return "sources changed";
  return [command, ...[...outputs].map((file) => `${file}.js`)].some((file) => !existsSync(file)) ? "outputs missing" : "";
}

function build(force) {
  const { wanted, outputs } = inspectBuild();
  const reason = force ? "asked for" : reasonToBuild(wanted, outputs);
  if (!reason) return;
  console.log(`setup: tsc -b (${reason})`);
  // A build that fails leaves outputs of the failed sources: no stamp may vouch for them.
  stamp("build", "");
  // --force because tsc's own check trusts dates; the whole build takes a few seconds.
  const failure = run(process.execPath, [join(modules, "typescript", "bin", "tsc"), "-b", "--force"]);
  if (failure) stop(`the build failed (${failure}); the compiler's message is above.`);
  removeOrphans(outputs);
  const left = run(process.execPath, [join(root, "scripts", "bundle.mjs")]);
  if (left) stop(`the command could not be bundled (${left}); the message is above.`);
  stamp("build", wanted);
}

// `npm ci` runs under this variable, so that no life-cycle script can start a second set-up in it.
if (!process.env.SEPARATRIX_SETUP) {
  checkNode();
  install();
  build(process.argv.includes("--force-build"));
}
