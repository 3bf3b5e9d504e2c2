import type { Interval } from "../stats/interval.js";
import type { Scales } from "./axes.js";

/** What is known about one level of a category: its mean, and where asked for its interval and the truth. */
export interface Level {
  readonly x: number;
  readonly mean: number;
  readonly interval: Interval | null;
  readonly truth: number | null;
}

/** Marks a level: a disc at the mean, a whisker for the interval, a dashed bar for the truth. */
export function level(
  ctx: CanvasRenderingContext2D,
  { x, mean, interval, truth }: Level,
  scales: Scales,
  style: { readonly colour: string; readonly truth: string; readonly halo: string },
): void {
  const px = scales.x(x);
  ctx.save();
  ctx.lineWidth = 2;
  ctx.strokeStyle = style.colour;
  if (interval && Number.isFinite(interval.low + interval.high)) {
    ctx.beginPath();
    ctx.moveTo(px, scales.y(interval.low));
    ctx.lineTo(px, scales.y(interval.high));
    ctx.stroke();
  }
  if (Number.isFinite(mean)) {
    ctx.beginPath();
    ctx.arc(px, scales.y(mean), 4.5, 0, 2 * Math.PI);
    ctx.fillStyle = style.colour;
    ctx.fill();
    ctx.strokeStyle = style.halo;
    ctx.lineWidth = 1.5;
    ctx.stroke();
  }
  if (truth !== null && Number.isFinite(truth)) {
    ctx.beginPath();
    ctx.moveTo(px - 14, scales.y(truth));
    ctx.lineTo(px + 14, scales.y(truth));
    ctx.strokeStyle = style.truth;
    ctx.lineWidth = 2;
    ctx.setLineDash([5, 3]);
    ctx.stroke();
  }
  ctx.restore();
}
