const texts = import.meta.glob<string>("../../../examples/*.yaml", { query: "?raw", import: "default", eager: true });

/** A study of the folder `examples`. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly kind: string;
  /** The comment it begins with. */
  readonly about: string;
  readonly text: string;
}

/** Every example of the project, read when the site is built. */
export const examples: readonly Example[] = Object.entries(texts)
  .map(([path, text]) => ({
    name: path.replace(/^.*\/|\.yaml$/g, ""),
    title: /^title: *(.*)$/m.exec(text)?.[1]?.replace(/^["']|["']$/g, "") ?? path,
    kind: /^ +kind: *(\S+)/m.exec(text)?.[1] ?? "study",
    about: /^(#.*\n)*/.exec(text)![0].replace(/^# ?/gm, "").replace(/\n/g, " ").trim(),
    text,
  }))
  .sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name));
