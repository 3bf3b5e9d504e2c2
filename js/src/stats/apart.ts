import { brief } from "./format.js";
import { jittered } from "./jitter.js";

/** Points as they are drawn, and how far those of a crowd have been moved at most, in x and in y; 0 where they have not. */
export interface Apart {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly by: readonly [number, number];
}

/** The share of points whose place another one has, above which the points are told apart. */
const CROWDED = 0.1;

/** Differences below this part of the range are not between values that stand beside one another: they are noise. */
const NOISE = 1e-3;

/**
 * Tells points apart that are at the same place: counts over days, 0 and 1 over a few doses. `spread` is how far x and y are
 * moved in any case, as strips over levels are; null for a number, which is moved where the places are crowded: by up to a
 * fifth of the least difference between its values, as R's `jitter` does (Chambers, Cleveland, Kleiner & Tukey 1983,
 * Graphical Methods for Data Analysis).
 */
export function apart(x: ArrayLike<number>, y: ArrayLike<number>, spread: readonly [number | null, number | null]): Apart {
  const crowded = spread.includes(null) && shared(x, y) > CROWDED;
  const [byX, byY] = [x, y].map((values, i) => (crowded && spread[i] === null ? leastDifference(values) / 5 : 0)) as [number, number];
  return { x: moved(x, spread[0] ?? byX, 1), y: moved(y, spread[1] ?? byY, 2), by: [byX, byY] };
}

const moved = (values: ArrayLike<number>, amount: number, seed: number): ArrayLike<number> => amount === 0 ? values : jittered(values, amount, seed);

/** The share of points that are not the first at their place. */
function shared(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const places = new Set<string>();
  let n = 0;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]! + y[i]!)) continue;
    n++;
    places.add(`${x[i]} ${y[i]}`);
  }
  return n === 0 ? 0 : 1 - places.size / n;
}

function leastDifference(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const noise = NOISE * (sorted.at(-1)! - sorted[0]!);
  let least = Infinity;
  for (let i = 1; i < sorted.length; i++) {
    const difference = sorted[i]! - sorted[i - 1]!;
    if (difference > noise && difference < least) least = difference;
  }
  return least === Infinity ? 0 : least;
}

/** What has been done to points, in a sentence; null where nothing has. */
export function sayApart(x: string, y: string, [byX, byY]: Apart["by"]): string | null {
  const parts = [[x, byX], [y, byY]] as const;
  const said = parts.filter(([, by]) => by > 0).map(([name, by]) => `${brief(by, 2)} of ${name}`);
  return said.length === 0 ? null : `Observations at one place are moved by at most ${said.join(" and ")} to tell them apart.`;
}
