import { axes } from "../marks/axes.js";
import { curve } from "../marks/curve.js";
import { points } from "../marks/points.js";
import type { Stage } from "../stage.js";
import { apart, sayApart, type Apart } from "../stats/apart.js";
import { brief, count, isNumber, plural } from "../stats/format.js";
import { BINARY, STRIP } from "../stats/jitter.js";
import { ofColumns, type Table } from "../stats/table.js";
import { seriesInk, type Palette } from "../theme.js";
import { checkbox, select } from "../ui/controls.js";
import { arrange, h, notes } from "../ui/dom.js";
import { legend, type LegendEntry } from "../ui/legend.js";
import { plot, type Surface } from "../ui/plot.js";
import type { Column, DataView_ } from "../wire.js";
import { axisOf, column, positions } from "./columns.js";

/** Levels that get a colour of their own; the rest share one. */
const COLOURED = 7;

/** Why there is nothing to draw in Data, or null. */
export function noScatter(view: DataView_): string | null {
  const drawn = column(view, view.response) !== undefined && view.x.length > 0;
  return drawn ? null : "The model has no predictor to draw the response against.";
}

/** The response against one predictor, as it was measured: nothing of the model but a truth that is known. */
export function dataTab(stage: Stage, current: () => DataView_): HTMLElement {
  let view = current();
  let response = column(view, view.response)!;
  let rows = seen(view);
  let placed: Apart = { x: [], y: [], by: [0, 0] };
  const key = h("div");
  const captions = h("div");
  const height = (width: number) => Math.min(400, Math.max(240, width * 0.55));
  const figure = plot(stage, { height, draw, saved: { name: () => "scatter plot", table, legend: entries } });

  const xSelect = select(stage, "x variable", (i) => stage.set("x", view.x[i]!));
  const colourSelect = select(stage, "Colour", (i) => stage.set("colour", i === 0 ? "" : view.colours[i - 1]!));
  const truthBox = checkbox(stage, "Show truth", (on) => stage.set("show_truth", on));
  const controls = h("div", { class: "glm-controls" });
  stage.follow(["fit", "x", "colour", "show_truth"], refresh);
  return h("div", {}, controls, key, figure.el, captions);

  function truthOver(x: string): DataView_["truth"][number] | undefined {
    return stage.get("show_truth") ? view.truth.find((line) => line.x === x) : undefined;
  }

  function modelled(): string {
    return stage.fit.modelled ? `; the model is of ${stage.fit.modelled}` : "";
  }

  function chosenX(): string {
    return view.x.includes(stage.get("x")) ? stage.get("x") : view.x[0]!;
  }

  function chosenColour(): Extract<Column, { kind: "category" }> | null {
    const found = column(view, stage.get("colour"));
    return found?.kind === "category" ? found : null;
  }

  function refresh(): void {
    if (view !== current()) {
      view = current();
      response = column(view, view.response)!;
      rows = seen(view);
    }
    const x = column(view, chosenX());
    if (x) placed = placedOf(view, response, x);
    arrange(controls, [
      view.x.length > 1 ? xSelect.el : null,
      view.colours.length > 0 ? colourSelect.el : null,
      view.truth.length > 0 ? truthBox.el : null,
    ]);
    truthBox.show(stage.get("show_truth"));
    xSelect.show(view.x, view.x.indexOf(chosenX()));
    colourSelect.show(["none", ...view.colours], view.colours.indexOf(stage.get("colour")) + 1);
    key.replaceChildren(legend(entries()));
    captions.replaceChildren(notes([...(x ? said(view, response, x, placed) : []), ...view.notes, ...(view.left_out ?? [])]) ?? "");
    figure.describe(x ? sentence(view, response, x) + modelled() : "");
    figure.redraw();
  }

  function table(): Table {
    const named = [chosenX(), view.response, stage.get("colour"), view.hollow ?? ""];
    const shown = [...new Set(named)].map((name) => column(view, name)).filter((found) => found !== undefined);
    return dataTable(shown, [column(view, chosenX())!, response]);
  }

  function draw(surface: Surface): void {
    const x = column(view, chosenX());
    const ctx = surface.layers[0];
    if (!x || !ctx) return;
    const truth = truthOver(x.name);
    const scales = axes(surface, { x: axisOf(x, [placed.x]), y: axisOf(response, [placed.y, truth?.y.data ?? []]) });
    points(ctx, { ...placed, hollow: rows.hollow }, scales, colourOf(surface.palette));
    if (truth) {
      const style = { colour: surface.palette.truth, width: 2.5, dash: [7, 4], halo: surface.palette.background };
      curve(ctx, { x: truth.grid.data, y: truth.y.data }, scales, style);
    }
  }

  function colourOf(palette: Palette): (row: number) => string {
    const by = chosenColour();
    if (!by) return () => palette.point;
    const level = positions(by);
    return (row) => (level[row]! < COLOURED ? palette[seriesInk(level[row]!)] : palette.muted);
  }

  function entries(): LegendEntry[] {
    const by = chosenColour();
    const levels = by?.levels ?? [];
    const coloured = levels.slice(0, COLOURED).map((name, i): LegendEntry => {
      return { name: `${by!.name} = ${name}`, mark: "cross", ink: seriesInk(i) };
    });
    const others = levels.length - coloured.length;
    const truth = truthOver(chosenX()) !== undefined;
    return [
      ...(by ? coloured : [{ name: "observed", mark: "cross", ink: "point" } as const]),
      ...(others > 0 ? [{ name: `${plural(others, "other level")}`, mark: "cross", ink: "muted" } as const] : []),
      ...(rows.hollow ? [{ name: rows.hollowName, mark: "ring", ink: "point" } as const] : []),
      ...(truth ? [{ name: "true regression line", mark: "line", ink: "truth", dash: [7, 4] } as const] : []),
    ];
  }
}

