import type { Sample } from "./decimate.js";

/** How many values are in each of `bins` equal bins from low to high, which belongs to the last one, as in NumPy. */
export function histogram(values: Sample, bins: number, low: number, high: number): Float64Array {
  const counts = new Float64Array(bins);
  const width = (high - low) / bins;
  const edge = (i: number) => (i === bins ? high : low + i * width);
  for (const value of values) {
    if (!(value >= low && value <= high)) continue;
    let at = Math.min(bins - 1, Math.floor((value - low) / width));
    if (value < edge(at)) at--;
    else if (at < bins - 1 && value >= edge(at + 1)) at++;
    counts[at]!++;
  }
  return counts;
}
