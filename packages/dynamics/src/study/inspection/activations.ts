import type { Architecture } from "../../networks/architecture.js";
import type { SiteChoice } from "../../networks/site-choice.js";
import { sitesOf, type Sites } from "../../networks/sites.js";
import type { NamedArray } from "../conclusion.js";
import type { LayerColumn, PartAnswer, Rates } from "./part.js";
import type { Subject } from "./subject.js";

/** Most activations and units of each that an inspection looks at. */
export const MOST_ACTIVATIONS = { full: { sites: 24, units: 256 }, quick: { sites: 8, units: 64 } };

const known = new WeakMap<Architecture, Sites | string>();

/** The activation sites of a model, or why they are out of reach. Traced once. */
export function activationsOf({ architecture }: Pick<Subject, "architecture">): Sites | string {
  const found = known.get(architecture) ?? traced(architecture);
  known.set(architecture, found);
  return found;
}

function traced(architecture: Architecture): Sites | string {
  try {
    return sitesOf(architecture, "activations");
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** The same, of a model that is known to have some. */
export function reached(subject: Pick<Subject, "architecture">): Sites {
  const found = activationsOf(subject);
  if (typeof found === "string") throw new RangeError(found);
  return found;
}

/** Why what is about activations cannot be asked of a model; undefined where it can. */
export function withoutActivations({ layered, architecture, data }: Subject): string | undefined {
  const few = data.samples < 3 ? "it takes three samples" : undefined;
  if (layered) return layered.widths.length < 3 ? "the network has one layer and no activation" : few;
  const found = activationsOf({ architecture });
  if (typeof found === "string") return found;
  return found.sites.length === 0
    ? `${architecture.name} has no activation: nowhere is a function of single numbers applied to what weights give`
    : few;
}

/** A list that stops where it would be too long to read. */
export const shortly = (items: readonly string[], most = 6, between = ", "): string =>
  `${items.slice(0, most).join(between)}${items.length > most ? `${between}and ${items.length - most} more` : ""}`;

/** What a pass with a choice at each activation takes, as a multiple of a plain one: both sides of each choice are computed. */
export const CHOOSING = 1.6;

/** Seconds that making programs with a choice at each activation takes, about: recurrent cells are taken step by step, which makes long programs. */
export const making = ({ calls }: Sites, { compile }: Pick<Rates, "compile">) => ({
  runs: 1.5 * compile + 0.012 * calls,
  slopes: 2 * compile + 0.015 * calls,
});

/** Seconds for a backward pass of one sample, about; no derivative by weights is taken. */
export const alone = ({ calls }: Sites, forward: number, samples: number): number =>
  Math.max(1e-4, (3 * forward) / samples) + 2e-5 * calls;

/** Of a plain layered network or of any: what its activations are called, and how numbers by activation are kept. */
export interface Places {
  /** Those looked at, from 0. */
  readonly numbers: readonly number[];
  title(number: number): string;
  /** Some of them, ascending, in words. */
  these(numbers: readonly number[]): string;
  /** Numbers as columns by layer, or, where activations are no layers, as arrays. */
  kept(columns: readonly LayerColumn[]): Pick<PartAnswer, "columns" | "arrays" | "facts">;
}

/** Of a network whose layers are the places: `depth` of them, the last with the outputs. */
export const layerPlaces = (depth: number): Places => ({
  numbers: Array.from({ length: depth }, (_, l) => l),
  title: (l) => `layer ${l + 1}`,
  these: (numbers) => numbers.map((l) => `layer ${l + 1}`).join(", "),
  kept: (columns) => ({ columns }),
});

/** Of any other: its activations as chosen. */
export function activationPlaces({ sites }: Sites, choice: Pick<SiteChoice, "sites">): Places {
  const title = (s: number): string => `activation ${s + 1} (${sites[s]!.activation.name})`;
  return {
    numbers: choice.sites,
    title,
    these(numbers) {
      if (numbers.length === choice.sites.length && numbers.length > 1) return `all ${numbers.length} that were looked at`;
      // Neighbours among those looked at make one stretch.
      const runs: number[][] = [];
      for (const s of numbers) {
        const last = runs.at(-1)?.at(-1);
        if (last !== undefined && choice.sites.indexOf(s) === choice.sites.indexOf(last) + 1) runs.at(-1)!.push(s);
        else runs.push([s]);
      }
      return runs.map((r) => (r.length === 1 ? title(r[0]!) : `activations ${r[0]! + 1} to ${r.at(-1)! + 1}`)).join(", ");
    },
    kept(columns) {
      const one = (values: ArrayLike<number>): NamedArray => ({ shape: [values.length], data: Float64Array.from(values) });
      return {
        arrays: Object.fromEntries([
          ["activation", one(choice.sites.map((s) => s + 1))] as const,
          ...columns.map(({ name, values }) => [name, one(values)] as const),
        ]),
        facts: {
          activations: shortly(
            choice.sites.map((s) => `${s + 1} ${sites[s]!.activation.name} (${sites[s]!.units} units)`),
            24,
          ),
        },
      };
    },
  };
}
