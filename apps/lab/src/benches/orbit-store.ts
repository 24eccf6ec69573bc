import type { OrbitNews } from "../worker/protocol/orbits.js";

/** An orbit diagram in the making: each column holds the finest that is known of it. */
export class OrbitStore {
  readonly columns: number;
  /** Width of the pass that a column's content comes from; 0: none yet. */
  readonly width: Int32Array;
  readonly periods: Int32Array;
  /** 1 where the orbit has not settled yet. */
  readonly creeping: Uint8Array;
  readonly exponents: Float64Array;
  readonly errors: Float64Array;
  readonly states: Float64Array;
  readonly record: number;
  done = 0;

  constructor(columns: number, record: number) {
    this.columns = columns;
    this.record = record;
    this.width = new Int32Array(columns);
    this.periods = new Int32Array(columns);
    this.creeping = new Uint8Array(columns);
    this.exponents = new Float64Array(columns).fill(NaN);
    this.errors = new Float64Array(columns).fill(NaN);
    this.states = new Float64Array(columns * record).fill(NaN);
  }

  /** What has become of the orbit of a column. */
  words(c: number): string {
    if (this.periods[c]! > 0) return `period ${this.periods[c]}`;
    if (this.creeping[c]) return "not settled yet: it still creeps towards a cycle or away from one, as near a bifurcation";
    return Number.isNaN(this.exponents[c]!) ? "leaves the finite numbers" : "no period up to 32";
  }

  /** A computed column stands for those after it until they are computed themselves. */
  add({ width, index, states, periods, creeping, exponents, errors, done }: OrbitNews): void {
    const { record } = this;
    index.forEach((column, i) => {
      for (let c = column; c < Math.min(this.columns, column + width); c++) {
        this.width[c] = width;
        this.periods[c] = periods[i]!;
        this.creeping[c] = creeping[i]!;
        this.exponents[c] = exponents[i]!;
        this.errors[c] = errors[i]!;
        this.states.set(states.subarray(i * record, (i + 1) * record), c * record);
      }
    });
    this.done = done;
  }

  /** Between which states the orbits lie, with a margin. */
  range(): readonly [number, number] {
    let [least, most] = [Infinity, -Infinity];
    for (const v of this.states) {
      if (v < least) least = v;
      if (v > most) most = v;
    }
    if (!(most > least)) return Number.isFinite(least) ? [least - 0.5, least + 0.5] : [0, 1];
    const margin = 0.04 * (most - least);
    return [least - margin, most + margin];
  }

  /** The states as shades: darker where orbits are more often. Rows from above. */
  shades(height: number, [low, high]: readonly [number, number]): Float32Array {
    const { columns, record, states } = this;
    const counts = new Float32Array(columns * height);
    for (let c = 0; c < columns; c++) {
      for (let i = 0; i < record; i++) {
        const row = Math.floor(((high - states[c * record + i]!) / (high - low)) * height);
        if (row >= 0 && row < height) counts[row * columns + c]! += 1;
      }
    }
    // A share of one part in sixty of the orbit is as dark as it gets; periodic orbits always are.
    const full = record / 60;
    for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) counts[i] = Math.min(1, 0.28 + (0.72 * counts[i]!) / full);
    return counts;
  }
}
