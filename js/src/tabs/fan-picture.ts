import { axes, type Scales } from "../marks/axes.js";
import { band } from "../marks/band.js";
import { curve } from "../marks/curve.js";
import { dashes } from "../marks/dashes.js";
import { level } from "../marks/level.js";
import { lines } from "../marks/lines.js";
import { points } from "../marks/points.js";
import { curves } from "../stats/curves.js";
import { extent } from "../stats/extent.js";
import { percent } from "../stats/format.js";
import { pointwise } from "../stats/interval.js";
import { BINARY, jittered, STRIP } from "../stats/jitter.js";
import { seriesDash, seriesInk, type Ink } from "../theme.js";
import type { LegendEntry } from "../ui/legend.js";
import type { Surface } from "../ui/plot.js";
import type { FanAxis, FanView } from "../wire.js";
import { EVERY, snapshots, type Snapshots } from "./snapshots.js";

/** What the fan shows at this moment. `prob` is the interval's, or null when no interval is asked for. */
export interface FanPicture {
  readonly view: FanView;
  readonly axis: FanAxis;
  readonly shown: number;
  readonly prob: number | null;
}

/** The name of the `performance` measure around every redraw of lines. */
export const MEASURE = "glm-fan-redraw";

/** Draws a fan whole, or brings its lines up to date: only new ones when there are more of them. */
export interface FanPainter {
  draw(surface: Surface): void;
  update(): void;
}

/** A painter remembers the surface, the scales, how many lines are already on it, and earlier states of it. */
export function fanPainter(picture: () => FanPicture): FanPainter {
  let on: { surface: Surface; scales: Scales; drawn: number; before: Snapshots } | null = null;

  const update = () => {
    if (!on) return;
    const start = performance.now();
    const { surface, scales, before } = on;
    const now = picture();
    const ctx = surface.layers[0]!;
    if (now.shown < on.drawn) on.drawn = before.restore(ctx, now.shown);
    while (on.drawn < now.shown) {
      const next = Math.min(now.shown, stepAfter(on.drawn, EVERY));
      drawLines(surface, scales, now, on.drawn, next);
      on.drawn = next;
      if (now.axis.strata.length > 1) before.keep(ctx, next); // one fan is quick enough without
    }
    performance.measure(MEASURE, { start });
  };

  return {
    draw(surface) {
      const now = picture();
      const scales = axes(surface, {
        x: xAxis(now.axis),
        y: { kind: "numeric", label: now.view.ylabel, domain: yDomain(now.axis) },
      });
      on = { surface, scales, drawn: 0, before: snapshots() };
      update();
      drawAbove(surface, scales, now);
    },
    update,
  };
}

function xAxis({ kind, x, grid, levels, points: seen }: FanAxis) {
  if (kind === "category") return { kind, label: x, levels } as const;
  return { kind, label: x, domain: extent([grid.data, seen?.x.data ?? []], 0.02) } as const;
}

const domains = new WeakMap<FanAxis, readonly [number, number]>();

/** Holds points, means and 98% of all shipped lines at every x, so that it stays when the slider moves. */
function yDomain(axis: FanAxis): readonly [number, number] {
  const before = domains.get(axis);
  if (before) return before;
  const most = axis.strata.flatMap(({ lines: shipped }) => pointwise(curves(shipped), 0.98));
  const seen = axis.points ? [observedY(axis)] : [];
  const single = axis.strata.flatMap(({ mean, truth }) => [mean.data, truth?.data ?? []]);
  const domain = extent([...seen, ...single, most.map(({ low }) => low), most.map(({ high }) => high)], 0.03);
  domains.set(axis, domain);
  return domain;
}

/** The first multiple of `step` after `n`. */
function stepAfter(n: number, step: number): number {
  return step * (Math.floor(n / step) + 1);
}

/** Lines that one stratum draws before it is the turn of the next. */
const TURN = 20;

