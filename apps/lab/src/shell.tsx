import type { FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { benches, type ViewProps } from "./benches/index.js";
import { processors } from "./engine.js";
import { DropZone } from "./parts/drop.js";
import { useRoute } from "./route.js";
import { Gallery } from "./views/gallery.js";

type Load = () => Promise<FunctionComponent<ViewProps>>;

/** Views by the first part of the address; each is loaded when it is first opened. */
const views: Readonly<Record<string, { readonly title: string; readonly load: Load }>> = {
  tour: { title: "Tour", load: async () => (await import("./views/tour.js")).Tour },
  inspect: { title: "Inspect a model", load: async () => (await import("./views/inspect.js")).InspectView },
  study: { title: "Study", load: async () => (await import("./views/study.js")).StudyView },
  ...Object.fromEntries(benches.map((b) => [b.name, b])),
};

const provenance: Load = async () => (await import("./benches/provenance.js")).Provenance;

/** A view that is on its way says so, and one that cannot be loaded says why. */
function Lazy({ load, ...props }: { readonly load: Load } & ViewProps) {
  const [state, set] = useState<{ view?: FunctionComponent<ViewProps>; error?: string }>({});
  useEffect(() => {
    let here = true;
    load().then(
      (view) => here && set({ view }),
      (error: unknown) => here && set({ error: error instanceof Error ? error.message : String(error) }),
    );
    return () => void (here = false);
  }, [load]);
  const View = state.view;
  if (state.error)
    return (
      <p class="problem" role="alert">
        This part could not be loaded: {state.error}
      </p>
    );
  return View ? <View {...props} /> : <p class="soft">Loading …</p>;
}

export function Shell() {
  const { path, query, visit } = useRoute();
  const place = path[0] ?? "";
  const view = views[place];
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${view?.title ?? "Gallery"} · Separatrix laboratory`;
    if (visit > 0) {
      main.current?.focus();
      scrollTo(0, 0);
    }
  }, [visit, view]);
  const link = (to: string, title: string) => (
    <a href={`#/${to}`} aria-current={place === to ? "page" : undefined}>
      {title}
    </a>
  );
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => (e.preventDefault(), main.current?.focus())}>
        Skip to content
      </a>
      <header class="top">
        <a class="mark" href="#/">
          <svg viewBox="0 0 16 16" width="26" height="26" aria-hidden="true">
            <path
              d="M1 15C5 15 5 1 8 1s3 14 7 14M1 1c4 0 4 14 7 14s3-14 7-14"
              fill="none"
              stroke="currentColor"
              stroke-width="1.6"
            />
          </svg>
          Separatrix
        </a>
        <nav aria-label="Main">
          {link("", "Gallery")}
          {link("tour", "Tour")}
          {benches.map((b) => link(b.name, b.title))}
          {link("inspect", "Inspect")}
          {link("study", "New study")}
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1} class={`view ${place || "gallery"}`}>
        {view ? <Lazy key={visit} load={view.load} path={path.slice(1)} query={query} /> : <Gallery />}
        {benches.some((b) => b.name === place) && <Lazy load={provenance} path={path} query={query} />}
      </main>
      <DropZone />
      <footer>
        <p>
          Everything is computed in this page, in float64 and with the same bits as the command line; nothing leaves your machine.{" "}
          {processors() > 1 ? `${processors()} threads.` : "One thread."} Version {__VERSION__}.
        </p>
      </footer>
    </>
  );
}
