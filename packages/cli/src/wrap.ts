/** Text in lines of at most `width` characters, broken between words, each paragraph with an indented continuation. */
export function wrap(text: string, width = Math.min(100, process.stdout.columns || 100)): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return [...lines, line].join("\n");
}
