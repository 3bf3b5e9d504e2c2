import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { localModel } from "../../src/state/model.js";
import { mount } from "../../src/panel.js";
import { LAID_OUT, PRINT } from "../../src/ui/paper.js";
import { examplePayload } from "../payload.js";
import { TAB_TITLES } from "../../src/state/traits.js";

const ALL = Object.values(TAB_TITLES);

const printed = Object.assign(new EventTarget(), { matches: false });
const mounted: (() => void)[] = [];
const screen = { matches: false, addEventListener: vi.fn() };

beforeEach(() => {
  printed.matches = false;
  vi.stubGlobal("matchMedia", (query: string) => (query === "print" ? printed : screen));
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});
afterEach(() => {
  mounted.splice(0).forEach((dispose) => dispose());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function show(level: 1 | null = null) {
  const el = document.body.appendChild(document.createElement("div"));
  const dispose = mount(localModel({ ...examplePayload(), tab: "data" }), el, level);
  mounted.push(dispose);
  return { root: el.querySelector<HTMLElement>(".glm-panel")!, dispose };
}
const titles = (root: Element) => [...root.querySelectorAll(".glm-paper-title")].map(({ textContent }) => textContent);
const change = (matches: boolean) => {
  printed.matches = matches;
  printed.dispatchEvent(new Event("change"));
};

it("builds every tab before it is printed, and goes back after", () => {
  const { root } = show();
  expect(titles(root)).toEqual(["Data"]);
  dispatchEvent(new Event("beforeprint"));
  expect(root.dataset.glmPaper).toBe("all");
  expect(titles(root)).toEqual(ALL);
  dispatchEvent(new Event("afterprint"));
  expect(root.dataset.glmPaper).toBeUndefined();
  expect(root.style.width).toBe("");
});

it("heads the tabs beneath the title, where the title is a heading", () => {
  const { root } = show(1);
  dispatchEvent(new Event("beforeprint"));
  expect(root.querySelectorAll("h1")).toHaveLength(1);
  expect(root.querySelectorAll("h2.glm-paper-title")).toHaveLength(ALL.length);
});

it("stays on paper while it is shown as print, whatever is printed meanwhile", () => {
  const { root } = show();
  change(true);
  dispatchEvent(new Event("beforeprint"));
  dispatchEvent(new Event("afterprint"));
  expect(root.dataset.glmPaper).toBe("all");
  change(false);
  expect(root.dataset.glmPaper).toBeUndefined();
});

it("is on paper from the first where print is shown when it is made", async () => {
  printed.matches = true;
  const { root } = show();
  await new Promise((resolve) => setTimeout(resolve));
  expect(root.dataset.glmPaper).toBe("all");
  expect(titles(root)).toHaveLength(ALL.length);
});

it("keeps to the tab in front in a frame that is printed, and shows all when the page around it asks", () => {
  vi.stubGlobal("parent", {});
  const laidOut = vi.fn();
  addEventListener(LAID_OUT, laidOut);
  const { root } = show();
  dispatchEvent(new Event("beforeprint"));
  expect([root.dataset.glmPaper, titles(root).length]).toEqual(["front", 1]);
  dispatchEvent(new Event("afterprint"));
  dispatchEvent(new CustomEvent(PRINT, { detail: true }));
  expect([root.dataset.glmPaper, titles(root).length]).toEqual(["all", ALL.length]);
  dispatchEvent(new CustomEvent(PRINT, { detail: false }));
  expect(root.dataset.glmPaper).toBeUndefined();
  expect(laidOut).toHaveBeenCalledTimes(4);
  removeEventListener(LAID_OUT, laidOut);
});

it("hears nothing when it is gone", () => {
  const { root, dispose } = show();
  dispose();
  dispatchEvent(new Event("beforeprint"));
  change(true);
  expect(root.dataset.glmPaper).toBeUndefined();
});
