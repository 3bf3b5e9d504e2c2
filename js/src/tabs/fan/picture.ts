import { pointwiseBands, type Band } from "../../fit/bands.js";
import type { Fan, FanPoints } from "../../fit/fan.js";
import { axes, type Axis } from "../../marks/axes.js";
import { band } from "../../marks/band.js";
import { curve } from "../../marks/curve.js";
import { dashes } from "../../marks/dashes.js";
import { level } from "../../marks/level.js";
import { lines } from "../../marks/lines.js";
import { clear } from "../../marks/lit.js";
import { points } from "../../marks/points.js";
import type { Stage } from "../../stage.js";
import { extent } from "../../stats/extent.js";
import { jittered, STRIP } from "../../stats/jitter.js";
import { seriesDash, seriesInk, type Ink } from "../../theme.js";
import type { Surface } from "../../ui/plot.js";
import { numeric } from "../columns.js";
import { GHOST, GHOST_DASH } from "../ghost.js";
import { litOf, type On } from "../selection.js";
import { EVERY, snapshots, type Snapshots } from "../snapshots.js";
import type { Picture } from "./answer.js";
import { linesOf } from "./bands.js";

/** Draws a fan whole, or brings its lines up to date: only new ones when there are more of them. */
export interface FanPainter {
  draw(surface: Surface): void;
  /** After a change of the number of lines alone. */
  update(): void;
  /** After a change of the line that lights up alone. */
  light(): void;
  /** The draw whose line is under a point of the plot, in CSS pixels; null where there is none. */
  nearest(px: number, py: number): number | null;
}

/** Layers of the plot, the lowest first: the lines, what must stay above them, and the line that lights up. */
export const LAYERS = 3;

/** A painter remembers the surface, the scales, how many lines are already on it, and earlier states of it. */
export function fanPainter(stage: Stage, picture: () => Picture, yAxis: () => Axis): FanPainter {
  let on: Drawn | null = null;

  /** Keeps copies to go back to, where a slider goes through the lines. */
  const update = (keeping: boolean) => {
    if (!on) return;
    const { surface, fan, copies } = on;
    const shown = linesOf(stage, fan);
    const ctx = surface.layers[0]!;
    if (shown < on.drawn) on.drawn = copies.restore(ctx, shown);
    while (on.drawn < shown) {
      const next = Math.min(shown, stepAfter(on.drawn, EVERY));
      drawLines(on, on.drawn, next);
      on.drawn = next;
      if (keeping && fan.strata.length > 1) copies.keep(ctx, next); // one fan is quick enough without
    }
  };

  const light = () => {
    if (!on) return;
    const { layers, palette } = on.surface;
    const line = on.numbers.indexOf(litOf(stage)!);
    clear(layers[2]!);
    if (line < 0) return;
    on.fan.strata.forEach(({ curves: { values, n_grid } }, i) => {
      drawCourse(on!, 2, i, { y: values.subarray(line * n_grid, (line + 1) * n_grid), colour: palette.selected });
    });
  };

  return {
    draw(surface) {
      const now = picture();
      const { fan, under } = now;
      on = { ...now, surface, scales: axes(surface, { x: xAxis(fan), y: yAxis() }), drawn: 0, copies: snapshots() };
      under?.strata.forEach(({ curves }, i) => drawStratum(on!, under, i, 0, Math.min(UNDER, curves.n_lines), "muted", 0.3));
      update(false);
      drawAbove(on, stage.get("points") === "faded");
      light();
    },
    update: () => update(true),
    light,
    nearest: (px, py) => on && nearestDraw(on, linesOf(stage, on.fan), px, py),
  };
}

/** A picture where it was drawn last, with so many of its lines. */
interface Drawn extends Picture, On {
  drawn: number;
  readonly copies: Snapshots;
}

const xAxis = ({ kind, x, grid, levels, points: seen }: Fan): Axis =>
  kind === "category" ? { kind, label: x, levels } : numeric(extent([grid, seen?.x ?? []], 0.02), x);

/** The first multiple of `step` after `n`. */
const stepAfter = (n: number, step: number): number => step * (Math.floor(n / step) + 1);

/** Of the interval before a change. */
const GHOST_PROB = 0.89;

/** Lines of the prior that are drawn beneath the posterior's. */
const UNDER = 100;

/** Lines that one stratum draws before it is the turn of the next. */
const TURN = 20;

/** Lines `from` to `to` - 1 of all strata, in turn, so that no stratum covers another. */
function drawLines(on: Drawn, from: number, to: number): void {
  const { fan } = on;
  const many = fan.strata.length > 1;
  for (let start = from; start < to; ) {
    const end = many ? Math.min(to, stepAfter(start, TURN)) : to;
    fan.strata.forEach((_, i) => drawStratum(on, fan, i, start, end, inkOf(on, i, "fan"), many ? 0.22 : 0.3));
    start = end;
  }
}

function drawStratum({ surface, scales }: On, fan: Fan, i: number, from: number, to: number, ink: Ink, alpha: number): void {
  const ctx = surface.layers[0]!;
  const span = { curves: fan.strata[i]!.curves, grid: fan.grid, from, to };
  const style = { colour: surface.palette[ink], dpr: surface.dpr };
  // Lines of a coarse picture are wider: a lower alpha keeps the ink the same.
  if (fan.kind === "numeric") lines(ctx, span, scales, { ...style, alpha: alpha * surface.resolution });
  else dashes(ctx, span, scales, { ...style, alpha: alpha * 1.6 }, dodge(fan, i));
}

