import { SingleBar } from "cli-progress";
import { show, type Progress } from "#dynamics";

/** Draws how far a run is, on stderr. */
export interface ProgressBar {
  update(progress: Progress): void;
  stop(): void;
}

/** Milliseconds between lines where stderr is a file or a pipe. */
const LINE_EVERY = 5000;

/**
 * A progress bar with rate, time left and the newest numbers.
 *
 * *Returns*: in a terminal a line that is drawn over; elsewhere a new line every five seconds.
 */
export function progressBar(): ProgressBar {
  const started = performance.now();
  let bar: SingleBar | undefined;
  // What was done before the bar began, in a run that is gone on with, tells nothing about the rate.
  let first: number | undefined;
  return {
    update({ done, total, unit, note }) {
      first ??= done;
      const rate = (done - first) / Math.max(1e-3, (performance.now() - started) / 1000);
      const payload = {
        rate: show(rate, 3),
        note,
        left: time((total - done) / rate),
      };
      if (bar) {
        bar.setTotal(total);
        return bar.update(done, payload);
      }
      bar = new SingleBar({
        format: `{bar} {percentage} % | ${unit} {value}/{total} | {rate} ${unit}s/s | {left} left | {note}`,
        // On a narrow terminal the numbers matter more.
        barsize: (process.stderr.columns ?? 80) < 60 ? 8 : 24,
        barCompleteChar: "█",
        barIncompleteChar: "░",
        stream: process.stderr,
        noTTYOutput: true,
        notTTYSchedule: LINE_EVERY,
        hideCursor: false,
        clearOnComplete: false,
        linewrap: false,
        fps: 8,
      });
      bar.start(total, done, payload);
    },
    stop() {
      bar?.stop();
    },
  };
}

function time(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.ceil(seconds);
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
