/** The shipped draws of a fit: numbers by label, and which draw is which. */
import type { Brush } from "../state/selection.js";
import { count } from "../stats/format.js";
import { rowsOf } from "../stats/rows.js";
import { once, onceFor } from "../stats/once.js";
import { isUnavailable, type Draws, type Fit } from "../wire.js";

/** The draws of one number, chain by chain: those of chain c begin at c * n_shown. */
export type Column = Float64Array;

/** The draws of a fit that has some. */
export const drawsOf = ({ draws }: Fit): Draws | null => isUnavailable(draws) ? null : draws;

/** Draws of each chain that are shipped. */
export const shownDraws = ({ values }: Draws): number => values.shape[2] ?? 0;

/** All draws that are shipped. */
export const shippedDraws = (draws: Draws): number => draws.n_chains * shownDraws(draws);

/** The draws of the number with that label; undefined where it is not shipped. Asking again is free. */
export const column = onceFor((draws: Draws, label: string): Column | undefined => {
  const at = placesOfLabels(draws).get(label);
  if (at === undefined) return undefined;
  const count = shippedDraws(draws);
  const centre = draws.centre.data[at]!;
  return new Float64Array(draws.values.data.subarray(at * count, (at + 1) * count)).map((value) => centre + value); // `from` takes ten times as long
});

/** The same draws in ascending order. */
export const ascending = onceFor((draws: Draws, label: string): Column | undefined => column(draws, label)?.slice().sort());

/** The draws of a number, an array for each chain. */
export const chainsOf = (draws: Draws, label: string): readonly Float64Array[] =>
  rowsOf(column(draws, label) ?? new Float64Array(), shownDraws(draws));

/** Whether the draws of a number are here. */
export const isShipped = (draws: Draws, label: string): boolean => placesOfLabels(draws).has(label);

const placesOfLabels = once((draws: Draws) => new Map(draws.columns.map(({ label }, at) => [label, at])));

/** The number in the fit of the draw at a place among the shipped ones. */
export function drawAt(draws: Draws, place: number): number {
  const n_shown = shownDraws(draws);
  return Math.floor(place / n_shown) * draws.n_draws + (place % n_shown) * draws.every;
}

/** The place among the shipped draws of a draw of the fit; null where it is not shipped. */
export function placeOfDraw(draws: Draws, draw: number): number | null {
  const { n_draws, every } = draws;
  const within = draw % n_draws;
  return within % every === 0 ? Math.floor(draw / n_draws) * shownDraws(draws) + within / every : null;
}

const kept = new WeakMap<Brush, { readonly draws: Draws; readonly places: Uint32Array }>();

/** The places of the shipped draws within the brush, in ascending order; all of them where there is none. */
export function remaining(draws: Draws, brushed: Brush | null): Uint32Array {
  const values = brushed === null ? undefined : (brushed.values ?? column(draws, brushed.label));
  if (brushed === null || values === undefined) return allPlaces(draws);
  const before = kept.get(brushed);
  if (before?.draws === draws) return before.places;
  const { low, high } = brushed;
  const places = allPlaces(draws).filter((place) => values[place]! >= low && values[place]! <= high);
  kept.set(brushed, { draws, places });
  return places;
}

/** The places of all draws that are shipped. */
export const allPlaces = once((draws: Draws) => Uint32Array.from({ length: shippedDraws(draws) }, (_, place) => place));

const diverged = once((draws: Draws): ReadonlySet<number> => new Set(draws.divergent.data));

/** Whether the draw of that number diverged. */
export const isDivergent = (draws: Draws, draw: number): boolean => diverged(draws).has(draw);

/** "draw 1,234: chain 2, draw 234": both are counted from 1, and so is what is said of a draw everywhere. */
export function nameOfDraw({ n_draws }: Draws, draw: number): string {
  const [chain, within] = [Math.floor(draw / n_draws), draw % n_draws];
  return `draw ${count(draw + 1)}: chain ${chain + 1}, draw ${count(within + 1)}`;
}

/** The draw before (-1) or after (1) another among some places in ascending order; the first where there is none yet. */
export function nextDraw(draws: Draws, among: Uint32Array, from: number | null, by: number): number | null {
  const numbers = Array.from(among, (place) => drawAt(draws, place));
  if (from === null) return numbers[0] ?? null;
  return (by > 0 ? numbers.find((draw) => draw > from) : numbers.filter((draw) => draw < from).at(-1)) ?? null;
}
