import { references } from "./references/index.js";
import type { Reference } from "./references/reference.js";

const plain = (latex: string): string => latex.replace(/\{\\\W(\w)\}/g, "$1");
const surnames = ({ author }: Reference): string[] =>
  plain(author)
    .split(" and ")
    .map((a) => a.split(",")[0]!);
const citation = (r: Reference): string => `${surnames(r).join(", ")} ${r.year}`;

/** The publication, and the place in it, that a source means: "Kuznetsov 2004, section 5.4.2" is a section of "Kuznetsov 2004". */
function parse(source: string): { name: string; place: string } {
  const [, name, place] = /^(.*? \d{4})(?:, (.*))?$/.exec(source) ?? [undefined, source, undefined];
  return { name: name!, place: place ?? "" };
}

/** Letters and digits that BibTeX takes as a key: the first surname, the year, and the first word of the title. */
const keyOf = (r: Reference): string =>
  `${surnames(r)[0]!}${r.year}${plain(r.title).match(/[A-Za-z]+/)![0]}`.toLowerCase().replace(/[^a-z0-9]/g, "");

const entry = (type: string, key: string, fields: Readonly<Record<string, string>>): string =>
  [`@${type}{${key},`, ...Object.entries(fields).map(([name, value]) => `  ${name} = {${value}},`), "}"].join("\n");

/**
 * Sources of estimates and claims as BibTeX.
 *
 * *Arguments*: `sources`: as estimates name them, "Surname, Surname year", with a place behind a comma where it matters. Repeated ones count once.
 * *Returns*: entries in the order of names and years, places as notes. A source that the catalogue does not know becomes an entry of type misc with
 * its names and year, and a comment that says so.
 * *Example*: `bibtex(["Kuznetsov 2004, section 5.4.2"]).split("\n")[0] // "@book{kuznetsov2004elements,"`
 */
export function bibtex(sources: readonly string[]): string {
  const places = new Map<string, Set<string>>();
  for (const source of sources) {
    const { name, place } = parse(source);
    const known = places.get(name) ?? new Set();
    places.set(name, place ? known.add(place) : known);
  }
  const names = [...places.keys()].sort();
  return names
    .map((name) => {
      const note = [...places.get(name)!].sort().join("; ");
      const more: Record<string, string> = note ? { note } : {};
      const found = references.find((r) => citation(r) === name);
      if (found) {
        const { type, author, year, title, fields } = found;
        return entry(type, keyOf(found), { author, year: String(year), title: `{${title}}`, ...fields, ...more });
      }
      const [, authors, year] = /^(.*) (\d{4})$/.exec(name) ?? [undefined, name, ""];
      const key = name.toLowerCase().replace(/[^a-z0-9]/g, "");
      return `% Not in the catalogue; complete it by hand.\n${entry("misc", key, { author: authors!.split(", ").join(" and "), year: year!, ...more })}`;
    })
    .join("\n\n");
}
