/** A number that a family of optimizers or schedules can be given: its default and what is allowed. */
export interface Hyperparameter {
  readonly name: string;
  readonly description: string;
  /** Without a default the number must be given. */
  readonly default?: number;
  /** Allowed from here on. */
  readonly from?: number;
  /** Allowed above this. */
  readonly above?: number;
  /** Allowed up to here. */
  readonly to?: number;
  /** Allowed below this. */
  readonly below?: number;
  readonly whole?: boolean;
}

/**
 * What a hyperparameter allows, in words: "numbers from 0, below 1".
 *
 * *Example*: `allowed({ name: "momentum", description: "share kept", from: 0, below: 1 }) // "finite numbers from 0, below 1"`
 */
export function allowed({ from, above, to, below, whole }: Hyperparameter): string {
  const limits = [
    from === undefined ? "" : `from ${from}`,
    above === undefined ? "" : `above ${above}`,
    to === undefined ? "" : `up to ${to}`,
    below === undefined ? "" : `below ${below}`,
  ];
  return `${whole ? "whole numbers" : "finite numbers"} ${limits.filter(Boolean).join(", ")}`.trim();
}

/**
 * The numbers of a family with the defaults filled in.
 *
 * *Arguments*: `owner` names the family in messages; `given` may hold other things too.
 * *Returns*: a number for each hyperparameter. Throws when one is missing or not allowed, with what was given and what is allowed.
 */
export function settle<N extends string>(
  owner: string,
  hyperparameters: readonly (Hyperparameter & { readonly name: N })[],
  given: object,
): Record<N, number> {
  return Object.fromEntries(
    hyperparameters.map((h) => {
      const value = ((given as Record<string, unknown>)[h.name] as number | undefined) ?? h.default;
      const fits =
        typeof value === "number" &&
        Number.isFinite(value) &&
        (h.from === undefined || value >= h.from) &&
        (h.above === undefined || value > h.above) &&
        (h.to === undefined || value <= h.to) &&
        (h.below === undefined || value < h.below) &&
        (!h.whole || Number.isInteger(value));
      if (!fits) throw new RangeError(`${owner}: ${h.name} ${String(value)} given; allowed: ${allowed(h)}`);
      return [h.name, value];
    }),
  ) as Record<N, number>;
}
