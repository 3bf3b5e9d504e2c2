import type { Interval } from "../stats/interval.js";
import { seriesInk, seriesDash, type Palette } from "../theme.js";
import type { Scales } from "./axes.js";
import { curve } from "./curve.js";

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
  ctx.save();
  ctx.fillStyle = colour;
  ctx.globalAlpha = 0.16;
  ctx.beginPath();
  ctx.moveTo(scales.x(x[0] ?? 0), scales.y(0));
  for (let i = 0; i < x.length; i++) ctx.lineTo(scales.x(x[i]!), scales.y(y[i]!));
  ctx.lineTo(scales.x(x[x.length - 1] ?? 0), scales.y(0));
  ctx.fill();
  ctx.restore();
  curve(ctx, { x, y }, scales, { colour, width: 1.75 });
}

/** Shades the part of the box between two values of x. */
export function span(ctx: CanvasRenderingContext2D, { low, high }: Interval, scales: Scales, colour: string): void {
  const [from, to] = [scales.x(low), scales.x(high)];
  ctx.save();
  ctx.fillStyle = ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.14;
  ctx.fillRect(from, scales.top, to - from, scales.bottom - scales.top);
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (const px of [from, to]) {
    ctx.moveTo(px, scales.top);
    ctx.lineTo(px, scales.bottom);
  }
  ctx.stroke();
  ctx.restore();
}
/** Draws mean and interval as a bar with a disc at the foot of a density. */
export function summaryBar(
  ctx: CanvasRenderingContext2D,
  { mean, interval }: { readonly mean: number; readonly interval: Interval },
  scales: Scales,
  palette: Palette,
): void {
  const py = scales.bottom - 6;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = palette.text;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  ctx.moveTo(scales.x(interval.low), py);
  ctx.lineTo(scales.x(interval.high), py);
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(scales.x(mean), py, 4, 0, 2 * Math.PI);
  ctx.fill();
  ctx.strokeStyle = palette.background;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.restore();
}
