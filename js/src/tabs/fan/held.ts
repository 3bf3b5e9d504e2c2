/** Controls of the predictors that are held while the fan runs along another one. */
import { valueAt } from "../../fit/fan.js";
import type { Source } from "../../fit/predictor.js";
import type { Stage } from "../../stage.js";
import { range, select } from "../../ui/controls.js";
import { arrange, h } from "../../ui/dom.js";
import { keyed } from "../../ui/keyed.js";
import type { Variable } from "../../wire.js";
import { groupings, isOnlyGrouping, positionOf } from "./question.js";

/** Controls that are there at once; more are unfolded on request. */
const AT_ONCE = 8;

/** What decides which controls there are. */
export interface HeldOptions {
  /** What can be evaluated now, and the variable of the axis. */
  readonly source: () => Source;
  readonly x: () => string;
  readonly by: () => string;
}

/** A control for every predictor but those that the picture runs over, and a button that takes all of them back. */
export function heldControls(stage: Stage, { source, x, by }: HeldOptions): { readonly el: HTMLElement; readonly update: () => void } {
  const find = (name: string) => source().predictor.tables.variables.find((one) => one.name === name)!;
  const controls = keyed(stage, kindOf, (own, one) => control(own, one.name));
  const list = h("div", { class: "glm-controls" });
  const rest = h("div", { class: "glm-controls" });
  const summary = h("summary", {});
  const more = h("details", { class: "glm-fold" }, summary, rest);
  const reset = h("button", { type: "button", class: "glm-button" }, "Reset");
  reset.addEventListener("click", () => stage.set("held", {}), { signal: stage.signal });
  const fixed = h("p", { class: "glm-held-fixed" });
  const el = h("div", { class: "glm-held", role: "group", "aria-label": "Held values" }, list, more, fixed);
  const update = () => {
    const { tables } = source().predictor;
    const effects = stage.get("group_effects");
    const others = tables.variables.filter(({ name }) => name !== x() && name !== by());
    const used = others.filter(({ name }) => !isOnlyGrouping(tables, name) || effects[name] === "one");
    const moving = used.filter(({ reason, grid }) => reason === "" && grid.data.length > 1);
    const elements = controls(moving.slice(0, more.hasAttribute("open") ? moving.length : AT_ONCE));
    arrange(list, moving.length === 0 ? [] : [...elements.slice(0, AT_ONCE), reset]);
    arrange(rest, elements.slice(AT_ONCE));
    more.hidden = moving.length <= AT_ONCE;
    summary.textContent = `${moving.length - AT_ONCE} more held values`;
    const still = used.filter(({ reason }) => reason !== "");
    fixed.textContent = still.slice(0, AT_ONCE).map(({ name, reason }) => `${name} cannot be moved: ${reason}.`).join(" ");
    fixed.hidden = still.length === 0;
    reset.disabled = Object.keys(stage.get("held")).length === 0;
  };
  more.addEventListener("toggle", update, { signal: stage.signal });
  return { el, update };

  function control(own: Stage, name: string): HTMLElement {
    const label = `${name} held at`;
    const hold = (value: number | string) => own.set("held", { ...own.get("held"), [name]: value });
    if (find(name).levels.length > 0) {
      const list = select(own, label, (at) => hold(find(name).levels[at]!));
      own.follow(["fit", "held"], () => list.show(find(name).levels, positionOf(find(name), own.get("held"))));
      return list.el;
    }
    const stops = () => stopsOf(find(name));
    const slider = range(own, {
      label,
      min: 0,
      max: () => stops().length - 1,
      step: 1,
      say: (at) => valueAt(find(name), stops()[at] ?? find(name).start),
      move: (at) => hold(find(name).grid.data[stops()[at]!]!),
    });
    own.follow(["fit", "held"], () => slider.show(nearest(stops(), positionOf(find(name), own.get("held")))));
    return slider.el;
  }
}

/** A variable that becomes a factor in the next fit has another control. */
function kindOf({ name, levels }: Variable): string {
  return `${levels.length > 0} ${name}`;
}

/** Positions at which a slider can stand. */
function stopsOf({ stops, grid }: Variable): ArrayLike<number> & { readonly length: number } {
  return stops.data.length > 0 ? stops.data : Array.from(grid.data, (_, at) => at);
}

function nearest(stops: ArrayLike<number>, position: number): number {
  let best = 0;
  for (let at = 1; at < stops.length; at++) {
    if (Math.abs(stops[at]! - position) < Math.abs(stops[best]! - position)) best = at;
  }
  return best;
}

const EFFECTS = { population: "population", one: "one level", several: "several levels", new: "a new level" } as const;

/** For whom the fan is: a choice for each grouping factor, and its levels where several have a picture each. */
export function groupControls(stage: Stage, { source, x }: HeldOptions): { readonly el: HTMLElement; readonly update: () => void } {
  const names = Object.keys(EFFECTS) as (keyof typeof EFFECTS)[];
  const controls = keyed(stage, String, (own, name: string) => {
    const label = groupings(source().predictor.tables).length > 1 ? `Group-specific effects of ${name}` : "Group-specific effects";
    const list = select(own, label, (at) => {
      const { [name]: _, ...others } = own.get("group_effects");
      own.set("group_effects", at === 0 ? others : { ...others, [name]: names[at]! });
    });
    own.follow(["fit", "group_effects"], () => {
      const at = names.indexOf((own.get("group_effects")[name] ?? "population") as (typeof names)[number]);
      list.show(Object.values(EFFECTS), Math.max(0, at));
    });
    return list.el;
  });
  const levels = h("select", { multiple: "", size: 4, "aria-label": "Levels" });
  levels.addEventListener("change", () => stage.set("several", [...levels.selectedOptions].map(({ value }) => value)), { signal: stage.signal });
  const several = h("label", { class: "glm-control" }, h("span", {}, "Levels"), levels);
  const el = h("div", { class: "glm-controls" });
  const update = () => {
    const { tables } = source().predictor;
    const shown = groupings(tables).filter((name) => name !== x());
    const asked = shown.find((name) => stage.get("group_effects")[name] === "several");
    arrange(el, [...controls(shown), asked === undefined ? null : several]);
    if (asked === undefined) return;
    const every = tables.variables.find(({ name }) => name === asked)!.levels;
    const before = [...levels.options].map(({ value }) => value);
    if (before.length !== every.length || before.some((value, i) => value !== every[i])) {
      levels.replaceChildren(...every.map((level) => h("option", { value: level }, level)));
    }
    const chosen = new Set(stage.get("several"));
    for (const option of levels.options) option.selected = chosen.has(option.value);
  };
  return { el, update };
}
