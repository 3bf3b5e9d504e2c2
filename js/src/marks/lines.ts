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

/** CSS pixels by which a line that is drawn may miss its points: a third of what an eye can see at most. */
const FLAT = 0.1;

/**
 * Draws lines of a fan. Each line is a path of its own and at most one device pixel wide: both keep the
 * browser on its hairline route, which is eight times faster than a wide or a joint path. Points that lie on the
 * straight line between others are left out: a straight line has two.
 */
export function lines(
  ctx: CanvasRenderingContext2D,
  { curves: { values, n_grid }, grid, from, to }: LineSpan,
  scales: Scales,
  { colour, alpha, dpr }: LineStyle,
): void {
  const px = Float64Array.from(grid, (x) => scales.x(x));
  const py = new Float64Array(n_grid);
  const zero = scales.y(0);
  const unit = scales.y(1) - zero;
  const flat = (a: number, b: number): boolean => {
    const slope = (py[b]! - py[a]!) / (px[b]! - px[a]!);
    const near = (g: number) => Math.abs(py[a]! + slope * (px[g]! - px[a]!) - py[g]!) <= FLAT;
    if (!near((a + b) >> 1)) return false; // where a curve is farthest from its chord
    for (let g = a + 1; g < b; g++) if (!near(g)) return false;
    return true;
  };
  const walk = (a: number, b: number): void => {
    if (b - a > 1 && !flat(a, b)) {
      const middle = (a + b) >> 1;
      walk(a, middle);
      walk(middle, b);
    } else if (!Number.isFinite(py[b]!)) return;
    else if (Number.isFinite(py[a]!)) ctx.lineTo(px[b]!, bounded(py[b]!));
    else ctx.moveTo(px[b]!, bounded(py[b]!));
  };
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.globalAlpha = alpha;
  ctx.lineWidth = Math.min(1, 1 / dpr);
  for (let i = from; i < to; i++) {
    for (let g = 0; g < n_grid; g++) py[g] = zero + unit * values[i * n_grid + g]!;
    ctx.beginPath();
    if (Number.isFinite(py[0]!)) ctx.moveTo(px[0]!, bounded(py[0]!));
    walk(0, n_grid - 1);
    ctx.stroke();
  }
  ctx.restore();
}

/** Canvas coordinates far outside are rasterised wrongly or slowly; the clip hides what this moves. */
const bounded = (py: number): number => Math.min(1e5, Math.max(-1e5, py));
