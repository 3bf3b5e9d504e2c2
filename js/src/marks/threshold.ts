import type { Scales } from "./axes.js";

/** CSS pixels within which the line is taken hold of. */
const REACH = 14;

export interface ThresholdStyle {
  readonly colour: string;
  readonly halo: string;
  /** Whether it shows where it can be taken hold of. */
  readonly handle: boolean;
}

/** Draws the line of a threshold. */
export function threshold(ctx: CanvasRenderingContext2D, c: number, scales: Scales, { colour, halo, handle }: ThresholdStyle): void {
  const px = scales.x(c);
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(px, scales.top);
  ctx.lineTo(px, scales.bottom);
  ctx.stroke();
  if (handle) {
    ctx.beginPath();
    ctx.arc(px, scales.top + 5, 5, 0, 2 * Math.PI);
    ctx.fill();
    ctx.strokeStyle = halo;
    ctx.stroke();
  }
  ctx.restore();
}

/** Whether a place in CSS pixels is near the line. */
export function nearThreshold(x: number, c: number, scales: Scales): boolean {
  return Math.abs(x - scales.x(c)) <= REACH;
}
