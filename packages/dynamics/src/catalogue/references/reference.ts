/** A publication that estimates and claims name as their source. */
export interface Reference {
  readonly type: "article" | "book" | "incollection" | "inproceedings" | "misc";
  /** As BibTeX reads it: surname, initials, joined by "and". */
  readonly author: string;
  readonly year: number;
  readonly title: string;
  /** Further BibTeX fields. */
  readonly fields: Fields;
}

type Fields = Readonly<Record<string, string>>;

export const arxiv = (eprint: string): Fields => ({ archiveprefix: "arXiv", eprint });

export function article(author: string, year: number, title: string, journal: string, volume: string, pages?: string): Reference {
  return { type: "article", author, year, title, fields: { journal, volume, ...(pages ? { pages } : {}) } };
}

export function book(author: string, year: number, title: string, publisher: string): Reference {
  return { type: "book", author, year, title, fields: { publisher } };
}

export function chapter(author: string, year: number, title: string, booktitle: string, more: Fields): Reference {
  return { type: "incollection", author, year, title, fields: { booktitle, ...more } };
}

export function meeting(author: string, year: number, title: string, booktitle: string, more?: Fields): Reference {
  return { type: "inproceedings", author, year, title, fields: { booktitle, ...more } };
}

export function preprint(author: string, year: number, title: string, eprint: string): Reference {
  return { type: "misc", author, year, title, fields: arxiv(eprint) };
}

export const COLT = "Conference on Learning Theory";
export const ICLR = "International Conference on Learning Representations";
export const ICML = "International Conference on Machine Learning";
export const NEURIPS = "Advances in Neural Information Processing Systems";
