import { jitter } from "../stats/jitter.js";
import type { Scales } from "./axes.js";
import type { LineSpan, LineStyle } from "./lines.js";
import { withPen } from "./pen.js";

/** Half the length of a dash in CSS pixels. */
const REACH = 4;

/**
 * Draws a fan over categories: draw i is one short dash at every level, never a line between levels, for
 * there is nothing between them. `offset` and `spread` are in units of the distance between levels.
 */
export function dashes(
  ctx: CanvasRenderingContext2D,
  { curves: { values, n_lines, n_grid }, grid, from, to }: LineSpan,
  scales: Scales,
  { colour, alpha, dpr }: LineStyle,
  { offset, spread }: { readonly offset: number; readonly spread: number },
): void {
  const noise = jitter(n_lines, 1);
  withPen(ctx, { strokeStyle: colour, globalAlpha: alpha, lineWidth: Math.max(1, 1 / dpr) }, () => {
    for (let i = from; i < to; i++) {
      ctx.beginPath();
      for (let g = 0; g < n_grid; g++) {
        const px = scales.x(grid[g]! + offset + spread * noise[i]!);
        const py = scales.y(values[i * n_grid + g]!);
        if (!Number.isFinite(py)) continue;
        ctx.moveTo(px - REACH, py);
        ctx.lineTo(px + REACH, py);
      }
      ctx.stroke();
    }
  });
}
