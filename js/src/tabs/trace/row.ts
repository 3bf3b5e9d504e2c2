import { column } from "../../fit/draws.js";
import { densitiesOf, densityOf, kept, keptDensity } from "../../fit/marginals.js";
import type { Stage } from "../../stage.js";
import { extent } from "../../stats/extent.js";
import { brief, plural } from "../../stats/format.js";
import { sampleInterval, tabledInterval, type Interval } from "../../stats/interval.js";
import { moments } from "../../stats/moments.js";
import { posterior } from "../../stats/sentence.js";
import type { Table } from "../../stats/table.js";
import { brushing, brushKeys, dragging, type Brushable } from "../../ui/brush.js";
import { h } from "../../ui/dom.js";
import type { LegendEntry } from "../../ui/legend.js";
import { isOnPaper } from "../../ui/paper.js";
import { pointing, stepping } from "../../ui/pick.js";
import { plot, type Plot, type Surface } from "../../ui/plot.js";
import { stopAt } from "../../ui/roving.js";
import type { Sight } from "../../ui/sight.js";
import { isUnavailable, type Draws, type TraceRow, type TraceView } from "../../wire.js";
import { ghostDraws } from "../ghost.js";
import { brushOf, followSelection, light, litOf, litPlace, stepDraws, type On } from "../selection.js";
import { nearestOf } from "./chains.js";
import { drawDensity } from "./density.js";
import { diagnosticOf, TRACE } from "./diagnostics.js";
import { densityTable } from "./table.js";

const HEIGHT = 124;
/** What the rows share. */
export interface Around {
  readonly sightOf: (part: Stage, el: Element) => Sight;
  readonly entries: () => readonly LegendEntry[];
}

