// Finds a Chrome or Chromium on this machine. As a command it prints its path, or exits with 1.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

function places() {
  const { env, platform } = process;
  if (platform === "darwin") {
    return ["/Applications", join(env.HOME ?? "", "Applications")].flatMap((folder) =>
      ["Google Chrome", "Chromium"].map((app) => `${folder}/${app}.app/Contents/MacOS/${app}`),
    );
  }
  if (platform === "win32") {
    return [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA]
      .filter(Boolean)
      .flatMap((folder) => [["Google", "Chrome"], ["Chromium"]].map((app) => join(folder, ...app, "Application", "chrome.exe")));
  }
  const folders = ["/usr/bin", ...(env.PATH ?? "").split(delimiter).filter(Boolean)];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** Ubuntu has a /usr/bin/chromium-browser that only asks for a snap: a browser is what tells its version. */
function works(file) {
  if (!existsSync(file)) return false;
  if (process.platform === "win32") return true; // there --version would open a window
  return spawnSync(file, ["--version"], { stdio: "ignore", timeout: 20_000 }).status === 0;
}

/** The path of a working browser, or undefined. CHROME_PATH, where set, is the only place looked at. */
export function findChrome() {
  const given = process.env.CHROME_PATH;
  return (given ? [given] : places()).find(works);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const found = findChrome();
  if (found) console.log(found);
  else process.exitCode = 1;
}
