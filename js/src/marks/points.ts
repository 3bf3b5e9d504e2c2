import type { Scales } from "./axes.js";
import { withPen } from "./pen.js";

/** Observations in data units; `hollow[i]` other than 0 marks one that is censored. */
export interface Points {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly hollow: ArrayLike<number> | null;
}

/** Half the width of a cross in CSS pixels. */
const REACH = 3;

/** Draws observations as crosses, censored ones as rings; `colour` may differ by row. Missing values are not drawn. They are as opaque as their number allows and the context has asked for. */
export function points(
  ctx: CanvasRenderingContext2D,
  { x, y, hollow }: Points,
  scales: Scales,
  colour: (row: number) => string,
  lineWidth = 1.3,
): void {
  const alpha = x.length > 2000 ? 0.45 : x.length > 400 ? 0.65 : 0.85;
  withPen(ctx, { lineWidth, globalAlpha: ctx.globalAlpha * alpha }, () => {
    for (let i = 0; i < x.length; i++) {
      const px = scales.x(x[i]!);
      const py = scales.y(y[i]!);
      if (!Number.isFinite(px + py)) continue;
      ctx.strokeStyle = colour(i);
      ctx.beginPath();
      if (hollow?.[i]) {
        ctx.arc(px, py, REACH + 0.5, 0, 2 * Math.PI);
      } else {
        ctx.moveTo(px - REACH, py - REACH);
        ctx.lineTo(px + REACH, py + REACH);
        ctx.moveTo(px + REACH, py - REACH);
        ctx.lineTo(px - REACH, py + REACH);
      }
      ctx.stroke();
    }
  });
}
