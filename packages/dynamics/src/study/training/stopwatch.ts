/** Milliseconds between the moments at which the host may deliver a signal or draw. */
const BREATH = 100;

/** Milliseconds spent so far, and what on. */
export type Spent = {
  readonly total: number;
  readonly moving: number;
  readonly moved: number;
  readonly observing: number;
  readonly observed: number;
  readonly questions: Readonly<Record<string, number>>;
};

const NOTHING: Spent = { total: 0, moving: 0, moved: 0, observing: 0, observed: 0, questions: {} };

/** Where the time goes, on top of what was spent before. It decides nothing but when the host gets its turn. */
export function stopwatch(spent = NOTHING) {
  const start = performance.now();
  let { moving, moved, observing, observed } = spent;
  let compiled = false;
  const questions: Record<string, number> = { ...spent.questions };
  const total = (): number => spent.total + performance.now() - start;
  let breath = start;
  const timed = <T>(f: () => T, add: (milliseconds: number) => void): T => {
    const before = performance.now();
    const result = f();
    add(performance.now() - before);
    return result;
  };
  return {
    /** Steps that fit between two breaths, as far as the steps so far tell. */
    stretch: (): number => Math.max(1, Math.min(1000, Math.floor((BREATH * moved) / Math.max(moving, 1)))),
    move: <T>(steps: number, f: () => T): T =>
      timed(f, (ms) => {
        moving += ms;
        moved += steps;
      }),
    observe: <T>(f: () => T, moves: boolean): T =>
      timed(f, (ms) => {
        // The first one compiles.
        if (compiled) {
          observing += ms;
          observed++;
        }
        compiled = true;
        if (!moves) return;
        moving += ms;
        moved++;
      }),
    question: (name: string, f: () => void): void => timed(f, (ms) => (questions[name] = (questions[name] ?? 0) + ms)),
    async breathe(): Promise<void> {
      if (performance.now() - breath < BREATH) return;
      await new Promise((resolve) => setTimeout(resolve));
      breath = performance.now();
    },
    spent: (): Spent => ({ total: total(), moving, moved, observing, observed, questions: { ...questions } }),
    result(steps: number, riding: boolean) {
      // These steps lie between the other measurements, so that whatever else the machine does slows both alike.
      const gradientStep = (riding ? observing / observed : moving / steps) / 1000;
      const seconds = Object.fromEntries(Object.entries(questions).map(([name, ms]) => [name, ms / 1000]));
      const tracking = seconds["sharpness"];
      return {
        total: total() / 1000,
        steps: moving / 1000,
        gradientStep,
        questions: seconds,
        eigenvalueShare: tracking === undefined || !(steps > 0) ? null : tracking / (gradientStep * steps),
      };
    },
  };
}
