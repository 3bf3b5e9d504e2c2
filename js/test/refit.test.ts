import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { mount } from "../src/panel.js";
import { localModel } from "../src/state/model.js";
import { examplePayload, fitOf } from "./payload.js";

/** Another fit, or more draws of the same one: what the user has chosen and where they are stays. */
beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null); // jsdom has no canvas
});
afterEach(() => document.body.replaceChildren());

type Tabs = Record<string, Record<string, unknown>>;
interface Schema {
  title: string;
  footer: string;
  tabs: Tabs;
}
type Row = Record<string, unknown>;

const findings = [
  { rule: "r_hat", severity: "warning", message: "m", advice: "a", value: "1.2", threshold: "1.01", source: "s" },
  { rule: "ess", severity: "note", message: "n", advice: "a", value: "1", threshold: "2", source: "s" },
] as const;

function show(state: Record<string, unknown>) {
  const model = localModel({ ...examplePayload(findings), ...state });
  const el = document.body.appendChild(document.createElement("div"));
  mount(model, el);
  const refit = async (change: (fit: Schema, whole: object) => void = () => {}) => {
    const { schema, buffer } = examplePayload(findings);
    change(fitOf(schema) as Schema, schema as object);
    model.set("schema", schema);
    model.set("buffer", buffer);
    await frame();
  };
  return { model, el, refit };
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const tab = (el: Element, name: string) => [...el.querySelectorAll<HTMLElement>("[role=tab]")].find(({ textContent }) => textContent === name)!;
const labelled = <E extends HTMLElement>(el: Element, name: string, within: string) => el.querySelector<E>(`.glm-tab-${within} [aria-label="${name}"]`)!;

it("shows the new fit, once for schema and buffer", async () => {
  const { el, refit } = show({ tab: "fan" });
  const title = el.querySelector(".glm-title")!;
  await refit((schema) => Object.assign(schema, { title: "y ~ z", footer: "more draws" }));
  expect([...el.querySelectorAll(".glm-title")].map(({ textContent }) => textContent)).toEqual(["y ~ z"]);
  expect(el.querySelector(".glm-footer")!.textContent).toBe("more draws");
  expect(el.querySelector(".glm-panel")!.getAttribute("aria-label")).toBe("y ~ z");
  expect(title.isConnected).toBe(false);
});

it("keeps the tab, the controls themselves and their values, and the focus", async () => {
  const { model, el, refit } = show({ tab: "data" });
  tab(el, "Fan").click();
  const slider = labelled<HTMLInputElement>(el, "Fan lines", "fan");
  const x = labelled<HTMLSelectElement>(el, "x variable", "fan");
  const interval = el.querySelector<HTMLInputElement>(".glm-tab-fan input[type=checkbox]")!;
  x.selectedIndex = 1;
  x.dispatchEvent(new Event("change"));
  interval.click();
  slider.focus();
  slider.value = "3";
  slider.dispatchEvent(new Event("input"));
  await frame();
  await refit((schema) => {
    schema.tabs.fan!.n_draws = 3;
    schema.title = "refitted";
  });
  expect(document.activeElement).toBe(slider);
  expect(slider.getAttribute("aria-valuetext")).toBe("3 of 3 lines");
  expect([slider.max, x.selectedIndex, interval.checked]).toEqual(["3", 1, true]);
  expect([model.get("tab"), model.get("n_lines"), model.get("x")]).toEqual(["fan", 3, "g"]);
  expect(tab(el, "Fan").getAttribute("aria-selected")).toBe("true");
});

it("leaves an open drop-down as it is, whatever its texts hold", async () => {
  const { el, refit } = show({ tab: "fan" });
  const x = labelled<HTMLSelectElement>(el, "x variable", "fan");
  const spaced = (schema: Schema) => ((schema.tabs.fan!.axes as Row[])[1]!.label = "g  by\nh");
  await refit(spaced);
  const options = [...x.options];
  await refit(spaced);
  expect([...x.options]).toEqual(options);
  expect(x.options[1]).toBe(options[1]);
});

it("offers the variables of the new fit, and falls back where the chosen one is gone", async () => {
  const { el, refit } = show({ tab: "fan", x: "g" });
  const x = labelled<HTMLSelectElement>(el, "x variable", "fan");
  await refit((schema) => {
    const [first, second] = schema.tabs.fan!.axes as Row[];
    schema.tabs.fan!.axes = [first, { ...first, x: "z", label: "z" }, { ...second, x: "h", label: "h" }];
  });
  expect([...x.options].map(({ text }) => text)).toEqual(["x", "z", "h"]);
  expect(x.selectedIndex).toBe(0);
});

it("keeps what is unfolded, in the table, the traces and the findings", async () => {
  const { el, refit } = show({ tab: "summary" });
  el.querySelector<HTMLElement>(".glm-unfold")!.click();
  for (const details of el.querySelectorAll<HTMLDetailsElement>(".glm-finding details")) details.open = true;
  tab(el, "Trace").click();
  const fold = el.querySelector<HTMLDetailsElement>(".glm-fold")!;
  fold.open = true;
  fold.dispatchEvent(new Event("toggle"));
  await frame();
  const [row] = el.querySelectorAll(".glm-trace-row");
  expect(el.querySelectorAll(".glm-trace-row")).toHaveLength(3);
  await refit((schema) => {
    for (const name of ["trace", "summary"]) for (const one of schema.tabs[name]!.rows as Row[]) one.mean = 7;
  });
  expect(el.querySelectorAll(".glm-table tbody tr")).toHaveLength(4);
  expect([...el.querySelectorAll<HTMLDetailsElement>(".glm-finding details")].map(({ open }) => open)).toEqual([true, true]);
  expect(el.querySelector(".glm-fold")).toBe(fold);
  expect([fold.open, el.querySelector(".glm-trace-row")]).toEqual([true, row]);
  expect([...el.querySelectorAll(".glm-result")].map(({ textContent }) => textContent!.slice(0, 9))).toEqual(Array(3).fill("mean 7.00"));
});

it("adds and removes parameters, and leaves the others where they are", async () => {
  const { el, refit } = show({ tab: "trace" });
  const labels = () => [...el.querySelectorAll(".glm-parameter")].map(({ textContent }) => textContent);
  const x = el.querySelector(".glm-trace-row")!;
  await refit((schema) => {
    const [first] = schema.tabs.trace!.rows as Row[];
    schema.tabs.trace!.rows = [{ ...first, label: "Intercept" }, first];
  });
  expect(labels()).toEqual(["Intercept", "x"]);
  expect(el.querySelectorAll(".glm-trace-row")[1]).toBe(x);
  expect(el.querySelector(".glm-fold")).toBeNull();
});

it("ends what is shown no more", async () => {
  const redrawn = vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(0); // asked for by each drawing
  const { model, el, refit } = show({ tab: "trace" });
  const drawings = async (prob: number) => {
    redrawn.mockClear();
    model.set("prob", prob);
    await frame();
    return redrawn.mock.calls.length;
  };
  const fold = el.querySelector<HTMLDetailsElement>(".glm-fold")!;
  fold.open = true;
  fold.dispatchEvent(new Event("toggle"));
  await frame();
  expect(await drawings(0.5)).toBe(3);
  await refit((schema) => (schema.tabs.trace!.rows = (schema.tabs.trace!.rows as Row[]).slice(0, 2)));
  expect(await drawings(0.6)).toBe(2);
  await refit((schema) => (schema.tabs.trace = { unavailable: "No numbers." }));
  expect(await drawings(0.7)).toBe(0);
  redrawn.mockRestore();
});

it("keeps the focus on what takes the place of a button", async () => {
  const { el, refit } = show({ tab: "summary" });
  el.querySelector<HTMLElement>(".glm-unfold")!.focus();
  const before = document.activeElement!;
  await refit((schema) => ((schema.tabs.summary!.rows as Row[])[0]!.mean = 7));
  expect(before.isConnected).toBe(false);
  expect(document.activeElement).toBe(el.querySelector(".glm-unfold"));
});

it("says why a tab is empty now, and fills it again", async () => {
  const { el, refit } = show({ tab: "fan" });
  const said = () => el.querySelector(".glm-tab-fan .glm-unavailable")?.textContent;
  await refit((schema) => (schema.tabs.fan = { unavailable: "No predictor." }));
  expect(said()).toBe("No predictor.");
  await refit((schema) => (schema.tabs.fan!.axes = []));
  expect(said()).toBe("The model has no predictor to draw lines over.");
  await refit();
  expect(said()).toBeUndefined();
  expect(labelled(el, "Fan lines", "fan")).not.toBeNull();
});

it("costs one tab where a payload breaks one, and says so there", async () => {
  const { el, refit } = show({ tab: "summary" });
  tab(el, "Fan").click();
  for (const axes of [[null], null]) {
    await refit((schema) => (schema.tabs.fan!.axes = axes));
    expect(el.querySelector(".glm-tab-fan [role=alert]")!.textContent).toContain("This tab cannot be shown");
    expect(el.querySelector(".glm-tab-summary [role=alert]")).toBeNull();
  }
  await refit();
  expect(el.querySelector(".glm-tab-fan [role=alert]")).toBeNull();
  expect(labelled(el, "Fan lines", "fan")).not.toBeNull();
});

it("keeps what was chosen through payloads that it cannot show, and says so", async () => {
  const { el, refit } = show({ tab: "summary" });
  el.querySelector<HTMLElement>(".glm-unfold")!.click();
  const noFindings = (fit: object) => Object.assign(fit, { findings: null });
  for (const breaks of [noFindings, (_: object, whole: object) => Object.assign(whole, { version: 9 }), noFindings]) {
    await refit(breaks);
    expect(el.querySelector(".glm-panel > [role=alert]")!.textContent).toContain("This panel cannot be shown");
    expect(el.querySelector("[role=tablist]")).toBeNull();
  }
  await refit();
  expect(el.querySelectorAll(".glm-table tbody tr")).toHaveLength(4);
});
