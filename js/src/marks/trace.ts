import { decimate } from "../stats/decimate.js";
import { seriesInk, seriesDash, type Palette } from "../theme.js";
import type { U4 } from "../wire.js";
import type { Scales } from "./axes.js";
import { curve } from "./curve.js";
import { withPen } from "./pen.js";

/** Chains one after another, `n` draws each; `every` is the number of draws between two of them. */
export interface Chains {
  readonly draws: Float64Array;
  readonly n: number;
  readonly every: number;
  /** Device pixels per CSS pixel: a line one of them wide is drawn many times faster than a wider one. */
  readonly dpr: number;
}

/** Draws the chains over their draws. */
export function trace(
  ctx: CanvasRenderingContext2D,
  { draws, n, every, dpr }: Chains,
  scales: Scales,
  palette: Palette,
): void {
  for (let c = 0; c * n < draws.length; c++) {
    const { at, values } = decimate(draws.subarray(c * n, (c + 1) * n), scales.right - scales.left);
    const style = { colour: palette[seriesInk(c)], dash: seriesDash(c), width: Math.min(1, 1 / dpr), alpha: 0.75 };
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
  withPen(ctx, { strokeStyle: palette.error, lineWidth: 1.5 }, () => {
    ctx.beginPath();
    for (const position of divergent.data) {
      const px = scales.x(position % n_draws);
      ctx.moveTo(px, scales.bottom);
      ctx.lineTo(px, scales.bottom - 9);
    }
    ctx.stroke();
  });
}
