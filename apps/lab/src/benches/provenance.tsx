import type { ViewProps } from "./index.js";
import { origins } from "./origins.js";

/** Below a bench: for each kind of number its error, method and source. */
export function Provenance({ path: [bench] }: ViewProps) {
  return (
    <details class="provenance">
      <summary>Where these numbers come from</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="Where these numbers come from">
        <table>
          <thead>
            <tr>
              {["number", "its error", "method", "source"].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(origins[bench!] ?? []).map(({ number, error, method, source }) => (
              <tr key={number}>
                <th scope="row">{number}</th>
                <td>{error}</td>
                <td>{method}</td>
                <td>{source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
