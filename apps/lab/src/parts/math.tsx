import "katex/dist/katex.min.css";
import typeset from "virtual:formulas";

/** A formula of the tour, as it was typeset when the site was built; `label` says it in words. */
export function Formula({ tex, label }: { readonly tex: string; readonly label: string }) {
  // What is drawn is hidden from readers of the page; they hear the MathML beside it, by this name.
  const html = typeset[tex]!.replace("<math ", `<math aria-label="${label}" `);
  return <span class="formula" dangerouslySetInnerHTML={{ __html: html }} />;
}
