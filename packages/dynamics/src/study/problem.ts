/** A place in a study: keys and indices from the top. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a study, and where. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  /** Whether the place is the key of the last path element, and not its value. */
  readonly atKey?: boolean;
}

/** A path as text. *Example*: `showPath(["system", "architecture", "widths", 0]) // "system.architecture.widths[0]"` */
export const showPath = (path: Path): string =>
  path.reduce<string>((text, part) => (typeof part === "number" ? `${text}[${part}]` : text ? `${text}.${part}` : part), "");

/** `system.steps: expected a number, got "many"` */
export const showProblem = ({ path, message }: Problem): string => [showPath(path), message].filter(Boolean).join(": ");

/** A line that a terminal may be shown: a study can hold control characters, and keys of any length. */
export const printable = (line: string): string => line.replace(/\p{Cc}/gu, "\uFFFD").slice(0, 2000);

/**
 * A study that cannot be run. The message has one line a problem.
 * *Example*: `new StudyError([{ path: ["seed"], message: "expected a number" }]).message // "seed: expected a number"`
 */
export class StudyError extends Error {
  override readonly name = "StudyError";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[], lines: readonly string[] = problems.map(showProblem)) {
    super(lines.map(printable).join("\n"));
    this.problems = problems;
  }
}

/** Throws one problem at one place. */
export function refuse(path: Path, message: string): never {
  throw new StudyError([{ path, message }]);
}
