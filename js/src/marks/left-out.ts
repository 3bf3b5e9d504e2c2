import type { Scales } from "./axes.js";
import { segment, withPen } from "./pen.js";

/** Half the width of a cross in CSS pixels. */
const REACH = 3;

/** Draws observations that are left out as the outlines of crosses. */
export function leftOut(
  ctx: CanvasRenderingContext2D,
  { x, y, rows }: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number>; readonly rows: readonly number[] },
  scales: Scales,
  { colour, halo }: { readonly colour: string; readonly halo: string },
): void {
  for (const [strokeStyle, lineWidth] of [[colour, 3.5], [halo, 2]] as const) {
    withPen(ctx, { strokeStyle, lineWidth, lineCap: "square" }, () => {
      for (const row of rows) {
        const [px, py] = [scales.x(x[row]!), scales.y(y[row]!)];
        if (!Number.isFinite(px + py)) continue;
        segment(ctx, px - REACH, py - REACH, px + REACH, py + REACH);
        segment(ctx, px + REACH, py - REACH, px - REACH, py + REACH);
      }
    });
  }
}
