import { suggestion } from "../../core/nearest.js";
import { inspectionParts } from "./parts/index.js";
import type { Level, Part, Rates } from "./part.js";
import type { Subject } from "./subject.js";

/** What is done with one part. */
export interface PlannedPart {
  readonly part: Part;
  /** undefined: left out. */
  readonly level: Level | undefined;
  /** Seconds that it takes, about; of the cheapest way where it is left out for its cost. */
  readonly seconds: number;
  /** Why it is left out, or done less thoroughly than could be. */
  readonly why: string | undefined;
}

export interface PlanOptions {
  /** Seconds that all parts together may take, about. Default: no limit. */
  readonly budget?: number;
  /** Names of parts, each perhaps with ":quick" behind; others are left out. Then the budget has no say. */
  readonly parts?: readonly string[];
}

/**
 * What of an inspection fits into a budget.
 *
 * *Definition*: in the order of `inspectionParts` every part that still fits is done quickly; what is left of the budget then makes parts full, in
 * the same order.
 * *Arguments*: `subject` from `subjectOf`; `rates` as measured; see `PlanOptions`.
 * *Returns*: every part with what is done with it and why. *Error*: throws a RangeError for a part that is not there.
 * *Cost*: none: estimates are formulas.
 * *Example*: `const rows = (values) => ({ rows: 4, columns: 1, values: Float64Array.from(values), sha256: "" });
 * const model = { architecture: net, theta: net.initial(0), tokens: false, head: undefined, layered: undefined, why: "made by hand" };
 * const plan = planOf(subjectOf(model, rows(data.inputs), rows(data.targets)), { forward: 1, gradient: 3, product: 6, compile: 0 }, { budget: 100 });
 * plan.filter((p) => p.level).map((p) => p.part.name) // ["layers", "sgd", "order", "linear", "weights"]`
 */
export function planOf(subject: Subject, rates: Rates, options: PlanOptions = {}): PlannedPart[] {
  const { budget = Infinity, parts } = options;
  const asked = parts?.map(partOf);
  const levels = new Map<Part, Level>();
  const possible = inspectionParts.filter((part) => !part.refusal(subject));
  const cost = (part: Part, level: Level): number => part.seconds(subject, rates, level);
  let spent = 0;
  if (asked) for (const { part, level } of asked) levels.set(part, level);
  else {
    for (const part of possible) {
      const seconds = cost(part, "quick");
      if (spent + seconds > budget) continue;
      spent += seconds;
      levels.set(part, "quick");
    }
    for (const part of possible) {
      const more = cost(part, "full") - cost(part, "quick");
      if (levels.get(part) !== "quick" || spent + more > budget) continue;
      spent += more;
      levels.set(part, "full");
    }
  }
  return inspectionParts.map((part): PlannedPart => {
    const refusal = part.refusal(subject);
    const level = refusal ? undefined : levels.get(part);
    return {
      part,
      level,
      seconds: refusal ? 0 : cost(part, level ?? "quick"),
      why:
        refusal ??
        (asked
          ? level
            ? undefined
            : "not asked for"
          : level === "full"
            ? undefined
            : level
              ? "less thorough, for the budget"
              : "does not fit into the budget"),
    };
  });
}

function partOf(text: string): { part: Part; level: Level } {
  const [name, level = "full"] = text.split(":");
  const part = inspectionParts.find((p) => p.name === name);
  const names = inspectionParts.map((p) => p.name);
  if (!part)
    throw new RangeError(
      `the part "${name}" is not known${suggestion(name, names)}; expected ${names.join(", ")}, perhaps with :quick behind`,
    );
  if (level !== "full" && level !== "quick")
    throw new RangeError(`the part ${name}: level "${level}" given; expected full or quick`);
  return { part, level };
}
