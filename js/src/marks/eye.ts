import type { Interval } from "../stats/interval.js";
import type { Kernel } from "../stats/kde.js";
import type { Scales } from "./axes.js";
import { curve } from "./curve.js";

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

export function eye(ctx: CanvasRenderingContext2D, { density, median, interval, threshold }: Eye, scales: Scales, { colour, bar, halo }: EyeStyle): void {
  const foot = scales.y(0);
  ctx.save();
  if (density) {
    const peak = density.y.reduce((most, value) => Math.max(most, value), 0);
    const y = density.y.map((value) => value / peak);
    const c = Math.min(scales.right, Math.max(scales.left, scales.x(threshold)));
    ctx.fillStyle = colour;
    for (const [from, to, alpha] of [[scales.left, c, 0.14], [c, scales.right, 0.45]] as const) {
      ctx.save();
      ctx.beginPath();
      ctx.rect(from, scales.top - 2, to - from, foot - scales.top + 3);
      ctx.clip();
      ctx.beginPath();
      ctx.moveTo(scales.x(density.x[0]!), foot);
      density.x.forEach((x, i) => ctx.lineTo(scales.x(x), scales.y(y[i]!)));
      ctx.lineTo(scales.x(density.x[density.x.length - 1]!), foot);
      ctx.globalAlpha = alpha;
      ctx.fill();
      ctx.restore();
    }
    curve(ctx, { x: density.x, y }, scales, { colour, width: 1.5 });
  }
  ctx.strokeStyle = ctx.fillStyle = bar;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  ctx.moveTo(scales.x(interval.low), foot + BENEATH);
  ctx.lineTo(scales.x(interval.high), foot + BENEATH);
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(scales.x(median), foot + BENEATH, 4, 0, 2 * Math.PI);
  ctx.fill();
  ctx.strokeStyle = halo;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.restore();
}
