import type { Fan } from "../fit/fan.js";
import { hover, lit, pin } from "../state/selection.js";
import type { Stage } from "../stage.js";
import { sayApart } from "../stats/apart.js";
import { count, percent } from "../stats/format.js";
import { fanSentence } from "../stats/sentence.js";
import type { Table } from "../stats/table.js";
import { arrange, h, notes } from "../ui/dom.js";
import { keyed } from "../ui/keyed.js";
import { legend, type LegendEntry } from "../ui/legend.js";
import { plot, type Plot } from "../ui/plot.js";
import { isUnavailable, type FanView, type Fit } from "../wire.js";
import { answer, type Answer, type Picture } from "./fan/answer.js";
import { bandsOf, SHOWN, type Bands, type Show } from "./fan/bands.js";
import { fanControls } from "./fan/controls.js";
import { domainOf, steadyDomain } from "./fan/domain.js";
import { fanEntries } from "./fan/legend.js";
import { fanPainter, LAYERS, MEASURE, type FanPainter } from "./fan/picture.js";
import { fanTable } from "./fan/table.js";

/** Why there is no fan, or null. */
export function noFan({ axes }: FanView, { predictor, draws }: Fit): string | null {
  const moves = !isUnavailable(predictor) && !isUnavailable(draws) && predictor.tables.variables.some(({ grid }) => grid.data.length > 1);
  return axes.length > 0 || moves ? null : "The model has no predictor to draw lines over.";
}

/** Milliseconds without a change after which means are of all draws. */
const SETTLED = 150;

/** What changes the curves, and what they are drawn with. */
const ASKED = ["fit", "x", "axis", "by", "held", "averaged", "group_effects", "several", "scale"] as const;
const DRAWN = ["show", "interval", "points", "show_truth", "prior_fan"] as const;

/** Posterior regression lines over any predictor: the uncertainty of the model as lines that could each be true. */
export function fanTab(stage: Stage, view: () => FanView): HTMLElement {
  const heading = h("p", { class: "glm-tab-title" });
  const key = h("div");
  const captions = h("div");
  const pictures = h("div", { class: "glm-facets" });
  const domain = steadyDomain();
  const figures = new Map<string, { readonly figure: Plot; readonly painter: FanPainter }>();
  let shown = answer(stage, view(), true);
  let bands = new Map<string, Bands[]>();
  let within: readonly [number, number] = [0, 1];
  let settling: ReturnType<typeof setTimeout> | undefined;
  const controls = fanControls(stage, view, () => shown);
  const facets = keyed(stage, ({ title }: Picture) => title, (own, { title }) => facet(own, title));

  const refresh = (exact: boolean) => {
    const start = performance.now();
    shown = answer(stage, view(), exact);
    const mode = modeOf(stage);
    const prob = mode === "lines" && stage.get("interval") ? stage.get("prob") : null;
    bands = new Map(shown.pictures.map(({ title, fan }) => [title, bandsOf(fan, mode, prob)]));
    const asked = ASKED.filter((name) => name !== "held").map((name) => stage.get(name as "x"));
    const fans = shown.pictures.filter(({ apart }) => !apart).map(({ fan }) => fan);
    within = domain(JSON.stringify([stage.fit.title, ...asked.slice(1), stage.get("points"), Object.keys(stage.get("held")).length === 0]), domainOf(fans));
    heading.textContent = [view().title, shown.population && `for ${shown.population}`].filter((part) => part !== "").join(", ");
    key.replaceChildren(legend(legendOf(shown.pictures[0]!)));
    captions.replaceChildren(notes(said(stage, view(), shown)) ?? "");
    arrange(pictures, facets(shown.pictures));
    for (const { title } of shown.pictures) figures.get(title)!.figure.redraw();
    describe();
    performance.measure(`${MEASURE}-refresh`, { start });
  };
  const soon = () => {
    clearTimeout(settling);
    settling = setTimeout(() => !stage.signal.aborted && refresh(true), SETTLED);
  };
  stage.signal.addEventListener("abort", () => clearTimeout(settling));

  stage.follow([...ASKED.filter((name) => name !== "held"), ...DRAWN], () => {
    clearTimeout(settling);
    refresh(true);
    controls.update();
  });
  stage.follow(["held"], () => {
    if (Object.keys(stage.get("held")).length === 0 && settling === undefined) return;
    refresh(false);
    controls.update();
    soon();
  });
  stage.follow(["prob"], () => {
    if (modeOf(stage) === "lines" && stage.get("interval")) refresh(false);
  });
  stage.follow(["n_lines"], () => {
    for (const { painter } of figures.values()) painter.update();
    describe();
  });
  let brushed = stage.get("selection").brushed;
  stage.follow(["selection"], () => {
    if (brushed !== stage.get("selection").brushed) {
      brushed = stage.get("selection").brushed;
      refresh(false);
      controls.update();
      soon();
    } else for (const { painter } of figures.values()) painter.light();
  });
  stage.follow(["playing"], () => pictures.classList.toggle("glm-playing", stage.get("playing")));

  return h("div", {}, heading, controls.el, key, pictures, captions);

  function facet(own: Stage, title: string): HTMLElement {
    const painter = fanPainter(() => {
      const picture = pictureOf(title);
      return {
        fan: picture.fan,
        ylabel: shown.ylabel,
        domain: picture.apart ? domainOf([picture.fan]) : within,
        shown: linesOf(picture.fan),
        bands: bands.get(title) ?? [],
        faded: own.get("points") === "faded",
        lit: lineOf(picture, lit(own.get("selection"))),
        under: picture.under,
      };
    });
    const figure = plot(own, {
      layers: LAYERS,
      overlay: true,
      height: (width) => Math.min(440, Math.max(250, width * 0.56)),
      draw: painter.draw,
      saved: { name: () => (title === "" ? "fan" : `fan of ${title}`), table: () => tableOf(title), legend: () => legendOf(pictureOf(title)) },
    });
    figures.set(title, { figure, painter });
    own.signal.addEventListener("abort", () => figures.delete(title));
    point(own, figure.el, painter, () => pictureOf(title).numbers);
    return h("figure", { class: "glm-facet" }, title === "" ? "" : h("figcaption", {}, title), figure.el);
  }

  function tableOf(title: string): Table {
    const { fan, numbers } = pictureOf(title);
    const nameOf = (line: number) => (numbers[line] === undefined ? `line ${line + 1}` : `draw ${numbers[line] + 1}`);
    return fanTable(fan, { lines: linesOf(fan), nameOf, bands: bands.get(title) ?? [] });
  }

  function legendOf(picture: Picture): LegendEntry[] {
    return fanEntries(picture, modeOf(stage), bands.get(picture.title) ?? []);
  }

  function linesOf({ strata }: Fan): number {
    return modeOf(stage) === "lines" ? Math.min(strata[0]?.curves.n_lines ?? 0, stage.get("n_lines")) : 0;
  }

  function pictureOf(title: string): Picture {
    return shown.pictures.find((one) => one.title === title) ?? shown.pictures[0]!;
  }

  function describe(): void {
    const mode = modeOf(stage);
    const n = Math.min(shown.n_lines, stage.get("n_lines"));
    const what = mode === "lines" ? `${count(n)} of ${count(shown.n_lines)} posterior lines` : SHOWN[mode];
    for (const { title, fan } of shown.pictures) {
      const { ylabel, population } = shown;
      figures.get(title)?.figure.describe(fanSentence({ fan, title, ylabel, population, what }));
    }
  }
}

