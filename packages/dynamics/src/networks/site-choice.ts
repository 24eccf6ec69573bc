import { random } from "../core/random.js";
import type { Sites } from "./sites.js";

export interface SiteChoiceOptions {
  /** Most sites that are looked at, evenly spaced from the first to the last. Default 24. */
  readonly sites?: number;
  /** Most units of a site, drawn. Default 256. */
  readonly units?: number;
  /** Of that draw. Default 0. */
  readonly seed?: number;
}

/** Which sites of a network are looked at, and which of their units. */
export interface SiteChoice {
  /** Numbers of sites, from 0, ascending. */
  readonly sites: readonly number[];
  /** By site of the network: numbers of units, ascending. */
  readonly units: readonly Int32Array[];
  /** Of the outputs. */
  readonly outputs: Int32Array;
  /** What was left out, in words; undefined: nothing. */
  readonly said: string | undefined;
}

/** The streams of a seed that choose units. */
const STREAM = 1_500_000;

/**
 * The sites and units that stand for all where there are very many.
 *
 * *Arguments*: `sites` of a network with so many `outputs`; see `SiteChoiceOptions`. *Returns*: a SiteChoice; units are drawn without replacement.
 * *Example*: `chooseSites(sitesOf(net, "here"), 1, { units: 1 }).units.map((u) => u.length) // [1]`
 */
export function chooseSites({ sites }: Sites, outputs: number, options: SiteChoiceOptions = {}): SiteChoice {
  const { sites: mostSites = 24, units: mostUnits = 256, seed = 0 } = options;
  for (const [name, value] of Object.entries({ sites: mostSites, units: mostUnits }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`chooseSites: at most ${value} ${name} asked for; allowed: integers from 1`);
  const number = Math.min(sites.length, mostSites);
  const chosen = Array.from({ length: number }, (_, i) =>
    number === 1 ? sites.length - 1 : Math.round((i * (sites.length - 1)) / (number - 1)),
  );
  const widths = sites.map((s) => s.units);
  const said = [
    ...(number < sites.length ? [`${number} of ${sites.length} activations, evenly spaced`] : []),
    ...(Math.max(0, ...chosen.map((s) => widths[s]!)) > mostUnits
      ? [`up to ${mostUnits} units of each activation, drawn by the seed`]
      : []),
  ];
  return {
    sites: chosen,
    units: widths.map((n, s) => draw(n, mostUnits, seed, s)),
    outputs: draw(outputs, mostUnits, seed, widths.length),
    said: said.length > 0 ? said.join(", with ") : undefined,
  };
}

/** Up to so many of n numbers, ascending. */
function draw(n: number, most: number, seed: number, site: number): Int32Array {
  const all = Int32Array.from({ length: n }, (_, i) => i);
  if (n <= most) return all;
  const stream = random(seed, STREAM + site);
  for (let i = 0; i < most; i++) {
    const j = i + Math.floor((n - i) * stream.uniform());
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, most).sort();
}
