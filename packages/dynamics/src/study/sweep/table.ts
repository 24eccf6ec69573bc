import { canonical } from "../canonical.js";
import type { Manifest } from "../record.js";
import type { ParsedSweep } from "./parse.js";

/** How a cell ended: with a run's manifest, or with the reason why there is none. */
export type CellOutcome =
  | { readonly hash: string; readonly manifest: Manifest }
  | { readonly hash: string; readonly failure: string };

/** A column of the table of a sweep. */
export interface TableColumn {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  /** A row a cell; null where a cell has none. NaN is null too. */
  readonly values: readonly (number | string | null)[];
}

/**
 * The table of a sweep: a row a cell, in the order of the grid.
 *
 * *Definition*: the axes; `status` and `reason`; what was done; each answer with its error; each fact as `fact_<name>`; `cell`, the digest of what was run.
 * *Arguments*: `outcomes`: one for each cell of the sweep, in their order.
 * *Returns*: columns of equal length. Numbers stay numbers; columns in which anything else occurs are text, lists and groups as JSON.
 * *Error*: depends on the outcomes alone: the same cells give the same table, however they were computed.
 * *Example*: `const sweep = parseSweep("study:\n" + study.replaceAll(/^/gm, "  ") + "\naxes: [{ path: seed, values: [7] }]");
 * sweepTable(sweep, [{ hash: "abc", failure: "no memory" }]).map((c) => [c.name, c.values[0]]) // [["seed", 7], ["status", "failed"], ["reason", "no memory"], ["done", null], ["cell", "abc"]]`
 */
export function sweepTable(
  { axes, cells }: Pick<ParsedSweep, "axes" | "cells">,
  outcomes: readonly CellOutcome[],
): TableColumn[] {
  const manifests = outcomes.map((o) => ("manifest" in o ? o.manifest : undefined));
  const own = axes.map((axis, i) =>
    column(
      axis.name,
      "",
      axis.path,
      cells.map((c) => axis.values[c.at[i]!]),
    ),
  );
  // The first cell that has an answer says what it is.
  const answers = new Map(
    manifests
      .flatMap((m) => m?.answers ?? [])
      .map((a) => [a.name, a] as const)
      .reverse(),
  );
  const facts = [...new Set(manifests.flatMap((m) => Object.keys(m?.facts ?? {})))].sort();
  const answer = (m: Manifest | undefined, name: string) => m?.answers.find((a) => a.name === name);
  const all = [
    ...own,
    column(
      "status",
      "",
      "how the run of the cell ended; failed: it could not be run",
      manifests.map((m) => m?.status ?? "failed"),
    ),
    column(
      "reason",
      "",
      "why a cell failed",
      outcomes.map((o) => ("failure" in o ? o.failure : null)),
    ),
    column(
      "done",
      manifests.find(Boolean)?.steps.unit ?? "",
      "how much of the run was done",
      manifests.map((m) => m?.steps.done),
    ),
    ...[...answers.values()].reverse().flatMap(({ name, label, unit }) => [
      column(
        name,
        unit,
        label,
        manifests.map((m) => answer(m, name)?.value),
      ),
      column(
        `${name}_error`,
        unit,
        `error of ${name}`,
        manifests.map((m) => answer(m, name)?.error),
      ),
    ]),
    ...facts.map((name) =>
      column(
        `fact_${name}`,
        "",
        name,
        manifests.map((m) => m?.facts[name]),
      ),
    ),
    column(
      "cell",
      "",
      "digest of the study and the version",
      outcomes.map((o) => o.hash),
    ),
  ];
  // The axes come first: what bears the name of one of them gives way.
  const taken = new Set<string>();
  return all.map((c) => {
    let { name } = c;
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return { ...c, name };
  });
}

function column(name: string, unit: string, description: string, cells: readonly unknown[]): TableColumn {
  const known = cells.map((v) => (v === undefined || Number.isNaN(v) ? null : v));
  const numbers = known.every((v) => v === null || typeof v === "number");
  const text = (v: unknown): string => (typeof v === "string" ? v : typeof v === "number" ? String(v) : canonical(v));
  return {
    name,
    unit,
    description,
    values: numbers ? (known as (number | null)[]) : known.map((v) => (v === null ? null : text(v))),
  };
}
