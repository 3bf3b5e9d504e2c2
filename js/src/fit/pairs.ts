/** Two numbers of a fit, draw by draw. */
import { brief, count, plural } from "../stats/format.js";
import { correlation } from "../stats/moments.js";
import type { Brush } from "../state/selection.js";
import type { Draws } from "../wire.js";
import { column, placeOfDraw, remaining, shippedDraws } from "./draws.js";

export interface Pair {
  readonly x: string;
  readonly y: string;
  /** Of the shipped draws, by their places. */
  readonly values: readonly [Float64Array, Float64Array];
  /** Places of the draws that are shown, and, among them, of those that diverged. */
  readonly shown: Uint32Array;
  readonly divergent: readonly number[];
}

/** Those of the two labels; where a fit has not got one, its first two numbers. */
export function pairOf(draws: Draws, x: string, y: string, brushed: Brush | null): Pair {
  const labels = draws.columns.map(({ label }) => label);
  const chosen = (label: string, otherwise: number) => (labels.includes(label) ? label : labels[otherwise]!);
  const across = chosen(x, 0);
  const up = chosen(y, across === labels[1] ? 0 : 1);
  const shown = remaining(draws, brushed);
  const among = new Set(shown);
  const places = Array.from(draws.divergent.data, (draw) => placeOfDraw(draws, draw));
  return {
    x: across,
    y: up,
    values: [column(draws, across)!, column(draws, up)!],
    shown,
    divergent: places.filter((place) => place !== null && among.has(place)) as number[],
  };
}

/** "correlation -0.31 over 4,000 draws, of which 3 diverged". */
export function sayPair(draws: Draws, { values, shown, divergent }: Pair): string {
  const [x, y] = values.map((all) => Float64Array.from(shown, (place) => all[place]!)) as [Float64Array, Float64Array];
  const all = shippedDraws(draws);
  const of = shown.length < all ? `${count(shown.length)} of ${plural(all, "draw")}` : plural(all, "draw");
  return `correlation ${brief(correlation(x, y), 2)} over ${of}, of which ${count(divergent.length)} diverged`;
}
