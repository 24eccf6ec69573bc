import { useEffect, useState } from "preact/hooks";
import { receive } from "../files.js";

const holdsFiles = (e: DragEvent): boolean => e.dataTransfer?.types.includes("Files") ?? false;

/** The whole page takes files that are dropped on it, and says so while they are held over it. */
export function DropZone() {
  const [over, set] = useState(false);
  useEffect(() => {
    const hold = (e: DragEvent): void => {
      if (!holdsFiles(e)) return;
      // Otherwise the browser would leave the page for the file.
      e.preventDefault();
      if (e.dataTransfer) e.dataTransfer.dropEffect = "copy";
      set(true);
    };
    const leave = (e: DragEvent): void => {
      if (e.relatedTarget === null) set(false);
    };
    const drop = (e: DragEvent): void => {
      if (!holdsFiles(e)) return;
      e.preventDefault();
      set(false);
      void receive([...(e.dataTransfer?.files ?? [])]);
    };
    addEventListener("dragenter", hold);
    addEventListener("dragover", hold);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragenter", hold);
      removeEventListener("dragover", hold);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return over ? (
    <div class="drop" aria-hidden="true">
      <p>
        Drop a model (.onnx) to inspect it, data (.csv, .npz, .parquet) to train on them, both together, or a study (.yaml).
        <br />
        Nothing leaves this machine.
      </p>
    </div>
  ) : null;
}
