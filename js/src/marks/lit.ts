import type { Scales } from "./axes.js";
import { disc, vertical, withPen } from "./pen.js";

/** How the selected draw looks: the colour of the mark, and that of what lifts it off the rest. */
export interface LitStyle {
  readonly colour: string;
  readonly halo: string;
}

/** Marks the selected draw at a point, or along a line at x where y is null. */
export function lit(ctx: CanvasRenderingContext2D, at: { readonly x: number; readonly y: number | null }, scales: Scales, style: LitStyle): void {
  const px = scales.x(at.x);
  const py = at.y === null ? null : scales.y(at.y);
  const pen = { strokeStyle: style.colour, fillStyle: style.colour, lineWidth: 1, globalAlpha: py === null ? 1 : 0.45 };
  withPen(ctx, pen, () => {
    vertical(ctx, px, scales);
    ctx.globalAlpha = 1;
    if (py !== null) disc(ctx, px, py, 5, style.halo, 2);
  });
}

/** Clears what an overlay holds. */
export function clear(ctx: CanvasRenderingContext2D): void {
  withPen(ctx, {}, () => {
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  });
}
