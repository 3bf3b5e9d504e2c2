import type { Scales } from "./axes.js";

/** How the selected draw looks: the colour of the mark, and that of what lifts it off the rest. */
export interface LitStyle {
  readonly colour: string;
  readonly halo: string;
}

/** Marks the selected draw at a point, or along a line at x where y is null. */
export function lit(ctx: CanvasRenderingContext2D, at: { readonly x: number; readonly y: number | null }, scales: Scales, style: LitStyle): void {
  const px = scales.x(at.x);
  const py = at.y === null ? null : scales.y(at.y);
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = style.colour;
  ctx.lineWidth = 1;
  ctx.globalAlpha = py === null ? 1 : 0.45;
  ctx.beginPath();
  ctx.moveTo(px, scales.top);
  ctx.lineTo(px, scales.bottom);
  ctx.stroke();
  if (py !== null) {
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.arc(px, py, 5, 0, 2 * Math.PI);
    ctx.fill();
    ctx.strokeStyle = style.halo;
    ctx.lineWidth = 2;
    ctx.stroke();
  }
  ctx.restore();
}

/** Clears what an overlay holds. */
export function clear(ctx: CanvasRenderingContext2D): void {
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  ctx.restore();
}
