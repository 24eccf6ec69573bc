import type { ComponentChildren } from "preact";
import { withError } from "./numbers.js";
import type { Estimate } from "#dynamics";

export interface Row {
  readonly label: string;
  readonly estimate: Estimate;
  /** What theory says, where it says anything. */
  readonly theory?: string;
}

/** Numbers with error, method and source; a column of theory where any row has one. It scrolls sideways, by keyboard as well. */
export function Estimates({
  name,
  caption,
  rows,
  together = false,
}: {
  readonly name: string;
  readonly caption: ComponentChildren;
  readonly rows: readonly Row[];
  /** All have one method and source, which the caption names. */
  readonly together?: boolean;
}) {
  const told = rows.some((r) => r.theory !== undefined);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={name}>
      <table class={together ? "tight" : ""}>
        <caption>
          <span>{caption}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">quantity</th>
            <th scope="col" class="number">
              value ± error
            </th>
            {told && (
              <th scope="col" class="number">
                theory
              </th>
            )}
            <th scope="col">unit</th>
            {!together && <th scope="col">method</th>}
            {!together && <th scope="col">source</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, estimate: a, theory }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td class="number">{withError(a.value, a.error)}</td>
              {told && <td class="number">{theory ?? "–"}</td>}
              <td>{a.unit === "1" ? "" : a.unit}</td>
              {!together && (
                <td class="words">
                  {a.status === "ok" ? "" : `${a.status}: `}
                  {a.method}
                  {a.explanation ? `; ${a.explanation}` : ""}
                </td>
              )}
              {!together && <td class="words">{a.sources.join("; ")}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
