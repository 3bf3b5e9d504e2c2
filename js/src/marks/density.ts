import type { Interval } from "../stats/interval.js";
import { seriesInk, seriesDash, type Palette } from "../theme.js";
import type { Scales } from "./axes.js";
import { curve } from "./curve.js";
import { bar, fillBeneath, vertical, withPen } from "./pen.js";

/** Draws one density per chain over common places; that of chain c stands on `foot(c)`. */
export function density(
  ctx: CanvasRenderingContext2D,
  { x, chains }: { readonly x: ArrayLike<number>; readonly chains: readonly ArrayLike<number>[] },
  scales: Scales,
  palette: Palette,
  { foot, alpha }: { readonly foot: (chain: number) => number; readonly alpha: number },
): void {
  chains.forEach((chain, c) => {
    const style = { colour: palette[seriesInk(c)], dash: seriesDash(c), width: 1.5, alpha };
    const base = foot(c);
    curve(ctx, { x, y: base === 0 ? chain : Float64Array.from(chain, (value) => base + value) }, scales, style);
  });
}

/** Fills what is beneath a density, and draws it. */
export function area(
  ctx: CanvasRenderingContext2D,
  { x, y }: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> },
  scales: Scales,
  colour: string,
): void {
  withPen(ctx, { fillStyle: colour, globalAlpha: 0.16 }, () => fillBeneath(ctx, { x, y }, scales));
  curve(ctx, { x, y }, scales, { colour, width: 1.75 });
}

/** Shades the part of the box between two values of x. */
export function span(ctx: CanvasRenderingContext2D, { low, high }: Interval, scales: Scales, colour: string): void {
  const [from, to] = [scales.x(low), scales.x(high)];
  withPen(ctx, { fillStyle: colour, strokeStyle: colour, lineWidth: 1.5, globalAlpha: 0.14 }, () => {
    ctx.fillRect(from, scales.top, to - from, scales.bottom - scales.top);
    ctx.globalAlpha = 1;
    for (const px of [from, to]) vertical(ctx, px, scales);
  });
}

/** Draws mean and interval as a bar with a disc at the foot of a density. */
export function summaryBar(
  ctx: CanvasRenderingContext2D,
  { mean, interval }: { readonly mean: number; readonly interval: Interval },
  scales: Scales,
  { text, background }: Palette,
): void {
  bar(ctx, mean, interval, scales.bottom - 6, scales, text, background);
}