/** The rows of the columns that have a place in the picture, by those that give it. */
export function dataTable(columns: readonly Column[], places: readonly Column[]): Table {
  const placed = places.map(positions);
  const drawn = placed[0]!.map((_, row) => (placed.every((values) => Number.isFinite(values[row]!)) ? 1 : 0));
  const isDrawn = (_: unknown, row: number) => drawn[row] === 1;
  const values = (one: Column) => {
    if (one.kind === "numeric") return one.values.data.filter(isDrawn);
    return Array.from(one.codes.data, (code) => one.levels[code] ?? null).filter(isDrawn);
  };
  return ofColumns("data", columns.map((one) => ({ name: one.name, values: values(one) })));
}

/** Strips over levels, 0 and 1 apart, and the points of crowded places. */
function placedOf({ jitter }: DataView_, response: Column, x: Column): Apart {
  const strip = ({ kind }: Column) => (kind === "category" ? STRIP : null);
  return apart(positions(x), positions(response), [strip(x), jitter ? BINARY : strip(response)]);
}

/** The response's marks, which no control changes. */
function seen(view: DataView_) {
  const hollow = view.hollow === null ? undefined : column(view, view.hollow);
  const levels = hollow?.kind === "category" ? hollow.levels.slice(1).join(", ") : "";
  return {
    hollow: hollow ? positions(hollow) : null,
    hollowName: hollow ? `${hollow.name}: ${levels}` : "",
  };
}

/** What the picture does to the data must be said: noise added, rows left out. */
function said(view: DataView_, response: Column, x: Column, { by }: Apart): (string | null)[] {
  const missing = missingRows(response, x);
  return [
    view.jitter ? `${response.name} is 0 or 1: points are moved up or down by at most ${BINARY} to tell them apart.` : null,
    x.kind === "category" ? "Points of a level are spread sideways to tell them apart." : null,
    response.kind === "category" && !view.jitter ? "Points of a response level are spread up and down to tell them apart." : null,
    sayApart(x.name, response.name, by),
    missing > 0 ? `${plural(missing, "row")} with a missing ${x.name} or ${response.name} not drawn.` : null,
  ];
}

function missingRows(a: Column, b: Column): number {
  const [left, right] = [positions(a), positions(b)];
  return left.reduce((n, value, i) => n + (Number.isFinite(value + right[i]!) ? 0 : 1), 0);
}

function sentence(view: DataView_, response: Column, x: Column): string {
  const shown = view.n_shown - missingRows(response, x);
  return `${response.name} against ${x.name}: ${plural(shown, "point")}, ${span(x)}, ${span(response)}`;
}

function span(source: Column): string {
  if (source.kind === "category") return `${source.name} with ${count(source.levels.length)} levels`;
  const finite = Array.from(source.values.data).filter(isNumber);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  return `${source.name} from ${brief(low)} to ${brief(high)}`;
}
