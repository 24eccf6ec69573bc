/** Whether a page can be used by everyone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong with a page. */
export async function violations(page: Page): Promise<string[]> {
  // The page's own policy forbids scripts from elsewhere, so this one comes in through the debugger.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations: found } = await (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run();
    return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`);
  });
}

/** Tabs through the page: what is visited, out of all that can be, and what shows no focus. */
export async function walk(page: Page): Promise<{ visited: (string | undefined)[]; wanted: string[]; unseen: string[] }> {
  const wanted = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary, [tabindex='0']");
    const can = [...all].filter((e) => !e.matches(":disabled") && e.tabIndex >= 0 && e.checkVisibility());
    can.forEach((e, i) => (e.dataset["order"] = String(i)));
    return can.length;
  });
  const visited: (string | undefined)[] = [];
  const unseen: string[] = [];
  for (let i = 0; i < wanted; i++) {
    await page.keyboard.press("Tab");
    const { order, outline, html } = await page.evaluate(() => {
      const e = document.activeElement as HTMLElement;
      return { order: e.dataset["order"], outline: getComputedStyle(e).outlineStyle, html: e.outerHTML.slice(0, 100) };
    });
    visited.push(order);
    if (outline === "none") unseen.push(html);
  }
  return { visited, unseen, wanted: Array.from({ length: wanted }, (_, i) => String(i)) };
}
