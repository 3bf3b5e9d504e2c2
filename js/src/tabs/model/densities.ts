/** A prior over its posterior: over which x, and how high. Pure functions of the fit and of the prior. */
import { logPrior } from "../../engine/prior.js";
import { ascending, column } from "../../fit/draws.js";
import { priorColumn, type Known } from "../../lab/priors.js";
import { extent } from "../../stats/extent.js";
import { quantile } from "../../stats/interval.js";
import { density, type Curve, type Kernel } from "../../stats/kde.js";
import { moments } from "../../stats/moments.js";
import { onceFor } from "../../stats/once.js";
import type { Draws, PriorRecord } from "../../wire.js";
import { placesOf } from "./grips.js";

export type Domain = readonly [low: number, high: number];

/** Of one number. */
export interface Posterior {
  readonly label: string;
  readonly density: Kernel | null;
  readonly mean: number;
  /** Ascending. */
  readonly draws: Float64Array;
  /** Where nearly all draws are. */
  readonly range: Domain;
}

const posteriorOf = onceFor((all: Draws, label, record: PriorRecord): Posterior => {
  const values = priorColumn(all, label, record) ?? new Float64Array();
  const draws = values === column(all, label) ? ascending(all, label)! : values.slice().sort();
  // As in `densityOf`, but for the intercept, which has its prior at other values of the predictors.
  return { label, density: density(draws, all.repeats && posteriorOf(all.repeats, label, record).density), mean: moments(values).mean, draws, range: [quantile(draws, 0.001), quantile(draws, 0.999)] };
});

/** Of the numbers of a prior. */
export const posteriors = (draws: Draws | null, record: PriorRecord): Posterior[] =>
  draws === null ? [] : record.labels.map((label) => posteriorOf(draws, label, record));

/** Of the posterior's width, on either side: a prior that is wider goes beyond the picture. */
const ROOM = 5;

/** Of an axis, as a part of its length: by so much an axis may differ from what is due. */
const MARGIN = 0.05;

/** The range that holds the posteriors, and as much of the prior as leaves them to be seen. */
export function domainOf(posteriors: readonly Posterior[], known: Known): Domain {
  const own = extent(posteriors.map(({ range }) => range), 1.5 * MARGIN);
  const { support } = known.family;
  if (support === "unit") return [0, 1];
  const [centre, far = centre] = placesOf(known) as [number, number?];
  const width = support === "real" ? far - centre : Math.max(far, centre);
  const [least, most] = support === "real" ? [centre - 3 * width, centre + 3 * width] : [0, 3 * width];
  const [middle, room] = [(own[0] + own[1]) / 2, ROOM * (own[1] - own[0])];
  // A narrow prior far away is what the reader must see.
  const all = posteriors.length === 0 || Math.abs(centre - middle) > 2 * width + room;
  return [Math.min(own[0], all ? least : Math.max(least, middle - room)), Math.max(own[1], all ? most : Math.min(most, middle + room))];
}

/** Whether an axis may stay as it is: one that moves with every draw cannot be compared with the one before. */
export const holds = ([low, high]: Domain, due: Domain): boolean =>
  Math.max(Math.abs(low - due[0]), Math.abs(high - due[1])) <= MARGIN * (due[1] - due[0]);

const POINTS = 120;

/** The prior's density over a range, with more points about its handles, as parts of its greatest value there. */
export function priorCurve(known: Known, [low, high]: Domain): Curve {
  const [centre, far = 0] = placesOf(known) as [number, number?];
  const even = (from: number, to: number) => Array.from({ length: POINTS }, (_, i) => from + ((to - from) * (i + 0.5)) / POINTS);
  const near = 4 * (far - centre);
  const x = Float64Array.from([...even(low, high), ...even(centre - near, centre + near)].filter((at) => at > low && at < high)).sort();
  return { x, y: heights(known, x) };
}

/** Densities as parts of the greatest of them; those without bound, at an end of the support, are none that can be drawn. */
export function heights({ family, values }: Known, places: Float64Array): Float64Array {
  const logs = places.map((x) => logPrior(family, values, x)).map((log) => (log < Infinity ? log : -Infinity));
  const most = logs.reduce((a, b) => Math.max(a, b), -Number.MAX_VALUE);
  return logs.map((log) => Math.exp(log - most));
}

/** Whether the prior says next to nothing about where the posteriors are: its density changes by less than a tenth. */
export const isFlat = (posteriors: readonly Posterior[], known: Known): boolean =>
  posteriors.every(({ range: [low, high] }) => Math.min(...heights(known, Float64Array.of(low, (low + high) / 2, high))) > 0.9);