/** Lines `from` to `to` - 1 of all strata, in turn, so that no stratum covers another. */
function drawLines(surface: Surface, scales: Scales, { axis }: FanPicture, from: number, to: number): void {
  const ctx = surface.layers[0]!;
  const grid = axis.grid.data;
  const many = axis.strata.length > 1;
  for (let start = from; start < to; start = many ? stepAfter(start, TURN) : to) {
    const end = many ? Math.min(to, stepAfter(start, TURN)) : to;
    axis.strata.forEach((stratum, i) => {
      const span = { curves: curves(stratum.lines), grid, from: start, to: end };
      const colour = surface.palette[lineInk(axis, i)];
      const style = { colour, dpr: surface.dpr };
      if (axis.kind === "numeric") lines(ctx, span, scales, { ...style, alpha: many ? 0.22 : 0.3 });
      else dashes(ctx, span, scales, { ...style, alpha: many ? 0.35 : 0.5 }, dodge(axis, i));
    });
  }
}

/** Points, interval, truth and mean: whatever must stay above the lines. */
function drawAbove(surface: Surface, scales: Scales, { axis, prob }: FanPicture): void {
  const ctx = surface.layers[1]!;
  const { palette } = surface;
  const grid = axis.grid.data;
  if (axis.points) {
    const { x, hollow } = axis.points;
    const placed = axis.kind === "category" ? jittered(x.data, STRIP, 1) : x.data;
    points(ctx, { x: placed, y: observedY(axis), hollow: hollow?.data ?? null }, scales, () => palette.point);
  }
  axis.strata.forEach(({ lines: shipped, mean, truth }, i) => {
    const colour = palette[meanInk(axis, i)];
    const bounds = prob === null ? null : pointwise(curves(shipped), prob);
    const halo = palette.background;
    if (axis.kind === "category") {
      const { offset } = dodge(axis, i);
      grid.forEach((at, g) => {
        const found = { x: at + offset, mean: mean.data[g]!, interval: bounds?.[g] ?? null, truth: truth?.data[g] ?? null };
        level(ctx, found, scales, { colour, truth: palette.truth, halo });
      });
      return;
    }
    if (bounds) band(ctx, { grid, bounds }, scales, colour);
    if (truth) curve(ctx, { x: grid, y: truth.data }, scales, { colour: palette.truth, width: 2.5, dash: [7, 4], halo });
    curve(ctx, { x: grid, y: mean.data }, scales, { colour, width: 2.5, dash: seriesDash(i), halo });
  });
}

function observedY({ points: seen, jitter }: FanAxis): ArrayLike<number> {
  if (!seen) return [];
  return jitter ? jittered(seen.y.data, BINARY, 2) : seen.y.data;
}

/** Strata of a category stand side by side within their level. */
function dodge({ strata }: FanAxis, i: number): { offset: number; spread: number } {
  const width = 0.6 / strata.length;
  return { offset: (i - (strata.length - 1) / 2) * width, spread: width * 0.36 };
}

function lineInk({ strata }: FanAxis, i: number): Ink {
  return strata.length > 1 ? seriesInk(i) : "fan";
}

function meanInk({ strata }: FanAxis, i: number): Ink {
  return strata.length > 1 ? seriesInk(i) : "mean";
}

/** The legend of the picture: whatever is drawn is named. */
export function fanEntries({ axis, prob }: FanPicture): LegendEntry[] {
  const truth = axis.strata.some((stratum) => stratum.truth !== null);
  const hollow = axis.points?.hollow?.data.some((value) => value !== 0) ?? false;
  const mark = axis.kind === "category" ? "disc" : "line";
  const strata = axis.strata.flatMap((stratum, i): LegendEntry[] => {
    const name = stratum.label === "" ? "posterior mean" : stratum.label;
    return [{ name, mark, ink: meanInk(axis, i), dash: seriesDash(i), width: 3 }];
  });
  const one = axis.strata.length === 1 ? [{ name: "posterior line", mark: "line", ink: "fan", width: 1 } as const] : [];
  return [
    ...(axis.points ? [{ name: "observed", mark: "cross", ink: "point" } as const] : []),
    ...(hollow ? [{ name: "censored", mark: "ring", ink: "point" } as const] : []),
    ...one,
    ...strata,
    ...(prob === null ? [] : [{ name: `${percent(prob)} interval`, mark: "band", ink: axis.strata.length > 1 ? "muted" : "mean" } as const]),
    ...(truth ? [{ name: "true curve", mark: "line", ink: "truth", dash: [7, 4] } as const] : []),
  ];
}
