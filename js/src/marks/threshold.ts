import type { Scales } from "./axes.js";
import { disc, vertical, withPen } from "./pen.js";

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
  withPen(ctx, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.5 }, () => {
    vertical(ctx, px, scales);
    if (handle) disc(ctx, px, scales.top + 5, 5, halo);
  });
}

/** Whether a place in CSS pixels is near the line. */
export const nearThreshold = (x: number, c: number, scales: Scales): boolean => Math.abs(x - scales.x(c)) <= REACH;
