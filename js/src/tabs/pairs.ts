import { allPlaces, column, drawAt, drawsOf, isDivergent, placeOfDraw } from "../fit/draws.js";
import { pairOf, sayPair } from "../fit/pairs.js";
import { axes } from "../marks/axes.js";
import { dots } from "../marks/dots.js";
import { rule } from "../marks/rule.js";
import type { Stage } from "../stage.js";
import { extent } from "../stats/extent.js";
import { indexed, type Index } from "../stats/nearest.js";
import { ofColumns, type Table } from "../stats/table.js";
import { choice, toggle } from "../ui/bound.js";
import { h } from "../ui/dom.js";
import { entry, present } from "../ui/entries.js";
import type { LegendEntry } from "../ui/legend.js";
import { pointing, stepping } from "../ui/pick.js";
import { plot, type Surface } from "../ui/plot.js";
import { controlRow, offer, scene } from "../ui/scene.js";
import { isUnavailable, type Fit } from "../wire.js";
import { numeric } from "./columns.js";
import { GHOST, ghostDraws, ghostEntry } from "./ghost.js";
import { brushOf, followSelection, light, litPlace, type On } from "./selection.js";

/** CSS pixels within which a draw is found. */
const REACH = 24;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Why there are no pairs, or null. */
export function noPairs({ draws }: Fit): string | null {
  if (isUnavailable(draws)) return draws.unavailable;
  return draws.columns.length < 2 ? "The fit has one parameter, and a pair needs two." : null;
}

/** Any two parameters, a point for each draw. */
export function pairsTab(stage: Stage): HTMLElement {
  const draws = () => drawsOf(stage.fit)!; // where there are none, the tab says so
  const pair = () => pairOf(draws(), stage.get("pair_x"), stage.get("pair_y"), brushOf(stage));
  /** The number of the draw at a place; null where there is none. */
  const numbered = (at = -1) => (at < 0 ? null : drawAt(draws(), at));
  const axis = (label: string, trait: "pair_x" | "pair_y", now: () => string) =>
    choice(stage, label, trait, () => draws().columns.map((one) => one.label), {}, ["fit", "pair_x"], now);
  const across = axis("Horizontal", "pair_x", () => pair().x);
  const up = axis("Vertical", "pair_y", () => pair().y);
  const truth = toggle(stage, "Show truth", "show_truth");
  const figure = plot(stage, {
    layers: 2,
    overlay: true,
    height: (width) => Math.min(460, Math.max(280, width * 0.62)),
    draw,
    saved: { name: () => "pairs", table, legend: entries },
  });
  const field = h("div", { tabindex: 0 }, figure.el);
  const controls = controlRow();
  const place = scene(field, controls);
  let on: (On & { readonly index: Index }) | null = null;

  stage.follow(["fit", "ghost", "pair_x", "pair_y", "show_truth"], refresh);
  followSelection(stage, refresh, point);
  pointing(stage, figure.el, (x, y) => numbered(on?.index.nearest(x, y, REACH)));
  stepping(stage, field, "Pairs of draws", "Arrows step to the nearest draw in their direction, Enter pins one.", (key, from) => {
    const toward = ARROWS[key];
    if (toward === undefined || on === null) return undefined;
    const at = from === null ? null : placeOfDraw(draws(), from);
    return numbered(at === null ? pair().shown[0] : on.index.toward(at, ...toward));
  });
  return place.el;

  /** Draws are counted from 1. */
  function table(): Table {
    const { x, y, values, shown } = pair();
    const numbers = Array.from(shown, (at) => drawAt(draws(), at));
    const [xs, ys] = values.map((all) => Float64Array.from(shown, (at) => all[at]!)) as [Float64Array, Float64Array];
    return ofColumns("pairs", [
      { name: "draw", values: numbers.map((draw) => draw + 1) },
      { name: x, values: xs },
      { name: y, values: ys },
      { name: "divergent", values: numbers.map((draw) => Number(isDivergent(draws(), draw))) },
    ]);
  }

  /** The true value, where it is known and to be shown. */
  function truthOf(label: string): number[] {
    return draws().columns.flatMap((one) => (stage.get("show_truth") && one.label === label && one.truth !== null ? [one.truth] : []));
  }

  function refresh(): void {
    const { x, y } = pair();
    const said = sayPair(draws(), pair());
    offer(controls, across, up, draws().columns.some((one) => one.truth !== null) && truth);
    place.legend(entries());
    place.notes([`${said[0]!.toUpperCase()}${said.slice(1)}.`, ...draws().left_out]);
    figure.describe(`${y} against ${x}: ${said}`);
    figure.redraw();
  }

  function entries(): LegendEntry[] {
    const { x, y, divergent } = pair();
    const known = [...truthOf(x), ...truthOf(y)].length > 0;
    return present(
      ghostEntry(stage, "disc"),
      entry("disc", "draw", "series-1"),
      divergent.length > 0 && entry("disc", "divergent draw", "error"),
      known && entry("line", "truth", "truth", [5, 3]),
    );
  }

  function draw(surface: Surface): void {
    const ctx = surface.layers[0]!;
    const { palette } = surface;
    const { x: across, y: up, values, shown, divergent } = pair();
    const [x, y] = values;
    const [knownX, knownY] = [truthOf(across), truthOf(up)];
    const before = ghostDraws(stage);
    const old = (label: string) => (before && column(before, label)) ?? [];
    const [oldX, oldY] = [old(across), old(up)];
    const scales = axes(surface, { x: numeric(extent([x, oldX, knownX], 0.04), across), y: numeric(extent([y, oldY, knownY], 0.04), up) });
    dots(ctx, { x: oldX, y: oldY, places: before ? allPlaces(before) : [] }, scales, { colour: palette[GHOST], size: 2, alpha: 0.25 });
    dots(ctx, { x, y, places: shown }, scales, { colour: palette["series-1"], size: 3, alpha: shown.length > 1000 ? 0.35 : 0.6 });
    dots(ctx, { x, y, places: divergent }, scales, { colour: palette.error, size: 6, alpha: 1 });
    for (const at of knownX) rule(ctx, at, scales, palette.truth);
    for (const at of knownY) rule(ctx, at, scales, palette.truth, "horizontal");
    on = { surface, scales, index: indexed(x.map(scales.x), y.map(scales.y), shown) };
    point();
  }

  /** Marks the draw that lights up. */
  function point(): void {
    const at = litPlace(stage);
    const [x, y] = pair().values;
    if (on) light(on, at === null ? null : { x: x[at]!, y: y[at]! });
  }
}
