import { GIVEN } from "../../src/lab/records.js";
import { expect, it } from "vitest";
import { NOTHING } from "../../src/state/selection.js";
import { makeStage, type Drawn } from "../../src/stage.js";
import { makeStore } from "../../src/state/store.js";
import { DEFAULTS } from "../../src/state/traits.js";
import { fanTab } from "../../src/tabs/fan.js";
import { whoseLine } from "../../src/tabs/whom.js";
import { watchTheme } from "../../src/theme.js";
import type { FanView, Fit, PredictorTables } from "../../src/wire.js";
import { columnOf, f8, i4, number, parameter, table } from "../fit/hand.js";
import { fit, withoutCanvas } from "./fan-hand.js";

withoutCanvas();

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

/** An intercept for each group of h besides. */
const TWICE: Partial<PredictorTables> = {
  ...GROUPED,
  population: "an average g and h",
  variables: [...GROUPED.variables!, { ...number("h", [0, 1]), levels: ["h1", "h2"] }],
  parameters: GROUPED.parameters!.map((one) => {
    const [term] = one.groups;
    return { ...one, groups: [term!, { ...term!, term: "1|h", by: [{ ...BY_G, variable: "h" }] }] };
  }),
};

/** With observations of four rows, of n_rows. */
function observed(whole: Fit, columns: Readonly<Record<string, readonly number[]>>, more: object = {}): Fit {
  const numeric = Object.entries(columns).map(([name, values]) => ({ name, kind: "numeric", values: f8(values) }));
  const g = { name: "g", kind: "category", levels: ["g1", "g2"], codes: i4([0, 1, 1, 1]) };
  const data = { n_rows: 4, n_shown: 4, jitter: false, hollow: null, response: "y", columns: [...numeric, g], ...more };
  const predictor = { ...whole.predictor, observed: f8(columns.y ?? [NaN]), rows: i4([0, 1]) };
  return { ...whole, predictor, tabs: { ...whole.tabs, data } } as unknown as Fit;
}
const XY = { x: [0, 1, 1, 0], y: [0, 1, 1, 0] };

const VIEW = { axes: [], title: "Lines", response: "y", notes: [] } as unknown as FanView;

function show(state: Partial<Drawn> & { tables?: Partial<PredictorTables>; view?: FanView }) {
  const { tables, view = VIEW, ...chosen } = state;
  const { signal } = new AbortController();
  const store = makeStore<Drawn>({ ...DEFAULTS, n_lines: 2, ...GIVEN, selection: NOTHING, fit: fit(tables), ...chosen }, signal);
  const el = document.body.appendChild(fanTab(makeStage(store, watchTheme(document.body, signal), signal), () => view));
  const points = () => el.querySelector<HTMLSelectElement>("[aria-label=Points]");
  const spoken = () => el.querySelector("canvas[role=img]")!.getAttribute("aria-label");
  return { store, el, spoken, points };
}

const legend = (el: HTMLElement) => [...el.querySelectorAll("[aria-label=Legend] li")].map(({ textContent }) => textContent);

