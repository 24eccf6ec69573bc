import type { Lanes } from "../lanes/lanes.js";

/**
 * The same arithmetic, but an operation on the same operands is done once: tanh(x) and sech2(x) share their exponential.
 * V and M must be values that identify a result (numbers of locals).
 */
export function sharing(l: Lanes<number, number>): Lanes<number, number> {
  const known = new Map<string, number>();
  const once = (key: string, make: () => number): number => {
    let v = known.get(key);
    if (v === undefined) known.set(key, (v = make()));
    return v;
  };
  return new Proxy(l, {
    get(target, name: keyof Lanes<number, number>) {
      return (...args: number[]) => {
        const key = args.map((a) => (Object.is(a, -0) ? "-0" : a)).join();
        return once(`${name}(${key})`, () => (target[name] as (...xs: number[]) => number)(...args));
      };
    },
  });
}
