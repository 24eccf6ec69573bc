/** Where a tab remembers that it has tried. */
const TRIED = "separatrix-isolate";

/**
 * Gives the page threads on a host that does not send the headers for them: a service worker adds them, and the page loads once more.
 *
 * Where that cannot be (no service workers, a private window) all runs on one thread, with the same bits.
 */
export async function isolate(): Promise<void> {
  if (globalThis.crossOriginIsolated || !("serviceWorker" in navigator)) return;
  try {
    // Once a tab: a host on which it does not help must not make the page load for ever.
    if (sessionStorage.getItem(TRIED)) return;
    sessionStorage.setItem(TRIED, "1");
    await navigator.serviceWorker.register(new URL("./isolate.js", document.baseURI));
    await navigator.serviceWorker.ready;
    location.reload();
  } catch {
    // One thread, then.
  }
}