function modeOf(stage: Stage): Show {
  return stage.get("show") in SHOWN ? (stage.get("show") as Show) : "lines";
}

function lineOf({ numbers }: Picture, draw: number | null): number {
  return draw === null ? -1 : Array.prototype.indexOf.call(numbers, draw);
}

/** Hover, click and the arrow keys choose a line. */
function point(stage: Stage, el: HTMLElement, painter: FanPainter, numbers: () => ArrayLike<number>): void {
  const options = { signal: stage.signal };
  const select = (line: number) => {
    const draw = line < 0 ? null : (numbers()[line] ?? null);
    stage.set("selection", hover(stage.get("selection"), draw));
  };
  const under = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = el.getBoundingClientRect();
    return painter.nearest(clientX - left, clientY - top);
  };
  el.tabIndex = 0;
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", "Lines; arrow keys go from draw to draw, Enter pins one");
  el.addEventListener("pointermove", (event) => !stage.get("playing") && select(under(event)), options);
  el.addEventListener("pointerleave", () => !stage.get("playing") && select(-1), options);
  el.addEventListener("click", (event) => {
    const draw = numbers()[under(event)];
    if (draw !== undefined) stage.set("selection", pin(stage.get("selection"), draw));
  }, options);
  el.addEventListener("keydown", (event) => {
    const all = numbers();
    const at = lit(stage.get("selection"));
    const line = at === null ? -1 : Array.prototype.indexOf.call(all, at);
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step !== undefined && all.length > 0) select((line + step + all.length) % all.length);
    else if (event.key === "Enter" && at !== null) stage.set("selection", pin(stage.get("selection"), at));
    else return;
    event.preventDefault();
  }, options);
}

function said(stage: Stage, view: FanView, { said: own, pictures, n_lines }: Answer): (string | null)[] {
  const { fan } = pictures[0]!;
  const { kind, strata, points } = fan;
  const mode = modeOf(stage);
  const { data } = stage.fit.tabs;
  const jitter = isUnavailable(data) ? view.axes[0]?.jitter : data.jitter;
  const interval = `The ${percent(stage.get("prob"))} interval is equal-tailed and pointwise, from all ${count(n_lines)} lines.`;
  return [
    ...own,
    mode === "lines" && stage.get("interval") ? interval : null,
    mode === "curvewise" ? `Bands hold the stated share of whole lines, from ${count(n_lines)} lines.` : null,
    mode === "pointwise" ? `Bands hold the stated share of the lines at each point by itself, from ${count(n_lines)} lines.` : null,
    jitter && points ? "Observed 0 and 1 are moved up or down by at most 0.03 to tell them apart." : null,
    points && sayApart(fan.x, view.response, points.by),
    kind === "category" ? "Draws and points of a level are spread sideways to tell them apart." : null,
    kind === "category" && strata.length > 1 ? `Within a level from left to right: ${strata.map(({ label }) => label).join(", ")}.` : null,
    ...view.notes,
    ...(view.left_out ?? []),
  ];
}
