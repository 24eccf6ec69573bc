import type { ComponentChildren, JSX } from "preact";

type Node = JSX.Element;

/** A word, a letter, a number, or one other sign. */
const TOKEN = /log|lim|max|min|sin|\d+(?:\.\d+)?|\S/gu;

/** Signs that have what belongs to them right below. */
const wide = /^(lim|max|min|∑)$/;

/**
 * A formula in the browser's own mathematics (MathML), from a line of text.
 *
 * `x_{n+1} = {a}/{b}`: braces group, `_` and `^` put what follows below and above, a slash between two groups makes a fraction, √ before a group its root.
 */
export function Formula({ text, label }: { readonly text: string; readonly label: string }) {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  const row = (): Node[] => {
    const items: Node[] = [];
    while (at < tokens.length && tokens[at] !== "}") items.push(item());
    return items;
  };
  const group = (): boolean => tokens[at] === "{";
  const atom = (): Node => {
    const token = tokens[at++]!;
    if (token === "{") {
      const inner = row();
      at++;
      return <mrow>{inner}</mrow>;
    }
    if (token === "√") return <msqrt>{atom()}</msqrt>;
    return /^\d/.test(token) ? <mn>{token}</mn> : /^\p{L}/u.test(token) ? <mi>{token}</mi> : <mo>{token}</mo>;
  };
  const item = (): Node => {
    const grouped = group();
    const token = tokens[at]!;
    let base = atom();
    if (grouped && tokens[at] === "/" && tokens[at + 1] === "{") {
      at++;
      base = <mfrac>{[base, atom()] as ComponentChildren}</mfrac>;
    }
    let [below, above]: [Node | undefined, Node | undefined] = [undefined, undefined];
    while (tokens[at] === "_" || tokens[at] === "^") {
      if (tokens[at++] === "_") below = atom();
      else above = atom();
    }
    if (below && !above && wide.test(token)) return <munder>{[base, below] as ComponentChildren}</munder>;
    if (below && above) return <msubsup>{[base, below, above] as ComponentChildren}</msubsup>;
    if (below) return <msub>{[base, below] as ComponentChildren}</msub>;
    return above ? <msup>{[base, above] as ComponentChildren}</msup> : base;
  };
  return (
    <span class="formula">
      <math display="block" aria-label={label}>
        <mrow>{row()}</mrow>
      </math>
    </span>
  );
}
