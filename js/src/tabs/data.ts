import { fanOf, type Fan } from "../fit/fan.js";
import { axes } from "../marks/axes.js";
import { curve } from "../marks/curve.js";
import { level } from "../marks/level.js";
import { clear } from "../marks/lit.js";
import { points } from "../marks/points.js";
import type { Stage } from "../stage.js";
import { apart, sayApart, type Apart } from "../stats/apart.js";
import { brief, count, plural } from "../stats/format.js";
import { BINARY, STRIP } from "../stats/jitter.js";
import { ofColumns, type Table } from "../stats/table.js";
import { seriesInk, type Ink } from "../theme.js";
import { choice, toggle } from "../ui/bound.js";
import { entry, present } from "../ui/entries.js";
import type { LegendEntry } from "../ui/legend.js";
import { plot, type Surface } from "../ui/plot.js";
import { controlRow, offer, scene, type Sentence } from "../ui/scene.js";
import type { Column, DataView_ } from "../wire.js";
import { axisOf, column, positions, sayBinary, saySpread } from "./columns.js";
import { chosenX, movable } from "./fan/answer.js";
import { facets } from "./fan/question.js";
import { litPlace, type On } from "./selection.js";

/** Levels that get a colour of their own; the rest share one. */
const COLOURED = 7;

/** Why there is nothing to draw in Data, or null. */
export function noScatter(view: DataView_): string | null {
  const drawn = column(view, view.response) !== undefined && view.x.length > 0;
  return drawn ? null : "The model has no predictor to draw the response against.";
}

type Levels = Extract<Column, { kind: "category" }>;

/** What is shown: the response over x, each row at a place of its own. */
interface Shown {
  readonly x: Column;
  readonly y: Column;
  readonly placed: Apart;
  /** Rows that have no place. */
  readonly missing: number;
  readonly by: Levels | undefined;
  readonly hollow: Levels | undefined;
  readonly truth: DataView_["truth"][number] | undefined;
}

/** The response against one predictor, as it was measured: nothing of the model but a truth that is known. */
export function dataTab(stage: Stage, view: () => DataView_): HTMLElement {
  let shown: Shown;
  const height = (width: number) => Math.min(400, Math.max(240, width * 0.55));
  let on: On | null = null;
  const figure = plot(stage, { layers: 2, overlay: true, height, draw, saved: { name: () => "scatter plot", table, legend: entries } });
  const xs = choice(stage, "x variable", "x", () => view().x);
  const colour = choice(stage, "Colour", "colour", () => ["", ...view().colours], { "": "none" });
  const truth = toggle(stage, "Show truth", "show_truth");
  const controls = controlRow();
  const place = scene(figure.el, controls);
  stage.follow(["fit", "x", "colour", "show_truth"], () => {
    shown = shownOf(stage, view());
    offer(controls, view().x.length > 1 && xs, view().colours.length > 0 && colour, view().truth.length > 0 && truth);
    place.legend(entries());
    place.notes([...said(view(), shown), ...view().notes, ...(view().left_out ?? [])]);
    const { modelled } = stage.fit;
    figure.describe(sentence(view(), shown) + (modelled ? `; the model is of ${modelled}` : ""));
    figure.redraw();
  });
  // A draw that is pointed at in another tab waits until the picture is seen, and drawn.
  stage.follow(["selection"], () => stage.get("tab") === "data" && light());
  return place.el;

  /** The line of the selected draw. */
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
  }

  function table(): Table {
    const { x, y, by, hollow } = shown;
    return dataTable([...new Set([x, y, by, hollow])].filter((one) => one !== undefined), [x, y]);
  }

  function draw(surface: Surface): void {
    const { x, y, placed, by, hollow, truth: line } = shown;
    const { palette } = surface;
    const ctx = surface.layers[0]!;
    const scales = axes(surface, { x: axisOf(x, [placed.x]), y: axisOf(y, [placed.y, line?.y.data ?? []]) });
    const levels = by && positions(by);
    const colourOf = (row: number) => palette[levels ? inkOf(levels[row]!) : "point"];
    points(ctx, { ...placed, hollow: hollow ? positions(hollow) : null }, scales, colourOf);
    if (line) curve(ctx, { x: line.grid.data, y: line.y.data }, scales, { colour: palette.truth, width: 2.5, dash: [7, 4], halo: palette.background });
    on = { surface, scales };
    light();
  }

  function entries(): LegendEntry[] {
    const { by, hollow, truth: line } = shown;
    const others = (by?.levels.length ?? 0) - COLOURED;
    return present(
      ...(by?.levels.slice(0, COLOURED).map((name, i) => entry("cross", `${by.name} = ${name}`, inkOf(i))) ?? [entry("cross", "observed", "point")]),
      others > 0 && entry("cross", plural(others, "other level"), "muted"),
      hollow && entry("ring", `${hollow.name}: ${hollow.levels.slice(1).join(", ")}`, "point"),
      line && entry("line", "true regression line", "truth", [7, 4]),
    );
  }
}