/** Points, bands, truth and mean: whatever must stay above the lines. */
function drawAbove(on: Drawn, faded: boolean): void {
  const { surface, scales, fan, bands, before } = on;
  const ctx = surface.layers[1]!;
  const { palette } = surface;
  const { grid, kind, strata, points: seen } = fan;
  const colourOf = (i: number) => palette[inkOf(on, i, "mean")];
  before?.strata.forEach(({ mean, curves }, i) => {
    const of = pointwiseBands(curves, [GHOST_PROB]);
    if (kind === "numeric") band(ctx, { grid, ...of[0]! }, scales, { colour: palette[GHOST], alpha: 0.12 });
    drawCourse(on, 1, i, { y: mean, colour: palette[GHOST], dash: GHOST_DASH, bands: of });
  });
  if (kind === "numeric") {
    bands.forEach(({ of }, i) => {
      for (const { low, high } of of) band(ctx, { grid, low, high }, scales, { colour: colourOf(i), alpha: strata.length > 1 ? 0.1 : 0.2 });
    });
  }
  if (seen) {
    const { y, hollow, strata: of } = seen;
    const x = kind === "category" ? spreadPoints(fan, seen) : seen.x;
    ctx.save();
    if (faded) ctx.globalAlpha = 0.25;
    points(ctx, { x, y, hollow }, scales, (row) => palette[of ? inkOf(on, of[row]!, "point") : "point"]);
    ctx.restore();
  }
  strata.forEach(({ mean, truth }, i) => {
    const { median, of } = bands[i]!;
    drawCourse(on, 1, i, { y: median ?? mean, colour: colourOf(i), dash: seriesDash(i), truth, bands: of });
  });
}

/** Points of a category beside one another, each at its stratum. */
export const spreadPoints = (fan: Fan, { x, strata }: FanPoints): ArrayLike<number> =>
  strata ? jittered(Float64Array.from(x, (at, row) => at + dodge(fan, strata[row]!).offset), dodge(fan, 0).spread, 1) : jittered(x, STRIP, 1);

/** One value at each point of the grid. */
interface Course {
  readonly y: ArrayLike<number>;
  readonly colour: string;
  readonly dash?: readonly number[];
  readonly truth?: ArrayLike<number> | null;
  /** Drawn at the levels of a category. */
  readonly bands?: readonly Band[];
}

/** Draws it as a curve, or as a mark at each level, with the truth beside it. */
function drawCourse({ surface, scales, fan }: Drawn, layer: number, i: number, { y, colour, dash = [], truth, bands = [] }: Course): void {
  const ctx = surface.layers[layer]!;
  const { truth: trueColour, background: halo } = surface.palette;
  const { grid: x, kind } = fan;
  if (kind === "numeric") {
    if (truth) curve(ctx, { x, y: truth }, scales, { colour: trueColour, width: 2.5, dash: [7, 4], halo });
    curve(ctx, { x, y }, scales, { colour, width: 2.5, dash, halo });
    return;
  }
  const { offset } = dodge(fan, i);
  for (let g = 0; g < x.length; g++) {
    const intervals = bands.map(({ low, high }) => ({ low: low[g]!, high: high[g]! }));
    level(ctx, { x: x[g]! + offset, mean: y[g]!, intervals, truth: truth?.[g] ?? null }, scales, { colour, truth: trueColour, halo });
  }
}

/** CSS pixels within which a line is meant, and how many lines can be told apart by eye and hand. */
const REACH = 12;
const MOST_MEANT = 1_000;

function nearestDraw({ fan: { kind, grid, strata }, numbers, scales: { x, y } }: Drawn, shown: number, px: number, py: number): number | null {
  const at = kind === "category" ? Math.round(x.invert(px)) : placeIn(grid, x.invert(px));
  if (at < 0 || at > grid.length - 1) return null;
  const [from, to, share] = [Math.floor(at), Math.ceil(at), at % 1];
  let [best, least] = [-1, REACH];
  for (const { curves: { values, n_grid, n_lines } } of strata) {
    for (let i = 0; i < Math.min(shown, n_lines, MOST_MEANT); i++) {
      const here = values[i * n_grid + from]!;
      const far = Math.abs(y(here + share * (values[i * n_grid + to]! - here)) - py);
      if (far < least) [best, least] = [i, far];
    }
  }
  return numbers[best] ?? null;
}

/** Where a value lies in an ascending grid, as a position with a fraction; outside of it, beyond its positions. */
function placeIn(grid: ArrayLike<number>, value: number): number {
  let above = 1;
  while (above < grid.length - 1 && grid[above]! < value) above++;
  return above - 1 + (value - grid[above - 1]!) / (grid[above]! - grid[above - 1]!);
}

/** Strata of a category stand side by side within their level. */
function dodge({ strata: { length } }: Fan, i: number): { offset: number; spread: number } {
  const width = 0.6 / length;
  return { offset: (i - (length - 1) / 2) * width, spread: width * 0.36 };
}

/** The ink of a stratum; `alone` where there is no other. */
export const inkOf = ({ fan, isPrior }: Picture, i: number, alone: Ink): Ink => (isPrior ? "muted" : fan.strata.length > 1 ? seriesInk(i) : alone);
