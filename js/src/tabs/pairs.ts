import { drawAt, drawsOf, isDivergent, placeOfDraw } from "../fit/draws.js";
import { pairOf, sayPair, type Pair } from "../fit/pairs.js";
import { axes, type Scales } from "../marks/axes.js";
import { dots } from "../marks/dots.js";
import { clear, lit as litMark } from "../marks/lit.js";
import { rule } from "../marks/rule.js";
import type { Stage } from "../stage.js";
import { lit } from "../state/selection.js";
import { extent } from "../stats/extent.js";
import { indexed, type Index } from "../stats/nearest.js";
import { ofColumns, type Table } from "../stats/table.js";
import { checkbox, select } from "../ui/controls.js";
import { arrange, h, notes } from "../ui/dom.js";
import { legend, type LegendEntry } from "../ui/legend.js";
import { pointing, stepping } from "../ui/pick.js";
import { plot, type Surface } from "../ui/plot.js";
import { isUnavailable, type Draws, type Fit } from "../wire.js";

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
  const key = h("div");
  const captions = h("div");
  const controls = h("div", { class: "glm-controls" });
  const labels = () => draws().columns.map(({ label }) => label);
  const across = select(stage, "Horizontal", (i) => stage.set("pair_x", labels()[i]!));
  const up = select(stage, "Vertical", (i) => stage.set("pair_y", labels()[i]!));
  const truth = checkbox(stage, "Show truth", (on) => stage.set("show_truth", on));
  const figure = plot(stage, { layers: 2, overlay: true, height: (width) => Math.min(460, Math.max(280, width * 0.62)), draw, saved: { name: () => "pairs", table, legend: () => entries(pair()) } });
  const field = h("div", {
    role: "application",
    tabindex: 0,
    "aria-label": "Pairs of draws",
    "aria-description": "Arrows step to the nearest draw in their direction, Enter pins one.",
  }, figure.el);

  let on: { readonly surface: Surface; readonly scales: Scales; readonly index: Index } | null = null;
  let before: unknown = null; // what the points were drawn of

  stage.follow(["fit", "pair_x", "pair_y", "show_truth", "selection"], () => {
    const { brushed } = stage.get("selection");
    const now = [stage.fit, stage.get("pair_x"), stage.get("pair_y"), stage.get("show_truth"), brushed];
    if (Array.isArray(before) && now.every((one, i) => one === (before as unknown[])[i])) return light();
    before = now;
    refresh();
  });
  pointing(stage, figure.el, (x, y) => numbered(on?.index.nearest(x, y, REACH) ?? -1));
  stepping(stage, field, (key, from) => {
    const toward = ARROWS[key];
    if (toward === undefined || on === null) return undefined;
    const place = from === null ? null : placeOfDraw(draws(), from);
    return numbered(place === null ? (pair().shown[0] ?? -1) : on.index.toward(place, ...toward));
  });
  return h("div", {}, controls, key, field, captions);

  function draws(): Draws {
    return drawsOf(stage.fit)!; // where there are none, the tab says so
  }

  function pair(): Pair {
    return pairOf(draws(), stage.get("pair_x"), stage.get("pair_y"), stage.get("selection").brushed);
  }

  /** Draws are counted from 1. */
  function table(): Table {
    const { x, y, values, shown } = pair();
    const numbers = Array.from(shown, (place) => drawAt(draws(), place));
    const of = (all: Float64Array) => Float64Array.from(shown, (place) => all[place]!);
    return ofColumns("pairs", [
      { name: "draw", values: numbers.map((draw) => draw + 1) },
      { name: x, values: of(values[0]) },
      { name: y, values: of(values[1]) },
      { name: "divergent", values: numbers.map((draw) => (isDivergent(draws(), draw) ? 1 : 0)) },
    ]);
  }

  function numbered(place: number): number | null {
    return place < 0 ? null : drawAt(draws(), place);
  }

  function truthOf(label: string): number | null {
    return stage.get("show_truth") ? (draws().columns.find((one) => one.label === label)?.truth ?? null) : null;
  }

  function refresh(): void {
    const shown = pair();
    const said = sayPair(draws(), shown);
    const known = draws().columns.some((one) => one.truth !== null);
    arrange(controls, [across.el, up.el, known ? truth.el : null]);
    across.show(labels(), labels().indexOf(shown.x));
    up.show(labels(), labels().indexOf(shown.y));
    truth.show(stage.get("show_truth"));
    key.replaceChildren(legend(entries(shown)));
    captions.replaceChildren(notes([`${said[0]!.toUpperCase()}${said.slice(1)}.`, ...draws().left_out])!);
    figure.describe(`${shown.y} against ${shown.x}: ${said}`);
    figure.redraw();
  }

  function entries({ x, y, divergent }: Pair): LegendEntry[] {
    const known = truthOf(x) !== null || truthOf(y) !== null;
    return [
      { name: "draw", mark: "disc", ink: "series-1" },
      ...(divergent.length > 0 ? [{ name: "divergent draw", mark: "disc", ink: "error" } as const] : []),
      ...(known ? [{ name: "truth", mark: "line", ink: "truth", dash: [5, 3] } as const] : []),
    ];
  }

  function draw(surface: Surface): void {
    const ctx = surface.layers[0]!;
    const { palette } = surface;
    const { x, y, values, shown, divergent } = pair();
    const known = [truthOf(x), truthOf(y)].map((value) => (value === null ? [] : [value]));
    const scales = axes(surface, {
      x: { kind: "numeric", label: x, domain: extent([values[0], known[0]!], 0.04) },
      y: { kind: "numeric", label: y, domain: extent([values[1], known[1]!], 0.04) },
    });
    const [all, few] = [{ x: values[0], y: values[1], places: shown }, { x: values[0], y: values[1], places: divergent }];
    dots(ctx, all, scales, { colour: palette["series-1"], size: 3, alpha: shown.length > 1000 ? 0.35 : 0.6 });
    dots(ctx, few, scales, { colour: palette.error, size: 6, alpha: 1 });
    if (known[0]!.length > 0) rule(ctx, known[0]![0]!, scales, palette.truth);
    if (known[1]!.length > 0) rule(ctx, known[1]![0]!, scales, palette.truth, "horizontal");
    on = { surface, scales, index: indexed(values[0].map(scales.x), values[1].map(scales.y), shown) };
    light();
  }

  function light(): void {
    if (on === null) return;
    const { surface, scales } = on;
    clear(surface.layers[1]!);
    const draw = lit(stage.get("selection"));
    const place = draw === null ? null : placeOfDraw(draws(), draw);
    if (draw === null || place === null) return;
    const [x, y] = pair().values.map((values) => values[place]!) as [number, number];
    litMark(surface.layers[1]!, { x, y }, scales, { colour: surface.palette.selected, halo: surface.palette.background });
  }
}
