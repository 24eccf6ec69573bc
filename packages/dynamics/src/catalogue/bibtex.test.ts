import { describe, expect, it } from "vitest";
import { claims } from "../claims/index.js";
import { bibtex } from "./bibtex.js";
import { families } from "./families.js";
import { references } from "./references/index.js";

describe("BibTeX", () => {
  it("names a publication once, with the places that matter", () => {
    expect(bibtex(["Kuznetsov 2004, section 5.4.2", "Henon 1976", "Kuznetsov 2004, section 10.3.2", "Henon 1976"])).toBe(
      [
        "@article{henon1976a,",
        "  author = {H{\\'e}non, M.},",
        "  year = {1976},",
        "  title = {{A two-dimensional mapping with a strange attractor}},",
        "  journal = {Communications in Mathematical Physics},",
        "  volume = {50},",
        "  pages = {69--77},",
        "}",
        "",
        "@book{kuznetsov2004elements,",
        "  author = {Kuznetsov, Y. A.},",
        "  year = {2004},",
        "  title = {{Elements of Applied Bifurcation Theory}},",
        "  publisher = {Springer},",
        "  note = {section 10.3.2; section 5.4.2},",
        "}",
      ].join("\n"),
    );
  });

  it("gives what it does not know as far as the name goes, and says so", () => {
    expect(bibtex(["Nobody, Nowhere 1901"])).toBe(
      "% Not in the catalogue; complete it by hand.\n@misc{nobodynowhere1901,\n  author = {Nobody and Nowhere},\n  year = {1901},\n}",
    );
  });

  it("has no publication twice", () => {
    const names = references.map(({ author, year, title }) => `${author} ${year} ${title}`);
    expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([]);
  });

  it("has keys of its own for every reference, and balanced braces", () => {
    const all = bibtex(
      references.map(
        (r) =>
          `${r.author
            .replace(/\{\\\W(\w)\}/g, "$1")
            .split(" and ")
            .map((a) => a.split(",")[0])
            .join(", ")} ${r.year}`,
      ),
    );
    const keys = [...all.matchAll(/^@\w+\{(\w+),$/gm)].map((m) => m[1]);
    expect(keys.length).toBe(references.length);
    expect(new Set(keys).size).toBe(keys.length);
    expect(all).not.toContain("% Not");
    let depth = 0;
    for (const c of all) {
      depth += c === "{" ? 1 : c === "}" ? -1 : 0;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
  });

  it.each([...claims.flatMap((c) => c.sources), ...families.map((f) => f.source)])("knows %s", (source) =>
    expect(bibtex([source])).not.toContain("% Not"),
  );
});
