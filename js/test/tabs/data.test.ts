import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mount } from "../../src/panel.js";
import { localModel } from "../../src/state/model.js";
import type { WhatIf } from "../../src/state/what-if.js";
import { fitNamed, panelOf } from "../lab/panels.js";
import { frame } from "../ui/shown.js";

/** Where strokes begin, of the picture that was drawn last. */
let begun: [number, number][] = [];
let unmount = () => {};

beforeEach(() => {
  begun = [];
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(400);
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (this: HTMLCanvasElement) {
    const known = { canvas: this, reset: () => (begun = []), moveTo: (x: number, y: number) => void begun.push([x, y]) };
    return new Proxy(known, { get: (of, name) => of[name as keyof typeof of] ?? (() => {}), set: () => true }) as unknown as CanvasRenderingContext2D;
  } as never);
});
afterEach(() => {
  unmount();
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

function shown(name: string, state: Record<string, unknown> = {}) {
  const model = localModel({ ...panelOf(name), tab: "data", ...state });
  const el = document.body.appendChild(document.createElement("div"));
  unmount = mount(model, el);
  const front = () => el.querySelector<HTMLElement>("[role=tabpanel]:not([hidden])")!;
  const of = (selector: string) => front().querySelector<HTMLElement>(selector)!;
  const field = of("[aria-label='Rows of the data']");
  return {
    model,
    front,
    of,
    field,
    whatIf: () => model.get("what_if") as WhatIf | undefined ?? {},
    said: () => of("[aria-label='Row']").textContent,
    described: () => of("[role=img]").getAttribute("aria-label")!,
    async press(...keys: string[]) {
      for (const key of keys) {
        const [name, shiftKey] = [key.replace("Shift+", ""), key.startsWith("Shift+")];
        field.dispatchEvent(new KeyboardEvent("keydown", { key: name, shiftKey, bubbles: true, cancelable: true }));
        await frame();
      }
    },
    async point(type: string, x: number, y: number) {
      const event = new MouseEvent(type, { clientX: x, clientY: y, button: 0, bubbles: true });
      of(".glm-figure").dispatchEvent(event);
      await frame();
    },
    async type(label: string, value: string) {
      const input = of(`[aria-label='${label}']`) as HTMLInputElement;
      input.value = value;
      input.dispatchEvent(new Event(input.type === "range" ? "input" : "change", { bubbles: true }));
      await frame();
    },
    async choose(label: string, option: string) {
      const select = of(`[aria-label='${label}']`) as HTMLSelectElement;
      select.selectedIndex = [...select.options].findIndex(({ text }) => text === option);
      select.dispatchEvent(new Event("change", { bubbles: true }));
      await frame();
    },
    async click(name: string) {
      [...front().querySelectorAll("button")].find(({ textContent }) => textContent === name)!.click();
      await frame();
    },
  };
}

/** The columns of a fit, in numbers. */
function columns(name: string): { x: number[]; y: number[] } {
  const { data } = fitNamed(name).tabs;
  const of = (wanted: string) => {
    const found = "columns" in data ? data.columns.find((one) => one.name === wanted) : undefined;
    return found?.kind === "numeric" ? [...found.values.data] : [];
  };
  return { x: of("x"), y: of("columns" in data ? data.response : "") };
}

const { x, y } = columns("line");
const byX = [...x.keys()].sort((a, b) => x[a]! - x[b]!);
/** Rows as 200 or 199 of them. */
const without = (...out: number[]) => [...x.keys()].filter((row) => !out.includes(row));

/** Where a row is in the picture, by the strokes of its cross. */
function placeOf(row: number): [number, number] {
  const [px, py] = begun[2 * row]!;
  return [px + 3, py + 3];
}

describe("keys", () => {
  it("go from row to row in the order of x, leave one out and take it back", async () => {
    const { press, said, whatIf, described } = shown("line");
    expect(said()).toBe("");
    await press("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft");
    const row = byX[1]!;
    expect(said()).toBe(`Row ${row + 1}: x = ${Number(x[row]!.toPrecision(4))}, y = ${Number(y[row]!.toPrecision(4))}`);
    await press("Enter");
    expect(whatIf()).toEqual({ rows: without(row) });
    expect(said()).toMatch(/, left out$/);
    expect(described()).toContain("1 row left out");
    await press("End", " ");
    expect(whatIf()).toEqual({ rows: without(row, byX.at(-1)!) });
    await press(" ", "Home", "ArrowRight", "Enter");
    expect(whatIf()).toEqual({});
    expect(said()).not.toContain("left out");
  });

  it("change the value of a row", async () => {
    const { press, said, whatIf } = shown("line");
    const given = fitNamed("line").engine.program.factors[0]!.slots[0] as unknown as { values: { data: Float64Array } };
    const row = byX[0]!;
    const value = () => whatIf().response![row]!;
    await press("Home", "+");
    const step = value() - given.values.data[row]!;
    expect(step).toBeGreaterThan(0);
    await press("Shift+ArrowUp", "-", "Shift+ArrowUp");
    expect(value()).toBeCloseTo(given.values.data[row]! + 2 * step, 10);
    expect(whatIf().response!.filter((one, at) => one !== given.values.data[at])).toHaveLength(1);
    expect(said()).toMatch(new RegExp(`, ${Number(y[row]!.toPrecision(4))} in the data$`));
    await press("Shift+ArrowDown");
    expect(value()).toBeCloseTo(given.values.data[row]! + step, 10);
  });
});

describe("the pointer", () => {
  it("leaves a row out by a click, and does nothing where there is no row", async () => {
    const { point, whatIf, said } = shown("line");
    const [px, py] = placeOf(7);
    await point("pointerdown", px + 1, py);
    await point("pointermove", px + 3, py + 2);
    await point("pointerup", px + 3, py + 2);
    expect(whatIf()).toEqual({ rows: without(7) });
    expect(said()).toMatch(/^Row 8: .*left out$/);
    await point("pointerdown", 1, 1);
    await point("pointerup", 1, 1);
    expect(whatIf()).toEqual({ rows: without(7) });
  });

  it("moves a row up and down, along an axis that stays, and sideways not at all", async () => {
    const { point, whatIf, described } = shown("line");
    const [a, b] = [placeOf(byX[0]!), placeOf(byX.at(-1)!)];
    const slope = (y[byX.at(-1)!]! - y[byX[0]!]!) / (b[1] - a[1]);
    const row = byX[100]!;
    const [px, py] = placeOf(row);
    await point("pointerdown", px, py);
    await point("pointermove", px + 30, py);
    expect(whatIf()).toEqual({});
    for (const up of [30, 400, 60]) await point("pointermove", px + 30, py - up);
    expect(whatIf().response![row]).toBeCloseTo(y[row]! - 60 * slope, 4);
    await point("pointerup", px + 30, py - 60);
    expect(whatIf().rows).toBeUndefined();
    expect(described()).toContain("1 row with another value");
  });

  it("takes a row of zeros and ones to the other value at half way", async () => {
    const { point, whatIf } = shown("logistic");
    const hit = columns("logistic");
    const row = hit.y.indexOf(0);
    const one = hit.y.indexOf(1);
    const [px, py] = placeOf(row);
    const high = py - placeOf(one)[1];
    await point("pointerdown", px, py);
    await point("pointermove", px, py - 0.4 * high);
    expect(whatIf().response).toBeUndefined();
    await point("pointermove", px, py - 0.65 * high);
    expect(whatIf().response![row]).toBe(1);
    await point("pointermove", px, py - 5 * high);
    expect(whatIf().response![row]).toBe(1);
    await point("pointermove", px, py + 5 * high);
    await point("pointerup", px, py);
    expect(whatIf()).toEqual({});
  });
});

it("types the value of a row, and says which values it may have", async () => {
  const line = shown("line");
  expect(line.of("[aria-label='Row value']")).toBeNull();
  await line.press("Home");
  await line.type("Row value", "12.5");
  expect(line.whatIf().response![byX[0]!]).toBe(12.5);
  await line.type("Row value", "nonsense");
  expect((line.of("[aria-label='Row value']") as HTMLInputElement).value).toBe("12.5");
  expect(line.of("[aria-label='Row']")!.textContent).toMatch(/^y must be a number, up to 1e\+30 in size/);
  await line.type("Row value", "1e308");
  expect([line.whatIf().response![byX[0]!], line.said()]).toEqual([12.5, "y must be a number, up to 1e+30 in size."]);
  line.model.set("show_truth", true); // whatever else is drawn anew leaves the sentence
  await frame();
  expect(line.said()).toBe("y must be a number, up to 1e+30 in size.");
  await line.press("ArrowRight");
  expect(line.said()).toMatch(/^Row \d+: x = /);
  unmount();
  const logistic = shown("logistic");
  await logistic.press("Home");
  await logistic.type("Row value", "0.5");
  expect([logistic.whatIf(), logistic.said()]).toEqual([{}, "hit must be 0 or 1."]);
  await logistic.press("Shift+ArrowUp", "Shift+ArrowUp");
  await logistic.press("ArrowRight");
  expect(logistic.said()).toMatch(/^Row \d+: x = /);
});

it("uses the first rows, or some at random", async () => {
  const { type, choose, whatIf, of } = shown("line");
  const slider = () => of("[aria-label='Rows used']") as HTMLInputElement;
  expect([slider().min, slider().max, slider().value, slider().getAttribute("aria-valuetext")]).toEqual(["2", "200", "200", "200 of 200"]);
  await type("Rows used", "3");
  expect(whatIf()).toEqual({ rows: [0, 1, 2] });
  await choose("Which rows", "random");
  const { rows } = whatIf();
  expect(rows).toHaveLength(3);
  expect(rows).not.toEqual([0, 1, 2]);
  await type("Rows used", "4");
  expect(rows!.every((row) => whatIf().rows!.includes(row))).toBe(true);
  expect(slider().getAttribute("aria-valuetext")).toBe("4 of 200");
  await type("Rows used", "200");
  expect(whatIf()).toEqual({});
});

it("shows the data as they were after a reset, and as they are changed by a host", async () => {
  const { model, described, of } = shown("line", { what_if: { rows: without(3), response: y.map((value) => value + 1) } });
  expect(described()).toContain("1 row left out, 200 rows with another value");
  expect(of(".glm-legend").textContent).toBe("observedleft outas in the data");
  model.set("what_if", {});
  await frame();
  expect(described()).not.toContain("left out");
  expect(described()).not.toContain("another value");
});

it("simulates the response at a draw, and at the truth where there is one, differently each time", async () => {
  const { click, whatIf, of, front } = shown("logistic");
  expect([...(of("[aria-label='Simulate at']") as HTMLSelectElement).options].map(({ text }) => text)).toEqual(["truth", "a posterior draw"]);
  await click("Simulate again");
  const first = whatIf().response!;
  expect(first).toHaveLength(200);
  expect(first.every((value) => value === 0 || value === 1)).toBe(true);
  expect(of("table caption").textContent).toBe("Share of 89% intervals that held the truth, in 0 simulated data sets");
  expect([...front().querySelectorAll("tbody th, tbody th + td")].map(({ textContent }) => textContent)).toEqual(["Intercept", "-0.5", "x", "1.2"]);
  await click("Simulate again");
  expect(whatIf().response).not.toEqual(first);
  unmount();
  const line = shown("line");
  expect([...(line.of("[aria-label='Simulate at']") as HTMLSelectElement).options].map(({ text }) => text)).toEqual(["a posterior draw"]);
  await line.click("Simulate again");
  expect(line.front().textContent).toMatch(/ at draw [\d,]+: chain \d, draw \d+/);
});

it("offers none of it where the page cannot sample, and says why", () => {
  const { schema, buffer } = panelOf("line");
  const { fits } = JSON.parse(JSON.stringify(schema)) as { fits: Record<string, unknown>[] };
  fits[0]!.engine = { unavailable: "This fit has no program." };
  const { front, of, field } = shown("line", { schema: { version: 2, fits }, buffer });
  expect(field).toBeNull();
  expect(of("[aria-label='Rows used']")).toBeNull();
  expect([...front().querySelectorAll("button")].map(({ textContent }) => textContent)).not.toContain("Simulate again");
  expect(of(".glm-notes").textContent).toContain("This fit has no program.");
});
