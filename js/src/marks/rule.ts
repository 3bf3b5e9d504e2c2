import type { Scales } from "./axes.js";

/** Draws a dashed line across the data's box: vertical at a value of x, or horizontal at one of y. */
export function rule(ctx: CanvasRenderingContext2D, at: number, scales: Scales, colour: string, direction: "vertical" | "horizontal" = "vertical"): void {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.setLineDash([5, 3]);
  ctx.beginPath();
  if (direction === "vertical") {
    ctx.moveTo(scales.x(at), scales.top);
    ctx.lineTo(scales.x(at), scales.bottom);
  } else {
    ctx.moveTo(scales.left, scales.y(at));
    ctx.lineTo(scales.right, scales.y(at));
  }
  ctx.stroke();
  ctx.restore();
}
