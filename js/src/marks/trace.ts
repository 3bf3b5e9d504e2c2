import { decimate } from "../stats/decimate.js";
import { seriesInk, seriesDash, type Palette } from "../theme.js";
import type { F4, U4 } from "../wire.js";
import type { Scales } from "./axes.js";
import { curve } from "./curve.js";

/** Draws the chains over their draws, shape [C, T]; `every` is the number of draws between two of them. */
export function trace(
  ctx: CanvasRenderingContext2D,
  { draws, every }: { readonly draws: F4; readonly every: number },
  scales: Scales,
  palette: Palette,
): void {
  const [chains = 0, n = 0] = draws.shape;
  for (let c = 0; c < chains; c++) {
    const { at, values } = decimate(draws.data.subarray(c * n, (c + 1) * n), scales.right - scales.left);
    const style = { colour: palette[seriesInk(c)], dash: seriesDash(c), width: 1, alpha: 0.75 };
    curve(ctx, { x: at.map((t) => t * every), y: values }, scales, style);
  }
}

/** Draws a tick at the foot of the trace for every divergent transition, given as chain * n_draws + draw. */
export function divergences(
  ctx: CanvasRenderingContext2D,
  { divergent, n_draws }: { readonly divergent: U4; readonly n_draws: number },
  scales: Scales,
  palette: Palette,
): void {
  ctx.save();
  ctx.strokeStyle = palette.error;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (const position of divergent.data) {
    const px = scales.x(position % n_draws);
    ctx.moveTo(px, scales.bottom);
    ctx.lineTo(px, scales.bottom - 9);
  }
  ctx.stroke();
  ctx.restore();
}
