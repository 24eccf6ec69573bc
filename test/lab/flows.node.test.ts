import { describe, expect, it } from "vitest";
import type { Page } from "playwright";
import { adaptive, flow, lookup, lyapunov, picturedFlows, show, withError, type FlowSystem } from "#dynamics";
import { sha256 } from "../../apps/lab/src/parts/sha256.js";
import { laboratory, until } from "./fixture.js";
import { chrome } from "./site.js";

const lab = laboratory();

describe.skipIf(!chrome)("a phase plane", () => {
  it("names the points at rest, and forgets them when the field changes", async () => {
    const { page, complaints } = await lab.open("#/flows?field=pendulum");
    await page.getByText("separatrices, dashed into the saddle").waitFor();
    expect(await page.getByText("saddle with 1 unstable direction").count()).toBe(2);
    expect(await page.getByText("): stable focus").count()).toBe(3);
    await page.getByLabel("Vector field").selectOption("van-der-pol");
    await page.getByText("(0, 0): unstable focus").waitFor();
    expect(await page.getByText("saddle").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("starts trajectories by a click and by keyboard where Node's end, and its address keeps them", async () => {
    const { page } = await lab.open("#/flows?field=van-der-pol&mu=1.5&starts=0.5,0.25");
    const told = (): Promise<string> => page.locator("p[role=status]").innerText();
    await until(told).toMatch(/^1 trajectory/);
    const { field, picture: shown } = lookup("field", picturedFlows, "van-der-pol");
    const system = flow({ field: field({ mu: 1.5 }), initial: [0.5, 0.25], dt: shown.duration / 1500 });
    system.step(1500);
    expect(await told()).toContain(`ended at (${show(system.state[0]!, 4)}, ${show(system.state[1]!, 4)})`);
    const picture = page.getByRole("img", { name: /^Phase plane/ });
    await picture.click({ position: { x: 300, y: 100 } });
    await until(told).toMatch(/^2 trajectories/);
    await picture.focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await until(told).toMatch(/^3 trajectories/);
    const again = await lab.open(page.url());
    await until(() => again.page.locator("p[role=status]").innerText()).toBe(await told());
    await again.page.close();
    await page.getByRole("button", { name: "As a study" }).click();
    await page.locator("button:text-is('Run'):enabled").click();
    await page.getByText("Take it with you").waitFor();
    expect(await page.getByLabel("parameters").inputValue()).toBe("mu: 1.5");
    await page.close();
  });
});

const digestOf = ({ state }: FlowSystem): string => sha256(new Uint8Array(state.slice().buffer)).slice(0, 16);
const digest = (page: Page): Promise<string | null> => page.locator("[data-digest=ride]").textContent();
/** Both canvases of the picture, to the last pixel. */
const seen = (page: Page): Promise<string[]> =>
  page.$$eval(".stage canvas", (all) => all.map((c) => (c as HTMLCanvasElement).toDataURL()));

describe.skipIf(!chrome)("a point that moves", () => {
  it("is where Node's flow is, with a parameter changed and a push on the way", async () => {
    const { field, picture } = lookup("field", picturedFlows, "van-der-pol");
    const dt = picture.duration / 1500;
    const first = flow({ field: field({ mu: 1.5 }), initial: [0.5, 0.25], dt });
    first.step(137);
    const second = flow({ field: field({ mu: 2.5 }), initial: Array.from(first.state), dt });
    second.step(60);
    second.reset([-1, 2]);
    second.step(41);
    const ride = `137@1.5@0.5,0.25;60@2.5@${Array.from(first.state).join(",")};41@2.5@-1,2`;
    const { page, complaints } = await lab.open(`#/flows?field=van-der-pol&mu=2.5&starts=0.5,0.25&ride=${ride}`);
    await until(() => digest(page)).toBe(digestOf(second));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("plays, answers a slider, is pushed and steps, all by keyboard; its address opens to the same picture", async () => {
    const { page, complaints } = await lab.open("#/flows?field=pendulum&friction=0.2&starts=1,1");
    await digest(page);
    const time = async (): Promise<number> =>
      Number(/at time ([\d.]*\d)/.exec((await page.getByText(/^The point is at/).textContent())!)![1]);
    await page.getByRole("button", { name: "Play" }).focus();
    await page.keyboard.press("Enter");
    await until(time).toBeGreaterThan(0.5);
    await page.getByLabel("friction").focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    const changed = await time();
    await until(time).toBeGreaterThan(changed + 0.2);
    await page.getByRole("button", { name: "Pause" }).focus();
    await page.keyboard.press("Space");
    const before = await digest(page);
    await page.getByRole("img", { name: /^Phase plane/ }).focus();
    await page.keyboard.press("Shift+ArrowUp");
    await until(() => digest(page)).not.toBe(before);
    const pushed = await digest(page);
    await page.getByRole("button", { name: "Step", exact: true }).focus();
    await page.keyboard.press("Enter");
    await until(() => digest(page)).not.toBe(pushed);
    await until(() => page.url()).toMatch(/friction=0.215.*ride=.*;1@0.215@/);
    const again = await lab.open(page.url());
    await until(() => digest(again.page).catch(() => "")).toBe(await digest(page));
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await until(() => seen(again.page)).toEqual(await seen(page));
    expect([...complaints, ...again.complaints]).toEqual([]);
    await page.close();
    await again.page.close();
  });
});

describe.skipIf(!chrome)("exponents of a trajectory", () => {
  it("are Node's, beside what theory knows of a focus and of chaos", async () => {
    const { page, complaints } = await lab.open("#/flows?field=pendulum&friction=0.3&starts=1,2");
    await page.getByText("The trajectory ends at a point at rest (stable focus)").waitFor();
    const cells = (): Promise<string[]> => page.locator("[aria-label=Exponents] td.number").allTextContents();
    const { field, picture, dt } = lookup("field", picturedFlows, "pendulum");
    const steps = Math.round((100 * picture.duration) / dt);
    const { value, error } = lyapunov(
      flow({ field: field({ friction: 0.3 }), initial: [1, 2], dt, controller: adaptive({ rtol: 1e-8, atol: 1e-10 }) }),
      { k: 2, steps },
    );
    // The real parts of -friction / 2 +- i sqrt(1 - friction^2 / 4).
    expect((await cells()).slice(0, 4)).toEqual([
      withError(value[0]!, error[0]!),
      "-0.15",
      withError(value[1]!, error[1]!),
      "-0.15",
    ]);
    await page.getByLabel("Vector field").selectOption("lorenz");
    await page.getByText("The trajectory neither rests nor closes").waitFor();
    const [first, , , , , , , sum] = await cells();
    expect(Number.parseFloat(first!)).toBeCloseTo(0.906, 1);
    expect(sum).toBe("-13.6667");
    await page.getByLabel("Across").selectOption("y");
    await until(() => page.url()).toContain("across=y&up=z");
    await page.reload();
    await page.getByRole("heading", { name: "Projection on y and z" }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
});
