import { show, withError, type CheckedClaim } from "#dynamics";
import { escape, htmlDocument } from "./html.js";

const CLASS: Record<string, string> = { agrees: "ok", disagrees: "diverged", undecided: "aborted" };

/** Checked claims as one HTML file; the same bytes for the same version. */
export function claimsPage(claims: readonly CheckedClaim[], version: string): string {
  const of = (v: string): number => claims.filter((c) => c.verdict === v).length;
  return htmlDocument(
    "Claims",
    `<header>
<h1>What theory says, and what this program measures</h1>
<p class="meta">separatrix ${escape(version)}</p>
</header>
<section class="verdict${of("disagrees") > 0 ? " diverged" : of("undecided") > 0 ? " aborted" : ""}" aria-label="Verdict">
<p>${of("agrees")} of ${claims.length} claims agree, ${of("disagrees")} disagree, ${of("undecided")} are undecided.</p>
<p>A measured mean agrees within 3 of its standard errors and disagrees beyond 5; a number with a bound agrees within it. Undecided is what lies between, and what has wider bars than the comparison can do with.</p>
</section>
${claims.map(section).join("\n")}`,
  );
}

function section({ item, name, description, sources, comparisons, verdict }: CheckedClaim): string {
  const rows = comparisons.map(
    (c) =>
      `<tr><th scope="row">${escape(c.what)}</th><td class="number">${escape(show(c.predicted, 8))}</td><td class="number">${escape(withError(c.measured, c.error))}</td><td class="number">${escape(show(Math.abs(c.measured - c.predicted), 2))}</td><td>${escape(c.bars)} ${escape(show(c.error, 2))}</td><td><span class="status ${CLASS[c.verdict]}">${c.verdict}</span></td></tr>`,
  );
  return `<section aria-labelledby="${name}">
<h2 id="${name}">${escape(item)} <span class="status ${CLASS[verdict]}">${verdict}</span></h2>
<p>${escape(description.charAt(0).toUpperCase() + description.slice(1))}.</p>
<p class="meta">${escape(sources.join("; "))}</p>
<div class="scroll"><table>
<thead><tr><th scope="col">number</th><th scope="col" class="number">predicted</th><th scope="col" class="number">measured</th><th scope="col" class="number">difference</th><th scope="col">error</th><th scope="col">verdict</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>
</section>`;
}
