import type { Scales } from "./axes.js";

/** Draws a dashed vertical line at x, from the bottom to the top of the data's box. */
export function rule(ctx: CanvasRenderingContext2D, x: number, scales: Scales, colour: string): void {
  const px = scales.x(x);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.setLineDash([5, 3]);
  ctx.beginPath();
  ctx.moveTo(px, scales.top);
  ctx.lineTo(px, scales.bottom);
  ctx.stroke();
  ctx.restore();
}
