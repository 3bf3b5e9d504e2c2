import type { Scales } from "./axes.js";
import { withPen } from "./pen.js";

/** Fills the region between two curves over a common grid, with thin edges. */
export function band(
  ctx: CanvasRenderingContext2D,
  { grid, low, high }: { readonly grid: ArrayLike<number>; readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
  scales: Scales,
  { colour, alpha = 0.2 }: { readonly colour: string; readonly alpha?: number },
): void {
  const finite = Array.from(grid, (at, g) => ({ px: scales.x(at), low: scales.y(low[g]!), high: scales.y(high[g]!) })).filter(
    (one) => Number.isFinite(one.low) && Number.isFinite(one.high),
  );
  withPen(ctx, { fillStyle: colour, strokeStyle: colour, globalAlpha: alpha, lineWidth: 1 }, () => {
    ctx.beginPath();
    for (const { px, high } of finite) ctx.lineTo(px, high);
    for (const { px, low } of finite.reverse()) ctx.lineTo(px, low);
    ctx.closePath();
    ctx.fill();
    ctx.globalAlpha = Math.min(0.9, 4 * alpha);
    ctx.stroke();
  });
}
