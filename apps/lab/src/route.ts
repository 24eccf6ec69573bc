import { useLayoutEffect, useState } from "preact/hooks";

/** Where the visitor is: `#/study/<text>?run=1` has the path ["study", "<text>"] and the query run=1. */
export interface Route {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export function parseHash(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { path: path.split("/").filter(Boolean), query: new URLSearchParams(query) };
}

export function formatHash(path: readonly string[], query: Readonly<Record<string, string | number>> = {}): string {
  const entries = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
  // Commas and @ are allowed in a fragment and easier to read as they are.
  const text = new URLSearchParams(entries).toString().replace(/%2C/g, ",").replace(/%40/g, "@").replace(/%3B/g, ";");
  return `#/${path.join("/")}${text ? `?${text}` : ""}`;
}

/** Writes the state of a view into the address without leaving the view. */
export function remember(path: readonly string[], query: Readonly<Record<string, string | number>> = {}): void {
  const hash = formatHash(path, query);
  if (hash !== location.hash) history.replaceState(null, "", hash);
}

/** The present route; a visit changes it, `remember` does not. */
export function useRoute(): Route & { readonly visit: number } {
  const [state, set] = useState(() => ({ ...parseHash(location.hash), visit: 0 }));
  // Before the next task: a visit between the first picture and an effect after it would be told to nobody.
  useLayoutEffect(() => {
    const changed = (): void => set(({ visit }) => ({ ...parseHash(location.hash), visit: visit + 1 }));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return state;
}

/** A number of a query, kept in a range. */
export function numberOf(query: URLSearchParams, name: string, otherwise: number, least = -Infinity, most = Infinity): number {
  const text = query.get(name);
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise;
}
