import type { Stage } from "../stage.js";
import { count, percent } from "../stats/format.js";
import { fan as fanSentence } from "../stats/sentence.js";
import { checkbox, probability, range, select } from "../ui/controls.js";
import { arrange, h, notes } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { plot } from "../ui/plot.js";
import type { FanAxis, FanView } from "../wire.js";
import { fanEntries, fanPainter, type FanPicture } from "./fan-picture.js";

/** Why there is no fan, or null. */
export function noFan({ axes }: FanView): string | null {
  return axes.length > 0 ? null : "The model has no predictor to draw lines over.";
}

/** Posterior regression lines over any axis: the uncertainty of the model as lines that could each be true. */
export function fanTab(stage: Stage, view: () => FanView): HTMLElement {
  const heading = h("p", { class: "glm-tab-title" });
  const key = h("div");
  const captions = h("div");
  const painter = fanPainter(picture);
  const figure = plot(stage, { layers: 2, height: (width) => Math.min(440, Math.max(250, width * 0.56)), draw: painter.draw });

  const axisSelect = select(stage, "x variable", (i) => {
    const { label, x } = view().axes[i]!;
    stage.set("axis", label);
    stage.set("x", x);
  });
  const slider = range(stage, {
    label: "Fan lines",
    min: 0,
    max: () => view().n_draws,
    step: 1,
    say: (n) => `${count(n)} of ${count(view().n_draws)} lines`,
    move: (n) => stage.set("n_lines", n),
  });
  const probabilityControl = probability(stage);
  const intervalBox = checkbox(stage, "Interval", (on) => stage.set("interval", on));
  const controls = h("div", { class: "glm-controls" });

  const describe = () => figure.describe(fanSentence(view(), axis(), shownLines()));
  stage.follow(["fit", "x", "axis", "interval"], refresh);
  stage.follow(["fit", "n_lines"], () => {
    slider.show(shownLines());
    painter.update();
    describe();
  });
  stage.follow(["prob"], () => {
    if (stage.get("interval")) refresh();
  });

  return h("div", {}, heading, controls, key, figure.el, captions);

  function shownLines(): number {
    return Math.min(view().n_draws, stage.get("n_lines"));
  }

  function axis(): FanAxis {
    return chosenAxis(view().axes, stage.get("x"), stage.get("axis"));
  }

  function picture(): FanPicture {
    return { view: view(), axis: axis(), shown: shownLines(), prob: stage.get("interval") ? stage.get("prob") : null };
  }

  function refresh(): void {
    const { axes, title } = view();
    const { population } = axis();
    arrange(controls, [axes.length > 1 ? axisSelect.el : null, slider.el, intervalBox.el, probabilityControl]);
    axisSelect.show(axes.map(({ label }) => label), axes.indexOf(axis()));
    intervalBox.show(stage.get("interval"));
    probabilityControl.hidden = !stage.get("interval");
    heading.textContent = population ? `${title}, for ${population}` : title;
    key.replaceChildren(legend(fanEntries(picture())));
    captions.replaceChildren(notes(said()) ?? "");
    describe();
    figure.redraw();
  }

  function said(): (string | null)[] {
    const { kind, jitter, points, note, ...shown } = axis();
    const held = shown.held.map(({ name, value }) => `${name} = ${value}`).join(", ");
    const strata = shown.strata.map(({ label }) => label).join(", ");
    const pointwise = `The ${percent(stage.get("prob"))} interval is equal-tailed and pointwise, from all ${count(view().n_draws)} lines.`;
    return [
      held === "" ? null : `held: ${held}`,
      stage.get("interval") ? pointwise : null,
      jitter && points ? "Observed 0 and 1 are moved up or down by at most 0.03 to tell them apart." : null,
      kind === "category" ? "Draws and points of a level are spread sideways to tell them apart." : null,
      kind === "category" && shown.strata.length > 1 ? `Within a level from left to right: ${strata}.` : null,
      note,
      ...view().notes,
      ...(view().left_out ?? []),
    ];
  }
}

/** The axis of that label where it is over x, and else the plain one over x; where there is none, the label's own or the first. */
export function chosenAxis(axes: readonly FanAxis[], x: string, label: string): FanAxis {
  const labelled = axes.find((axis) => axis.label === label);
  if (labelled?.x === x) return labelled;
  return axes.find((axis) => axis.label === x) ?? axes.find((axis) => axis.x === x) ?? labelled ?? axes[0]!;
}
