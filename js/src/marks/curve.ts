import type { Scales } from "./axes.js";

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
  ctx.save();
  ctx.lineJoin = "round";
  ctx.beginPath();
  let drawing = false;
  for (let i = 0; i < x.length; i++) {
    const px = scales.x(x[i]!);
    const py = scales.y(y[i]!);
    if (!Number.isFinite(px) || !Number.isFinite(py)) drawing = false;
    else if (drawing) ctx.lineTo(px, py);
    else {
      ctx.moveTo(px, py);
      drawing = true;
    }
  }
  if (halo !== undefined) {
    ctx.strokeStyle = halo;
    ctx.lineWidth = width + 2.5;
    ctx.globalAlpha = 0.7;
    ctx.stroke();
  }
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash([...dash]);
  ctx.stroke();
  ctx.restore();
}
