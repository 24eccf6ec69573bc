/** Milliseconds between the moments at which the host may deliver a signal or draw. */
const BREATH = 100;

/** Where the time goes. It decides nothing but when the host gets its turn. */
export function stopwatch() {
  const start = performance.now();
  let moving = 0;
  let moved = 0;
  const observing: number[] = [];
  const questions: Record<string, number> = {};
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
        observing.push(ms);
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
    result(steps: number, riding: boolean) {
      // These steps lie between the other measurements, so that whatever else the machine does slows both alike. The first one compiles.
      const single = observing.slice(1);
      const alone = single.reduce((sum, ms) => sum + ms, 0) / single.length;
      const gradientStep = (riding ? alone : moving / steps) / 1000;
      const seconds = Object.fromEntries(Object.entries(questions).map(([name, ms]) => [name, ms / 1000]));
      const tracking = seconds["sharpness"];
      return {
        total: (performance.now() - start) / 1000,
        steps: moving / 1000,
        gradientStep,
        questions: seconds,
        eigenvalueShare: tracking === undefined || !(steps > 0) ? null : tracking / (gradientStep * steps),
      };
    },
  };
}
