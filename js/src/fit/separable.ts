/**
 * Averages over rows where x moves all rows alike: eta of a row is its own part plus a shift. With a log or logit link the
 * exponentials of both are taken apart, one for each row and one for each position rather than one for each pair.
 */
import type { PerPoint } from "./points.js";
import { summed, type Part, type Predicted } from "./sums.js";

type Average = (rows: Float64Array, weights: Float64Array) => (shift: number) => number;

/** The average over rows as a function of exp(shift), given exp(eta) of each row. */
const AVERAGE: Readonly<Record<string, Average>> = {
  log: (rows, weights) => {
    const sum = rows.reduce((before, row, p) => before + weights[p]! * row, 0);
    return (shift) => shift * sum;
  },
  logit: (rows, weights) => (shift) => {
    let sum = 0;
    for (let p = 0; p < rows.length; p++) {
      const odds = rows[p]! * shift;
      sum += (weights[p]! * odds) / (1 + odds);
    }
    return sum;
  },
};

/** Exponentials between these are multiplied without loss. */
const LARGEST = 1e150;

/**
 * Averages draws over rows for each position of x, row-major; null where the rows do not move alike, the link is another
 * one, or an exponential is out of range.
 */
export function separated(
  along: readonly Predicted[],
  link: string,
  places: ArrayLike<number>,
  weights: Float64Array,
): Float64Array | null {
  const average = AVERAGE[link];
  const first = along[0];
  if (!average || !first) return null;
  const n = weights.length;
  const own = first.parts.filter(variesBetweenRows);
  if (!along.every(({ parts }) => sameParts(parts.filter(variesBetweenRows), own, n))) return null;
  const shifts = along.map(({ parts }) => {
    return summed({ parts: parts.filter((one) => !variesBetweenRows(one)), start: undefined }, places, 1);
  });
  const made = new Float64Array(places.length * along.length);
  for (let i = 0; i < places.length; i++) {
    const rows = summed({ parts: own, start: first.start }, [places[i]!], n);
    const middle = rows[0] ?? 0;
    for (let p = 0; p < n; p++) if (!inRange((rows[p] = Math.exp(rows[p]! - middle)))) return null;
    const averageAt = average(rows, weights);
    for (let g = 0; g < along.length; g++) {
      const shift = Math.exp(shifts[g]![i]! + middle);
      if (!inRange(shift)) return null;
      made[i * along.length + g] = averageAt(shift);
    }
  }
  return made;
}

const inRange = (value: number): boolean => value < LARGEST && value > 1 / LARGEST;

const variesBetweenRows = (part: Part): boolean => "drawsAt" in part || typeof part.value !== "number";

const sameParts = (parts: readonly Part[], others: readonly Part[], n: number): boolean =>
  parts.length === others.length && parts.every((one, at) => samePart(one, others[at]!, n));

function samePart(one: Part, other: Part, n: number): boolean {
  if (one === other) return true;
  const draws = (part: Part, p: number) => ("drawsAt" in part ? part.drawsAt(p) : part.draws);
  for (let p = 0; p < n; p++) {
    if (valueAt(one.value, p) !== valueAt(other.value, p) || draws(one, p) !== draws(other, p)) return false;
  }
  return true;
}

const valueAt = (value: PerPoint, p: number): number => typeof value === "number" ? value : value[p]!;
