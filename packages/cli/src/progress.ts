import { SingleBar } from "cli-progress";
import { percent, show, type Progress } from "#dynamics";

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
  return {
    update({ step, steps, row, threshold }) {
      const rate = step / Math.max(1e-3, (performance.now() - started) / 1000);
      const payload = {
        rate: show(rate, 3),
        numbers: numbers(row, threshold),
        left: time((steps - step) / rate),
      };
      if (bar) return bar.update(step, payload);
      bar = new SingleBar({
        format: "{bar} {percentage} % | step {value}/{total} | {rate} steps/s | {left} left | {numbers}",
        barsize: 24,
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
      bar.start(steps, step, payload);
    },
    stop() {
      bar?.stop();
    },
  };
}

function numbers(row: Progress["row"], threshold: number): string {
  const parts = [`loss ${show(row["loss"]!, 3)}`];
  const add = (name: string, text: (value: number) => string): void => {
    const value = row[name];
    if (value !== undefined && Number.isFinite(value)) parts.push(text(value));
  };
  add("accuracy", (v) => `accuracy ${percent(v)}`);
  add("test_accuracy", (v) => `test ${percent(v)}`);
  // The threshold bounds the effective sharpness where there is one.
  const bounded = "effective_sharpness" in row ? "effective_sharpness" : "sharpness";
  add(bounded, (v) => `${bounded.replace("_", " ")} ${show(v, 3)} of ${show(threshold, 3)}`);
  return parts.join(" | ");
}

function time(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.ceil(seconds);
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
