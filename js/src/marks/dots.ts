import type { Scales } from "./axes.js";
import { withPen } from "./pen.js";

/** Points in data units, by their places. */
export interface Dots {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly places: ArrayLike<number>;
}

/** Draws points as squares of `size` CSS pixels, which thousands of are drawn quickly. */
export function dots(
  ctx: CanvasRenderingContext2D,
  { x, y, places }: Dots,
  scales: Scales,
  { colour, size, alpha }: { readonly colour: string; readonly size: number; readonly alpha: number },
): void {
  withPen(ctx, { fillStyle: colour, globalAlpha: alpha }, () => {
    for (let i = 0; i < places.length; i++) {
      const [px, py] = [scales.x(x[places[i]!]!), scales.y(y[places[i]!]!)];
      if (Number.isFinite(px + py)) ctx.fillRect(px - size / 2, py - size / 2, size, size);
    }
  });
}
