/** Steps of one length. */
export interface FixedSteps {
  readonly kind: "fixed";
  readonly h: number;
}

/** Steps as long as the error estimate allows. */
export interface AdaptiveSteps {
  readonly kind: "adaptive";
  readonly rtol: number;
  readonly atol: number;
  /** First step; 0: chosen from the state and its slope. */
  readonly firstStep: number;
  readonly maxStep: number;
  /** Most attempts in one interval dt. */
  readonly maxSteps: number;
}

export type StepSizeController = FixedSteps | AdaptiveSteps;

const positive = (where: string, values: Readonly<Record<string, number>>): void => {
  for (const [name, value] of Object.entries(values))
    if (!(value > 0)) throw new RangeError(`${where}: ${name} ${value} given; allowed: numbers above 0`);
};

/** Steps of length h; dt must be a whole number of them. *Example*: `fixed(0.01).h // 0.01` */
export function fixed(h: number): FixedSteps {
  positive("fixed", { h });
  if (h === Infinity) throw new RangeError("fixed: h Infinity given; allowed: finite numbers above 0");
  return { kind: "fixed", h };
}

/**
 * Steps whose estimated error is at most atol + rtol max(|x|, |x'|), in the root mean square over the components.
 *
 * *Definition*: with the scaled error e_n of step n and the error order q of the solver, h' = h min(10, max(0.2, 0.9 e_n^(-0.7/q) e_(n-1)^(0.4/q))); a step
 * with e > 1 is taken again. The last step of an interval ends exactly on it. The first step is as long as the tolerance would allow a solution that moves
 * by its own size in one unit of its time scale |x| / |x'|, at most that unit.
 * *Arguments*: `rtol` (default 1e-6), `atol` (1e-9), `firstStep`, `maxStep`, and `maxSteps`, the most attempts in one interval (default 100,000).
 * *Source*: Hairer, Norsett, Wanner 1993, Solving ordinary differential equations I, section II.4; Gustafsson 1991 (the PI controller).
 * *Example*: `adaptive({ rtol: 1e-9 }).atol // 1e-9`
 */
export function adaptive(options: Partial<Omit<AdaptiveSteps, "kind">> = {}): AdaptiveSteps {
  const { rtol = 1e-6, atol = 1e-9, firstStep = 0, maxStep = Infinity, maxSteps = 100_000 } = options;
  if (!(rtol >= 0 && atol >= 0 && rtol + atol > 0 && rtol + atol < Infinity))
    throw new RangeError(`adaptive: rtol ${rtol} and atol ${atol} given; allowed: finite numbers from 0, not both 0`);
  if (rtol > 0 && rtol < 1e-14)
    throw new RangeError(`adaptive: rtol ${rtol} given; allowed: 0, or from 1e-14, since float64 resolves 1.1e-16`);
  if (!(firstStep >= 0 && firstStep < Infinity))
    throw new RangeError(`adaptive: firstStep ${firstStep} given; allowed: finite numbers from 0 (0: chosen)`);
  positive("adaptive", { maxStep });
  if (!Number.isInteger(maxSteps) || maxSteps < 1 || maxSteps > 2147483647)
    throw new RangeError(`adaptive: maxSteps ${maxSteps} given; allowed: integers from 1 to 2147483647`);
  return { kind: "adaptive", rtol, atol, firstStep, maxStep, maxSteps };
}
