import type { Fan } from "../../fit/fan.js";
import { axes, type Scales } from "../../marks/axes.js";
import { band } from "../../marks/band.js";
import { curve } from "../../marks/curve.js";
import { dashes } from "../../marks/dashes.js";
import { level } from "../../marks/level.js";
import { lines } from "../../marks/lines.js";
import { points } from "../../marks/points.js";
import { extent } from "../../stats/extent.js";
import { jittered, STRIP } from "../../stats/jitter.js";
import { seriesDash, seriesInk, type Ink } from "../../theme.js";
import type { Surface } from "../../ui/plot.js";
import type { Bands } from "./bands.js";
import { EVERY, snapshots, type Snapshots } from "../snapshots.js";

/** What a picture of the fan shows at this moment. */
export interface FanPicture {
  readonly fan: Fan;
  readonly ylabel: string;
  readonly domain: readonly [number, number];
  /** Lines drawn; none where bands take their place. */
  readonly shown: number;
  /** For each stratum, the widest first. */
  readonly bands: readonly Bands[];
  readonly faded: boolean;
  /** The line that lights up; -1 for none. */
  readonly lit: number;
  /** The fan of the prior, beneath. */
  readonly under: Fan | null;
}

/** The name of the `performance` measure around every redraw of lines. */
export const MEASURE = "glm-fan-redraw";

/** Draws a fan whole, or brings its lines up to date: only new ones when there are more of them. */
export interface FanPainter {
  draw(surface: Surface): void;
  /** After a change of the number of lines alone. */
  update(): void;
  /** After a change of the line that lights up alone. */
  light(): void;
  /** The line under a point of the plot, in CSS pixels; -1 where there is none. */
  nearest(px: number, py: number): number;
}

/** Layers of the plot, the lowest first. */
export const LAYERS = 3;

/** CSS pixels within which a line is meant. */
const REACH = 12;

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
      drawLines(surface, scales, now.fan, on.drawn, next);
      on.drawn = next;
      if (now.fan.strata.length > 1) before.keep(ctx, next); // one fan is quick enough without
    }
    performance.measure(MEASURE, { start });
  };

  const light = () => {
    if (!on) return;
    const { surface, scales } = on;
    const ctx = surface.layers[2]!;
    ctx.clearRect(0, 0, surface.width, surface.height);
    const { fan, lit } = picture();
    if (lit >= 0) drawLit(surface, scales, fan, lit);
  };

  return {
    draw(surface) {
      const start = performance.now();
      const now = picture();
      const scales = axes(surface, {
        x: xAxis(now.fan),
        y: { kind: "numeric", label: now.ylabel, domain: now.domain },
      });
      on = { surface, scales, drawn: 0, before: snapshots() };
      if (now.under) drawUnder(surface, scales, now.under);
      update();
      drawAbove(surface, scales, now);
      light();
      performance.measure(`${MEASURE}-whole`, { start });
    },
    update,
    light,
    nearest: (px, py) => (on ? nearestLine(picture(), on.scales, px, py) : -1),
  };
}

function xAxis({ kind, x, grid, levels, points: seen }: Fan) {
  if (kind === "category") return { kind, label: x, levels } as const;
  return { kind, label: x, domain: extent([grid, seen?.x ?? []], 0.02) } as const;
}

/** The first multiple of `step` after `n`. */
function stepAfter(n: number, step: number): number {
  return step * (Math.floor(n / step) + 1);
}

/** Lines that one stratum draws before it is the turn of the next. */
const TURN = 20;

/** Lines `from` to `to` - 1 of all strata, in turn, so that no stratum covers another. */
function drawLines(surface: Surface, scales: Scales, fan: Fan, from: number, to: number): void {
  const many = fan.strata.length > 1;
  for (let start = from; start < to; start = many ? stepAfter(start, TURN) : to) {
    const end = many ? Math.min(to, stepAfter(start, TURN)) : to;
    fan.strata.forEach((_, i) => drawStratum(surface, scales, fan, i, start, end, lineInk(fan, i), many ? 0.22 : 0.3));
  }
}

function drawStratum(surface: Surface, scales: Scales, fan: Fan, i: number, from: number, to: number, ink: Ink, alpha: number): void {
  const ctx = surface.layers[0]!;
  const span = { curves: fan.strata[i]!.curves, grid: fan.grid, from, to };
  const style = { colour: surface.palette[ink], dpr: surface.dpr };
  if (fan.kind === "numeric") lines(ctx, span, scales, { ...style, alpha });
  else dashes(ctx, span, scales, { ...style, alpha: alpha * 1.6 }, dodge(fan, i));
}

/** Lines of the prior that are drawn beneath the posterior's. */
const UNDER = 100;

function drawUnder(surface: Surface, scales: Scales, under: Fan): void {
  under.strata.forEach(({ curves }, i) => {
    drawStratum(surface, scales, under, i, 0, Math.min(UNDER, curves.n_lines), "muted", 0.3);
  });
}

