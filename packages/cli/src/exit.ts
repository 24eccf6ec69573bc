/** How the command ends, for scripts. */
export const EXIT = {
  ok: 0,
  /** A fault of the program. */
  fault: 1,
  /** A study, a data file or an option that cannot be used. */
  misuse: 2,
  /** The run left the finite numbers; its folder says when and why. */
  diverged: 3,
  /** There is no answer: the minimum that the study asks about was not found; its folder says how far it came. */
  inconclusive: 4,
  /** Some cells of a sweep could not be run; its folder says which and why. */
  incomplete: 5,
  /** A claim of theory disagrees with what was measured. */
  disagrees: 6,
  /** Stopped by Ctrl-C, with everything computed so far in the run folder. */
  interrupted: 130,
  /** The same by a termination signal. */
  terminated: 143,
} as const;

/** Text that a terminal may be shown: names in files can hold control characters, which would move it about. */
export const shownSafely = (text: string): string => text.replace(/[^\P{Cc}\n]/gu, "\uFFFD");

/** Why the system would not let a file be read, in words. */
export function unreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "this is a folder, and not a file";
  if (code === "EACCES" || code === "EPERM") return `you may not read it (${code})`;
  return `cannot be read (${code ?? String(error)})`;
}

/** Something that the user can put right: shown without a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
  constructor(message: string, options?: ErrorOptions) {
    super(shownSafely(message), options);
  }
}