/** A parameter: its densities, and a diagnostic of its chains. Both are drawn when the row is first in sight. */
export function rowElement(stage: Stage, view: () => TraceView, label: string, { sightOf, entries }: Around): HTMLElement {
  const told = h("span", { class: "glm-result" });
  const plots = h("div", { class: "glm-trace-plots", tabindex: -1 });
  const head = h("div", { class: "glm-trace-head" }, h("span", { class: "glm-parameter" }, label), told);
  const el = h("section", { class: "glm-trace-row" }, head, plots);
  const sight = sightOf(stage, el);
  const draws = () => stage.fit.draws as Draws; // a fit without draws has no rows either
  const diagnostic = () => diagnosticOf(stage);
  const isTrace = () => diagnostic() === TRACE;
  /** The brush of another number: it leaves some of the draws. */
  const foreign = () => (brushOf(stage)?.label === label ? null : brushOf(stage));
  const truth = () => (stage.get("show_truth") ? row.truth : null);
  const rest = () => foreign() && keptDensity(draws(), row, foreign()!);
  const before = () => {
    const old = row.circular ? null : ghostDraws(stage);
    return old && densityOf(old, label);
  };
  let row: TraceRow;
  let left: Plot | undefined;
  let right: Plot | undefined;
  let [onLeft, onRight] = [null as On | null, null as On | null];

  // Whatever shows a row that has gone has ended before this is asked.
  stage.follow(["fit"], () => (row = view().rows.find((one) => one.label === label)!));
  plots.append(h("div"), h("div"));
  sight.soon(build);
  stage.theme.follow(stage.signal, () => {
    if (isOnPaper(el)) build(); // nothing that waits to be seen is printed
  });

  stage.follow(["fit", "prob", "show_truth"], tell);
  stage.follow(["fit", "ghost", "prob", "density", "show_truth"], () => left?.redraw());
  stage.follow(["fit", "diagnostic", "show_truth"], () => right?.redraw());
  const point = () => sight.now(mark);
  followSelection(stage, () => {
    tell();
    left?.redraw();
    point();
  }, point);
  stepping(stage, plots, `Draws of ${label}`, brushKeys("parameters"), stepDraws(stage));
  brushing(stage, plots, brushable);
  return el;

  function build(): void {
    if (left) return; // it has been printed before it is seen
    left = picture(drawLeft, () => `densities of ${label}`, () => densityTable(label, densitiesOf(draws(), row), rest()));
    right = picture(drawRight, () => `${diagnostic().name} of ${label}`, () => diagnostic().table(draws(), label));
    plots.replaceChildren(left.el, right.el);
    stopAt(plots, plots.tabIndex);
    say();
    left.redraw();
    right.redraw();
    sight.left(() => {
      onLeft = onRight = null;
      for (const one of [left!, right!]) {
        one.release();
        one.redraw(); // once it is in sight again
      }
    });
    left.el.classList.add("glm-brushable");
    dragging(stage, left.el, brushable, (px) => onLeft?.scales.x.invert(px) ?? null);
    pointing(stage, right.el, (x, y) => (onRight && isTrace() ? nearestOf(draws(), label, onRight.scales, x, y) : null));
  }

  function picture(draw: (surface: Surface) => void, name: () => string, table: () => Table): Plot {
    return plot(stage, { layers: 2, overlay: true, when: sight.soon, height: () => HEIGHT, draw, saved: { name, table, legend: entries } });
  }

  /** Mean and interval of all draws, as the summary has them, or of those that a brush keeps. */
  function summary(): { mean: number | null; interval: Interval; digits: number | null; of: string } {
    const prob = stage.get("prob");
    const all = lookup(stage, label, prob);
    const brush = foreign();
    if (brush === null) return { mean: row.mean, ...all, of: "" };
    const values = kept(draws(), label, brush);
    const mean = values.length === 0 ? null : moments(values).mean;
    return { ...all, mean, interval: sampleInterval(values, prob), of: `of ${plural(values.length, "draw")}: ` };
  }

  /** Of all draws at once, so that no row changes its height when it is first seen; a brush has to work for it. */
  function tell(): void {
    if (brushOf(stage)) sight.soon(say);
    else say();
  }

  function say(): void {
    const { mean, interval, digits, of } = summary();
    const known = truth();
    told.textContent = of + posterior(mean, interval, stage.get("prob"), digits) + (known === null ? "" : `, truth ${brief(known, 4)}`);
    left?.describe(`Posterior of ${label}: ${told.textContent}`);
  }

  function drawLeft(surface: Surface): void {
    const brush = brushOf(stage);
    const ghost = foreign() !== null;
    const scales = drawDensity(surface, {
      ...summary(),
      byChain: stage.get("density") === "by chain",
      densities: densitiesOf(draws(), row),
      truth: truth(),
      brushed: ghost ? null : brush,
      rest: rest(),
      ghost,
      before: before(),
    });
    onLeft = { surface, scales };
    mark();
  }

  function drawRight(surface: Surface): void {
    const { title, draw, say: sentence } = diagnostic();
    onRight = { surface, scales: draw(surface, draws(), label, truth()) };
    right?.describe(`${title} of ${label}: ${sentence(draws(), label)}`);
    mark();
  }

  /** Marks the selected draw on top of both pictures. */
  function mark(): void {
    const draw = litOf(stage);
    const value = column(draws(), label)?.[litPlace(stage) ?? -1] ?? null;
    if (onLeft) light(onLeft, value === null ? null : { x: value, y: null });
    if (onRight) light(onRight, draw !== null && isTrace() ? { x: draw % draws().n_draws, y: value } : null);
  }

  function brushable(): Brushable | null {
    const values = column(draws(), label);
    return values === undefined ? null : { label, range: extent([values]) };
  }
}

/** Interval and decimals of a row: the Summary's own when it has the row, so that the tabs cannot disagree. */
function lookup(stage: Stage, label: string, prob: number): { interval: Interval; digits: number | null } {
  const { draws, tabs: { summary } } = stage.fit;
  if (!isUnavailable(summary)) {
    const { probs, quantiles, rows } = summary;
    const at = rows.findIndex((one) => one.label === label);
    if (at >= 0) return { interval: tabledInterval(probs, quantiles, at, prob), digits: rows[at]!.digits };
  }
  return { interval: sampleInterval(column(draws as Draws, label) ?? new Float64Array(), prob), digits: null };
}
