import type { Interval } from "../stats/interval.js";
import type { F4 } from "../wire.js";
import { seriesInk, seriesDash, type Palette } from "../theme.js";
import type { Scales } from "./axes.js";
import { curve } from "./curve.js";

/** Draws one density per chain over a common grid, shape [C, K]. */
export function density(
  ctx: CanvasRenderingContext2D,
  { x, y }: { readonly x: F4; readonly y: F4 },
  scales: Scales,
  palette: Palette,
): void {
  const [chains = 0, n = 0] = y.shape;
  for (let c = 0; c < chains; c++) {
    const chain = y.data.subarray(c * n, (c + 1) * n);
    const style = { colour: palette[seriesInk(c)], dash: seriesDash(c), width: 1.5 };
    curve(ctx, { x: x.data, y: chain }, scales, style);
  }
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
