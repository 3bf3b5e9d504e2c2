/** The controls of the fan: what it runs over, and what it shows. */
import { hasLink } from "../../fit/fan.js";
import type { Stage } from "../../stage.js";
import { count } from "../../stats/format.js";
import { checkbox, probability, range, select } from "../../ui/controls.js";
import { arrange, h } from "../../ui/dom.js";
import { isUnavailable, type FanView } from "../../wire.js";
import { chosenAxis, chosenX, movable, type Answer } from "./answer.js";
import { SHOWN, type Show } from "./bands.js";
import { groupControls, heldControls } from "./held.js";
import { playButton } from "./play.js";
import { alongs, bys } from "./question.js";

const POINTS = { raw: "raw", faded: "faded", near: "near the held values", residuals: "partial residuals", none: "none" } as const;

/** Choices of a drop-down by their names in the state. */
function choice<K extends string>(stage: Stage, label: string, trait: "show" | "scale" | "points" | "prior_fan", names: () => Readonly<Record<K, string>>) {
  const keys = () => Object.keys(names()) as K[];
  const list = select(stage, label, (at) => stage.set(trait, keys()[at]!));
  const show = () => list.show(Object.values(names()), Math.max(0, keys().indexOf(stage.get(trait) as K)));
  return { el: list.el, show };
}

/** All controls; `update` arranges those that the fit of the moment has a use for. */
export function fanControls(stage: Stage, view: () => FanView, now: () => Answer): { readonly el: HTMLElement; readonly update: () => void } {
  const xSelect = select(stage, "x variable", (at) => {
    const source = movable(stage);
    const axis = view().axes[at];
    stage.set("axis", axis?.label ?? "");
    stage.set("x", source === null ? axis!.x : alongs(source.predictor.tables)[at]!.name);
  });
  const lines = range(stage, {
    label: "Fan lines",
    min: 0,
    max: () => now().n_lines,
    step: 1,
    say: (n) => `${count(n)} of ${count(now().n_lines)} lines`,
    move: (n) => stage.set("n_lines", n),
  });
  const show = choice<Show>(stage, "Show", "show", () => shownOf(movable(stage) !== null));
  const interval = checkbox(stage, "Interval", (on) => stage.set("interval", on));
  const prob = probability(stage);
  const play = playButton(stage, () => now().pictures[0]!.numbers);
  const bySelect = select(stage, "By", (at) => {
    const source = movable(stage)!;
    stage.set("by", at === 0 ? "" : bys(source.predictor.tables, chosenX(stage, source))[at - 1]!.name);
  });
  const average = select(stage, "Others", (at) => stage.set("averaged", at === 1));
  const scale = choice(stage, "Scale", "scale", () => ({ response: "response", link: "link" }));
  const points = choice(stage, "Points", "points", () => POINTS);
  const prior = choice(stage, "Prior", "prior_fan", () => ({ none: "none", beside: "beside", under: "under" }));
  const truth = checkbox(stage, "Show truth", (on) => stage.set("show_truth", on));
  const options = {
    source: () => movable(stage)!,
    x: () => chosenX(stage, movable(stage)!),
    by: () => stage.get("by"),
  };
  const groups = groupControls(stage, options);
  const held = heldControls(stage, options);
  const first = h("div", { class: "glm-controls" });
  const second = h("div", { class: "glm-controls" });
  const el = h("div", {}, first, second, groups.el, held.el);

  const showLines = () => lines.show(Math.min(now().n_lines, stage.get("n_lines")));
  const update = () => {
    const source = movable(stage);
    const shown = (stage.get("show") in SHOWN ? stage.get("show") : "lines") as Show;
    const tables = source?.predictor.tables ?? null;
    const x = source === null ? null : chosenX(stage, source);
    const labels = tables === null ? view().axes.map(({ label }) => label) : alongs(tables).map(({ name }) => name);
    const at = x === null ? view().axes.indexOf(chosenAxis(view().axes, stage.get("x"), stage.get("axis"))) : labels.indexOf(x);
    const others = tables === null || x === null ? [] : bys(tables, x);
    arrange(first, [
      labels.length > 1 ? xSelect.el : null,
      show.el,
      shown === "lines" ? lines.el : null,
      shown === "lines" ? play : null,
      shown === "lines" ? interval.el : null,
      prob,
    ]);
    arrange(second, [
      others.length > 0 ? bySelect.el : null,
      tables !== null && tables.variables.length > 1 ? average.el : null,
      tables !== null && hasLink(tables) ? scale.el : null,
      points.el,
      isUnavailable(stage.fit.prior) ? null : prior.el,
      hasTruth(stage, view()) ? truth.el : null,
    ]);
    showLines();
    xSelect.show(labels, at);
    show.show();
    interval.show(stage.get("interval"));
    prob.hidden = shown !== "lines" || !stage.get("interval");
    bySelect.show(["none", ...others.map(({ name }) => name)], 1 + others.findIndex(({ name }) => name === stage.get("by")));
    average.show(["at these values", "averaged over the data"], stage.get("averaged") ? 1 : 0);
    scale.show();
    points.show();
    prior.show();
    truth.show(stage.get("show_truth"));
    groups.el.hidden = held.el.hidden = source === null;
    if (source === null) return;
    groups.update();
    held.el.hidden = stage.get("averaged");
    held.update();
  };
  stage.follow(["n_lines"], showLines);
  return { el, update };
}

function hasTruth({ fit }: Stage, view: FanView): boolean {
  const known = !isUnavailable(fit.draws) && fit.draws.columns.some(({ truth }) => truth !== null);
  return known || view.axes.some(({ strata }) => strata.some(({ truth }) => truth !== null));
}

/** A fan whose curves Python made has no new observations. */
function shownOf(moves: boolean): Partial<typeof SHOWN> & typeof SHOWN {
  const { new: fresh, ...others } = SHOWN;
  return (moves ? { ...others, new: fresh } : others) as typeof SHOWN;
}
