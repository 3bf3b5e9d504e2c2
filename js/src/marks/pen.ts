/** Strokes that marks are made of. */
import type { Interval } from "../stats/interval.js";
import type { Scales } from "./axes.js";

type Ctx = CanvasRenderingContext2D;

/** How a pen draws. */
export type Pen = Partial<Pick<Ctx, "strokeStyle" | "fillStyle" | "globalAlpha" | "lineWidth" | "lineJoin">>;

/** Draws with a pen, and leaves that of the context as it was. */
export function withPen(ctx: Ctx, pen: Pen, draw: () => void): void {
  ctx.save();
  Object.assign(ctx, pen);
  draw();
  ctx.restore();
}

/** A straight line. */
export function segment(ctx: Ctx, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

/** A line from the top to the bottom of the data's box. */
export function vertical(ctx: Ctx, px: number, { top, bottom }: Scales): void {
  segment(ctx, px, top, px, bottom);
}

/** A disc, and an outline that lifts it off what lies beneath. */
export function disc(ctx: Ctx, px: number, py: number, radius: number, halo: string, width = 1.5): void {
  ctx.beginPath();
  ctx.arc(px, py, radius, 0, 2 * Math.PI);
  ctx.fill();
  ctx.strokeStyle = halo;
  ctx.lineWidth = width;
  ctx.stroke();
}

/** An interval as a bar with a disc at its middle. */
export function bar(ctx: Ctx, middle: number, { low, high }: Interval, py: number, { x }: Scales, colour: string, halo: string): void {
  withPen(ctx, { strokeStyle: colour, fillStyle: colour, lineWidth: 2.5 }, () => {
    segment(ctx, x(low), py, x(high), py);
    disc(ctx, x(middle), py, 4, halo);
  });
}

/** Fills what is between a curve and the zero of its scale. */
export function fillBeneath(ctx: Ctx, { x, y }: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> }, scales: Scales): void {
  const last = x.length - 1;
  ctx.beginPath();
  ctx.moveTo(scales.x(x[0]!), scales.y(0));
  for (let i = 0; i <= last; i++) ctx.lineTo(scales.x(x[i]!), scales.y(y[i]!));
  ctx.lineTo(scales.x(x[last]!), scales.y(0));
  ctx.fill();
}
