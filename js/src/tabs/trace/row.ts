import { column, isDivergent, nextDraw, placeOfDraw, remaining } from "../../fit/draws.js";
import { densitiesOf, kept, keptDensity } from "../../fit/marginals.js";
import type { Scales } from "../../marks/axes.js";
import { clear, lit as litMark } from "../../marks/lit.js";
import type { Stage } from "../../stage.js";
import { lit } from "../../state/selection.js";
import { extent } from "../../stats/extent.js";
import { brief, plural } from "../../stats/format.js";
import { sampleInterval, tabledInterval, type Interval } from "../../stats/interval.js";
import { moments } from "../../stats/moments.js";
import { posterior } from "../../stats/sentence.js";
import { brushing, dragging, type Brushable } from "../../ui/brush.js";
import { h } from "../../ui/dom.js";
import type { LegendEntry } from "../../ui/legend.js";
import { isOnPaper } from "../../ui/paper.js";
import { pointing, stepping } from "../../ui/pick.js";
import { plot, type Plot, type Surface } from "../../ui/plot.js";
import type { Sight } from "../../ui/sight.js";
import { isUnavailable, type Draws, type TraceRow, type TraceView } from "../../wire.js";
import { nearestOf } from "./chains.js";
import { drawDensity, LAYOUTS } from "./density.js";
import { diagnosticOf, TRACE } from "./diagnostics.js";
import { densityTable } from "./table.js";

const HEIGHT = 124;
const KEYS =
  "Left and right arrows step through draws, Enter pins one. Shift with left or right moves the lower end of the brush, " +
  "with down or up its upper end. Up and down go to other parameters.";

/** What a plot was last drawn on, for what is drawn over it. */
type On = { readonly surface: Surface; readonly scales: Scales } | null;

/** What the rows share. */
export interface Around {
  readonly sightOf: (part: Stage, el: Element) => Sight;
  readonly entries: () => readonly LegendEntry[];
}

