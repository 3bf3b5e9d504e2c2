/** The controls of the fan: what it runs over, and what it shows. */
import { hasLink } from "../../fit/fan.js";
import type { Stage } from "../../stage.js";
import { count } from "../../stats/format.js";
import { choice, toggle } from "../../ui/bound.js";
import { probability, range, select } from "../../ui/controls.js";
import { arrange, h } from "../../ui/dom.js";
import { controlRow, offer } from "../../ui/scene.js";
import { isUnavailable, type FanView } from "../../wire.js";
import { chosenAxis, chosenX, movable, pointKinds, type Answer } from "./answer.js";
import { showOf, SHOWN } from "./bands.js";
import { groupControls, heldControls } from "./held.js";
import { playButton } from "./play.js";
import { alongs, bys } from "./question.js";

/** All controls; `update` arranges those that the fit of the moment has a use for. */
export function fanControls(stage: Stage, view: () => FanView, now: () => Answer): { readonly el: HTMLElement; readonly update: () => void } {
  const xs = () => alongs(movable(stage.fit)!.predictor.tables).map(({ name }) => name);
  const others = () => {
    const source = movable(stage.fit);
    return source ? bys(source.predictor.tables, chosenX(stage, source)).map(({ name }) => name) : [];
  };
  const x = select(stage, "x variable", (at) => {
    const axis = view().axes[at];
    stage.set("axis", axis?.label ?? "");
    stage.set("x", movable(stage.fit) ? xs()[at]! : axis!.x);
  });
  const lines = range(stage, {
    label: "Fan lines",
    min: 0,
    max: () => now().n_lines,
    step: 1,
    say: (n) => `${count(n)} of ${count(now().n_lines)} lines`,
    move: (n) => stage.set("n_lines", n),
  });
  // A fan whose curves Python made has no new observations.
  const shows = () => Object.keys(SHOWN).filter((name) => name !== "new" || movable(stage.fit));
  const show = choice(stage, "Show", "show", shows, SHOWN);
  const interval = toggle(stage, "Interval", "interval");
  const prob = probability(stage);
  const play = playButton(stage, () => now().pictures[0]!.numbers);
  const by = choice(stage, "By", "by", () => ["", ...others()], { "": "none" }, ["fit", "x"]);
  const average = choice(stage, "Others", "averaged", () => [false, true], { false: "at these values", true: "averaged over the data" });
  const scale = choice(stage, "Scale", "scale", () => ["response", "link"]);
  const kinds = () => pointKinds(stage, view());
  const points = choice(stage, "Points", "points", kinds, {
    near: "near the held values",
    residuals: "partial residuals",
  }, ["fit", "averaged"]);
  const prior = choice(stage, "Prior", "prior_fan", () => ["none", "beside", "under"]);
  const truth = toggle(stage, "Show truth", "show_truth");
  const [groups, held] = [groupControls(stage), heldControls(stage)];
  const [first, second, el] = [controlRow(), controlRow(), h("div")];

  const showLines = () => lines.show(Math.min(now().n_lines, stage.get("n_lines")));
  const update = () => {
    const source = movable(stage.fit);
    const tables = source && source.predictor.tables;
    const { axes } = view();
    const labels = source ? xs() : axes.map(({ label }) => label);
    const along = source ? chosenX(stage, source) : chosenAxis(axes, stage.get("x"), stage.get("axis")).label;
    x.show(labels, labels.indexOf(along));
    showLines();
    const areLines = showOf(stage) === "lines";
    offer(first, labels.length > 1 && x.el, show, ...(areLines ? [lines.el, play, interval] : []), prob);
    prob.hidden = !areLines || !stage.get("interval");
    offer(
      second,
      others().length > 0 && by,
      tables !== null && tables.variables.length > tables.exposure.length + 1 && average,
      tables !== null && hasLink(tables) && scale,
      kinds().length > 0 && points,
      !isUnavailable(stage.fit.prior) && prior,
      hasTruth(stage, view()) && truth,
    );
    arrange(el, [first, second, source && groups.el, source && !stage.get("averaged") ? held.el : null]);
    groups.update(tables, along);
    held.update(tables, along);
  };
  stage.follow(["n_lines"], showLines);
  return { el, update };
}

function hasTruth({ fit: { draws } }: Stage, { axes }: FanView): boolean {
  const known = !isUnavailable(draws) && draws.columns.some(({ truth }) => truth !== null);
  return known || axes.some(({ strata }) => strata.some(({ truth }) => truth));
}
