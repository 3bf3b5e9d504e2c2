import { GIVEN } from "../../src/lab/records.js";
import { expect, it, vi } from "vitest";
import { NOTHING, pin } from "../../src/state/selection.js";
import { makeStage, type Drawn } from "../../src/stage.js";
import { makeStore } from "../../src/state/store.js";
import { DEFAULTS } from "../../src/state/traits.js";
import { answer } from "../../src/tabs/fan/answer.js";
import { MOST_MOVING } from "../../src/tabs/fan/bands.js";
import { fanTab, noFan } from "../../src/tabs/fan.js";
import { watchTheme } from "../../src/theme.js";
import type { FanView } from "../../src/wire.js";
import { number, sourceWith } from "../fit/hand.js";
import { drawable } from "../ui/shown.js";
import { fit, withoutCanvas } from "./fan-hand.js";

withoutCanvas();

const f4 = (values: readonly number[], shape = [values.length]) => ({ data: Float32Array.from(values), shape });
const SHIPPED = {
  ...{ label: "x", x: "x", kind: "numeric", grid: f4([0, 1]), levels: [], held: [], points: null, jitter: false, note: null },
  strata: [{ label: "", lines: { kind: "curves", values: f4([1, 2, 3, 4], [2, 2]) }, mean: f4([2, 3]), truth: null }],
};
const VIEW = { axes: [], title: "Lines", notes: [] } as unknown as FanView;

function show(state: Partial<Drawn>, view = VIEW) {
  const { signal } = new AbortController();
  const store = makeStore<Drawn>({ ...DEFAULTS, n_lines: 2, ...GIVEN, selection: NOTHING, fit: fit(), ...state }, signal);
  const el = document.body.appendChild(fanTab(makeStage(store, watchTheme(document.body, signal), signal), () => view));
  const spoken = () => el.querySelector("canvas[role=img]")!.getAttribute("aria-label");
  return { store, el, spoken };
}

it("has means of all draws again once nothing is moved any more", () => {
  const { store, spoken } = show({ interval: true });
  expect(spoken()).toContain("mean curve rises from 3 to 4");
  store.set("held", { t: 1 });
  store.flush();
  expect(spoken()).toContain("from 1.5 to 2.5"); // of the lines alone
  vi.runAllTimers();
  expect(spoken()).toContain("from 3 to 4");
});