/** Points, bands, truth and mean: whatever must stay above the lines. */
function drawAbove(surface: Surface, scales: Scales, { fan, bands, faded }: FanPicture): void {
  const ctx = surface.layers[1]!;
  const { palette } = surface;
  const { grid } = fan;
  fan.strata.forEach((_, i) => {
    if (fan.kind === "category") return;
    for (const { low, high } of bands[i]?.of ?? []) band(ctx, { grid, low, high }, scales, { colour: palette[meanInk(fan, i)], alpha: fan.strata.length > 1 ? 0.1 : 0.2 });
  });
  if (fan.points) {
    const { x, y, hollow } = fan.points;
    const placed = fan.kind === "category" ? jittered(x, STRIP, 1) : x;
    ctx.save();
    if (faded) ctx.globalAlpha = 0.25;
    points(ctx, { x: placed, y, hollow }, scales, () => palette.point);
    ctx.restore();
  }
  fan.strata.forEach(({ mean, truth }, i) => {
    const colour = palette[meanInk(fan, i)];
    const halo = palette.background;
    const centre = bands[i]?.median ?? mean;
    if (fan.kind === "category") {
      const { offset } = dodge(fan, i);
      for (let g = 0; g < grid.length; g++) {
        const widest = bands[i]?.of[0];
        const interval = widest === undefined ? null : { low: widest.low[g]!, high: widest.high[g]! };
        const found = { x: grid[g]! + offset, mean: centre[g]!, interval, truth: truth?.[g] ?? null };
        level(ctx, found, scales, { colour, truth: palette.truth, halo });
      }
      return;
    }
    if (truth) curve(ctx, { x: grid, y: truth }, scales, { colour: palette.truth, width: 2.5, dash: [7, 4], halo });
    curve(ctx, { x: grid, y: centre }, scales, { colour, width: 2.5, dash: seriesDash(i), halo });
  });
}

/** The line of the selected draw, in every stratum. */
function drawLit(surface: Surface, scales: Scales, fan: Fan, line: number): void {
  const ctx = surface.layers[2]!;
  const { palette } = surface;
  fan.strata.forEach(({ curves: { values, n_grid } }, i) => {
    const y = values.subarray(line * n_grid, (line + 1) * n_grid);
    if (fan.kind === "numeric") {
      curve(ctx, { x: fan.grid, y }, scales, { colour: palette.selected, width: 2.5, halo: palette.background });
      return;
    }
    const { offset } = dodge(fan, i);
    for (let g = 0; g < fan.grid.length; g++) {
      const at = { x: fan.grid[g]! + offset, mean: y[g]!, interval: null, truth: null };
      level(ctx, at, scales, { colour: palette.selected, truth: palette.truth, halo: palette.background });
    }
  });
}

/** Lines that can be told apart by eye and hand; of more, the first. */
const MOST_MEANT = 1_000;

function nearestLine({ fan, shown }: FanPicture, scales: Scales, px: number, py: number): number {
  const at = fan.kind === "category" ? Math.round(scales.x.invert(px)) : placeIn(fan.grid, scales.x.invert(px));
  if (at < 0 || at > fan.grid.length - 1) return -1;
  const [g, share] = [Math.floor(at), at % 1];
  let [best, distance] = [-1, REACH];
  for (const { curves: { values, n_grid, n_lines } } of fan.strata) {
    for (let i = 0; i < Math.min(shown, n_lines, MOST_MEANT); i++) {
      const here = values[i * n_grid + g]!;
      const y = share === 0 ? here : here + share * (values[i * n_grid + g + 1]! - here);
      const off = Math.abs(scales.y(y) - py);
      if (off < distance) [best, distance] = [i, off];
    }
  }
  return best;
}

/** Where a value lies in an ascending grid, as a position with a fraction; -1 where it lies outside. */
function placeIn(grid: ArrayLike<number>, value: number): number {
  const n = grid.length;
  if (n === 0 || value < grid[0]! || value > grid[n - 1]!) return -1;
  let above = 1;
  while (above < n - 1 && grid[above]! < value) above++;
  if (n === 1) return 0;
  return above - 1 + (value - grid[above - 1]!) / (grid[above]! - grid[above - 1]!);
}

/** Strata of a category stand side by side within their level. */
function dodge({ strata }: Fan, i: number): { offset: number; spread: number } {
  const width = 0.6 / strata.length;
  return { offset: (i - (strata.length - 1) / 2) * width, spread: width * 0.36 };
}

export function lineInk({ strata }: Fan, i: number): Ink {
  return strata.length > 1 ? seriesInk(i) : "fan";
}

export function meanInk({ strata }: Fan, i: number): Ink {
  return strata.length > 1 ? seriesInk(i) : "mean";
}
