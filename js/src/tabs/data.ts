import { curve } from "../marks/curve.js";
import { level } from "../marks/level.js";
import { clear } from "../marks/lit.js";
import { disc, withPen } from "../marks/pen.js";
import { points } from "../marks/points.js";
import { axes } from "../marks/axes.js";
import type { Stage } from "../stage.js";
import { plural } from "../stats/format.js";
import { indexed, type Index } from "../stats/nearest.js";
import type { Table } from "../stats/table.js";
import { seriesInk, type Ink } from "../theme.js";
import { choice, toggle } from "../ui/bound.js";
import { h } from "../ui/dom.js";
import { entry, present } from "../ui/entries.js";
import type { LegendEntry } from "../ui/legend.js";
import { plot, type Surface } from "../ui/plot.js";
import { controlRow, offer, scene } from "../ui/scene.js";
import { isUnavailable, type DataView_ } from "../wire.js";
import { axisOf, column, positions } from "./columns.js";
import { KEYS, rowControls } from "./data/rows.js";
import { dataTable, litFan, said, sentence, shownOf, type Shown } from "./data/shown.js";
import { simulation } from "./data/simulation.js";
import type { On } from "./selection.js";

/** Levels that get a colour of their own; the rest share one. */
const COLOURED = 7;

const HINT = "Click a row to leave it out or take it back, drag it to change its value.";

/** Why there is nothing to draw in Data, or null. */
export function noScatter(view: DataView_): string | null {
  const drawn = column(view, view.response) !== undefined && view.x.length > 0;
  return drawn ? null : "The model has no predictor to draw the response against.";
}

/** The response against one predictor, as it was measured and as it is changed: nothing of the model but a truth that is known. */
export function dataTab(stage: Stage, view: () => DataView_): HTMLElement {
  let shown: Shown;
  const height = (width: number) => Math.min(400, Math.max(240, width * 0.55));
  let on: (On & { readonly index: Index }) | null = null;
  const figure = plot(stage, { layers: 2, overlay: true, height, draw, saved: { name: () => "scatter plot", table, legend: entries } });
  const xs = choice(stage, "x variable", "x", () => view().x);
  const colour = choice(stage, "Colour", "colour", () => ["", ...view().colours], { "": "none" });
  const truth = toggle(stage, "Show truth", "show_truth");
  const controls = controlRow();
  const field = h("div", {}, figure.el);
  const place = scene(field, controls);
  const rows = rowControls(stage, { field, el: figure.el, shown: () => shown, on: () => on, redraw: figure.redraw });
  const simulated = simulation(stage);
  stage.follow(["fit", "x", "colour", "show_truth", "what_if"], () => {
    shown = shownOf(stage, view());
    offer(controls, view().x.length > 1 && xs, view().colours.length > 0 && colour, view().truth.length > 0 && truth);
    place.legend(entries());
    const { engine, modelled } = stage.fit;
    place.notes([...said(view(), shown), ...view().notes, ...(view().left_out ?? []), shown.response ? HINT : engine && isUnavailable(engine) && engine.unavailable]);
    rows.update();
    simulated.update();
    if (shown.response) {
      for (const [name, value] of Object.entries({ tabindex: 0, role: "application", "aria-label": "Rows of the data", "aria-description": KEYS })) field.setAttribute(name, String(value));
    }
    figure.describe(sentence(view(), shown) + (modelled ? `; the model is of ${modelled}` : ""));
    figure.redraw();
  });
  stage.follow(["selection"], light);
  return h("div", {}, place.el, rows.el, simulated.el);

  /** The line of the selected draw, and the row that has the keys. */
  function light(): void {
    if (!on) return;
    const { surface: { layers, palette }, scales } = on;
    const { selected: colour, background: halo } = palette;
    const fan = litFan(stage, shown);
    clear(layers[1]!);
    for (const { mean } of fan?.strata ?? []) {
      if (fan!.kind === "numeric") curve(layers[1]!, { x: fan!.grid, y: mean }, scales, { colour, width: 2.5, halo });
      else for (let x = 0; x < mean.length; x++) level(layers[1]!, { x, mean: mean[x]!, intervals: [], truth: null }, scales, { colour, truth: colour, halo });
    }
    const row = rows.row();
    if (row !== null) withPen(layers[1]!, { fillStyle: "transparent" }, () => disc(layers[1]!, scales.x(shown.placed.x[row]!), scales.y(shown.placed.y[row]!), 8, colour));
  }

  function table(): Table {
    const { x, y, by, hollow, out } = shown;
    return dataTable([...new Set([x, y, by, hollow])].filter((one) => one !== undefined), [x, y], out);
  }

  function draw(surface: Surface): void {
    const { x, y, placed, by, hollow, truth: line, before, out } = shown;
    const { palette } = surface;
    const ctx = surface.layers[0]!;
    const heights = rows.axis() ?? axisOf(y, [placed.y, line?.y.data ?? [], [...before.values()]]);
    const scales = axes(surface, { x: axisOf(x, [placed.x]), y: heights });
    const levels = by && positions(by);
    const colourOf = (row: number) => palette[levels ? inkOf(levels[row]!) : "point"];
    const drawn = (height: (row: number) => number | undefined, ink: (row: number) => string, lineWidth?: number) =>
      points(ctx, { x: placed.x, y: placed.y.map((_, row) => height(row) ?? NaN), hollow: hollow && lineWidth === undefined ? positions(hollow) : null }, scales, ink, lineWidth);
    const left = (row: number) => (out.has(row) ? placed.y[row] : NaN);
    drawn(left, () => palette.muted, 3.5);
    drawn(left, () => palette.background, 1.8);
    withPen(ctx, { globalAlpha: 0.35 }, () => drawn((row) => before.get(row), () => palette.muted, 1.3));
    drawn((row) => (out.has(row) ? NaN : placed.y[row]), colourOf);
    if (line) curve(ctx, { x: line.grid.data, y: line.y.data }, scales, { colour: palette.truth, width: 2.5, dash: [7, 4], halo: palette.background });
    const [px, py] = [Float64Array.from(placed.x, scales.x), Float64Array.from(placed.y, scales.y)];
    on = { surface, scales, index: indexed(px, py, px.keys()) };
    light();
  }

  function entries(): LegendEntry[] {
    const { by, hollow, truth: line, before, out } = shown;
    const others = (by?.levels.length ?? 0) - COLOURED;
    return present(
      ...(by?.levels.slice(0, COLOURED).map((name, i) => entry("cross", `${by.name} = ${name}`, inkOf(i))) ?? [entry("cross", "observed", "point")]),
      others > 0 && entry("cross", plural(others, "other level"), "muted"),
      hollow && entry("ring", `${hollow.name}: ${hollow.levels.slice(1).join(", ")}`, "point"),
      out.size > 0 && entry("outline", "left out", "muted"),
      before.size > 0 && entry("cross", "as in the data", "muted"),
      line && entry("line", "true regression line", "truth", [7, 4]),
    );
  }
}

const inkOf = (level: number): Ink => (level < COLOURED ? seriesInk(level) : "muted");
