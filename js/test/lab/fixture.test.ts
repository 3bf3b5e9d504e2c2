import { afterEach, beforeEach, expect, it, vi } from "vitest";
import laboratory from "../../../tests/wire/laboratory.json";
import { mount } from "../../src/panel.js";
import { localModel } from "../../src/state/model.js";
import { fromBase64 } from "../../src/wire.js";

/** Panels that Python wrote (`tests/wire/write_laboratory.py`), with the whole engine. */
beforeEach(() => void vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null)); // jsdom has no canvas
afterEach(() => document.body.replaceChildren());

function show(name: string, state: Record<string, unknown> = {}) {
  const { schema, buffer } = laboratory.fits.find((one) => one.name === name)!;
  const model = localModel({ schema, buffer: fromBase64(buffer), tab: "summary", ...state });
  const el = document.body.appendChild(document.createElement("div"));
  const dispose = mount(model, el);
  const status = () => el.querySelector("[role=status][aria-label=Refit]")!;
  const change = async (what_if: unknown) => {
    model.set("what_if", what_if);
    await vi.waitFor(() => expect(status().textContent).toMatch(/^(Sampled|Not changed)/), { timeout: 20_000 });
  };
  const row = (label: string) => {
    const found = [...el.querySelectorAll(".glm-table tbody tr")].find((tr) => tr.querySelector("th")?.textContent === label)!;
    return [...found.querySelectorAll("td")].map((td) => ({ now: td.firstChild!.textContent!, before: td.querySelector(".glm-before")?.lastChild?.textContent }));
  };
  return { model, el, dispose, status, change, row };
}

it("says of a fit that is as it was given only that the page agrees with PyMC", async () => {
  const { el, status } = show("line");
  await vi.waitFor(() => expect(el.querySelector(".glm-footer")!.textContent).toMatch(/ · page: agrees with PyMC at 3 points$/));
  expect(el.querySelector<HTMLElement>(".glm-refit")!.hidden).toBe(true);
  expect(status().textContent).toBe("");
});

it("samples a line again with a tighter prior, shows the old numbers beside the new, and takes both back", async () => {
  const { model, el, change, row, status } = show("line");
  const [mean] = row("x");
  await change({ priors: { x: "Normal(0, 0.05)" } });
  expect(status().textContent).toMatch(/^Sampled again: 4 × [\d,]+ draws, R-hat 1\.0\d, ESS [\d,]+, .*\d ms/);
  const [now] = row("x");
  expect(Number(now!.now)).toBeLessThan(Number(mean!.now));
  expect(Number(now!.now)).toBeGreaterThan(0);
  expect(now!.before).toBe(mean!.now);
  expect(el.querySelector(".glm-footer")!.textContent).toContain("agrees with PyMC at 3 points");
  const button = (text: string) => [...el.querySelectorAll<HTMLElement>(".glm-refit button")].find(({ textContent }) => textContent === text)!;
  button("Keep").click();
  await vi.waitFor(() => expect(row("x")[0]!.before).toBeUndefined());
  expect(row("x")[0]!.now).toBe(now!.now);
  button("Reset").click();
  await vi.waitFor(() => expect(row("x")[0]).toEqual(mean));
  expect(model.get("what_if")).toEqual({});
});

it.each([
  ["Keep", /^Kept\. Sampled again: /],
  ["Reset", /^No change: the posterior of the fit\.$/],
])("says what %s has done, and the focus stays in the panel", async (name, said) => {
  const { el, change } = show("line");
  await change({ priors: { x: "Normal(0, 0.05)" } });
  const button = [...el.querySelectorAll<HTMLElement>(".glm-refit button")].find(({ textContent }) => textContent === name)!;
  const spoken = el.querySelector(".glm-spoken[aria-live=polite]")!;
  await vi.waitFor(() => expect(spoken.textContent).toMatch(/^Sampled again: /), 5000);
  button.focus();
  button.click();
  await vi.waitFor(() => expect(spoken.textContent).toMatch(said), 5000);
  expect(spoken.closest("[hidden]")).toBeNull();
  expect(document.activeElement).toBe(el.querySelector("[role=tabpanel]:not([hidden])"));
}, 10_000);

it.each([
  ["logistic", { rows: Array.from({ length: 100 }, (_, i) => i) }],
  ["groups", { priors: { "1|g_sigma": "HalfNormal(0.2)" } }],
  ["priors", { priors: { sigma: "HalfNormal(1)", x: "Normal(0, 1)" } }],
])("samples the fit %s again", async (name, whatIf) => {
  const { el, change, status } = show(name);
  await change(whatIf);
  expect(status().textContent).toMatch(/^Sampled again/);
  const cells = [...el.querySelectorAll(".glm-table td")].map((td) => td.firstChild!.textContent!);
  expect(cells.filter((text) => /NaN|Infinity/.test(text))).toEqual([]);
});

it("refuses what has no posterior, beside the picture that was there", async () => {
  const { change, row, status } = show("line");
  const before = row("x");
  await change({ rows: [] });
  expect(status().textContent).toMatch(/^Not changed: No row is left/);
  expect(row("x")).toEqual(before);
});

it("shows every tab of a changed fit", async () => {
  const { el, model, change } = show("groups", { tab: "data" });
  const tabs = [...el.querySelectorAll<HTMLElement>("[role=tab]")];
  for (const tab of tabs) tab.click();
  await change({ rows: Array.from({ length: 150 }, (_, i) => i) });
  model.set("prob", 0.5);
  for (const tab of tabs) tab.click();
  await vi.waitFor(() => expect(el.querySelector(".glm-tab-summary th:nth-child(4)")!.textContent).toBe("25%"));
  expect([...el.querySelectorAll("[role=alert]")].filter(({ textContent }) => textContent !== "")).toEqual([]);
  expect(el.querySelector(".glm-unavailable")?.textContent).toBeUndefined();
  const legends = [...el.querySelectorAll(".glm-legend")].filter(({ textContent }) => textContent!.includes("before the change"));
  expect(legends.length).toBeGreaterThanOrEqual(3);
}, 20_000);