it("keeps an exposure at its unit, so that lines are rates whatever is asked", () => {
  const { el, spoken, store } = show({ tables: RATE, x: "e", by: "e", held: { e: 4 } });
  const names = [...el.querySelectorAll("select, input")].map((one) => one.getAttribute("aria-label") ?? one.closest("label")!.textContent);
  expect(names.some((name) => name!.includes("e held at"))).toBe(false);
  expect([...el.querySelectorAll("option")].map(({ value, textContent }) => value || textContent)).not.toContain("e");
  expect(el.textContent).toContain("e is the exposure: lines and new observations are of e = 1.");
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

it("says of what new observations are, where rows are of several trials", () => {
  const observation = { trials: 5, bounds: null, reason: "the rows are of 3 to 7 trials, and a new observation is of 5" };
  const trials = show({ show: "new", tables: { family: "binomial", parameters: [parameter("p", "logit", columnOf(["a"]))], observation } });
  expect(legend(trials.el)[0]).toBe("predictive median");
  expect(trials.el.textContent).toContain("New observations: the rows are of 3 to 7 trials, and a new observation is of 5.");
});

it("neither offers points nor speaks of them where the response has no place on the scale of the mean", () => {
  const { el, points } = show({ fit: observed(fit(), { x: [0, 1, 1, 0] }) });
  expect(points()).toBeNull();
  expect(el.textContent).not.toContain("observations are");
});

it("says how many of the rows are drawn, and averaged over", () => {
  const { el, store } = show({ fit: observed(fit(), XY, { n_rows: 4000 }) });
  expect(el.textContent).toContain("Points are of 4 of 4,000 rows of the data, chosen at random.");
  store.set("averaged", true);
  store.flush();
  expect(el.textContent).toContain("Averaged over 2 of 4,000 rows of the data, chosen at random, whose other");
  expect(show({ fit: observed(fit(), XY) }).el.textContent).not.toContain("at random");
});

it("does not choose the observations near held values of an average", () => {
  const one = observed(fit({ variables: [number("x", [0, 1]), { ...number("t", [0, 1]), places: [["low", 0], ["high", 1]] }], tables: [table("x", [0, 1], [0, 1]), table("t", [0, 1], [0, 1])] }), { ...XY, t: [0, 0, 0, 9] });
  const { el, store, points } = show({ fit: one, points: "near" });
  expect(el.textContent).toContain("3 of 4 observations are near the held values.");
  store.set("averaged", true);
  store.flush();
  expect(el.textContent).not.toContain("near the held values.");
  expect([...points()!.options].map(({ text }) => text)).toEqual(["raw", "faded", "partial residuals", "none"]);
});

it("does not say of partial residuals that 0 and 1 are moved", () => {
  const one = observed(fit({ tables: [table("x", [0, 1], [0, 1])], variables: [number("x", [0, 1])] }), XY, { jitter: true });
  const { el, store } = show({ fit: one });
  expect(el.textContent).toContain("y is 0 or 1");
  store.set("points", "residuals");
  store.flush();
  expect(el.textContent).toContain("Points are partial residuals");
  expect(el.textContent).not.toContain("y is 0 or 1");
});

it("says of which groups the observations are, counted in all pictures", () => {
  const { el, store } = show({ fit: observed(fit(GROUPED), XY) });
  expect(el.textContent).toContain("Observations are of every g.");
  store.set("points", "near");
  store.flush();
  expect(el.textContent).toContain("4 of 4 observations are near the held values.");
  store.set("points", "raw");
  store.set("group_effects", { g: "several" });
  store.flush();
  expect(el.textContent).toContain("4 of 4 observations are of the g shown.");
  expect(el.textContent).not.toContain("held: g = g1");
});

it("offers of curves that Python made what can be done with them, and says why not more", () => {
  const strata = [{ label: "", lines: { kind: "curves", values: f8([0, 1, 0, 2], [2, 2]) }, mean: f8([0, 1]), truth: null }];
  const seen = { x: f8([0, 1]), y: f8([0, 1]), hollow: null };
  const axis = { label: "x", x: "x", kind: "numeric", grid: f8([0, 1]), levels: [], held: [], points: seen, jitter: false, note: null, strata };
  const view = { ...VIEW, axes: [axis], n_draws: 2, numbers: i4([0, 1]), ylabel: "E[y | x]" } as unknown as FanView;
  const block = { ...fit(), predictor: { unavailable: "Predictors cannot be moved here: a block." } };
  const { el, points, store } = show({ fit: block, view, points: "residuals" });
  expect([...points()!.options].map(({ text }) => text)).toEqual(["raw", "faded", "none"]);
  expect(points()!.selectedIndex).toBe(0);
  expect(el.textContent).toContain("Predictors cannot be moved here: a block.");
  store.set("points", "none");
  store.flush();
  expect(legend(el)).not.toContain("observed");
});

it("speaks of the prior's lines as the prior's, and of which level they are", () => {
  const { el, store } = show({ prior_fan: "beside", n_lines: 3 });
  const spoken = () => [...el.querySelectorAll("canvas[role=img]")].map((one) => one.getAttribute("aria-label"));
  expect(spoken()[0]).toMatch(/^2 of 2 posterior lines of .*for Posterior/);
  expect(spoken()[1]).toMatch(/^2 of 2 prior lines of .*for Prior/);
  expect(legend(el)).toEqual(["posterior line", "posterior mean", "prior line", "prior mean"]);
  const swatches = [...el.querySelectorAll("[aria-label=Legend] svg")].map((one) => one.outerHTML);
  expect(swatches.map((one) => one.includes("--glm-muted"))).toEqual([false, false, true, true]);
  store.set("fit", fit(GROUPED));
  store.set("group_effects", { g: "several" });
  store.flush();
  expect([...el.querySelectorAll("figcaption")].map(({ textContent }) => textContent)).toEqual(["g = g1", "g = g2", "Prior, g = g1"]);
});

it("says of every grouping factor whom the fan is for", () => {
  const { el, store } = show({ tables: TWICE });
  const titled = (group_effects: Drawn["group_effects"], x = "x") => {
    store.set("group_effects", group_effects);
    store.set("x", x);
    store.flush();
    return el.querySelector(".glm-tab-title")!.textContent;
  };
  expect(titled({})).toBe("Lines, for an average g and h");
  expect(titled({ g: "one" })).toBe("Lines, for g = g1 and an average h");
  expect(titled({ g: "new", h: "one" })).toBe("Lines, for a new g and h = h1");
  expect(titled({ g: "several" })).toBe("Lines, for an average h");
  expect(titled({}, "h")).toBe("Lines, for an average g");
});

it("says the same of the line of a draw", () => {
  const of = (group_effects: Drawn["group_effects"]) => {
    const { signal } = new AbortController();
    const store = makeStore<Drawn>({ ...DEFAULTS, ...GIVEN, selection: NOTHING, fit: fit(TWICE), x: "x", group_effects }, signal);
    return whoseLine(makeStage(store, watchTheme(document.body, signal), signal))();
  };
  expect(of({}).words).toBe("an average g and h");
  expect(of({ g: "one" })).toMatchObject({ words: "g = g1 and an average h", groups: { groups: new Set(["g"]) } });
  expect(of({ g: "new", h: "one" }).words).toBe("a new g and h = h1");
  expect(of({ g: "several" })).toMatchObject({ words: "an average h and each g, whose effects are added", groups: { groups: new Set() } });
});

it("has one grouping factor at several levels and the other at the population", () => {
  const { el, store } = show({ tables: TWICE, group_effects: { g: "several" } });
  const menu = () => el.querySelector<HTMLSelectElement>("[aria-label='Group-specific effects of h']")!;
  expect([...menu().options].map(({ text }) => text)).toEqual(["population", "one level", "a new level"]);
  expect(el.textContent).toContain("One grouping factor at a time can be at several levels.");
  store.set("group_effects", { g: "several", h: "several" });
  store.flush();
  expect(menu().selectedIndex).toBe(0);
  expect(el.querySelector(".glm-tab-title")!.textContent).toBe("Lines, for an average h");
  store.set("x", "g");
  store.flush();
  expect([...menu().options].map(({ text }) => text)).toContain("several levels");
});

it("refuses partial residuals of a censored response", () => {
  const { el } = show({ fit: observed(fit(), XY, { hollow: "g" }), points: "residuals" });
  expect(el.textContent).toContain("No partial residuals: a censored response is not known");
  expect(legend(el)).not.toContain("partial residual");
});

it("names places and what its lines are the mean or the median of", () => {
  const { el, store } = show({ by: "g" });
  expect(legend(el)).toEqual(["g = 0 (low): mean", "g = 1 (high): mean"]);
  store.set("show", "pointwise");
  store.flush();
  expect(legend(el).slice(0, 2)).toEqual(["g = 0 (low): median", "g = 1 (high): median"]);
});

it("has a picture for each level of another factor where the response has categories", () => {
  const parameters = [parameter("p", "logit", columnOf(["b"], 0)), parameter("threshold", "identity", columnOf(["a", "b"]))];
  const { el } = show({ by: "g", tables: { family: "cumulative", mean: "cumulative", categories: ["low", "mid", "high"], parameters } });
  expect([...el.querySelectorAll("figcaption")].map(({ textContent }) => textContent)).toEqual(["g = 0 (low)", "g = 1 (high)"]);
  expect(legend(el)).toEqual(["low: mean", "mid: mean", "high: mean"]);
});

it("names the probability of an interval while it moves", () => {
  const { el, store } = show({ interval: true });
  store.set("prob", 0.5);
  store.flush();
  expect(legend(el)).toContain("50% interval");
  expect(el.textContent).toContain("The 50% interval is equal-tailed");
});
