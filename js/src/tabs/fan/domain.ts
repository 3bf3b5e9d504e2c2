/** The range of a fan's y axis: it holds points, means and nearly all lines, and does not shrink under the hand. */
import type { Curves } from "../../stats/curves.js";
import { extent } from "../../stats/extent.js";
import type { Fan } from "../../fit/fan.js";

/** Standard deviations to either side of the mean: 98% and more of a normal distribution, and never beyond the lines. */
const SPREAD = 2.6;

export function domainOf(fans: readonly Fan[]): readonly [number, number] {
  const series = fans.flatMap(({ strata, points }) => [
    points?.y ?? [],
    ...strata.flatMap(({ curves, mean, truth, simulated }) => [...nearlyAll(simulated ?? curves), mean, truth ?? []]),
  ]);
  return extent(series, 0.03);
}

/** The lower and the upper end of nearly all curves at each point. */
function nearlyAll({ values, n_lines, n_grid }: Curves): [Float64Array, Float64Array] {
  const first = values.subarray(0, n_grid); // deviations from one of them: squares of large numbers cancel
  const [low, high] = [first.slice(), first.slice()];
  const [sum, squares] = [new Float64Array(n_grid), new Float64Array(n_grid)];
  for (let i = 0; i < n_lines; i++) {
    for (let g = 0; g < n_grid; g++) {
      const value = values[i * n_grid + g]!;
      const apart = value - first[g]!;
      if (value < low[g]!) low[g] = value;
      if (value > high[g]!) high[g] = value;
      sum[g]! += apart;
      squares[g]! += apart * apart;
    }
  }
  for (let g = 0; g < n_grid; g++) {
    const mean = sum[g]! / n_lines;
    const reach = SPREAD * Math.sqrt(Math.max(0, squares[g]! / n_lines - mean * mean));
    low[g] = Math.max(low[g]!, first[g]! + mean - reach);
    high[g] = Math.min(high[g]!, first[g]! + mean + reach);
  }
  return [low, high];
}

/** A range that only grows while `key` is the same: an axis that follows the hand cannot be read. */
export function steadyDomain(): (key: string, wanted: readonly [number, number]) => readonly [number, number] {
  let last: string | undefined;
  let domain: readonly [number, number];
  return (key, wanted) => {
    domain = key === last ? [Math.min(domain[0], wanted[0]), Math.max(domain[1], wanted[1])] : wanted;
    last = key;
    return domain;
  };
}
