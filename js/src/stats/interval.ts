import type { F4 } from "../wire.js";
import type { Sample } from "./decimate.js";

/** A lower and an upper bound, in the units of the quantity. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The two tail probabilities of the equal-tailed interval that holds `prob`. */
export const tails = (prob: number): Interval => ({ low: (1 - prob) / 2, high: (1 + prob) / 2 });

/** The equal-tailed interval of row `r` of a quantile table, linear between the table's probabilities. */
export function tabledInterval(probs: F4, quantiles: F4, r: number, prob: number): Interval {
  const { low, high } = tails(prob);
  const n = probs.data.length;
  const row = quantiles.data.subarray(r * n, (r + 1) * n);
  return { low: interpolate(probs.data, row, low), high: interpolate(probs.data, row, high) };
}

/** The equal-tailed interval of a sample; missing draws do not count. */
export function sampleInterval(draws: Sample, prob: number): Interval {
  const sorted = draws.filter(Number.isFinite).sort();
  const { low, high } = tails(prob);
  return { low: quantile(sorted, low), high: quantile(sorted, high) };
}

/** The quantile of an ascending sample, linear between order statistics (Hyndman and Fan's type 7). */
export function quantile(sorted: Sample, p: number): number {
  if (sorted.length === 0) return NaN;
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at % 1) * (sorted[Math.ceil(at)]! - below);
}

/** y at p, linear between the knots and flat beyond them. */
function interpolate(knots: Float32Array, y: Float32Array, p: number): number {
  const above = knots.findIndex((knot) => knot >= p - 1e-6);
  if (above === 0) return y[0] ?? NaN;
  if (above < 0) return y[y.length - 1] ?? NaN;
  const [p0, p1, y0, y1] = [knots[above - 1]!, knots[above]!, y[above - 1]!, y[above]!];
  const share = Math.min(1, (p - p0) / (p1 - p0));
  return y0 + share * (y1 - y0);
}
