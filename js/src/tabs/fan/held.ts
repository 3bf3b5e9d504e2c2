/** Controls of the predictors that are held while the fan runs along another one. */
import { standing, valueAt } from "../../fit/fan.js";
import { groupingNames, isOnlyGrouping, variable } from "../../fit/points.js";
import type { Stage } from "../../stage.js";
import { menu } from "../../ui/bound.js";
import { range } from "../../ui/controls.js";
import { h } from "../../ui/dom.js";
import { keyed } from "../../ui/keyed.js";
import { button, on } from "../../ui/listen.js";
import { renew } from "../../ui/renew.js";
import { controlRow, offer } from "../../ui/scene.js";
import type { Predictor, PredictorTables, Variable } from "../../wire.js";
import { chosenX, movable } from "./answer.js";
import { chosenGroups, movingOf, nearestTo, positionOf } from "./question.js";

/** Controls that are there at once; more are unfolded on request. */
const AT_ONCE = 8;

/** Controls of the variables of a predictor but that of the axis; where there is no predictor they end. */
export interface Controls {
  readonly el: HTMLElement;
  readonly update: (tables: PredictorTables | null, x: string) => void;
}

const tablesOf = ({ fit }: Stage): PredictorTables => (fit.predictor as Predictor).tables;

/** A control for every predictor but those that the picture runs over, and a button that takes all of them back. */
export function heldControls(stage: Stage): Controls {
  const controls = keyed(stage, kindOf, control);
  const [list, rest] = [controlRow(), controlRow()];
  const summary = h("summary", {});
  const more = h("details", { class: "glm-fold" }, summary, rest);
  const reset = button(stage, "Reset", () => stage.set("held", {}));
  const fixed = h("p", { class: "glm-held-fixed" });
  const el = h("div", { class: "glm-held", role: "group", "aria-label": "Held values" }, list, more, fixed);
  let known: readonly [PredictorTables | null, string] = [null, ""];
  const update = (tables: PredictorTables | null, x: string) => {
    known = [tables, x];
    if (!tables) return void controls([]);
    const isUsed = ({ name }: Variable) => {
      const matters = !isOnlyGrouping(tables, name) || stage.get("group_effects")[name] === "one";
      return matters && name !== x && name !== stage.get("by");
    };
    const moving = movingOf(tables).filter(isUsed);
    const elements = controls(more.open ? moving : moving.slice(0, AT_ONCE));
    offer(list, ...elements.slice(0, AT_ONCE), moving.length > 0 && reset);
    offer(rest, ...elements.slice(AT_ONCE));
    more.hidden = moving.length <= AT_ONCE;
    summary.textContent = `${moving.length - AT_ONCE} more held values`;
    const still = tables.variables.filter((one) => tables.exposure.includes(one.name) || (one.reason !== "" && isUsed(one)));
    fixed.textContent = still.slice(0, AT_ONCE).map((one) => one.name + (one.reason ? ` cannot be moved: ${one.reason}.` : ` is the exposure: lines and new observations are of ${standing(one, one.start)}.`)).join(" ");
    fixed.hidden = still.length === 0;
    reset.disabled = Object.keys(stage.get("held")).length === 0;
  };
  on(stage, more, "toggle", () => update(...known));
  return { el, update };
}

function control(stage: Stage, { name, levels }: Variable): HTMLElement {
  const label = `${name} held at`;
  const one = () => variable(tablesOf(stage), name);
  const position = () => positionOf(one(), stage.get("held"));
  const hold = (value: number | string) => stage.set("held", { ...stage.get("held"), [name]: value });
  if (levels.length > 0) {
    return menu(stage, label, ["fit", "held"], () => one().levels, () => one().levels[position()]!, hold);
  }
  const { el, show } = range(stage, {
    label,
    min: 0,
    max: () => stopsOf(one()).length - 1,
    step: 1,
    say: (at) => valueAt(one(), stopsOf(one())[at] ?? one().start),
    move: (at) => hold(one().grid.data[stopsOf(one())[at]!]!),
  });
  stage.follow(["fit", "held"], () => show(nearestTo(position(), stopsOf(one()))));
  return el;
}

/** A variable that becomes a factor in the next fit has another control. */
const kindOf = ({ name, levels }: Variable): string => `${levels.length > 0} ${name}`;

/** Positions at which a slider can stand. */
const stopsOf = ({ stops, grid }: Variable): ArrayLike<number> => (stops.data.length > 0 ? stops.data : [...grid.data.keys()]);

const EFFECTS = { population: "population", one: "one level", several: "several levels", new: "a new level" };

/** For whom the fan is: a choice for each grouping factor, and its levels where several have a picture each. */
export function groupControls(stage: Stage): Controls {
  const controls = keyed(stage, String, (own, name: string) => {
    const label = groupingNames(tablesOf(stage)).length > 1 ? `Group-specific effects of ${name}` : "Group-specific effects";
    const choose = (chosen: string) => {
      const { [name]: _, ...others } = own.get("group_effects");
      own.set("group_effects", chosen === "population" ? others : { ...others, [name]: chosen });
    };
    const effects = () => {
      const [several = name] = chosenGroups(own, tablesOf(own), chosenX(own, movable(own.fit)!), "several");
      return Object.keys(EFFECTS).filter((effect) => effect !== "several" || several === name);
    };
    return menu(own, label, ["fit", "group_effects", "x"], effects, () => String(own.get("group_effects")[name]), choose, EFFECTS);
  });
  const levels = h("select", { multiple: "", size: 4, "aria-label": "Levels" });
  on(stage, levels, "change", () => stage.set("several", [...levels.selectedOptions].map(({ value }) => value)));
  const several = h("label", { class: "glm-control" }, h("span", {}, "Levels"), levels);
  const el = controlRow();
  const update = (tables: PredictorTables | null, x: string) => {
    const names = tables ? groupingNames(tables).filter((name) => name !== x) : [];
    const asked = names.find((name) => stage.get("group_effects")[name] === "several");
    offer(el, ...controls(names), asked !== undefined && several);
    if (!tables || asked === undefined) return;
    renew(levels, variable(tables, asked).levels.map((level) => h("option", { value: level }, level)));
    for (const option of levels.options) option.selected = stage.get("several").includes(option.value);
  };
  return { el, update };
}
