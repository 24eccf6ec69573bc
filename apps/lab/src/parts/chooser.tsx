import type { ComponentChildren } from "preact";

/** A button that chooses files, by hand or by keyboard. */
export function Chooser(props: {
  readonly id: string;
  readonly accept: string;
  readonly multiple?: boolean;
  readonly onChoose: (files: readonly File[]) => void;
  readonly children: ComponentChildren;
}) {
  const { id, accept, multiple = false, onChoose, children } = props;
  return (
    <span class="chooser">
      <input
        id={id}
        type="file"
        accept={accept}
        multiple={multiple}
        onChange={(e) => {
          const files = [...(e.currentTarget.files ?? [])];
          // The same file can then be chosen again.
          e.currentTarget.value = "";
          if (files.length > 0) onChoose(files);
        }}
      />
      <label for={id} class="button">
        {children}
      </label>
    </span>
  );
}
