import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NOTHING } from "../../src/state/selection.js";
import { makeStage, type Drawn } from "../../src/stage.js";
import { makeStore } from "../../src/state/store.js";
import { DEFAULTS } from "../../src/state/traits.js";
import { fanTab } from "../../src/tabs/fan.js";
import { watchTheme } from "../../src/theme.js";
import type { FanView, Fit, PredictorTables } from "../../src/wire.js";
import { columnOf, f8, i4, number, parameter, sourceWith, table } from "../fit/hand.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null); // jsdom has no canvas
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const places: PredictorTables["variables"][number]["places"] = [["low", 0], ["high", 1]];
const GT = { variables: ["g", "t"], values: f8([0, 1, 2, 3], [2, 2]), observed: f8([0, 3]), shifts: [] };

/** Lines of two of three draws. */
function fit(tables: Partial<PredictorTables> = {}, truth: number | null = null): Fit {
  const { draws, predictor } = sourceWith(
    {
      variables: [number("x", [0, 1]), { ...number("g", [0, 1]), places }, number("t", [0, 1])],
      tables: [table("x", [0, 1], [0, 1]), GT],
      parameters: [parameter("mu", "identity", columnOf(["a"]), columnOf(["b"], 0))],
      n_rows: 2,
      ...tables,
    },
    { a: [1, 2, 6], b: [1, 1, 1] },
  );
  const order = { data: Uint32Array.of(0, 1), shape: [2] };
  const none = { unavailable: "none" };
  const columns = draws.columns.map((one) => ({ ...one, truth }));
  return { title: "y ~ x", draws: { ...draws, columns, order }, predictor, prior: none, findings: [], tabs: { data: none } } as unknown as Fit;
}

/** Counts over x and z with an exposure e, at its 1. */
const RATE = {
  variables: [number("x", [0, 1]), number("z", [0, 1]), number("e", [0.5, 1, 4], 1)],
  tables: [table("x", [0, 1], [0, 1]), table("z", [0, 1], [0, 0]), table("e", [-1, 0, 2], [2, 2])],
  parameters: [parameter("mu", "log", columnOf(["a"]), columnOf([], 2))],
  exposure: ["e"],
};

/** An intercept for each group of g. */
const BY_G = { variable: "g", codes: i4([0, 1]), n_groups: 2, observed: i4([0, 1]) };
const GROUPED: Partial<PredictorTables> = {
  variables: [number("x", [0, 1]), { ...number("g", [0, 1]), levels: ["g1", "g2"] }],
  tables: [table("x", [0, 1], [0, 1])],
  population: "an average g",
  parameters: [
    {
      ...parameter("mu", "identity", columnOf(["a"]), columnOf(["b"], 0)),
      groups: [{
        term: "1|g", by: [BY_G], groups: ["g1", "g2"], columns: [[]], labels: [[["a"], ["b"]]], distribution: "Normal",
        arguments: [{ name: "mu", labels: [], values: f8([0], [1, 1]) }, { name: "sigma", labels: [["b"]], values: null }],
      }],
    },
  ],
};

const VIEW = { axes: [], title: "Lines", notes: [] } as unknown as FanView;

function show(state: Partial<Drawn> & { tables?: Partial<PredictorTables> }) {
  const { tables, ...chosen } = state;
  const { signal } = new AbortController();
  const store = makeStore<Drawn>({ ...DEFAULTS, n_lines: 2, selection: NOTHING, fit: fit(tables), ...chosen }, signal);
  const el = document.body.appendChild(fanTab(makeStage(store, watchTheme(document.body, signal), signal), () => VIEW));
  const spoken = () => el.querySelector("canvas[role=img]")!.getAttribute("aria-label");
  return { store, el, spoken };
}

const legend = (el: HTMLElement) => [...el.querySelectorAll("[aria-label=Legend] li")].map(({ textContent }) => textContent);

it("keeps an exposure at its unit, so that lines are rates whatever is asked", () => {
  const { el, spoken, store } = show({ tables: RATE, x: "e", by: "e", held: { e: 4 } });
  const names = [...el.querySelectorAll("select, input")].map((one) => one.getAttribute("aria-label") ?? one.closest("label")!.textContent);
  expect(names.some((name) => name!.includes("e held at"))).toBe(false);
  expect([...el.querySelectorAll("option")].map(({ value, textContent }) => value || textContent)).not.toContain("e");
  expect(el.textContent).toContain("e is the exposure: lines are of e = 1.");
  const rate = spoken();
  expect(rate).toContain("over x");
  store.set("averaged", true);
  store.flush();
  expect(spoken()).toBe(rate);
});

it("has no true curve of a new group, whose effects are the posterior's", () => {
  const { el, store } = show({ fit: fit(GROUPED, 1) });
  expect(legend(el)).toContain("true curve");
  store.set("group_effects", { g: "new" });
  store.flush();
  expect(el.textContent).toContain("for a new g");
  expect(legend(el)).not.toContain("true curve");
});

it("calls the mean by its name where no new observations can be drawn", () => {
  const bounds = { trials: 0, bounds: null, reason: "the bounds differ" };
  const { el, spoken } = show({ show: "new", tables: { observation: bounds } });
  expect(legend(el)).toEqual(["posterior mean"]);
  expect(spoken()).toMatch(/^posterior mean of/);
  expect(el.textContent).toContain("No new observations");
});

it("says of what new observations are, where rows are of several trials or have exposures", () => {
  const observation = { trials: 5, bounds: null, reason: "the rows are of 3 to 7 trials, and a new observation is of 5" };
  const trials = show({ show: "new", tables: { family: "binomial", parameters: [parameter("p", "logit", columnOf(["a"]))], observation } });
  expect(legend(trials.el)[0]).toBe("predictive median");
  expect(trials.el.textContent).toContain("New observations: the rows are of 3 to 7 trials, and a new observation is of 5.");
  expect(show({ show: "new", tables: { ...RATE, family: "poisson" } }).el.textContent).toContain("share of new observations of e = 1,");
});
