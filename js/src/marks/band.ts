import type { Interval } from "../stats/interval.js";
import type { Scales } from "./axes.js";

/** Fills the region between two curves over a common grid, with thin edges. */
export function band(
  ctx: CanvasRenderingContext2D,
  { grid, bounds }: { readonly grid: ArrayLike<number>; readonly bounds: readonly Interval[] },
  scales: Scales,
  colour: string,
): void {
  const finite = bounds
    .map(({ low, high }, g) => ({ px: scales.x(grid[g]!), low: scales.y(low), high: scales.y(high) }))
    .filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
  ctx.save();
  ctx.fillStyle = ctx.strokeStyle = colour;
  ctx.beginPath();
  for (const { px, high } of finite) ctx.lineTo(px, high);
  for (const { px, low } of [...finite].reverse()) ctx.lineTo(px, low);
  ctx.closePath();
  ctx.globalAlpha = 0.2;
  ctx.fill();
  ctx.globalAlpha = 0.9;
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.restore();
}
