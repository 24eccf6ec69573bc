import {
  Composer,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type Document,
  type Node,
} from "yaml";
import { printable, showProblem, StudyError, type Path, type Problem } from "./problem.js";

/** Longest text of a study, in characters. Data belong in files of their own. */
export const LONGEST_STUDY = 262_144;
const DEEPEST = 40;
const MOST_ALIASES = 100;
const MOST_PROBLEMS = 20;

/** What a text says, and where. */
export interface ReadDocument {
  readonly input: unknown;
  /** A problem as `file:line:column path: message`. */
  locate(problem: Problem): string;
  /** Throws all of them, the first twenty in words. */
  refuseAll(problems: readonly Problem[]): never;
}

/**
 * Reads YAML or JSON, as plain data with places.
 *
 * *Arguments*: `file`: its name, for messages; `what`: what it should be, and what it needs when it is empty.
 * *Returns*: see `ReadDocument`. Throws a StudyError with the place for whatever is not one document of moderate size.
 */
export function readDocument(text: string, file: string, what: { readonly name: string; readonly needs: string }): ReadDocument {
  const lines = new LineCounter();
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const fail = (offset: number, message: string): never => {
    throw new StudyError([{ path: [], message }], [`${place(offset)} ${message}`]);
  };
  lines.addNewLine(0);
  if (text.length > LONGEST_STUDY)
    fail(
      0,
      `the ${what.name} has ${text.length} characters; at most ${LONGEST_STUDY} are read. Put data into a file of its own (source: csv)`,
    );
  const document = compose(text, lines, fail);
  const locate = ({ path, message, atKey }: Problem): string =>
    printable(`${place(offsetOf(document, path, atKey ?? false))} ${showProblem({ path, message })}`);
  const refuseAll = (problems: readonly Problem[]): never => {
    const shown = problems.slice(0, MOST_PROBLEMS);
    const more = problems.length - shown.length;
    throw new StudyError(problems, [...shown.map(locate), ...(more > 0 ? [`${file}: and ${more} more problems`] : [])]);
  };

  const [first] = [...document.errors, ...document.warnings];
  if (first) fail(first.pos[0], first.message);
  checkKeysAndAliases(document, fail);
  let input: unknown;
  try {
    input = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    fail(0, `the aliases (*name) cannot be resolved: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (input === null || input === undefined) fail(0, `the ${what.name} is empty; it needs ${what.needs}`);
  return { input, locate, refuseAll };
}

/** The document of a text, whose depth is checked token by token so that nothing recurses into a hostile one. */
function compose(text: string, lines: LineCounter, fail: (offset: number, message: string) => never): Document.Parsed {
  const parser = new Parser(lines.addNewLine);
  const tokens = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > 2 * DEEPEST) fail(parser.offset, `more than ${DEEPEST} levels of nesting`);
  }
  tokens.push(...parser.end());
  const documents = [...new Composer({ uniqueKeys: false, merge: false }).compose(tokens, true, text.length)];
  const document = documents[0]!;
  const second = documents[1];
  if (second) fail(second.range[0], "a second document starts here; a study is one document");
  return document as Document.Parsed;
}

/** YAML leaves it open what a repeated key means; here it is an error. Anchors inside their own alias never end. */
function checkKeysAndAliases(document: Document.Parsed, fail: (offset: number, message: string) => never): void {
  let aliases = 0;
  visit(document, {
    Alias(_, alias) {
      if (++aliases > MOST_ALIASES) fail(alias.range![0], `more than ${MOST_ALIASES} aliases`);
      if (!alias.resolve(document)) fail(alias.range![0], `the alias *${alias.source} has no anchor &${alias.source} before it`);
    },
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const start = (key as Node | null)?.range?.[0] ?? map.range![0];
        if (!isScalar(key)) fail(start, "a key must be a word");
        const word = String((key as { value: unknown }).value);
        if (seen.has(word)) fail(start, `the key "${word}" is given twice in one group`);
        seen.add(word);
      }
    },
  });
}

/** Where a path stands in the text: its value, or its key, or the nearest thing around it that is there. */
function offsetOf(document: Document.Parsed, path: Path, atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const [i, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node) ? node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(part)) : undefined;
    const child = isSeq(node) ? node.items[Number(part)] : isPair(pair) ? pair.value : undefined;
    const key = (pair?.key as Node | undefined)?.range?.[0];
    const value = (child as Node | null | undefined)?.range?.[0];
    if (value === undefined && key === undefined) break;
    offset = (atKey && i === path.length - 1 ? key : value) ?? key ?? offset;
    node = child;
  }
  return offset;
}
