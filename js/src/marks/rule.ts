import type { Scales } from "./axes.js";
import { segment, vertical, withPen } from "./pen.js";

/** Draws a dashed line across the data's box: vertical at a value of x, or horizontal at one of y. */
export function rule(ctx: CanvasRenderingContext2D, at: number, scales: Scales, colour: string, direction: "vertical" | "horizontal" = "vertical"): void {
  withPen(ctx, { strokeStyle: colour, lineWidth: 2 }, () => {
    ctx.setLineDash([5, 3]);
    if (direction === "vertical") vertical(ctx, scales.x(at), scales);
    else segment(ctx, scales.left, scales.y(at), scales.right, scales.y(at));
  });
}
