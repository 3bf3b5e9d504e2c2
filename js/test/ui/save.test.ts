import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { mount } from "../../src/panel.js";
import { localModel } from "../../src/state/model.js";
import { fileName } from "../../src/ui/save.js";
import { examplePayload } from "../payload.js";

const saved: { name: string; text: Promise<string> }[] = [];

function read(blob: Blob): Promise<string> {
  return new Promise((done) => {
    const reader = new FileReader(); // a Blob of jsdom has no text()
    reader.onload = () => done(String(reader.result));
    reader.readAsText(blob);
  });
}

beforeEach(() => {
  const contents = new Map<string, Blob>();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null); // jsdom has no canvas
  URL.createObjectURL = (blob) => {
    contents.set(`blob:${contents.size}`, blob as Blob);
    return `blob:${contents.size - 1}`;
  };
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    expect(this.isConnected).toBe(true);
    saved.push({ name: this.download, text: read(contents.get(this.href)!) });
  };
});
afterEach(() => {
  document.body.replaceChildren();
  saved.length = 0;
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function show(tab: string) {
  const el = document.body.appendChild(document.createElement("div"));
  mount(localModel({ ...examplePayload(), tab }), el);
  const button = el.querySelector<HTMLButtonElement>(".glm-save > button")!;
  const items = () => [...el.querySelectorAll<HTMLButtonElement>("[role=menuitem]")];
  const press = (key: string) => document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  return { el, button, items, press };
}

it("stands at every plot under its own name", () => {
  for (const [tab, names] of [["data", ["Save the scatter plot"]], ["trace", ["Save the densities of x", "Save the trace of x"]], ["fan", ["Save the fan"]]] as const) {
    const { el } = show(tab);
    const buttons = [...el.querySelectorAll(".glm-save > button")];
    expect(buttons.map((button) => button.getAttribute("aria-label"))).toEqual(names);
    expect(el.querySelectorAll(".glm-save")).toHaveLength(el.querySelectorAll(".glm-plot").length);
    el.remove();
  }
});

it.each(["pairs", "trace", "fan"])("keeps from the plot of %s the keys and clicks on what is said of a file", async (tab) => {
  const { el, button, items } = show(tab);
  button.click();
  items()[2]!.click();
  await vi.waitFor(() => expect(el.querySelector(".glm-saved button")).not.toBeNull());
  const close = el.querySelector<HTMLElement>(".glm-saved button")!;
  const heard = vi.fn();
  for (const type of ["keydown", "click"]) el.addEventListener(type, heard);
  const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
  close.dispatchEvent(enter);
  close.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  expect([enter.defaultPrevented, heard.mock.calls.length]).toEqual([false, 0]);
});

it("opens by click or arrow, is walked through by keys, and gives the focus back", () => {
  const { button, items, press } = show("fan");
  button.click();
  expect(items().map(({ textContent }) => textContent)).toEqual(["SVG", "PNG", "CSV"]);
  expect([button.getAttribute("aria-expanded"), document.activeElement]).toEqual(["true", items()[0]]);
  press("ArrowUp");
  expect(document.activeElement).toBe(items()[2]);
  press("ArrowDown");
  press("ArrowDown");
  expect(document.activeElement).toBe(items()[1]);
  press("End");
  expect(document.activeElement).toBe(items()[2]);
  press("Escape");
  expect([items().length, button.getAttribute("aria-expanded"), document.activeElement]).toEqual([0, "false", button]);
  press("ArrowDown");
  expect(document.activeElement).toBe(items()[0]);
  button.click();
  expect(items()).toEqual([]);
});

it("closes when the focus goes elsewhere", () => {
  const { el, button, items } = show("fan");
  button.click();
  el.querySelector("select")!.focus();
  expect(items()).toEqual([]);
});

it("keeps its keys and clicks from the plot", () => {
  const { el, button, press } = show("fan");
  const heard = vi.fn();
  for (const type of ["click", "keydown"]) el.querySelector(".glm-figure")!.addEventListener(type, heard);
  button.click();
  press("ArrowDown");
  press("Escape");
  expect(heard).not.toHaveBeenCalled();
});

it("saves the numbers that are shown, under a name that every system takes", async () => {
  const { el, button, items } = show("fan");
  button.click();
  items()[2]!.click();
  expect(saved[0]!.name).toMatch(/^y-x-img-src-x-onerror-globalThis-hacked-true-q-line-2-fan\.csv$/);
  expect(await saved[0]!.text).toBe("x,mean,draw 1,draw 3\n0,0,0,0\n1,2.5,1,2\n");
  expect(el.querySelector(".glm-saved")!.textContent).toContain("was saved");
});

it("shows the content where a page around the panel may forbid downloads", async () => {
  vi.stubGlobal("parent", {});
  const { el, button, items } = show("fan");
  button.click();
  items()[2]!.click();
  const place = el.querySelector<HTMLElement>(".glm-saved")!;
  expect(place.textContent).toContain("was given to the browser");
  [...place.querySelectorAll("button")].find(({ textContent }) => textContent === "No file? Show it here")!.click();
  const area = place.querySelector("textarea")!;
  expect(area.value).toBe(await saved[0]!.text);
  expect([document.activeElement, area.selectionEnd]).toEqual([area, area.value.length]);
  [...place.querySelectorAll("button")].find(({ textContent }) => textContent === "Close")!.click();
  expect([place.hidden, document.activeElement]).toEqual([true, button]);
});

it("says why a plot could not be saved", async () => {
  const { el, button, items } = show("fan");
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
    throw new Error("no files here");
  });
  button.click();
  items()[2]!.click();
  expect(el.querySelector(".glm-saved")!.textContent).toContain("The fan could not be saved as CSV: no files here.");
});

it("names files by title and plot", () => {
  expect(fileName("log(y) ~ 0 + x/2", "trace of b[1]", "PNG")).toBe("log-y-0-x-2-trace-of-b-1.png");
  expect(fileName("größe ~ 年齢", "fan", "SVG")).toBe("größe-年齢-fan.svg");
  expect(fileName("???", "fan", "SVG")).toBe("fan.svg");
  expect(fileName("x".repeat(300), "fan", "SVG")).toHaveLength(97 + 1 + 3 + 4);
});
