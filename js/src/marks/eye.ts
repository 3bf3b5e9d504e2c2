import type { Interval } from "../stats/interval.js";
import type { Kernel } from "../stats/kde.js";
import type { Scales } from "./axes.js";
import { curve } from "./curve.js";
import { bar, fillBeneath, withPen } from "./pen.js";

/** A posterior: its density, and its median and interval beneath. What lies above the threshold is darker. */
export interface Eye {
  /** Null where all draws are alike. */
  readonly density: Kernel | null;
  readonly median: number;
  readonly interval: Interval;
  readonly threshold: number;
}

export interface EyeStyle {
  readonly colour: string;
  readonly bar: string;
  readonly halo: string;
}

/** Pixels between the foot of the density and the bar. */
const BENEATH = 6;

export function eye(
  ctx: CanvasRenderingContext2D,
  { density, median, interval, threshold }: Eye,
  scales: Scales,
  { colour, bar: ofBar, halo }: EyeStyle,
): void {
  const { left, right, top } = scales;
  const foot = scales.y(0);
  if (density) {
    const { x } = density;
    const peak = density.y.reduce((most, value) => Math.max(most, value), 0);
    const y = density.y.map((value) => value / peak);
    const c = Math.min(right, Math.max(left, scales.x(threshold)));
    for (const [from, to, alpha] of [[left, c, 0.14], [c, right, 0.45]] as const) {
      withPen(ctx, { fillStyle: colour, globalAlpha: alpha }, () => {
        ctx.beginPath();
        ctx.rect(from, top - 2, to - from, foot - top + 3);
        ctx.clip();
        fillBeneath(ctx, { x, y }, scales);
      });
    }
    curve(ctx, { x, y }, scales, { colour, width: 1.5 });
  }
  bar(ctx, median, interval, foot + BENEATH, scales, ofBar, halo);
}
