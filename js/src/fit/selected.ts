/** What is selected, in words. */
import { count, plural } from "../stats/format.js";
import { lit, type Brush, type Selection } from "../state/selection.js";
import type { Draws, Fit } from "../wire.js";
import { column, drawsOf, isDivergent, nameOfDraw, placeOfDraw, remaining, shippedDraws } from "./draws.js";
import { equation, type Whom } from "./equation.js";
import { printed } from "./printed.js";

/** Parameters that are read out. */
const MOST_PARAMETERS = 8;

/** The draws that remain, and the draw that lights up; empty where nothing is selected. */
export interface Said {
  readonly brush: string;
  /** The draw itself, and its numbers. */
  readonly draw: readonly string[];
}

export function selected(fit: Fit, selection: Selection, whom: Whom): Said {
  const draws = drawsOf(fit);
  const draw = lit(selection);
  return {
    brush: draws === null || selection.brushed === null ? "" : brushed(fit, draws, selection.brushed),
    draw: draws === null || draw === null ? [] : drawn(fit, draws, draw, whom),
  };
}

/** "312 of 4,000 draws: sigma between 0.48 and 0.52". */
function brushed(fit: Fit, draws: Draws, brush: Brush): string {
  const { label, low, high } = brush;
  const shown = `${count(remaining(draws, brush).length)} of ${plural(shippedDraws(draws), "draw")}`;
  return `${shown}: ${label} between ${printed(fit, label, low)} and ${printed(fit, label, high)}`;
}

function drawn(fit: Fit, draws: Draws, draw: number, whom: Whom): string[] {
  const name = nameOfDraw(draws, draw) + (isDivergent(draws, draw) ? ", diverged" : "");
  const place = placeOfDraw(draws, draw);
  if (place === null) return [name, "Its numbers are not in this panel."];
  return [`${name} · ${equation(fit, place, whom)}`, parameters(fit, draws, place)];
}

function parameters(fit: Fit, draws: Draws, place: number): string {
  const plain = draws.columns.filter(({ term }) => term === null);
  const told = plain.slice(0, MOST_PARAMETERS).map(({ label }) => `${label} ${printed(fit, label, column(draws, label)![place]!)}`);
  const rest = plain.length - told.length;
  return told.join(", ") + (rest > 0 ? ` and ${plural(rest, "more parameter")}, in Summary` : "");
}
