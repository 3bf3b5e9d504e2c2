import type { Stage } from "../stage.js";
import { sayApart } from "../stats/apart.js";
import { count, percent } from "../stats/format.js";
import { fanSentence } from "../stats/sentence.js";
import { arrange, h } from "../ui/dom.js";
import { keyed } from "../ui/keyed.js";
import { pointing, stepping } from "../ui/pick.js";
import type { LegendEntry } from "../ui/legend.js";
import { plot, type Plot } from "../ui/plot.js";
import { scene, type Sentence } from "../ui/scene.js";
import { isUnavailable, type FanView, type Fit } from "../wire.js";
import { numeric, sayBinary, saySpread } from "./columns.js";
import { answer, movable, ofRows, rebanded, type Answer, type Picture } from "./fan/answer.js";
import { linesOf, showOf, SHOWN, type Show } from "./fan/bands.js";
import { fanControls } from "./fan/controls.js";
import { domainOf, steadyDomain } from "./fan/domain.js";
import { fanEntries } from "./fan/legend.js";
import { fanPainter, LAYERS, type FanPainter } from "./fan/picture.js";
import { fanTable } from "./fan/table.js";
import { brushOf } from "./selection.js";

/** Why there is no fan, or null. */
export const noFan = ({ axes }: FanView, fit: Fit): string | null =>
  axes.length > 0 || movable(fit) ? null : "The model has no predictor to draw lines over.";

/** Milliseconds without a change after which the fan is whole again. */
const SETTLED = 150;

/** Milliseconds from a picture to the next frame, above which it took longer than a frame. */
const LATE = 22;

/** What changes the curves besides the fit and the held values, and what they are drawn with. */
const ASKED = ["x", "axis", "by", "averaged", "group_effects", "several", "scale"] as const;
const DRAWN = ["show", "interval", "points", "show_truth", "prior_fan"] as const;

/** By the key that is pressed: a line further, or back. */
const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/** Posterior regression lines over any predictor: the uncertainty of the model as lines that could each be true. */
export function fanTab(stage: Stage, view: () => FanView): HTMLElement {
  const heading = h("p", { class: "glm-tab-title" });
  const pictures = h("div", { class: "glm-facets" });
  const domain = steadyDomain();
  const figures = new Map<string, { readonly figure: Plot; readonly painter: FanPainter }>();
  let shown = answer(stage, view(), false);
  let within: readonly [number, number];
  /** What changes the curves or their interval in every frame while a slider is dragged. */
  const underHand = () => [stage.get("held"), brushOf(stage), showOf(stage) === "lines" && stage.get("interval") && stage.get("prob")];
  let before: readonly unknown[];
  let settling: ReturnType<typeof setTimeout> | undefined;
  let moves = false;
  /** Whether a picture of this movement took longer than a frame: another movement may be quick again. */
  let isSlow = false;
  const controls = fanControls(stage, view, () => shown);
  const entries = (picture: Picture) => fanEntries(picture, showOf(stage));
  const place = scene(pictures, heading, controls.el);
  const facets = keyed(stage, ({ title }: Picture) => title, facet);

  const refresh = (moving: boolean) => {
    clearTimeout(settling);
    before = underHand();
    moves = moving;
    isSlow &&= moving;
    shown = answer(stage, view(), moving);
    const { population } = shown;
    const isHeld = Object.keys(stage.get("held")).length > 0;
    const key = JSON.stringify([stage.fit.title, ASKED.map(stage.get), stage.get("points"), showOf(stage), isHeld]);
    within = domain(key, domainOf(shown.pictures.flatMap(({ isPrior, fan }) => (isPrior ? [] : [fan]))));
    heading.textContent = view().title + (population && `, for ${population}`);
    arrange(pictures, facets(shown.pictures));
    redraw();
    controls.update();
  };
  const redraw = () => {
    const [first, prior] = [shown.pictures[0]!, shown.pictures.at(-1)!].map(entries) as [LegendEntry[], LegendEntry[]];
    place.legend([...first, ...prior.filter(({ name }) => first.every((one) => one.name !== name))]);
    place.notes(said(stage, view(), shown));
    for (const { title } of shown.pictures) figures.get(title)!.figure.redraw();
    describe();
  };
  /** There are all lines, and means of all draws, once nothing has changed for a moment. */
  const quickly = () => {
    const began = performance.now();
    refresh(true);
    requestAnimationFrame((now) => (isSlow ||= now - began > LATE));
    settling = setTimeout(() => refresh(false), SETTLED);
  };
  stage.signal.addEventListener("abort", () => clearTimeout(settling));

  // A posterior that is only weighted comes in every frame while a prior is dragged.
  stage.follow(["fit", "ghost", ...ASKED, ...DRAWN], () => (stage.refit.kind === "reweighted" && stage.refit.alone === "" ? quickly() : refresh(false)));
  stage.follow(["held", "prob", "selection"], () => {
    const [held, brushed, prob] = underHand();
    if (held !== before[0] || brushed !== before[1]) quickly();
    else if (prob !== before[2]) {
      before = underHand();
      shown = rebanded(stage, shown);
      redraw();
    } else figures.forEach(({ painter }) => painter.light());
  });
  stage.follow(["n_lines"], () => {
    figures.forEach(({ painter }) => painter.update());
    describe();
  });
  stage.follow(["playing"], () => pictures.classList.toggle("glm-playing", stage.get("playing")));
  return place.el;

  function facet(own: Stage, { title, isPrior }: Picture): HTMLElement {
    const picture = () => shown.pictures.find((one) => one.title === title)!;
    const painter = fanPainter(own, picture, () => numeric(picture().isPrior ? domainOf([picture().fan]) : within, shown.ylabel));
    const figure = plot(own, {
      layers: LAYERS,
      overlay: true,
      coarse: () => moves && isSlow,
      height: (width) => Math.min(440, Math.max(250, width * 0.56)),
      draw: painter.draw,
      saved: {
        name: () => (title === "" ? "fan" : `fan of ${title}`),
        table() {
          const { fan, numbers, bands } = picture();
          const nameOf = (line: number) => (numbers[line] === undefined ? `line ${line + 1}` : `draw ${numbers[line] + 1}`);
          return fanTable(fan, { lines: linesOf(stage, fan), nameOf, bands });
        },
        legend: () => entries(picture()),
      },
    });
    figures.set(title, { figure, painter });
    own.signal.addEventListener("abort", () => figures.delete(title));
    if (!isPrior) choosing(own, figure.el, title, painter, () => picture().numbers);
    return h("figure", { class: "glm-facet" }, title === "" ? "" : h("figcaption", {}, title), figure.el);
  }

  function describe(): void {
    const show = showOf(stage);
    const { n_lines, ylabel, population } = shown;
    for (const { title, fan, bands, isPrior } of shown.pictures) {
      const of = isPrior ? "prior" : "posterior";
      const n = isPrior ? fan.strata[0]!.curves.n_lines : n_lines;
      const lines = `${count(Math.min(n, stage.get("n_lines")))} of ${count(n)} ${of} lines`;
      const what = show === "lines" ? lines : bands[0]!.median ? SHOWN[show] : `${of} mean`;
      figures.get(title)!.figure.describe(fanSentence({ fan, title, ylabel, population, what, bands }));
    }
  }
}

