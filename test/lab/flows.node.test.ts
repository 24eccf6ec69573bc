import { describe, expect, it } from "vitest";
import { flow, lookup, planarFlows, show } from "#dynamics";
import { laboratory, until } from "./fixture.js";
import { chrome } from "./site.js";

const lab = laboratory();

describe.skipIf(!chrome)("a phase plane", () => {
  it("names the points at rest, and forgets them when the field changes", async () => {
    const { page, complaints } = await lab.open("#/flows?field=pendulum");
    await page.getByText("separatrices, dashed into the saddle").waitFor();
    expect(await page.getByText("saddle with 1 unstable direction").count()).toBe(2);
    expect(await page.getByText("stable focus").count()).toBe(3);
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
    const { field, plane } = lookup("field", planarFlows, "van-der-pol");
    const system = flow({ field: field({ mu: 1.5 }), initial: [0.5, 0.25], dt: plane.duration / 1500 });
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
