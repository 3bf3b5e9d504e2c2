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
  const [low, high] = [new Float64Array(n_grid), new Float64Array(n_grid)];
  for (let g = 0; g < n_grid; g++) {
    let [least, most, sum, squares] = [Infinity, -Infinity, 0, 0];
    const first = values[g]!; // deviations from one of them: squares of large numbers cancel
    for (let i = 0; i < n_lines; i++) {
      const value = values[i * n_grid + g]!;
      least = Math.min(least, value);
      most = Math.max(most, value);
      sum += value - first;
      squares += (value - first) ** 2;
    }
    const mean = sum / n_lines;
    const reach = SPREAD * Math.sqrt(Math.max(0, squares / n_lines - mean * mean));
    low[g] = Math.max(least, first + mean - reach);
    high[g] = Math.min(most, first + mean + reach);
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
