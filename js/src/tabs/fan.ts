import type { Stage } from "../stage.js";
import { count, percent } from "../stats/format.js";
import { fan as fanSentence } from "../stats/sentence.js";
import { checkbox, probability, range, select } from "../ui/controls.js";
import { h, notes } from "../ui/dom.js";
import { perFrame } from "../ui/frame.js";
import { legend } from "../ui/legend.js";
import { plot } from "../ui/plot.js";
import type { FanAxis, FanView } from "../wire.js";
import { fanEntries, fanPainter, type FanPicture } from "./fan-picture.js";

/** Posterior regression lines over any axis: the uncertainty of the model as lines that could each be true. */
export function fanTab(stage: Stage, view: FanView): HTMLElement {
  const first = view.axes[0];
  if (!first) return h("p", { class: "glm-unavailable" }, "The model has no predictor to draw lines over.");
  let axis: FanAxis = first;
  let interval = false;

  const heading = h("p", { class: "glm-tab-title" });
  const key = h("div");
  const captions = h("div");
  const painter = fanPainter(picture);
  const figure = plot(stage, { layers: 2, height: (width) => Math.min(440, Math.max(250, width * 0.56)), draw: painter.draw });

  const axisSelect = select(stage, "x variable", view.axes.map(({ label }) => label), (i) => {
    axis = view.axes[i]!;
    refresh();
    stage.set("x", axis.x);
  });
  const slider = range(stage, {
    label: "Fan lines",
    min: 0,
    max: view.n_draws,
    step: 1,
    say: (n) => `${count(n)} of ${count(view.n_draws)} lines`,
    move: (n) => stage.set("n_lines", n),
  });
  const probabilityControl = probability(stage);
  const intervalBox = checkbox(stage, "Interval", (on) => {
    interval = on;
    refresh();
  });

  const describe = () => figure.describe(fanSentence(view, axis, shownLines()));
  const update = perFrame(stage.signal, () => {
    painter.update();
    describe();
  });
  stage.follow("x", (x) => {
    if (axis.x !== x) axis = view.axes.find(({ label }) => label === x) ?? view.axes.find((a) => a.x === x) ?? axis;
    refresh();
  });
  stage.follow("n_lines", () => {
    slider.show(shownLines());
    update();
  });
  stage.follow("prob", perFrame(stage.signal, () => interval && refresh()));

  return h(
    "div",
    {},
    heading,
    h("div", { class: "glm-controls" }, view.axes.length > 1 ? axisSelect.el : null, slider.el, intervalBox, probabilityControl),
    key,
    figure.el,
    captions,
  );

  function shownLines(): number {
    return Math.min(view.n_draws, Math.round(stage.get("n_lines")));
  }

  function picture(): FanPicture {
    return { view, axis, shown: shownLines(), prob: interval ? stage.get("prob") : null };
  }

  function refresh(): void {
    axisSelect.show(view.axes.indexOf(axis));
    probabilityControl.hidden = !interval;
    heading.textContent = axis.population ? `${view.title}, for ${axis.population}` : view.title;
    key.replaceChildren(legend(fanEntries(picture())));
    captions.replaceChildren(notes(said()) ?? "");
    describe();
    figure.redraw();
  }

  function said(): (string | null)[] {
    const held = axis.held.map(({ name, value }) => `${name} = ${value}`).join(", ");
    const strata = axis.strata.map(({ label }) => label).join(", ");
    const pointwise = `The ${percent(stage.get("prob"))} interval is equal-tailed and pointwise, from all ${count(view.n_draws)} lines.`;
    return [
      held === "" ? null : `held: ${held}`,
      interval ? pointwise : null,
      axis.jitter && axis.points ? "Observed 0 and 1 are moved up or down by at most 0.03 to tell them apart." : null,
      axis.kind === "category" ? "Draws and points of a level are spread sideways to tell them apart." : null,
      axis.kind === "category" && axis.strata.length > 1 ? `Within a level from left to right: ${strata}.` : null,
      axis.note,
      ...view.notes,
      ...(view.left_out ?? []),
    ];
  }
}
