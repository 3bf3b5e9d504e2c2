/** Lines between two copies. A copy is a whole canvas, so there are few. */
export const EVERY = 200;

/** Copies of a canvas at every so many lines: fewer lines are then a copy and some lines, not all lines again. */
export interface Snapshots {
  /** Keeps the canvas as it is with `drawn` lines, if that is a multiple of `EVERY`. */
  keep(ctx: CanvasRenderingContext2D, drawn: number): void;
  /** Puts the last copy with at most `shown` lines on the canvas, and says how many lines that are. */
  restore(ctx: CanvasRenderingContext2D, shown: number): number;
}

export function snapshots(): Snapshots {
  const copies = new Map<number, HTMLCanvasElement>();
  return {
    keep({ canvas }, drawn) {
      if (drawn === 0 || drawn % EVERY !== 0 || copies.has(drawn)) return;
      const copy = canvas.cloneNode() as HTMLCanvasElement;
      copy.getContext("2d")?.drawImage(canvas, 0, 0);
      copies.set(drawn, copy);
    },
    restore(ctx, shown) {
      const drawn = EVERY * Math.floor(shown / EVERY);
      const copy = copies.get(drawn);
      ctx.save();
      ctx.setTransform(1, 0, 0, 1, 0, 0); // device pixels to device pixels
      ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
      if (copy) ctx.drawImage(copy, 0, 0);
      ctx.restore();
      return copy ? drawn : 0;
    },
  };
}
