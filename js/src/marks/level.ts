import type { Interval } from "../stats/interval.js";
import type { Scales } from "./axes.js";
import { disc, segment, withPen, type Pen } from "./pen.js";

/** What is known about one level of a category: its mean, and where asked for its intervals, the widest first, and the truth. */
export interface Level {
  readonly x: number;
  readonly mean: number;
  readonly intervals: readonly Interval[];
  readonly truth: number | null;
}

/** Marks a level: a disc at the mean, a whisker for each interval, thicker where it is narrower, a dashed bar for the truth. */
export function level(
  ctx: CanvasRenderingContext2D,
  { x, mean, intervals, truth }: Level,
  scales: Scales,
  style: { readonly colour: string; readonly truth: string; readonly halo: string },
): void {
  const px = scales.x(x);
  withPen(ctx, { strokeStyle: style.colour, fillStyle: style.colour }, () => {
    intervals.forEach(({ low, high }, i) => {
      ctx.lineWidth = 2 + 2.5 * i;
      if (Number.isFinite(low + high)) segment(ctx, px, scales.y(low), px, scales.y(high));
    });
    if (Number.isFinite(mean)) disc(ctx, px, scales.y(mean), 4.5, style.halo);
    if (truth !== null && Number.isFinite(truth)) {
      Object.assign(ctx, { strokeStyle: style.truth, lineWidth: 2 } satisfies Pen);
      ctx.setLineDash([5, 3]);
      segment(ctx, px - 14, scales.y(truth), px + 14, scales.y(truth));
    }
  });
}
