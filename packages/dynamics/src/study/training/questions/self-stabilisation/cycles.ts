/** What the reduced map of a cycle is made of, at one place; NaN and why where there is none. */
export type Reduced = { readonly alpha: number; readonly beta: number; readonly why: string | null };

/** A cycle of sharpness: from one rise through the threshold to the next. */
export type Cycle = {
  /** Step of the first rise, between two looks. */
  readonly from: number;
  readonly period: number;
  /** Least and greatest sharpness less the threshold. */
  readonly least: number;
  readonly most: number;
  /** Root mean square of the displacement along the leading direction. */
  readonly amplitude: number;
  /** At both its ends; null where theory says nothing of this optimizer. */
  readonly ends: readonly [Reduced, Reduced] | null;
};

/** A look: the step, sharpness less threshold, and the displacement. */
export type Look = { readonly time: number; readonly excess: number; readonly displacement: number };

/** What finding cycles carries: those that are closed, and the one that is open. */
export type CyclesMemory = {
  readonly closed: readonly Cycle[];
  readonly open: Open;
};

type Open = {
  readonly last: Look | null;
  /** Whether the sharpness has been below the band since the last rise. */
  readonly below: boolean;
  /** The rise with which the open cycle began; null before the first. */
  readonly since: number | null;
  readonly begun: Reduced | null;
  readonly least: number;
  readonly most: number;
  readonly squares: number;
  readonly looks: number;
};

const FRESH = { least: Infinity, most: -Infinity, squares: 0, looks: 0 };

/**
 * Tells cycles of sharpness from one look to the next. A rise through the threshold counts once the sharpness has been below the band, and closes a
 * cycle if it has been above the band too: what trembles within the band is none.
 *
 * *Arguments*: `band`: half its width, in units of the sharpness; `reduce`: the reduced map where the run is now, asked for at each rise.
 */
export function cycleFinder(band: number, reduce: () => Reduced | null) {
  const closed: Cycle[] = [];
  let open: Open = { last: null, below: false, since: null, begun: null, ...FRESH };
  return {
    closed,
    get rises(): boolean {
      return open.since !== null;
    },
    look(now: Look): void {
      const { last } = open;
      const { time, excess, displacement } = now;
      open = {
        ...open,
        last: now,
        below: open.below || excess < -band,
        least: Math.min(open.least, excess),
        most: Math.max(open.most, excess),
        squares: open.squares + displacement * displacement,
        looks: open.looks + 1,
      };
      if (!open.below || !last || !(last.excess < 0 && excess >= 0)) return;
      const rise = last.time + ((time - last.time) * -last.excess) / (excess - last.excess);
      if (open.since !== null && !(open.most > band)) return;
      const here = reduce();
      if (open.since !== null) {
        const { least, most, begun } = open;
        const amplitude = Math.sqrt(open.squares / open.looks);
        const ends = begun && here ? ([begun, here] as const) : null;
        closed.push({ from: open.since, period: rise - open.since, least, most, amplitude, ends });
      }
      open = { last: now, below: false, since: rise, begun: here, ...FRESH };
    },
    remember: (): CyclesMemory => ({ closed: closed.map((c) => ({ ...c })), open: { ...open } }),
    recall(memory: CyclesMemory): void {
      closed.splice(0, Infinity, ...memory.closed);
      open = memory.open;
    },
  };
}