/** Hover, click and the arrow keys choose a line; the keys reach as many as the slider of lines says. */
function choosing(stage: Stage, el: HTMLElement, title: string, { nearest }: FanPainter, numbers: () => readonly number[]): void {
  el.tabIndex = 0;
  pointing(stage, el, nearest);
  stepping(stage, el, `Lines${title && ` of ${title}`}`, "Arrows step through the draws of the lines, Enter pins one.", (key, from) => {
    const among = numbers().slice(0, stage.get("n_lines"));
    const [step, at] = [STEPS[key], among.indexOf(from!)];
    return step === undefined || among.length === 0 ? undefined : among[at < 0 ? 0 : (at + step + among.length) % among.length]!;
  });
}

function said(stage: Stage, view: FanView, { said: own, pictures, n_lines }: Answer): Sentence[] {
  const { fan: { x, kind, strata, points }, bands } = pictures[0]!;
  const show = showOf(stage);
  const { data } = stage.fit.tabs;
  const jitter = isUnavailable(data) ? view.axes[0]?.jitter : data.jitter;
  const from = `from ${count(n_lines)} lines.`;
  const of: Readonly<Record<Show, Sentence>> = {
    lines: null,
    curvewise: `whole lines, ${from}`,
    pointwise: `the lines at each point by itself, ${from}`,
    new: bands[0]!.median && "new observations, simulated once for each draw, at each point by itself.",
  };
  const share = of[show];
  const drawn = isUnavailable(data) ? null : ofRows(stage, points?.name ? points.x.length : data.n_shown);
  const isCategory = kind === "category";
  return [
    ...own,
    share && `Bands hold the stated share of ${share}`,
    show === "lines" && stage.get("interval") && `The ${percent(stage.get("prob"))} interval is equal-tailed and pointwise, ${from}`,
    points && drawn && `Points are of ${drawn}.`,
    jitter && points && !points.name && sayBinary(view.response),
    points && sayApart(x, view.response, points.by),
    isCategory && saySpread("sideways"),
    isCategory && strata.length > 1 && `Within a level from left to right: ${strata.map(({ label }) => label).join(", ")}.`,
    ...view.notes,
    ...(view.left_out ?? []),
  ];
}
