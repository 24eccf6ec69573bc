// The arrows of the house: who may import whom. `node scripts/arrows.mjs [root]` prints every import
// that goes against them as file:line, and ends with 1 if there is one. Tests may import anything.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const QUESTIONS = ["core", "#engine"];
const SYSTEMS = ["flow", "derived", "networks", "training", "limits"];
const BELOW_CATALOGUE = [...QUESTIONS, ...SYSTEMS, "analysis", "views"];

/** Room -> the other rooms that it may import. "types of X" allows `import type` alone. */
const MAY_IMPORT = {
  engine: [],
  core: ["#engine"],
  flow: QUESTIONS,
  derived: [...QUESTIONS, "flow"],
  // A neural ODE is the flow of a network: its layers are a solver's steps.
  networks: [...QUESTIONS, "flow"],
  training: [...QUESTIONS, "networks"],
  limits: QUESTIONS,
  analysis: QUESTIONS,
  views: ["types of core"],
  catalogue: [...BELOW_CATALOGUE, "claims"],
  claims: [...BELOW_CATALOGUE, "catalogue"],
  study: [...BELOW_CATALOGUE, "catalogue", "claims"],
  "dynamics/index.ts": [...BELOW_CATALOGUE, "catalogue", "claims", "study"],
  cli: ["#dynamics", "#engine"],
  // #report: runs as pictures, pages and files, the part of the command that needs no Node.
  lab: ["#dynamics", "#engine", "#report"],
};

const SOURCES = ["packages/engine/src", "packages/dynamics/src", "packages/cli/src", "apps/lab/src"];

/** The room that a file (from the root, with "/") belongs to; undefined: outside the house. */
function roomOf(file) {
  if (file.startsWith("packages/engine/")) return "engine";
  if (file.startsWith("packages/cli/")) return "cli";
  if (file.startsWith("apps/lab/")) return "lab";
  if (!file.startsWith("packages/dynamics/src/")) return undefined;
  const inside = file.slice("packages/dynamics/src/".length);
  return inside.includes("/") ? inside.slice(0, inside.indexOf("/")) : `dynamics/${inside}`;
}

/** The room that a specifier leads to, as the importer has to name it; undefined: not ours. */
function targetOf(specifier, file) {
  if (specifier === "#engine" || specifier === "separatrix/engine") return "#engine";
  if (specifier === "#dynamics" || specifier === "separatrix") return "#dynamics";
  if (specifier === "#report") return "#report";
  if (!specifier.startsWith(".")) return undefined;
  return roomOf(posix.join(posix.dirname(file), specifier));
}

/** The text with its comments blanked, line for line; strings stay, since they hold the specifiers. */
const withoutComments = (text) =>
  text.replace(/("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[^]*?\*\//g, (match, string) =>
    string ? match : match.replace(/[^\n]/g, " "),
  );

const IMPORT =
  /\b(?:import|export)\s+(type\s)?[^"';()]*?\bfrom\s*["']([^"']+)["']|\bimport\s*["']([^"']+)["']|\bimport\s*\(\s*["'`]([^"'`]+)["'`]|\bnew\s+URL\s*\(\s*["'`](\.[^"'`]+\.[jt]s)["'`]/g;

function* importsOf(text) {
  for (const match of withoutComments(text).matchAll(IMPORT)) {
    const [whole, type, from, bare, dynamic, url] = match;
    const line = text.slice(0, match.index + whole.length).split("\n").length;
    yield { specifier: from ?? bare ?? dynamic ?? url, typeOnly: Boolean(type), line };
  }
}

function complaint(file, room, { specifier, typeOnly }) {
  const target = targetOf(specifier, file);
  if (target === undefined || target === room) return undefined;
  const allowed = MAY_IMPORT[room];
  if (!allowed) return `the room ${room} has no rule; give it one in scripts/arrows.mjs`;
  if (allowed.includes(target) || (typeOnly && allowed.includes(`types of ${target}`))) return undefined;
  return `${room} may import ${allowed.length > 0 ? `only ${allowed.join(", ")}` : "nothing of ours"}, and itself`;
}

/** Every import under `root` that goes against the arrows, as lines of text. */
export function violations(root) {
  const found = [];
  for (const folder of SOURCES.filter((name) => existsSync(join(root, name)))) {
    for (const name of readdirSync(join(root, folder), { recursive: true }).sort()) {
      if (!name.endsWith(".ts") && !name.endsWith(".tsx")) continue;
      if (name.endsWith(".test.ts")) continue;
      const path = join(root, folder, name);
      const file = relative(root, path).split(sep).join("/");
      for (const one of importsOf(readFileSync(path, "utf8"))) {
        const rule = complaint(file, roomOf(file), one);
        if (rule) found.push(`${file}:${one.line}: imports "${one.specifier}", but ${rule}`);
      }
    }
  }
  return found;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), ".."));
  const found = violations(root);
  for (const line of found) console.error(line);
  console.log(found.length === 0 ? "every import follows the arrows" : `${found.length} against the arrows`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
