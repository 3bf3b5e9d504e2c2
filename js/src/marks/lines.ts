import type { Curves } from "../stats/curves.js";
import type { Scales } from "./axes.js";

/** The part of a fan that one call draws: lines `from` to `to` - 1. */
export interface LineSpan {
  readonly curves: Curves;
  readonly grid: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
}

/** How a fan's lines look. */
export interface LineStyle {
  readonly colour: string;
  readonly alpha: number;
  readonly dpr: number;
}

/**
 * Draws lines of a fan. Each line is a path of its own and at most one device pixel wide: both keep the
 * browser on its hairline route, which is eight times faster than a wide or a joint path.
 */
export function lines(
  ctx: CanvasRenderingContext2D,
  { curves: { values, n_grid }, grid, from, to }: LineSpan,
  scales: Scales,
  { colour, alpha, dpr }: LineStyle,
): void {
  const px = Float32Array.from({ length: n_grid }, (_, g) => scales.x(grid[g]!));
  const zero = scales.y(0);
  const unit = scales.y(1) - zero;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.globalAlpha = alpha;
  ctx.lineWidth = Math.min(1, 1 / dpr);
  for (let i = from; i < to; i++) {
    ctx.beginPath();
    let drawing = false;
    for (let g = 0; g < n_grid; g++) {
      const py = zero + unit * values[i * n_grid + g]!;
      if (!Number.isFinite(py)) {
        drawing = false;
      } else if (drawing) {
        ctx.lineTo(px[g]!, bounded(py));
      } else {
        ctx.moveTo(px[g]!, bounded(py));
        drawing = true;
      }
    }
    ctx.stroke();
  }
  ctx.restore();
}

/** Canvas coordinates far outside are rasterised wrongly or slowly; the clip hides what this moves. */
function bounded(py: number): number {
  return Math.min(1e5, Math.max(-1e5, py));
}