it("is coarse while it moves, where the browser is slow, and fine again afterwards", () => {
  drawable();
  vi.stubGlobal("devicePixelRatio", 2);
  let milliseconds = 16;
  vi.stubGlobal("requestAnimationFrame", (call: FrameRequestCallback) => setTimeout(() => call(performance.now()), milliseconds));
  const { store, el } = show({});
  const pixels = () => el.querySelector("canvas")!.width;
  const fine = pixels();
  const held = (t: number) => {
    store.set("held", { t });
    store.flush();
    vi.advanceTimersByTime(milliseconds);
    return pixels();
  };
  expect([held(1), held(2)]).toEqual([fine, fine]);
  milliseconds = 33;
  expect([held(3), held(4)]).toEqual([fine, fine / 2]);
  vi.runAllTimers();
  expect(pixels()).toBe(fine);
  milliseconds = 16;
  expect([held(5), held(6)]).toEqual([fine, fine]); // one late picture does not make every movement coarse
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it("keeps its curves while the probability of their interval moves", () => {
  const { store, spoken } = show({ interval: true });
  store.set("prob", 0.5);
  store.flush();
  expect(spoken()).toContain("from 3 to 4");
});

it.each(Object.entries(MOST_MOVING))("shares out what a frame has time for while %s move", (mode, most) => {
  const many = Array.from({ length: 1_200 }, (_, i) => i);
  const { draws, ...rest } = fit();
  const own = sourceWith({}, { a: many, b: many }).draws;
  const order = { data: Uint32Array.from(many), shape: [many.length] };
  const chosen = { ...DEFAULTS, n_lines: 2, ...GIVEN, selection: NOTHING, show: mode, by: "g", fit: { ...rest, draws: { ...own, order } } };
  const { signal } = new AbortController();
  const stage = makeStage(makeStore<Drawn>(chosen as Drawn, signal), watchTheme(document.body, signal), signal);
  const lines = (moving: boolean) => answer(stage, VIEW, moving).pictures[0]!.fan.strata.map(({ curves }) => curves.n_lines);
  expect(lines(false)).toEqual([1_200, 1_200]);
  expect(lines(true)).toEqual([most / 2, most / 2]);
  expect(answer(stage, VIEW, true).n_lines).toBe(1_200);
});

it("chooses lines that are shown by keys, and pins one", () => {
  const { store, el } = show({ n_lines: 1 });
  const lines = el.querySelector<HTMLElement>("[role=application]")!;
  expect([lines.getAttribute("aria-label"), lines.tabIndex]).toEqual(["Lines", 0]);
  const press = (key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    lines.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(press("ArrowLeft", { altKey: true })).toBe(false);
  expect(store.get("selection")).toBe(NOTHING);
  for (let i = 0; i < 3; i++) {
    expect(press(i === 0 ? "ArrowLeft" : "ArrowRight")).toBe(true);
    expect(store.get("selection").hovered).toBe(0);
  }
  store.set("n_lines", 2);
  press("ArrowRight");
  expect(store.get("selection").hovered).toBe(1);
  expect(press(" ")).toBe(true);
  expect(store.get("selection").pinned).toBe(1);
});

it("is not hovered by touch, nor while it plays", () => {
  const { store, el } = show({ selection: pin(NOTHING, 1) });
  const lines = el.querySelector<HTMLElement>("[role=application]")!;
  const leave = () => {
    store.set("selection", { ...store.get("selection"), hovered: 0 });
    lines.dispatchEvent(new MouseEvent("pointerleave"));
    return store.get("selection").hovered;
  };
  expect(leave()).toBeNull();
  store.set("tab", "fan");
  store.set("playing", true);
  expect(leave()).toBe(0);
});

it("says the median and the interval of the bands that are shown", () => {
  expect(show({ show: "pointwise" }).spoken()).toMatch(/; median rises from 1\.5 to 2\.5, 95% interval 1\.0\d to 1\.9\d at 0 and 2\.0\d to 2\.9\d at 1$/);
  expect(show({ interval: true, prob: 0.5 }).spoken()).toMatch(/; mean curve rises from 3 to 4, 50% interval 1\.25 to 1\.75 at 0 and 2\.25 to 2\.75 at 1$/);
  const levels = { ...number("x", [0, 1]), levels: ["a", "b"] };
  const of = fit({ variables: [levels, number("g", [0, 1]), number("t", [0, 1])] });
  expect(show({ show: "curvewise", fit: of }).spoken()).toMatch(/; median a 1\.5 \(1 to 2\), b 2\.5 \(2 to 3\), 95% interval in brackets$/);
  expect(show({ fit: of }).spoken()).toMatch(/; mean a 3, b 4$/);
});

it("says why it is not averaged where the variable that tells strata apart is the reason", () => {
  expect(show({ averaged: true }).el.textContent).toContain("Averaged over 2 rows");
  expect(show({ averaged: true, by: "g" }).el.textContent).toContain("Not averaged: g and t stand in one function");
});

it("is missing where no variable can be the axis", () => {
  const levels = Array.from({ length: 41 }, (_, i) => `level ${i}`);
  expect(noFan(VIEW, fit())).toBeNull();
  expect(noFan(VIEW, fit({ variables: [{ ...number("g", levels.map((_, i) => i)), levels }] }))).toMatch(/no predictor/);
});

it("ends the controls of held values where the next fit has only the lines that Python made", () => {
  const axes = [SHIPPED] as unknown as FanView["axes"];
  const { store, el, spoken } = show({}, { ...VIEW, axes, numbers: { data: new Uint32Array(), shape: [0] }, n_draws: 2 });
  const control = () => el.querySelector('[aria-label="t held at"]');
  expect(control()).not.toBeNull();
  const failed = vi.fn();
  vi.stubGlobal("reportError", failed);
  store.set("fit", { ...fit(), predictor: { unavailable: "not here" } });
  store.flush();
  expect([failed.mock.calls, control()]).toEqual([[], null]);
  expect(spoken()).toContain("mean curve rises from 2 to 3");
  vi.unstubAllGlobals();
});

it("offers levels by their names, whatever these are", () => {
  const levels = ["toString", "constructor"];
  const { el } = show({ fit: fit({ variables: [number("x", [0, 1]), { ...number("g", [0, 1]), levels }] }) });
  expect([...el.querySelectorAll('[aria-label="g held at"] option')].map(({ textContent }) => textContent)).toEqual(levels);
});
