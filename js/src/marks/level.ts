import type { Interval } from "../stats/interval.js";
import type { Scales } from "./axes.js";
import { disc, segment, withPen, type Pen } from "./pen.js";

/** What is known about one level of a category: its mean, and where asked for its interval and the truth. */
export interface Level {
  readonly x: number;
  readonly mean: number;
  readonly interval: Interval | null;
  readonly truth: number | null;
}

/** Marks a level: a disc at the mean, a whisker for the interval, a dashed bar for the truth. */
export function level(
  ctx: CanvasRenderingContext2D,
  { x, mean, interval, truth }: Level,
  scales: Scales,
  style: { readonly colour: string; readonly truth: string; readonly halo: string },
): void {
  const px = scales.x(x);
  withPen(ctx, { lineWidth: 2, strokeStyle: style.colour, fillStyle: style.colour }, () => {
    if (interval && Number.isFinite(interval.low + interval.high)) segment(ctx, px, scales.y(interval.low), px, scales.y(interval.high));
    if (Number.isFinite(mean)) disc(ctx, px, scales.y(mean), 4.5, style.halo);
    if (truth !== null && Number.isFinite(truth)) {
      Object.assign(ctx, { strokeStyle: style.truth, lineWidth: 2 } satisfies Pen);
      ctx.setLineDash([5, 3]);
      segment(ctx, px - 14, scales.y(truth), px + 14, scales.y(truth));
    }
  });
}
