import { describe, expect, it } from "vitest";
import { lookup } from "../core/lookup.js";
import { catalogue, type Entry } from "./index.js";

describe.each(Object.entries(catalogue) as [string, readonly Entry[]][])("the catalogue of %s", (kind, entries) => {
  it("has entries with distinct names in the form that a study writes", () => {
    expect(entries.length).toBeGreaterThan(0);
    expect(new Set(entries.map((e) => e.name)).size).toBe(entries.length);
    for (const { name } of entries) expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it("describes every entry in one line", () => {
    for (const { description } of entries) {
      expect(description.length).toBeGreaterThan(10);
      expect(description).not.toMatch(/\n/);
    }
  });

  it("is found by name, and an unknown name lists those that exist", () => {
    for (const entry of entries) expect(lookup(kind, entries, entry.name)).toBe(entry);
    expect(() => lookup(kind, entries, "no-such-entry")).toThrow(entries.map((e) => e.name).join(", "));
  });
});
