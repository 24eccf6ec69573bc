import { EXIT } from "../exit.js";

/** What stops a command. */
export interface Stop {
  readonly signal: AbortSignal;
  /** The exit code that belongs to the signal. */
  code(): number;
  /** Signals mean again what they always do. */
  release(): void;
}

/** The first signal asks the work to stop, with a message; a second one ends the program at once. */
export function stopOnSignal(message: string): Stop {
  const controller = new AbortController();
  let code: number = EXIT.interrupted;
  const on = (exit: number) => (): void => {
    if (controller.signal.aborted) process.exit(exit);
    code = exit;
    controller.abort();
    process.stderr.write(`\n${message}\n`);
  };
  const interrupt = on(EXIT.interrupted);
  const terminate = on(EXIT.terminated);
  process.on("SIGINT", interrupt).on("SIGTERM", terminate);
  return {
    signal: controller.signal,
    code: () => code,
    release: () => void process.off("SIGINT", interrupt).off("SIGTERM", terminate),
  };
}
