import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { mount } from "../src/panel.js";
import { localModel, type Model } from "../src/state/model.js";
import { TAB_TITLES } from "../src/state/traits.js";
import type { Finding } from "../src/wire.js";
import { examplePayload, fitOf, HOSTILE } from "./payload.js";

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null); // jsdom has no canvas
});
afterEach(() => document.body.replaceChildren());

const finding = (severity: Finding["severity"]): Finding => {
  return { rule: "r_hat", severity, message: `${severity}!`, advice: "Run longer.", value: "1.2", threshold: "1.01", source: "V21" };
};

function show(state: Record<string, unknown> = {}, findings: readonly Finding[] = []) {
  const model = localModel({ ...examplePayload(findings), tab: "fan", ...state });
  const el = document.body.appendChild(document.createElement("div"));
  const dispose = mount(model, el);
  return { model, el, dispose };
}

const byRole = (el: Element, role: string) => [...el.querySelectorAll<HTMLElement>(`[role=${role}]`)];
const tab = (el: Element, name: string) => byRole(el, "tab").find(({ textContent }) => textContent === name)!;
const input = (el: Element, label: string) => el.querySelector<HTMLInputElement>(`[aria-label="${label}"]`)!;
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

it("opens at the tab of the trait and follows it both ways", async () => {
  const { model, el } = show();
  expect(tab(el, "Fan").getAttribute("aria-selected")).toBe("true");
  tab(el, "Summary").click();
  expect(model.get("tab")).toBe("summary");
  model.set("tab", "data");
  await frame();
  expect(byRole(el, "tabpanel").filter(({ hidden }) => !hidden)[0]!.className).toContain("glm-tab-data");
});

