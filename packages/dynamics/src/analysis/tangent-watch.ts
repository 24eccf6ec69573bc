import { short } from "../core/short.js";
import type { System, TangentRates, TangentSystem } from "../core/system.js";
import type { LyapunovAccumulator, LyapunovSpectrum } from "./lyapunov.js";

/** A tangent that is off by more than this part of what it moves, or in a step of what it was and is, is not followed, */
const SHARE = 0.05;
/** but one that is off by less than this part of itself a step is. */
const STEP = 1e-3;

/** Watches whether the steps of a system carry its tangents. */
export interface TangentWatch {
  /** Looks at a system with orthonormal tangents. */
  look(riding: TangentSystem): void;
  /** Why what is measured with them is none of the system's, in words, and how many of the first are followed; undefined where nothing speaks against them. */
  verdict(): { readonly why: string; readonly sound: number } | undefined;
}

/**
 * Adaptive steps are as long as the state allows. Where it rests or moves along a slow path they may be too long for tangents across it, which then grow or shrink as the method makes them
 * and not as the flow does: the step-size control does not see it, and neither do standard errors.
 */
export function tangentWatch(k: number): TangentWatch {
  const [off, moved, slack, jumps] = [0, 0, 0, 0].map(() => new Float64Array(k)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [longest, looks] = [0, 0];
  return {
    look(riding) {
      const seen: TangentRates | undefined = riding.rates?.();
      if (!seen) return;
      longest = Math.max(longest, seen.h);
      looks++;
      for (let i = 0; i < k; i++) {
        off[i]! += seen.off[i]!;
        moved[i]! += seen.moved[i]!;
        jumps[i]! += seen.jump[i]!;
        slack[i]! += STEP / seen.h;
      }
    },
    verdict() {
      const wrong = off.findIndex((o, i) => !(o <= Math.max(SHARE * moved[i]!, slack[i]!) && jumps[i]! <= SHARE * looks));
      if (wrong < 0) return undefined;
      const share = Math.max(off[wrong]! / moved[wrong]!, jumps[wrong]! / looks);
      const much = share < 1 ? `errs by about ${short(100 * share)} % of its growth` : "is not followed at all";
      const why =
        `the steps of up to ${short(longest)} are chosen for the state alone and too long for its tangents: tangent ${wrong + 1} ${much}, by the solver's own estimate. ` +
        `Take shorter steps (maxStep, or a smaller dt), a quarter as long for a start`;
      return { why, sound: wrong };
    },
  };
}

/** The exponents of a system that was followed to the end: none where its tangents were not. */
export function watched(growth: LyapunovAccumulator, watch: TangentWatch, kind: System["kind"]): LyapunovSpectrum {
  const found = growth.estimate();
  // A flow can be followed back: its exponents are finite.
  if (kind === "flow" && found.value.includes(-Infinity))
    return growth.estimate(
      "not-converged",
      `${found.explanation}: take a smaller dt, so that tangents are made orthonormal more often`,
    );
  const doubt = watch.verdict();
  if (found.status !== "ok" || !doubt) return found;
  const fewer = doubt.sound > 0 ? `, or ask for the first ${doubt.sound} alone` : "";
  return growth.estimate("not-converged", `${doubt.why}${fewer}`);
}
