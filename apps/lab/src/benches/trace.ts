import type { Columns } from "../parts/columns.js";
import type { LiveFrame } from "../worker/protocol/train.js";

/** More points than this cannot be told apart on a screen. */
const MOST_POINTS = 1500;

/** The loss of every step and the measurements of a live run, as they come in. */
export class Trace {
  private losses = new Float64Array(1 << 12);
  private count = 0;
  private readonly measured: number[] = [];

  add({ from, losses, measured }: LiveFrame): void {
    if (from + losses.length > this.losses.length) {
      const more = new Float64Array(2 * Math.max(this.losses.length, from + losses.length));
      more.set(this.losses);
      this.losses = more;
    }
    this.losses.set(losses, from);
    this.count = from + losses.length;
    for (const value of measured) this.measured.push(value);
  }

  /** The loss over the steps; where there are many, the least and the greatest of each stretch. */
  loss(): Columns {
    const { losses, count } = this;
    const size = Math.max(1, Math.ceil((2 * count) / MOST_POINTS));
    const [x, y]: [number[], (number | null)[]] = [[], []];
    const put = (i: number): void => {
      x.push(i);
      y.push(losses[i]! > 0 && Number.isFinite(losses[i]!) ? losses[i]! : null);
    };
    for (let first = 0; first < count; first += size) {
      let [low, high] = [first, first];
      for (let i = first + 1; i < Math.min(count, first + size); i++) {
        if (losses[i]! < losses[low]!) low = i;
        if (losses[i]! > losses[high]!) high = i;
      }
      put(Math.min(low, high));
      if (low !== high) put(Math.max(low, high));
    }
    return [x, y];
  }

  /** Largest eigenvalue, second eigenvalue and threshold over the steps. */
  curvature(): Columns {
    const { measured } = this;
    const rows = measured.length / 5;
    const every = Math.max(1, Math.ceil(rows / MOST_POINTS));
    const steps: number[] = [];
    const columns: (number | null)[][] = [[], [], []];
    for (let i = 0; i < rows; i += every) {
      steps.push(measured[5 * i]!);
      [1, 3, 4].forEach((at, j) => {
        const value = measured[5 * i + at]!;
        columns[j]!.push(Number.isFinite(value) ? value : null);
      });
    }
    return [steps, ...columns];
  }
}
