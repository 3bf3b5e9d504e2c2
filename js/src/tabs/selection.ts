/** The selection, as a tab asks for it and changes it. */
import { nextDraw, placeOfDraw, remaining } from "../fit/draws.js";
import { hover, lit, type Brush } from "../state/selection.js";
import { clear, lit as litMark } from "../marks/lit.js";
import type { Scales } from "../marks/axes.js";
import type { Stage } from "../stage.js";
import type { Surface } from "../ui/plot.js";
import type { Draws } from "../wire.js";

export const brushOf = (stage: Stage): Brush | null => stage.get("selection").brushed;

/** The draw that lights up, by its number in the fit. */
export const litOf = (stage: Stage): number | null => lit(stage.get("selection"));

/** Its place among the shipped draws; null where it has none. */
export function litPlace(stage: Stage): number | null {
  const draw = litOf(stage);
  return draw === null ? null : placeOfDraw(stage.fit.draws as Draws, draw);
}

export function hovered(stage: Stage, draw: number | null): void {
  stage.set("selection", hover(stage.get("selection"), draw));
}

/** Left and right lead to the next draw of the chain; of a brush, to the next that remains. */
export const stepDraws = (stage: Stage) => (key: string, from: number | null): number | null | undefined => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const draws = stage.fit.draws as Draws;
  return by && nextDraw(draws, remaining(draws, brushOf(stage)), from, by);
};

/** Where a plot was drawn last, for what is drawn over it. */
export interface On {
  readonly surface: Surface;
  readonly scales: Scales;
}

/** Marks the selected draw, and nothing else, on the top layer of a plot; `at` is null where it has no place there. */
export function light({ surface: { layers, palette }, scales }: On, at: { readonly x: number; readonly y: number | null } | null): void {
  const ctx = layers.at(-1)!;
  clear(ctx);
  if (at) litMark(ctx, at, scales, { colour: palette.selected, halo: palette.background });
}

/** Calls `brushed` after each change of the brush, and `pointed` now and after a change of the draw that lights up alone. */
export function followSelection(stage: Stage, brushed: () => void, pointed: () => void): void {
  let before = brushOf(stage);
  stage.follow(["selection"], () => {
    const same = before === (before = brushOf(stage));
    (same ? pointed : brushed)();
  });
}
