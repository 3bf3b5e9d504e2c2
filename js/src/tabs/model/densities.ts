/** A prior over its posterior: over which x, and how high. Pure functions of the fit and of the prior. */
import { logPrior } from "../../engine/prior.js";
import { column, drawsOf, ofNumber } from "../../fit/draws.js";
import { quantile } from "../../stats/interval.js";
import { density } from "../../stats/kde.js";
import { onceFor } from "../../stats/once.js";
import type { Draws, Fit, PriorRecord } from "../../wire.js";
import type { Known } from "../../lab/priors.js";
import { spanOf } from "./grips.js";

export type Domain = readonly [low: number, high: number];

const densityOf = ofNumber((draws, label) => density(column(draws, label) ?? new Float64Array()));
const sortedOf = onceFor((draws: Draws, label) => (column(draws, label) ?? new Float64Array()).filter(Number.isFinite).sort());

/** Densities of the numbers of a prior. */
export const posteriors = (fit: Fit | null, { labels }: PriorRecord) => {
  const draws = fit && drawsOf(fit);
  return draws ? labels.map((label) => densityOf(draws, label)).filter((one) => one !== null) : [];
};

/** Where `share` of the draws of all its numbers are; null where there are none. */
function within(fit: Fit | null, { labels }: PriorRecord, share: number): Domain | null {
  const draws = fit && drawsOf(fit);
  const sorted = draws ? labels.map((label) => sortedOf(draws, label)).filter(({ length }) => length > 0) : [];
  if (sorted.length === 0) return null;
  const [low, high] = [(1 - share) / 2, (1 + share) / 2];
  return [Math.min(...sorted.map((one) => quantile(one, low))), Math.max(...sorted.map((one) => quantile(one, high)))];
}

/** Of the posterior's width, on either side: a prior that is wider goes beyond the picture. */
const ROOM = 5;

/** The range that holds the posteriors, and as much of the prior as leaves them to be seen. */
export function domainOf(fits: readonly (Fit | null)[], record: PriorRecord, known: Known | null): Domain {
  const ends = fits.flatMap((fit) => within(fit, record, 0.998) ?? []);
  const [a, b] = [Math.min(...ends), Math.max(...ends)];
  if (known === null) return padded(a, b);
  const prior = spanOf(known);
  if (ends.length === 0) return padded(prior.low, prior.high);
  const [middle, room] = [(a + b) / 2, ROOM * (b - a)];
  // A narrow prior far away is what the reader must see.
  const apart = Math.abs(prior.centre - middle) > 2 * prior.width + room;
  const [least, most] = apart ? [prior.low, prior.high] : [Math.max(prior.low, middle - room), Math.min(prior.high, middle + room)];
  const [low, high] = padded(Math.min(a, least), Math.max(b, most));
  const { support } = known.family;
  return [support === "real" ? low : Math.max(0, low), support === "unit" ? Math.min(1, high) : high];
}

function padded(low: number, high: number): Domain {
  if (!Number.isFinite(low + high)) return [0, 1];
  const pad = 0.04 * (high - low) || Math.abs(low) / 10 || 0.5;
  return [low - pad, high + pad];
}

/** Of the width that is needed: a range that is wider is left. */
const TOO_WIDE = 2.5;

/** The range from before, as long as it serves: a picture that jumps cannot be read. */
export function settled(before: Domain | null, needed: Domain): Domain {
  if (before === null) return needed;
  const holds = before[0] <= needed[0] && before[1] >= needed[1];
  return holds && before[1] - before[0] <= TOO_WIDE * (needed[1] - needed[0]) ? before : needed;
}

const POINTS = 200;

/** The prior's density over a range, with more points where it is narrow, as parts of its greatest value there. */
export function priorCurve({ family, values }: Known, [low, high]: Domain): { readonly x: Float64Array; readonly y: Float64Array } {
  const { centre, width } = spanOf({ family, values });
  const even = (from: number, to: number, n: number) => Array.from({ length: n }, (_, i) => from + ((to - from) * (i + 0.5)) / n);
  const x = Float64Array.from([...even(low, high, POINTS), ...even(centre - 4 * width, centre + 4 * width, POINTS / 2)])
    .filter((at) => at >= low && at <= high)
    .sort();
  return { x, y: heights({ family, values }, x, x) };
}

/** Densities at places, as parts of the greatest at other places. */
export function heights({ family, values }: Known, places: Float64Array, among: Float64Array): Float64Array {
  const most = among.reduce((found, at) => Math.max(found, finite(logPrior(family, values, at))), -Infinity);
  return places.map((at) => Math.exp(finite(logPrior(family, values, at)) - (Number.isFinite(most) ? most : 0)));
}

/** Densities without bound, at an end of the support, are none that can be drawn. */
const finite = (log: number): number => (log < Infinity ? log : -Infinity);

/** The share by which a density may change and still be almost flat. */
const FLAT = 0.1;

/** Whether the prior says next to nothing about where the posterior is. */
export function isFlat(fit: Fit, record: PriorRecord, known: Known): boolean {
  const ends = within(fit, record, 0.95);
  if (ends === null) return false;
  const places = Float64Array.from({ length: 21 }, (_, i) => ends[0] + ((ends[1] - ends[0]) * i) / 20);
  return Math.min(...heights(known, places, places)) > 1 - FLAT;
}
