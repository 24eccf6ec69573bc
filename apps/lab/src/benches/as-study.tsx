import type { ComponentChildren } from "preact";
import { pack } from "../link.js";
import { formatHash } from "../route.js";

/** A button that opens what a bench shows as a study, to be edited and run. */
export function AsStudy(props: {
  readonly text: () => string;
  readonly disabled?: boolean;
  readonly children?: ComponentChildren;
}) {
  const { text, disabled = false, children = "As a study" } = props;
  const open = async (): Promise<void> => {
    location.hash = formatHash(["study", await pack(text())]);
  };
  return (
    <button type="button" class="small" disabled={disabled} onClick={() => void open()}>
      {children}
    </button>
  );
}