it("says the result in front a moment after a control was changed, and not while it is dragged", async () => {
  const { model, el } = show({ tab: "data" });
  const said = () => el.querySelector('[role="status"][aria-label="Result"]')!.textContent;
  const spoken = () => el.querySelector("[role=tabpanel]:not([hidden]) [role=img]")!.getAttribute("aria-label");
  const change = async (type: string) => {
    const select = el.querySelector<HTMLElement>("[role=tabpanel]:not([hidden]) :is(select, input)")!;
    select.dispatchEvent(new Event(type, { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 750));
    return said();
  };
  model.set("tab", "fan");
  await frame();
  expect([await change("input"), spoken()!.length > 0]).toEqual(["", true]);
  expect(await change("change")).toBe(spoken());
});

it("opens without true values where the fit asks for it", () => {
  const truth = (show_truth?: boolean) => {
    const payload = examplePayload();
    if (show_truth !== undefined) Object.assign(fitOf(payload.schema) as object, { show_truth });
    const { el } = show({ ...payload, tab: "trace" });
    return [...el.querySelectorAll("label")].find(({ textContent }) => textContent === "Show truth")!.querySelector("input")!.checked;
  };
  expect([truth(), truth(true), truth(false)]).toEqual([true, true, false]);
});

it("moves between tabs by keys, with one tab stop", () => {
  const { model, el } = show({ tab: "data" });
  const press = (key: string) => document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  tab(el, "Data").focus();
  press("ArrowLeft");
  expect([model.get("tab"), document.activeElement]).toEqual(["model", tab(el, "Model")]);
  press("Home");
  press("ArrowRight");
  expect(model.get("tab")).toBe("trace");
  expect(byRole(el, "tab").map(({ tabIndex }) => tabIndex)).toEqual(Object.keys(TAB_TITLES).map((name) => (name === "trace" ? 0 : -1)));
});

it("is a heading of its document only where it is told to be one, and never a landmark", () => {
  const model = () => localModel({ ...examplePayload(), tab: "fan" });
  const [embedded, whole] = [document.createElement("div"), document.createElement("div")];
  mount(model(), embedded);
  mount(model(), whole, 1);
  expect(embedded.querySelector("h1, h2, h3, h4, h5, h6")).toBeNull();
  expect(whole.querySelectorAll("h1")).toHaveLength(1);
  expect(whole.querySelector("h1")!.className).toBe("glm-title");
  for (const el of [embedded, whole]) expect(el.querySelector("main, header, footer, [role=region]")).toBeNull();
  expect(embedded.firstElementChild!.getAttribute("aria-label")).toBe(embedded.querySelector(".glm-title")!.textContent);
});

it("shows hostile strings as text in every tab", () => {
  const { el } = show({ x: "g" });
  for (const name of ["Data", "Trace", "Pairs", "Summary", "Fan"]) tab(el, name).click();
  expect(el.querySelector("img, script")).toBeNull();
  expect(el.querySelector(".glm-title")!.textContent).toBe(`y ~ x  # ${HOSTILE}`);
});

it("says errors and warnings first, the worst on top, and notes only in Summary", () => {
  const { el } = show({ tab: "summary" }, [finding("note"), finding("warning"), finding("error")]);
  const [first, inSummary] = el.querySelectorAll(".glm-findings");
  expect([...first!.children].map((item) => item.className.split("-").at(-1))).toEqual(["error", "warning"]);
  expect([...inSummary!.children].map((item) => item.className.split("-").at(-1))).toEqual(["note"]);
  expect(first!.compareDocumentPosition(byRole(el, "tablist")[0]!)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  expect([...el.querySelectorAll(".glm-badge")].map((badge) => badge.textContent)).toEqual(["incomplete: interrupted", "Do not interpret"]);
});

it("says what of a wide model was left out, in Data and in Fan", () => {
  const { schema, buffer } = examplePayload();
  const tabs = (fitOf(schema) as { tabs: Record<string, Record<string, unknown>> }).tabs;
  tabs.data!.left_out = ["The first 30 of 300 numeric predictors are here."];
  tabs.fan!.left_out = ["Lines over the first 30 of 300 numeric predictors."];
  const { el } = show({ schema, buffer, tab: "data" });
  expect(el.querySelector(".glm-tab-data .glm-notes")!.textContent).toContain("The first 30 of 300");
  tab(el, "Fan").click();
  expect(el.querySelector(".glm-tab-fan .glm-notes")!.textContent).toContain("Lines over the first 30 of 300");
});

it("says why a tab is empty", () => {
  const { schema, buffer } = examplePayload();
  (fitOf(schema) as { tabs: Record<string, unknown> }).tabs.fan = { unavailable: "No predictor." };
  expect(show({ schema, buffer }).el.querySelector(".glm-tab-fan .glm-unavailable")!.textContent).toBe("No predictor.");
});

it("says what is wrong with a payload it cannot read", () => {
  expect(show({ schema: { version: 9 } }).el.textContent).toContain("version 9");
});

it("moves the fan by its slider and by the trait", async () => {
  const { model, el } = show();
  const slider = input(el, "Fan lines");
  expect(slider.getAttribute("aria-valuetext")).toBe("2 of 4 lines");
  slider.value = "3";
  slider.dispatchEvent(new Event("input"));
  expect(slider.getAttribute("aria-valuetext")).toBe("3 of 4 lines");
  await frame();
  expect(model.get("n_lines")).toBe(3);
  model.set("n_lines", 4);
  await frame();
  expect(slider.getAttribute("aria-valuetext")).toBe("4 of 4 lines");
  const sentence = "4 of 4 posterior lines of E[y | x] over x from 0 to 1; mean curve rises from 0 to 2.5";
  expect(byRole(el, "img").map((image) => image.getAttribute("aria-label"))).toContain(sentence);
});

it("lets the interval's probability be what the fit may ask for", () => {
  const { model, el } = show({ tab: "summary", prob: 0.01 });
  const slider = input(el, "Interval probability");
  expect([slider.min, slider.max, slider.step, slider.value]).toEqual(["0.01", "0.99", "0.01", "0.01"]);
  expect(model.get("prob")).toBe(0.01);
});

it("binds one x variable to Data and Fan", async () => {
  const { model, el } = show();
  const select = el.querySelector<HTMLSelectElement>('.glm-tab-fan [aria-label="x variable"]')!;
  select.selectedIndex = 1;
  select.dispatchEvent(new Event("change"));
  await frame();
  expect(model.get("x")).toBe("g");
  expect(el.querySelector(".glm-tab-fan")!.textContent).toContain("An axis note.");
  tab(el, "Data").click();
  expect(el.querySelector<HTMLSelectElement>('.glm-tab-data [aria-label="x variable"]')!.selectedIndex).toBe(1);
});

it("says in Data what was jittered and what was left out", () => {
  const captions = show({ tab: "data" }).el.querySelector(".glm-tab-data .glm-notes")!.textContent!;
  expect(captions).toContain("y is 0 or 1");
  expect(captions).toContain("1 row with a missing x or y not drawn.");
  expect(captions).toContain("3 of 3 rows drawn.");
});

it("shows known truths in every tab, or in none", async () => {
  const { el } = show({ tab: "data" });
  const known = () => el.querySelector(".glm-tab-data .glm-legend")!.textContent!.includes("true regression line");
  expect(known()).toBe(true);
  el.querySelector<HTMLInputElement>(".glm-tab-data input[type=checkbox]")!.click();
  await frame();
  expect(known()).toBe(false);
  tab(el, "Trace").click();
  expect(el.querySelector(".glm-result")!.textContent).not.toContain("truth");
});

it("prints the interval at the chosen probability in Summary and Trace alike", async () => {
  const { model, el } = show({ tab: "summary" });
  const heads = () => [...el.querySelectorAll("thead th")].map((th) => th.textContent);
  expect(heads().slice(3, 5)).toEqual(["10%", "90%"]);
  model.set("prob", 0.9);
  await frame();
  expect(heads().slice(3, 5)).toEqual(["5%", "95%"]);
  tab(el, "Trace").click();
  expect(el.querySelector(".glm-result")!.textContent).toBe("mean 1.00, 90% interval 0.00 to 4.00, truth 2");
});

it("flags doubtful diagnostics by more than colour", () => {
  const cells = [...show({ tab: "summary" }).el.querySelectorAll(".glm-flagged")].map(({ textContent }) => textContent);
  expect(cells).toEqual(["⚠ 99, below 200", "⚠ 1.200, above 1.01"]);
});

it("unfolds the levels of a group-specific term", () => {
  const { el } = show({ tab: "summary" });
  const button = () => el.querySelector<HTMLElement>(".glm-unfold")!;
  expect(button().textContent).toBe("1|g (2 parameters)");
  expect(el.querySelectorAll("tbody tr")).toHaveLength(2);
  button().click();
  expect(button().getAttribute("aria-expanded")).toBe("true");
  expect(el.querySelectorAll("tbody tr")).toHaveLength(4);
  expect(document.activeElement).toBe(button());
});

it("shows the text to copy where the clipboard is closed", async () => {
  const { el } = show({ tab: "summary" });
  [...el.querySelectorAll("button")].find(({ textContent }) => textContent === "Copy CSV")!.click();
  await frame();
  expect(el.querySelector("textarea")!.value).toContain("x,1.23,0.50,1.00,3.00,1234,99,1.200,0.012\n");
});

it("survives a host whose off and save_changes throw", async () => {
  const base = localModel({ ...examplePayload(), tab: "fan" });
  const refuse = () => {
    throw new Error("not supported");
  };
  const model: Model = { ...base, off: refuse, save_changes: refuse };
  const dispose = mount(model, document.body);
  tab(document.body, "Data").click();
  await frame();
  dispose();
  expect(() => model.set("tab", "fan")).not.toThrow();
});

it("saves once per frame, however often a slider moves", async () => {
  const save_changes = vi.fn();
  const model: Model = { ...localModel({ ...examplePayload(), tab: "fan" }), save_changes };
  mount(model, document.body);
  for (const n of ["3", "4", "1"]) {
    input(document.body, "Fan lines").value = n;
    input(document.body, "Fan lines").dispatchEvent(new Event("input"));
  }
  await frame();
  expect(save_changes).toHaveBeenCalledTimes(1);
});

it("leaves nothing behind", () => {
  const { el, dispose } = show();
  dispose();
  dispose();
  expect(el.childElementCount).toBe(0);
});

it("offers the line of a finding with one click, and says so to those who cannot see it", async () => {
  const remedy = { change: "--target-accept 0.95", line: "%%glm df --target-accept 0.95" };
  const { el } = show({}, [{ ...finding("warning"), remedy }]);
  const button = el.querySelector<HTMLButtonElement>('button[aria-label="Copy --target-accept 0.95"]')!;
  const writeText = vi.fn().mockResolvedValue(undefined);
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  button.click();
  await frame();
  expect(writeText).toHaveBeenCalledWith(remedy.line);
  expect(button.parentElement!.textContent).toContain("copied");
  vi.unstubAllGlobals();
});

it("folds a cell of many lines", () => {
  const line = "%%glm df\na = Normal('a', 0, 1)\nb = Normal('b', 0, 1)\nmu = a + b * x\nNormal('y', mu, 1, observed=y)";
  const { el } = show({}, [{ ...finding("warning"), remedy: { change: "a PyMC block", line } }]);
  const code = el.querySelector(".glm-remedy")!;
  expect(code.closest("details")!.open).toBe(false);
  expect(code.closest("details")!.querySelector("summary")!.textContent).toBe("Show a PyMC block");
});

it("selects the line where the clipboard is closed", async () => {
  const { el } = show({}, [{ ...finding("error"), remedy: { change: "--draws 2000", line: "%%glm --draws 2000" } }]);
  el.querySelector<HTMLButtonElement>('button[aria-label="Copy --draws 2000"]')!.click();
  await frame();
  expect(String(getSelection())).toBe("%%glm --draws 2000");
  expect(el.querySelector('.glm-remedy [role="status"]')!.textContent).toContain("copy the selected text");
});

it("explains columns and parameters on their headings and in a list", () => {
  const { schema, buffer } = examplePayload();
  const summary = (fitOf(schema) as { tabs: { summary: object } }).tabs.summary;
  Object.assign(summary, {
    scale: "log odds of P(y = 1)",
    columns: [{ name: "interval", words: "equal tails" }, { name: "R-hat", words: "agreement" }],
    parameters: [{ name: "1|g", words: "levels" }, { name: "1|g_sigma", words: "spread" }],
  });
  const { el } = show({ schema, buffer, tab: "summary" });
  const heads = [...el.querySelectorAll("thead th")].filter((head) => head.hasAttribute("title"));
  expect(heads.map((head) => head.getAttribute("aria-description"))).toEqual(["equal tails", "equal tails", "agreement"]);
  expect(el.querySelector("caption")!.textContent).toContain("log odds of P(y = 1)");
  expect(el.querySelector(".glm-meanings")!.textContent).toContain("1|g_sigmaspread");
});