const inkOf = (level: number): Ink => (level < COLOURED ? seriesInk(level) : "muted");

/** The rows of the columns that have a place in the picture, by those that give it. */
export function dataTable(columns: readonly Column[], places: readonly Column[]): Table {
  const placed = places.map(positions);
  const isDrawn = (_: unknown, row: number) => placed.every((values) => Number.isFinite(values[row]!));
  const values = (one: Column) => {
    if (one.kind === "numeric") return one.values.data.filter(isDrawn);
    return Array.from(one.codes.data, (code) => one.levels[code] ?? null).filter(isDrawn);
  };
  return ofColumns("data", columns.map((one) => ({ name: one.name, values: values(one) })));
}

function shownOf(stage: Stage, view: DataView_): Shown {
  const name = view.x.includes(stage.get("x")) ? stage.get("x") : view.x[0]!;
  const [x, y] = [column(view, name)!, column(view, view.response)!];
  const [xs, ys] = [positions(x), positions(y)];
  const strip = ({ kind }: Column) => (kind === "category" ? STRIP : null);
  return {
    x,
    y,
    placed: apart(xs, ys, [strip(x), view.jitter ? BINARY : strip(y)]),
    missing: xs.filter((at, row) => !Number.isFinite(at + ys[row]!)).length,
    by: levelled(view, stage.get("colour")),
    hollow: levelled(view, view.hollow),
    truth: stage.get("show_truth") ? view.truth.find((line) => line.x === name) : undefined,
  };
}

/** The selected draw's line of the fan; null where the fan is over another variable, or the response not on the scale of the mean. */
function litFan(stage: Stage, { x, y }: Shown): Fan | null {
  const source = movable(stage.fit);
  const place = source && litPlace(stage);
  if (source === null || place === null || chosenX(stage, source) !== x.name) return null;
  const { observed: { data } } = source.predictor;
  if (!positions(y).every((value, row) => Math.fround(value) === data[row])) return null;
  const { question } = facets(stage, source, x.name)[0]!;
  return fanOf(source, { ...question, scale: "response" }, [place], [place]);
}

function levelled(view: DataView_, name: string | null): Levels | undefined {
  const found = column(view, name ?? "");
  return found?.kind === "category" ? found : undefined;
}

/** What the picture does to the data must be said: noise added, rows left out. */
const said = ({ jitter }: DataView_, { x, y, placed, missing }: Shown): Sentence[] => [
  jitter && sayBinary(y.name),
  x.kind === "category" && saySpread("sideways"),
  y.kind === "category" && !jitter && saySpread("up and down"),
  sayApart(x.name, y.name, placed.by),
  missing > 0 && `${plural(missing, "row")} with a missing ${x.name} or ${y.name} not drawn.`,
];

const sentence = ({ n_shown }: DataView_, { x, y, missing }: Shown): string =>
  `${y.name} against ${x.name}: ${plural(n_shown - missing, "point")}, ${span(x)}, ${span(y)}`;

function span(source: Column): string {
  if (source.kind === "category") return `${source.name} with ${count(source.levels.length)} levels`;
  const sorted = source.values.data.filter(Number.isFinite).sort();
  return `${source.name} from ${brief(sorted[0] ?? null)} to ${brief(sorted.at(-1) ?? null)}`;
}
