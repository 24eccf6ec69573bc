import { rm } from "node:fs/promises";
import { count } from "#dynamics";
import { claim, survey, type Left, type Unfinished } from "../files/unfinished.js";
import type { Checkpoint } from "../files/checkpoint.js";
import { shownSafely } from "../exit.js";
import { version } from "../package-root.js";

/** Titles and names of folders may be anybody's. */
const tell = (line: string): void => void process.stderr.write(`${shownSafely(line)}\n`);

/** How far an unfinished run had come. */
export function goingOn({ folder, ticket, checkpoint }: Left): string {
  if (!checkpoint) return `Starting "${ticket.title}" from the beginning: ${folder} held no checkpoint.`;
  const { done, total, unit } = checkpoint.progress;
  const far = Number.isFinite(total) ? `${unit} ${done} of ${total}` : count(done, unit);
  return `Going on with "${ticket.title}" from ${folder}, ${far}. (--fresh starts anew.)`;
}

/**
 * Sees to what killed commands left in a folder: nothing is left there silently.
 *
 * *Arguments*: `key`: that of the run about to begin; `fresh`: whether it is to start from the beginning.
 * *Returns*: the unfinished run with that key, taken over; undefined: there is none. Everything else is removed, with a message, where it
 * holds nothing to go on from, and otherwise named with what can be done about it.
 */
export async function leftOver(
  parent: string,
  key: string,
  fresh: boolean,
): Promise<(Unfinished & { readonly checkpoint: Checkpoint | undefined }) | undefined> {
  const { left, debris, elsewhere, nameless } = await survey(parent);
  for (const { folder, ticket } of debris) {
    await rm(folder, { recursive: true, force: true });
    const what = ticket ? `"${ticket.title}" was killed before its first checkpoint` : "a killed command left it";
    tell(`Removed ${folder}: ${what}, and there is nothing to go on from.`);
  }
  for (const folder of nameless)
    tell(
      `${folder} holds what a killed command computed, but its ticket.json, which says of what, is missing or damaged: nothing can go on with it. Delete the folder, or put the file back.`,
    );
  for (const { folder, ticket } of elsewhere)
    tell(
      `${folder} holds an unfinished run of "${ticket.title}" by the machine ${ticket.owner.host}. If that has stopped:  ${ticket.kind === "run" ? `separatrix run --resume ${folder}` : `delete the folder and start again: ${ticket.command}`}`,
    );
  let taken: Awaited<ReturnType<typeof leftOver>>;
  for (const one of left) {
    const { folder, ticket, checkpoint } = one;
    if (ticket.key === key && !taken) {
      const mine = await claim(one);
      if (!mine) continue;
      if (fresh) {
        await mine.remove();
        tell(`Removed ${folder}, an unfinished run of this study: --fresh was given.`);
        continue;
      }
      tell(goingOn(one));
      taken = { ...mine, checkpoint };
      continue;
    }
    const way =
      ticket.version === version()
        ? `Go on with it:  ${ticket.kind === "run" ? `separatrix run --resume ${folder}` : ticket.command}   or delete the folder.`
        : `Version ${ticket.version} began it, which this one cannot go on with; delete the folder.`;
    tell(
      `${folder} holds an unfinished ${ticket.kind} of "${ticket.title}", ${count(checkpoint!.progress.done, checkpoint!.progress.unit)} done. ${way}`,
    );
  }
  return taken;
}
