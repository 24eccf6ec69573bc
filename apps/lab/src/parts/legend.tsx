/** What the lines of a picture mean. */
export function Legend({
  entries,
}: {
  readonly entries: readonly { readonly label: string; readonly color: string; readonly dash?: readonly number[] }[];
}) {
  return (
    <ul class="legend">
      {entries.map((line) => (
        <li key={line.label}>
          <svg class="key" viewBox="0 0 26 4" aria-hidden="true">
            <line
              x1="0"
              x2="26"
              y1="2"
              y2="2"
              stroke={`var(${line.color})`}
              stroke-width="3"
              stroke-dasharray={line.dash?.join(" ")}
            />
          </svg>
          {line.label}
        </li>
      ))}
    </ul>
  );
}
