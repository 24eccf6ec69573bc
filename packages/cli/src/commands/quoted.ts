/** A word as a shell reads it back; one that a shell would look into, such as $(…), stands where it does not. */
export const quoted = (word: string): string =>
  /^[\w./:\\-]+$/.test(word) ? word : /["$`!\p{Cc}]/u.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : `"${word}"`;
