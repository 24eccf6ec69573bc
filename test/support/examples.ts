/** The code that docstrings show: found, run and compared with the values written beside it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import * as dynamics from "#dynamics";
import * as engine from "#engine";
import { affineFile } from "./onnx.js";
import { agrees, print } from "./shown.js";

export const root = join(import.meta.dirname, "../..");

/** Where names come from: in examples of the engine its own come first, in those of dynamics theirs (both have a `square`). */
export const packages = {
  engine: {
    index: join(root, "packages/engine/src/index.ts"),
    own: engine,
    scope: { ...dynamics, ...engine },
  },
  dynamics: {
    index: join(root, "packages/dynamics/src/index.ts"),
    own: dynamics,
    scope: { ...engine, ...dynamics },
  },
};

const STUDY = `
system:
  kind: training
  architecture: { widths: [1, 4, 1] }
  data: { source: chebyshev, degree: 2, points: 8 }
  optimizer: { learningRate: 0.1 }
  steps: 20
questions: [{ type: sharpness, every: 10 }, { type: edge-of-stability }]
`;

const data = () => ({ samples: 4, inputs: [-1, 0, 1, 2], targets: [1, 0, 1, 4] });
const net = () => dynamics.mlp({ widths: [1, 3, 1] });

/** What examples may use without making it, besides all exports: named in docs/CONVENTIONS.md, made anew for each example. */
const fixtures: Record<string, () => unknown> = {
  data,
  net,
  run: () =>
    dynamics.training({
      architecture: net(),
      data: data(),
      loss: dynamics.square,
      optimizer: dynamics.gradientDescent({ stepSize: 0.1 }),
    }),
  henon: () =>
    dynamics.map({
      f: {
        f: ([x, y], out) => out.set([1 + y! - 1.4 * x! * x!, 0.3 * x!]),
        df: ([x], [dx, dy], out) => out.set([dy! - 2.8 * x! * dx!, 0.3 * dx!]),
      },
      initial: [0.1, 0.1],
    }),
  study: () => STUDY,
  // y = x W^T + b as an ONNX file.
  onnxFile: affineFile,
  // (ab - 1)^2 / 2: its minima ab = 1 have the sharpness a^2 + b^2.
  objective: () => (theta: engine.Tensor) => {
    const residual = engine.sub(engine.mul(engine.at(theta, 0), engine.at(theta, 1)), 1);
    return engine.mul(0.5, engine.mul(residual, residual));
  },
};

export interface Example {
  /** file:line of the docstring. */
  readonly place: string;
  /** Without the shown value; empty when it is not written as the convention says. */
  readonly code: string;
  /** What stands behind the last `//`. */
  readonly shown: string | undefined;
}

const plain = (comment: string): string => comment.replace(/^\s*\* ?/gm, "");

export function examplesIn(comment: string, place: string): Example[] {
  return [...plain(comment).matchAll(/\*Example\*(?:: `([^`]+)`)?/g)].map(([, text = ""]) => {
    const [, code, shown] = /^([^]*?)\s*\/\/ (.*)$/.exec(text.trim()) ?? [undefined, text.trim(), undefined];
    return { place, code: code!, shown };
  });
}

/** The examples of all docstrings beside and below an index.ts. */
export function examplesBelow(index: string): Example[] {
  const files = readdirSync(dirname(index), { recursive: true, encoding: "utf8" }).sort();
  return files
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .flatMap((name) => {
      const file = join(dirname(index), name);
      const source = readFileSync(file, "utf8");
      return [...source.matchAll(/\/\*\*[^]*?\*\//g)].flatMap((found) => {
        const line = source.slice(0, found.index).split("\n").length;
        return examplesIn(found[0], `${relative(root, file)}:${line}`);
      });
    });
}

/** The file that defines what `file` exports under a name, and the docstring there. */
export function definition(file: string, name: string): { file: string; comment: string } | undefined {
  const source = readFileSync(file, "utf8");
  const own = new RegExp(
    String.raw`(/\*\*(?:(?!\*/)[^])*\*/(?:\s|//.*\n)*)?^export (?:async )?(?:function\*?|const|class) ${name}\b`,
    "m",
  ).exec(source);
  if (own) return { file, comment: own[1] ?? "" };
  for (const [, names, from] of source.matchAll(/^export (?:\{([^}]*)\}|\*) from "(\.[^"]+)\.js"/gm)) {
    const original = names === undefined ? name : originalName(names, name);
    const found = original && definition(join(dirname(file), `${from}.ts`), original);
    if (found) return found;
  }
  return undefined;
}

const originalName = (names: string, name: string): string | undefined =>
  names
    .split(",")
    .map((one) => one.trim().split(" as "))
    .find((pair) => pair.at(-1) === name)?.[0];

const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

/** The code as a function whose result is the value of its last expression: what follows the last `;` or line end that leaves one. */
function compiled(code: string, names: readonly string[]): () => Promise<unknown> {
  const ends = [...code.matchAll(/[;\n]/g)].map(({ index }) => index + 1).reverse();
  for (const end of [...ends, 0]) {
    try {
      return AsyncFunction(...names, `"use strict"; { ${code.slice(0, end)}\nreturn (${code.slice(end)}\n); }`) as never;
    } catch {
      // Not an expression: it begins further left.
    }
  }
  return AsyncFunction(...names, `"use strict"; { ${code}\n}`) as never;
}

/** What is wrong with an example; undefined if nothing is. */
export async function complaint({ code, shown }: Example, scope: object): Promise<string | undefined> {
  if (!code) return "write it as  *Example*: `code // value`  (see docs/CONVENTIONS.md)";
  const used = new Set(code.match(/[A-Za-z_$][\w$]*/g));
  const known: Record<string, unknown> = { ...scope };
  for (const [name, make] of Object.entries(fixtures)) if (used.has(name)) known[name] ??= make();
  const names = Object.keys(known).filter((name) => used.has(name));
  const wanted = shown?.startsWith("throws ") ? shown.slice("throws ".length) : undefined;
  let value: unknown;
  try {
    value = await compiled(code, names)(...(names.map((name) => known[name]) as []));
  } catch (error) {
    const { message } = error as Error;
    if (wanted !== undefined && message.includes(wanted)) return undefined;
    return `${code}\n  throws ${message}${wanted === undefined ? "" : `\n  shown: throws ${wanted}`}`;
  }
  if (shown === undefined || (wanted === undefined && agrees(print(value), shown))) return undefined;
  return `${code}\n  gives ${print(value)}\n  shown: ${shown}`;
}
