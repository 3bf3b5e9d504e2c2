import { GIVEN } from "../../src/lab/records.js";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import stored from "../../../tests/wire/effects.json";
import { remaining } from "../../src/fit/draws.js";
import { NOTHING } from "../../src/state/selection.js";
import { makeStage, type Drawn } from "../../src/stage.js";
import { makeStore } from "../../src/state/store.js";
import { DEFAULTS } from "../../src/state/traits.js";
import { effectsTab } from "../../src/tabs/effects.js";
import { watchTheme } from "../../src/theme.js";
import { decode, fromBase64, type Draws, type Fit, type Predictor } from "../../src/wire.js";

interface Case {
  readonly name: string;
  readonly draws: Draws;
  readonly predictor: Predictor;
}
const { cases } = decode(stored.schema, fromBase64(stored.buffer)) as unknown as { readonly cases: readonly Case[] };

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null); // jsdom has no canvas
});
afterEach(() => document.body.replaceChildren());

function show(name: string) {
  const { draws, predictor } = cases.find((one) => one.name.startsWith(name))!;
  const fit = { draws, predictor, tabs: { data: { unavailable: "none" } } } as unknown as Fit;
  const { signal } = new AbortController();
  const store = makeStore<Drawn>({ ...DEFAULTS, prob: 0.8, ...GIVEN, selection: NOTHING, fit }, signal);
  const stage = makeStage(store, watchTheme(document.body, signal), signal);
  const el = document.body.appendChild(effectsTab(stage));
  const labelled = <E extends HTMLElement>(label: string) => el.querySelector<E>(`[aria-label="${label}"]`);
  const options = (label: string) => [...(labelled<HTMLSelectElement>(label)?.options ?? [])].map(({ textContent }) => textContent);
  const change = (input: HTMLElement, event = "change") => {
    input.dispatchEvent(new Event(event));
    store.flush();
  };
  const choose = (label: string, option: string) => {
    const input = labelled<HTMLSelectElement>(label)!;
    input.selectedIndex = options(label).indexOf(option);
    change(input);
  };
  const type = (label: string, value: string, event = "change") => {
    const input = labelled<HTMLInputElement>(label)!;
    input.value = value;
    change(input, event);
  };
  const spoken = () => el.querySelector("canvas[role=img]")?.getAttribute("aria-label") ?? "";
  const rows = () => (spoken() === "" ? [] : spoken().replace(/^.*?interval\. /, "").split("; ").map((one) => one.replace(/: \S+ \(.*$/, "")));
  return { el, store, labelled, options, choose, type, rows, spoken };
}

it("offers what the model has, and begins with the first comparison", () => {
  const { options, rows, spoken, el } = show("hit ~ x*t + g");
  expect(options("Effect")).toEqual(["prediction", "comparison", "slope"]);
  expect(options("Of")).toEqual(["x", "t", "g"]);
  expect(options("Contrast")).toEqual(["1 more", "two values"]);
  expect(options("Scale")).toEqual(["response", "link", "odds ratio"]);
  expect(options("By")).toEqual(["none", "t", "g"]);
  expect(el.querySelector(".glm-tab-title")!.textContent).toBe("Average difference in P(hit = 1)");
  expect(rows()).toEqual(["x +1"]);
  expect(spoken()).toMatch(/^Average .*, median and 80% interval\. x \+1: 0\.\d+ \(0\.\d+ to 0\.\d+\), P\(> 0\) > 9\d%$/);
});

it("compares levels pairwise, between typed ones, and by the levels of another predictor", () => {
  const { choose, options, rows, labelled } = show("hit ~ x*t + g");
  choose("Of", "g");
  expect(options("Contrast")).toEqual(["each against a", "pairwise", "two levels"]);
  expect(rows()).toEqual(["g: b - a", "g: c - a"]);
  choose("Contrast", "pairwise");
  choose("By", "t");
  expect(rows()).toEqual(["b - a", "c - a", "c - b"].flatMap((pair) => [0, 1].map((t) => `g: ${pair}, t = ${t}`)));
  choose("Contrast", "two levels");
  choose("From", "c");
  choose("By", "none");
  expect(rows()).toEqual(["g: b - c"]);
  choose("To", "c");
  expect(rows()).toEqual([]);
  expect(labelled("Threshold c")!.isConnected).toBe(true);
  choose("Effect", "prediction");
  expect([rows(), labelled("Of"), labelled("From")]).toEqual([["all rows"], null, null]);
});

it("takes typed values within the data", () => {
  const { choose, type, rows, labelled, el } = show("hit ~ x*t + g");
  choose("Contrast", "two values");
  type("From", "0.5");
  type("To", "100");
  expect(rows()[0]).toMatch(/^x: 2\.\d+ - 0\.5$/);
  expect(labelled<HTMLInputElement>("To")!.value).toMatch(/^2\.\d+$/);
  expect(el.querySelector(".glm-notes")!.textContent).toContain("From and To stay within the data, where x is from 0.3");
});

it("shows the value that holds in the place of one that does not, and no more figures than can be read", () => {
  const { choose, type, store, labelled } = show("hit ~ x*t + g");
  choose("Contrast", "two values");
  const from = () => labelled<HTMLInputElement>("From")!.value;
  type("From", String(10 / 9));
  expect(from()).toBe("1.11111");
  type("From", "");
  expect(from()).toBe("1.11111");
  type("From", "100");
  const most = from();
  expect(Number(most)).toBeLessThan(100);
  type("From", "100");
  expect([from(), store.get("effect_from")]).toEqual([most, "100"]);
});

it("names ratios, whose threshold begins at 1", () => {
  const { choose, spoken, el, labelled } = show("hit ~ x*t + g");
  choose("Scale", "odds ratio");
  expect(el.querySelector(".glm-tab-title")!.textContent).toBe("Odds ratio: exponential of the average difference in log odds of P(hit = 1)");
  expect(spoken()).toContain("P(> 1)");
  expect(labelled("Threshold c")!.getAttribute("aria-valuetext")).toBe("1");
});

it("moves the threshold by its slider, and forgets it with the question", () => {
  const { type, choose, spoken, labelled, store } = show("hit ~ x*t + g");
  const slider = labelled<HTMLInputElement>("Threshold c")!;
  type("Threshold c", slider.max, "input");
  const c = Number(store.get("threshold"));
  expect(c).toBeGreaterThan(0);
  expect(spoken()).toMatch(new RegExp(`P\\(> ${c}\\) < \\d+%$`));
  choose("By", "g");
  expect(store.get("threshold")).toBe(String(c));
  choose("Of", "t");
  expect(spoken()).toContain("P(> 0)");
});

it("brushes an effect by keys: the other effects are then of the draws that are left", () => {
  const { choose, el, store, spoken } = show("hit ~ x*t + g");
  choose("Of", "g");
  const whole = spoken();
  const field = el.querySelector<HTMLElement>("[role=application]")!;
  const press = (key: string, shiftKey = false) => {
    const event = new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true });
    field.dispatchEvent(event);
    store.flush();
    expect(event.defaultPrevented).toBe(true);
    return store.get("selection").brushed!;
  };
  for (let i = 0; i < 25; i++) press("ArrowRight", true);
  const { label, low, high, values } = press("ArrowRight", true);
  expect(label).toBe("Average difference in P(hit = 1), g: b - a");
  const { draws } = store.get("fit") as { draws: Draws };
  const left = remaining(draws, store.get("selection").brushed);
  expect([...left]).toEqual([...values!.keys()].filter((at) => values![at]! >= low && values![at]! <= high));
  expect(left.length).toBeGreaterThan(0);
  expect(left.length).toBeLessThan(values!.length);
  const [first, second] = spoken().split("; ");
  expect(first).toBe(whole.split("; ")[0]);
  expect(second).toContain(`${left.length} brushed draws`);
  expect(press("ArrowDown").label).toBe("Average difference in P(hit = 1), g: c - a");
  expect(press("ArrowUp").label).toBe(label);
  expect(press("ArrowRight").label).toBe(label);
  expect(store.get("selection").hovered).toBe(0);
});

it("has a row for each category, on the scale of the response alone", () => {
  const { rows, labelled } = show("kind ~ x*g + h");
  expect(rows()).toEqual(["high", "low", "middle"].map((one) => `x +1, category ${one}`));
  expect(labelled("Scale")).toBeNull();
});