/** A parameter: its densities, and a diagnostic of its chains. Both are drawn when the row is first in sight. */
export function rowElement(stage: Stage, view: () => TraceView, label: string, { sightOf, entries }: Around): HTMLElement {
  const told = h("span", { class: "glm-result" });
  const plots = h("div", {
    class: "glm-trace-plots",
    role: "application",
    tabindex: -1,
    "aria-label": `Draws of ${label}`,
    "aria-description": KEYS,
  });
  const head = h("div", { class: "glm-trace-head" }, h("span", { class: "glm-parameter" }, label), told);
  const el = h("section", { class: "glm-trace-row" }, head, plots);
  const sight = sightOf(stage, el);
  const diagnostic = () => diagnosticOf(stage.get("diagnostic"));
  const savedLeft = { name: () => `densities of ${label}`, table: () => densityTable(label, densitiesOf(draws(), row), keptLeft()), legend: entries };
  const savedRight = { name: () => `${diagnostic().name} of ${label}`, table: () => diagnostic().table(draws(), label), legend: entries };
  let row = rowOf(view(), label);
  let pictures: { readonly left: Plot; readonly right: Plot } | null = null;
  let [onLeft, onRight] = [null as On, null as On];

  plots.append(...Array.from({ length: 2 }, () => h("div", { class: "glm-plot glm-later" }))); // as high as what takes their place
  sight.soon(build);
  stage.theme.follow(stage.signal, () => {
    if (pictures === null && isOnPaper(el)) build(); // nothing that waits to be seen is printed
  });

  stage.follow(["fit"], () => (row = rowOf(view(), label)));
  stage.follow(["fit", "prob", "show_truth"], tell);
  stage.follow(["fit", "prob", "density", "show_truth"], () => pictures?.left.redraw());
  stage.follow(["fit", "diagnostic"], () => pictures?.right.redraw());
  let brushed = stage.get("selection").brushed;
  stage.follow(["selection"], () => {
    const now = stage.get("selection").brushed;
    if (now !== brushed) {
      tell();
      pictures?.left.redraw();
    }
    brushed = now;
    sight.now(light);
  });
  stepping(stage, plots, step);
  brushing(stage, plots, brushable);
  return el;

  function draws(): Draws {
    return stage.fit.draws as Draws; // a fit without draws has no rows either
  }

  function build(): void {
    const left = plot(stage, { layers: 2, overlay: true, when: sight.soon, height: () => HEIGHT, draw: drawLeft, saved: savedLeft });
    const right = plot(stage, { layers: 2, overlay: true, when: sight.soon, height: () => HEIGHT, draw: drawRight, saved: savedRight });
    pictures = { left, right };
    plots.replaceChildren(left.el, right.el);
    say();
    left.redraw();
    right.redraw();
    sight.left(() => {
      onLeft = onRight = null;
      for (const picture of [left, right]) {
        picture.release();
        picture.redraw(); // once it is in sight again
      }
    });
    left.el.classList.add("glm-brushable");
    dragging(stage, left.el, brushable, (px) => onLeft?.scales.x.invert(px) ?? null);
    pointing(stage, right.el, (x, y) => (onRight === null || !isTrace() ? null : nearestOf(draws(), label, onRight.scales, x, y)));
  }

  function keptLeft(): ArrayLike<number> | null {
    const { brushed: brush } = stage.get("selection");
    return brush === null || brush.label === label ? null : keptDensity(draws(), row, brush);
  }

  function isTrace(): boolean {
    return diagnostic() === TRACE;
  }

  function truth(): number | null {
    return stage.get("show_truth") ? row.truth : null;
  }

  /** Mean and interval of all draws, as the summary has them, or of those that a brush keeps. */
  function summary(): { mean: number | null; interval: Interval; digits: number | null; of: string } {
    const prob = stage.get("prob");
    const all = lookup(stage, row, prob);
    const { brushed: brush } = stage.get("selection");
    if (brush === null || brush.label === label) return { mean: row.mean, ...all, of: "" };
    const values = kept(draws(), label, brush);
    const mean = values.length === 0 ? null : moments(values).mean;
    return { mean, interval: sampleInterval(values, prob), digits: all.digits, of: `of ${plural(values.length, "draw")}: ` };
  }

  /** Of all draws at once, so that no row changes its height when it is first seen; a brush has to work for it. */
  function tell(): void {
    if (stage.get("selection").brushed === null) say();
    else sight.soon(say);
  }

  function say(): void {
    const { mean, interval, digits, of } = summary();
    const words = of + posterior(mean, interval, stage.get("prob"), digits);
    const known = truth();
    told.textContent = known === null ? words : `${words}, truth ${brief(known, 4)}`;
    pictures?.left.describe(`Posterior of ${label}: ${told.textContent}`);
  }

  function drawLeft(surface: Surface): void {
    const { brushed: brush } = stage.get("selection");
    const own = brush?.label === label;
    const scales = drawDensity(surface, {
      ...summary(),
      layout: LAYOUTS.find((one) => one === stage.get("density")) ?? LAYOUTS[0],
      densities: densitiesOf(draws(), row),
      truth: truth(),
      brushed: own ? brush : null,
      rest: keptLeft(),
      ghost: brush !== null && !own,
    });
    onLeft = { surface, scales };
    light();
  }

  function drawRight(surface: Surface): void {
    const { title, draw, say: sentence } = diagnostic();
    onRight = { surface, scales: draw(surface, draws(), label) };
    pictures?.right.describe(`${title} of ${label}: ${sentence(draws(), label)}`);
    light();
  }

  /** Marks the selected draw on top of both pictures. */
  function light(): void {
    const draw = lit(stage.get("selection"));
    for (const on of [onLeft, onRight]) if (on !== null) clear(on.surface.layers[1]!);
    if (draw === null) return;
    const place = placeOfDraw(draws(), draw);
    const value = place === null ? null : (column(draws(), label)?.[place] ?? null);
    const ink = (on: NonNullable<On>) => {
      const { palette } = on.surface;
      return { colour: isDivergent(draws(), draw) ? palette.error : palette.text, halo: palette.background };
    };
    if (onLeft !== null && value !== null) litMark(onLeft.surface.layers[1]!, { x: value, y: null }, onLeft.scales, ink(onLeft));
    if (onRight !== null && isTrace()) {
      litMark(onRight.surface.layers[1]!, { x: draw % draws().n_draws, y: value }, onRight.scales, ink(onRight));
    }
  }

  function brushable(): Brushable | null {
    const values = column(draws(), label);
    return values === undefined ? null : { label, range: extent([values]) };
  }

  /** To the next draw of the chain; of a brush, to the next that remains. */
  function step(key: string, from: number | null): number | null | undefined {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (by === undefined) return undefined;
    return nextDraw(draws(), remaining(draws(), stage.get("selection").brushed), from, by);
  }
}

/** The row of a parameter; whatever shows one that has gone has ended before this is asked. */
function rowOf({ rows }: TraceView, label: string): TraceRow {
  return rows.find((row) => row.label === label)!;
}

/** Interval and decimals of a row: the Summary's own when it has the row, so that the tabs cannot disagree. */
function lookup(stage: Stage, row: TraceRow, prob: number): { interval: Interval; digits: number | null } {
  const { summary } = stage.fit.tabs;
  const at = isUnavailable(summary) ? -1 : summary.rows.findIndex(({ label }) => label === row.label);
  if (isUnavailable(summary) || at < 0) {
    const values = column(stage.fit.draws as Draws, row.label) ?? new Float64Array();
    return { interval: sampleInterval(values, prob), digits: null };
  }
  return { interval: tabledInterval(summary.probs, summary.quantiles, at, prob), digits: summary.rows[at]!.digits };
}
