import { show } from "../parts/numbers.js";
import type { PlannedLine } from "../worker/protocol/inspect.js";

/** What an inspection is going to do, what that is thought to take, what it took, and what is left out and why. */
export function Plan(props: {
  readonly lines: readonly PlannedLine[];
  /** Seconds, by part. */
  readonly taken: Readonly<Record<string, number>>;
  /** The part under way. */
  readonly now: string | undefined;
  /** Whether nothing more is to come. */
  readonly ended: boolean;
}) {
  const { lines, taken, now, ended } = props;
  const total = lines.filter((l) => l.level).reduce((s, l) => s + l.seconds, 0);
  const state = ({ name, level, why }: PlannedLine): string =>
    !level
      ? `left out: ${why}`
      : [name in taken ? "done" : ended ? "left out, see below" : name === now ? "under way" : "", why]
          .filter(Boolean)
          .join("; ");
  return (
    <div class="scroll plan" tabIndex={0} role="region" aria-label="What is done">
      <table>
        <caption>To be done, in about {show(total, 2)} s on this machine.</caption>
        <thead>
          <tr>
            <th scope="col">part</th>
            <th scope="col" class="number">
              about, s
            </th>
            <th scope="col" class="number">
              took, s
            </th>
            <th scope="col">state</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.name}>
              <th scope="row">{line.name}</th>
              <td class="number">{line.seconds > 0 ? show(line.seconds, 2) : ""}</td>
              <td class="number">{line.name in taken ? taken[line.name]!.toFixed(1) : ""}</td>
              <td>{state(line)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
