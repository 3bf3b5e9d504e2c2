import type { Scales } from "./axes.js";
import { withPen, type Pen } from "./pen.js";

/** How a single curve looks. `halo` is the colour of an outline that lifts it off what lies below. */
export interface CurveStyle {
  readonly colour: string;
  readonly width: number;
  readonly dash?: readonly number[];
  readonly alpha?: number;
  readonly halo?: string;
}

/** Draws one curve through the points in data units; a value that is not finite interrupts it. */
export function curve(
  ctx: CanvasRenderingContext2D,
  { x, y }: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> },
  scales: Scales,
  { colour, width, dash = [], alpha = 1, halo }: CurveStyle,
): void {
  withPen(ctx, { lineJoin: "round" }, () => {
    ctx.beginPath();
    let drawing = false;
    for (let i = 0; i < x.length; i++) {
      const px = scales.x(x[i]!);
      const py = scales.y(y[i]!);
      const here = Number.isFinite(px + py);
      if (here && drawing) ctx.lineTo(px, py);
      else if (here) ctx.moveTo(px, py);
      drawing = here;
    }
    if (halo !== undefined) {
      Object.assign(ctx, { strokeStyle: halo, lineWidth: width + 2.5, globalAlpha: 0.7 } satisfies Pen);
      ctx.stroke();
    }
    Object.assign(ctx, { strokeStyle: colour, lineWidth: width, globalAlpha: alpha } satisfies Pen);
    ctx.setLineDash([...dash]);
    ctx.stroke();
  });
}
