import { isMap, isSeq, parse, parseDocument, type Document } from "yaml";

/** A place in a study: keys and indices from the top. */
export type Path = readonly (string | number)[];

const plain = (value: unknown): boolean => value === null || typeof value !== "object";

/** Lists of values, of lists of them, and small groups of values are written on one line. */
const onOneLine = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.every((v) => plain(v) || (Array.isArray(v) && v.every(plain)))
    : !plain(value) && Object.values(value as object).every(plain) && !("kind" in (value as object));

/** The text of a study with one value changed; comments and the order of keys stay. `undefined` takes the key away. */
export function edited(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text) as Document;
  if (value === undefined) document.deleteIn(path);
  else
    document.setIn(
      path,
      document.createNode(value, {
        flow: onOneLine(value),
      }),
    );
  const parent = document.getIn(path.slice(0, -1));
  // A list written on one line has no room for groups that are added to it.
  if (isSeq(parent) && parent.flow && parent.items.some(isMap)) parent.flow = false;
  return document.toString({ flowCollectionPadding: false, lineWidth: 0 });
}

/** What the text says so far, as far as it can be read. */
export function valuesOf(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether a form can be shown for this text at all. */
export const editable = (text: string): boolean => {
  const document = parseDocument(text);
  return document.errors.length === 0 && (isMap(document.contents) || document.contents === null);
};
